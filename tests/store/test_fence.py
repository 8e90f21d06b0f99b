"""The lab fence: another lab's rows do not exist in a session, and cannot be written from it."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import Session, selectinload

from sharemeal.labs import LabRules
from sharemeal.people import Role
from sharemeal.store.base import FenceBroken, LabOwned, Store, transaction
from sharemeal.store.labs import Lab
from sharemeal.store.people import CodeAttempt, FormPost, Person, SignInLink, WebSession
from sharemeal.store.tables import Base

OF_NO_LAB = {
    "alarm",
    "heartbeat",
    "allergen",
    "audit_entry",
    "code_attempt",
    "form_post",
    "lab",
    "restoration",
    "web_session",
}
"""Tables without the fence, each for a reason: lists for all, upkeep, and what is asked before anybody is known."""


@pytest.fixture
def labs(store: Store, now: datetime) -> tuple[int, int]:
    """Two labs with one coordinator and one link each."""
    with store.session(all_labs=True) as session, transaction(session, now):
        labs = [Lab(slug=slug, name=slug, rules=LabRules()) for slug in ("ours", "theirs")]
        session.add_all(labs)
        session.flush()
        for lab in labs:
            person = Person(lab_id=lab.id, role=Role.COORDINATOR, name=lab.slug, uniquifier=lab.slug)
            session.add(person)
            session.flush()
            session.add(
                SignInLink(
                    lab_id=lab.id,
                    person_id=person.id,
                    token_hash=lab.slug,
                    code_hash="",
                    made_at=now,
                    valid_until=now,
                )
            )
    return labs[0].id, labs[1].id


@pytest.fixture
def ours(store: Store, labs: tuple[int, int]) -> Iterator[Session]:
    with store.session(labs[0]) as session:
        yield session


@pytest.fixture
def theirs(store: Store, labs: tuple[int, int]) -> tuple[int, int]:
    """The ids of the stranger and of the stranger's link."""
    with store.session(labs[1]) as session:
        return session.scalars(select(Person.id)).one(), session.scalars(select(SignInLink.id)).one()


def test_a_session_must_say_which_lab(store: Store) -> None:
    with pytest.raises(FenceBroken), store.session():
        pass
    with pytest.raises(FenceBroken), store.session(1, all_labs=True):
        pass


def test_a_question_finds_only_ours(ours: Session) -> None:
    assert [person.name for person in ours.scalars(select(Person))] == ["ours"]
    assert ours.scalar(select(func.count()).select_from(Person)) == 1
    assert ours.scalars(select(Person.uniquifier)).all() == ["ours"]


def test_a_strangers_id_finds_nothing(ours: Session, theirs: tuple[int, int]) -> None:
    assert ours.get(Person, theirs[0]) is None
    assert ours.scalars(select(Person).where(Person.id == theirs[0])).first() is None


def test_a_join_finds_only_ours(ours: Session) -> None:
    rows = ours.execute(select(SignInLink.token_hash, Person.uniquifier).join(SignInLink.person)).all()
    assert rows == [("ours", "ours")]
    eager = ours.scalars(select(SignInLink).options(selectinload(SignInLink.person))).all()
    assert [link.person.uniquifier for link in eager] == ["ours"]


def test_all_labs_finds_both(store: Store, labs: tuple[int, int]) -> None:
    with store.session(all_labs=True) as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 2


def test_two_sessions_one_after_the_other_keep_to_their_own_lab(store: Store, labs: tuple[int, int]) -> None:
    found = []
    for lab_id in (*labs, *reversed(labs)):
        with store.session(lab_id) as session:
            found.append(session.scalars(select(Person.lab_id)).all())
    assert found == [[labs[0]], [labs[1]], [labs[1]], [labs[0]]]


def test_a_new_row_is_given_to_the_sessions_lab(ours: Session, labs: tuple[int, int], now: datetime) -> None:
    with transaction(ours, now):
        person = Person(role=Role.VOLUNTEER, name="山田", uniquifier="new")
        ours.add(person)
    assert person.lab_id == labs[0]


def test_a_row_of_another_lab_cannot_be_added(ours: Session, labs: tuple[int, int], now: datetime) -> None:
    with pytest.raises(FenceBroken), transaction(ours, now):
        ours.add(Person(lab_id=labs[1], role=Role.VOLUNTEER, name="山田", uniquifier="new"))
    assert ours.scalar(select(func.count()).select_from(Person)) == 1


def test_a_row_cannot_be_moved_to_another_lab(ours: Session, labs: tuple[int, int], now: datetime) -> None:
    with pytest.raises(FenceBroken), transaction(ours, now):
        ours.scalars(select(Person)).one().lab_id = labs[1]


def test_a_strangers_row_that_was_smuggled_in_cannot_be_changed(
    store: Store, ours: Session, labs: tuple[int, int], theirs: tuple[int, int]
) -> None:
    with store.session(labs[1]) as session:
        smuggled = session.get(Person, theirs[0])
    assert smuggled is not None
    ours.add(smuggled)
    smuggled.language = "en"
    with pytest.raises(FenceBroken):
        ours.flush()
    ours.expunge_all()


def test_a_change_of_many_rows_at_once_stays_inside(
    store: Store, ours: Session, theirs: tuple[int, int], now: datetime
) -> None:
    with transaction(ours, now):
        ours.execute(update(Person).values(active=False))
        ours.execute(delete(SignInLink))
    with store.session(all_labs=True) as session:
        assert session.scalars(select(Person.active).where(Person.id == theirs[0])).one()
        assert session.scalars(select(SignInLink.id)).all() == [theirs[1]]


def test_every_table_belongs_to_a_lab_or_is_named_here() -> None:
    owned = {str(each.local_table) for each in Base.registry.mappers if issubclass(each.class_, LabOwned)}
    assert set(Base.metadata.tables) - owned == OF_NO_LAB
    assert {row.__tablename__ for row in (CodeAttempt, FormPost, WebSession)} <= OF_NO_LAB


def test_what_cannot_be_kept_to_a_lab_is_not_asked_at_all(
    store: Store, ours: Session, labs: tuple[int, int], theirs: tuple[int, int]
) -> None:
    bare = Base.metadata.tables["person"]
    new = {"lab_id": labs[1], "role": Role.VOLUNTEER, "uniquifier": "new"}
    for statement, parameters in (
        (text("SELECT id FROM person"), None),
        (select(bare.c.id), None),
        (update(bare).values(active=False), None),
        (delete(bare), None),
        (insert(Person), [new]),
        (update(Person), [{"id": theirs[0], "active": False}]),
        (select(Person).from_statement(text("SELECT * FROM person")), None),
    ):
        with pytest.raises(FenceBroken):
            ours.execute(statement, parameters)
    ours.rollback()
    with store.session(labs[1]) as session:
        assert session.scalars(select(Person.active)).all() == [True]


def test_a_row_of_ours_does_not_lead_to_a_strangers_row(
    ours: Session, theirs: tuple[int, int], now: datetime
) -> None:
    with transaction(ours, now):
        link = ours.scalars(select(SignInLink)).one()
        link.person_id = theirs[0]
        fresh = SignInLink(
            person_id=theirs[0], token_hash="fresh", code_hash="", made_at=now, valid_until=now
        )
        ours.add(fresh)
    ours.expire(link)
    assert (link.person, fresh.person) == (None, None)
    again = ours.scalars(select(SignInLink).execution_options(populate_existing=True)).all()
    assert [each.person for each in again] == [None, None]
