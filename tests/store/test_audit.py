"""The audit: reading and changing personal data leaves rows without any value in them, chained by hashes."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session, undefer_group

from sharemeal.actions.link_audit import link_audit, verify_audit
from sharemeal.actions.note_readings import note_readings
from sharemeal.households import Need, PauseSpan
from sharemeal.labs import LabRules
from sharemeal.people import Role
from sharemeal.sentences import Refused
from sharemeal.store import audit
from sharemeal.store.audit import AuditEntry
from sharemeal.store.base import Store, own, transaction
from sharemeal.store.households import Decline, Household, Pause
from sharemeal.store.labs import Lab
from sharemeal.store.people import Person
from sharemeal.store.volunteers import Volunteer
from tests.make.small_lab import DAY, SmallLab, at


@pytest.fixture
def lab_id(store: Store, now: datetime) -> int:
    with store.session(all_labs=True) as session, transaction(session, now):
        lab = Lab(slug="aobadai", name="青葉台", rules=LabRules())
        session.add(lab)
    return lab.id


@pytest.fixture
def person_id(store: Store, lab_id: int, now: datetime) -> int:
    with store.session(lab_id, actor="coordinator 7") as session, transaction(session, now):
        person = Person(role=Role.VOLUNTEER, name="山田", phone="+819000000001", uniquifier="u")
        session.add(person)
    return person.id


@pytest.fixture
def everyone(store: Store) -> Iterator[Session]:
    with store.session(all_labs=True) as session:
        yield session


def rows(store: Store) -> list[tuple[str, str, str, str, str]]:
    with store.session(all_labs=True) as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    return [(each.actor, each.what, each.subject, each.subject_ids, each.columns) for each in entries]


def test_adding_somebody_is_noted_by_column_and_never_by_value(store: Store, person_id: int) -> None:
    assert rows(store) == [("coordinator 7", "created", "person", f"[{person_id}]", "name,phone")]


def test_changing_and_erasing_are_noted(store: Store, lab_id: int, person_id: int, now: datetime) -> None:
    with store.session(lab_id, actor="coordinator 7") as session:
        with transaction(session, now):
            person = session.get(Person, person_id)
            assert person is not None
            person.phone = "+819000000002"
        with transaction(session, now):
            session.delete(person)
    noted = [(what, columns) for _, what, _, _, columns in rows(store)[1:]]
    assert noted == [("changed", "phone"), ("erased", "name,reading,phone,email")]


def test_what_is_no_personal_column_is_not_noted(
    store: Store, lab_id: int, person_id: int, now: datetime
) -> None:
    with store.session(lab_id) as session, transaction(session, now):
        person = session.get(Person, person_id)
        assert person is not None
        person.language = "en"
    assert len(rows(store)) == 1


def test_a_change_that_is_rolled_back_leaves_no_row(
    store: Store, lab_id: int, person_id: int, now: datetime
) -> None:
    def change_and_crash(session: Session) -> None:
        with transaction(session, now):
            person = session.get(Person, person_id)
            assert person is not None
            person.name = "森"
            session.flush()
            raise RuntimeError

    with store.session(lab_id) as session, pytest.raises(RuntimeError):
        change_and_crash(session)
    assert len(rows(store)) == 1


@pytest.mark.parametrize("eagerly", [True, False])
def test_reading_is_noted_once_however_it_happens(
    store: Store, lab_id: int, person_id: int, now: datetime, eagerly: bool
) -> None:
    with store.session(lab_id, actor="coordinator 7") as session:
        query = select(Person)
        person = session.scalars(query.options(undefer_group("personal")) if eagerly else query).one()
        assert person.name == "山田"
        assert person.phone is not None
        note_readings(session, now=now)
        note_readings(session, now=now)
    assert rows(store)[1:] == [("coordinator 7", "read", "person", f"[{person_id}]", "")]


def test_a_row_without_its_personal_columns_is_no_reading(
    store: Store, lab_id: int, person_id: int, now: datetime
) -> None:
    with store.session(lab_id) as session:
        assert session.scalars(select(Person)).one().role == Role.VOLUNTEER
        note_readings(session, now=now)
    assert len(rows(store)) == 1


def written(session: Session, count: int, now: datetime) -> None:
    with transaction(session, now):
        for number in range(count):
            audit.note(session, "read", "person", [number])


def test_the_chain_holds_and_grows(everyone: Session, now: datetime) -> None:
    written(everyone, 3, now)
    assert verify_audit(everyone, now=now) == 3
    head = audit.head(everyone)
    written(everyone, 2, now)
    assert verify_audit(everyone, now=now) == 5
    assert audit.head(everyone) != head


def test_more_rows_than_one_batch_are_linked_in_order(everyone: Session, now: datetime) -> None:
    written(everyone, 1203, now)
    assert link_audit(everyone, now=now) == 1203
    assert audit.first_broken(everyone) is None
    assert link_audit(everyone, now=now) == 0


TAMPERINGS = {
    "changed": lambda seq: update(AuditEntry).where(AuditEntry.seq == seq).values(actor="nobody"),
    "erased": lambda seq: delete(AuditEntry).where(AuditEntry.seq == seq - 1),
    "rehashed": lambda seq: update(AuditEntry).where(AuditEntry.seq == seq).values(hash="0" * 64),
    "unlinked": lambda seq: update(AuditEntry).where(AuditEntry.seq == seq).values(hash=None, prev_hash=None),
}


@pytest.mark.parametrize("how", TAMPERINGS)
def test_tampering_is_found_at_the_first_broken_row(everyone: Session, now: datetime, how: str) -> None:
    written(everyone, 5, now)
    verify_audit(everyone, now=now)
    third = everyone.scalars(select(AuditEntry.seq).order_by(AuditEntry.seq).offset(2)).first()
    assert third is not None
    with transaction(everyone, now):
        everyone.execute(TAMPERINGS[how](third))
    everyone.expire_all()
    with pytest.raises(Refused, match=f"{third}番"):
        verify_audit(everyone, now=now)


def test_a_row_put_in_between_is_found(everyone: Session, now: datetime) -> None:
    written(everyone, 3, now)
    verify_audit(everyone, now=now)
    forged = {
        "seq": 0,
        "at": now,
        "actor": "x",
        "what": "read",
        "subject": "person",
        "subject_ids": "[]",
        "columns": "",
    }
    with transaction(everyone, now):
        everyone.execute(insert(AuditEntry).values(**forged))
    with pytest.raises(Refused, match="0番"):
        verify_audit(everyone, now=now)


def test_what_tells_of_a_home_is_noted_under_the_home(store: Store, now: datetime) -> None:
    lab = SmallLab(store, now)
    home_id = lab.home(1, 5)
    volunteer_id = lab.volunteer(1, 0)
    before = len(rows(store))
    with lab.session() as session, transaction(session, now):
        home = own(session, Household, home_id)
        home.need = Need(1, frozenset({"卵"}))
        home.place = at(7)
        home.consents[0].withdrawn_on = DAY
        own(session, Volunteer, volunteer_id).place = at(3)
        session.add(Pause(household_id=home_id, span=PauseSpan(DAY, None), reason="入院"))
        session.add(Decline(household_id=home_id, service_date=DAY, declined_at=now))
    with lab.session() as session, transaction(session, now):
        session.delete(session.scalars(select(Decline)).one())
    noted = {(what, subject, ids, columns) for _, what, subject, ids, columns in rows(store)[before:]}
    at_home, helper = f"[{home_id}]", f"[{volunteer_id}]"
    assert noted == {
        ("changed", "household", at_home, "place,need"),
        ("changed", "household", at_home, "consent changed: withdrawn_on"),
        ("changed", "household", at_home, "pause created: starts,ends,reason"),
        ("changed", "household", at_home, "decline created: service_date"),
        ("changed", "household", at_home, "decline erased: service_date"),
        ("changed", "volunteer", helper, "place"),
    }
