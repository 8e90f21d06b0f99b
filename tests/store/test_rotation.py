"""Rotation of keys: everything is written anew, both keys read at every moment, a crash is taken up again."""

from datetime import datetime

import pytest
from sqlalchemy import LargeBinary, select, type_coerce
from sqlalchemy.orm import Session

from sharemeal.actions.rotate_keys import rewrite_under_newest
from sharemeal.labs import LabRules
from sharemeal.people import Role
from sharemeal.sentences import Refused
from sharemeal.store import rotation
from sharemeal.store.base import Store, transaction
from sharemeal.store.columns import Keyring
from sharemeal.store.labs import Lab
from sharemeal.store.people import Person, WebSession

PEOPLE = 7


@pytest.fixture
def people(store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """More people than fit one batch, and a session."""
    monkeypatch.setattr(rotation, "BATCH_ROWS", 3)
    with store.session(all_labs=True) as session, transaction(session, now):
        lab = Lab(slug="aobadai", name="青葉台", rules=LabRules())
        session.add(lab)
        session.flush()
        for number in range(PEOPLE):
            person = Person(lab_id=lab.id, role=Role.VOLUNTEER, name=f"山田{number}", uniquifier=str(number))
            person.phone = person.phone_index = f"+8190000000{number:02d}"
            session.add(person)
        session.add(WebSession(id_hash="x", values="{}", started_at=now, expires_at=now))


def names(store: Store, keys: Keyring) -> list[str]:
    """The names as somebody with these keys reads them."""
    store.use_keys(keys)
    with store.session(all_labs=True) as session:
        return sorted(session.scalars(select(Person.name)))


def under(session: Session, keys: Keyring) -> int:
    """How many names the newest of these keys opens."""
    raw = session.scalars(select(type_coerce(Person.__table__.c.name, LargeBinary)))
    return sum(keys.is_newest(bytes(each)) for each in raw)


ALL_NAMES = [f"山田{number}" for number in range(PEOPLE)]


@pytest.mark.usefixtures("people")
def test_afterwards_the_newest_key_alone_reads_everything(
    store: Store, keyring: Keyring, now: datetime
) -> None:
    keys = keyring.rotated()
    with store.session(all_labs=True) as session:
        assert rewrite_under_newest(session, keys, now=now) == PEOPLE + 1
    assert names(store, keys.newest_only()) == ALL_NAMES
    with store.session(all_labs=True) as session:
        assert session.scalars(select(WebSession.values)).one() == "{}"
        assert session.scalars(select(Person.id).where(Person.phone_index == "+819000000003")).one()
    with pytest.raises(Refused):
        names(store, keyring)


@pytest.mark.usefixtures("people")
def test_the_second_time_nothing_is_left_to_do(store: Store, keyring: Keyring, now: datetime) -> None:
    keys = keyring.rotated()
    with store.session(all_labs=True) as session:
        rewrite_under_newest(session, keys, now=now)
        assert rewrite_under_newest(session, keys, now=now) == 0


@pytest.mark.usefixtures("people")
def test_a_crash_in_the_middle_does_no_harm_and_is_taken_up_again(
    store: Store, keyring: Keyring, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = keyring.rotated()
    reseal_batch, batches = rotation.reseal_batch, []

    def crash_in_the_second(session, table, *rest):
        batches.append(table.name)
        done = reseal_batch(session, table, *rest)
        if batches.count("person") == 2:
            raise RuntimeError("the power went off")
        return done

    with store.session(all_labs=True) as session:
        monkeypatch.setattr(rotation, "reseal_batch", crash_in_the_second)
        with pytest.raises(RuntimeError):
            rewrite_under_newest(session, keys, now=now)
        assert under(session, keys) == 3
        monkeypatch.setattr(rotation, "reseal_batch", reseal_batch)
    assert names(store, keys) == ALL_NAMES
    with store.session(all_labs=True) as session:
        rewrite_under_newest(session, keys, now=now)
        assert under(session, keys) == PEOPLE
    assert names(store, keys.newest_only()) == ALL_NAMES


@pytest.mark.usefixtures("people")
def test_what_is_written_meanwhile_under_the_old_key_is_rewritten_by_the_next_sweep(
    store: Store, keyring: Keyring, now: datetime
) -> None:
    keys = keyring.rotated()
    with store.session(all_labs=True) as session:
        rewrite_under_newest(session, keys, now=now)
        with transaction(session, now):
            session.scalars(select(Person).where(Person.uniquifier == "0")).one().name = "山田0"
            session.scalars(select(Person).where(Person.uniquifier == "1")).one().reading = "やまだ"
        assert rewrite_under_newest(session, keys, now=now) >= 1
        assert under(session, keys) == PEOPLE


@pytest.mark.usefixtures("people")
def test_a_value_that_no_key_opens_stops_the_rotation(store: Store, keyring: Keyring, now: datetime) -> None:
    foreign = Keyring.generate().rotated()
    with store.session(all_labs=True) as session, pytest.raises(Refused):
        rewrite_under_newest(session, foreign, now=now)
    assert names(store, keyring) == ALL_NAMES


def test_a_running_store_takes_up_keys_that_were_rotated_elsewhere(
    database_url: str, keyring: Keyring, now: datetime
) -> None:
    newer: list[Keyring] = []
    store = Store(database_url, keyring, lambda: newer.pop() if newer else None)
    rotated = keyring.rotated()
    newer.append(rotated)
    with store.session(all_labs=True):
        assert store.keyring is rotated
    with store.session(all_labs=True):
        assert store.keyring is rotated
    store.close()
