"""The chain: who joins, in which order, and who may not."""

from datetime import datetime

import pytest

from sharemeal.actions.chain import join_chain, leave_chain, move_in_chain
from sharemeal.people import Role
from sharemeal.sentences import Refused
from sharemeal.store import alerts
from sharemeal.store.base import Store, transaction
from sharemeal.store.people import Person
from tests.make.small_lab import SmallLab


@pytest.fixture
def lab(store: Store, now: datetime) -> SmallLab:
    return SmallLab(store, now)


def staff(lab: SmallLab, name: str, role: Role = Role.COORDINATOR) -> int:
    person = Person(role=role, name=name, uniquifier=f"{lab.lab_id}-{name}")
    lab.add(person)
    return person.id


def order(lab: SmallLab) -> list[int]:
    with lab.session() as session:
        return [each.person_id for each in alerts.contacts(session)]


def test_people_join_at_the_end_and_only_once(lab: SmallLab, now: datetime) -> None:
    first, second = staff(lab, "桜井"), staff(lab, "林", Role.LAB_ADMIN)
    with lab.session() as session:
        assert join_chain(session, first, now=now)
        assert join_chain(session, second, now=now)
        assert not join_chain(session, first, now=now)
    assert order(lab) == [first, second]


def test_they_change_places_with_their_neighbour(lab: SmallLab, now: datetime) -> None:
    people = [staff(lab, name) for name in ("桜井", "野口", "林")]
    with lab.session() as session:
        for each in people:
            join_chain(session, each, now=now)
        assert move_in_chain(session, people[2], up=True, now=now)
        assert order(lab) == [people[0], people[2], people[1]]
        assert move_in_chain(session, people[0], up=False, now=now)
        assert not move_in_chain(session, people[2], up=True, now=now)
        assert not move_in_chain(session, people[1], up=False, now=now)
    assert order(lab) == [people[2], people[0], people[1]]


def test_who_has_left_is_not_in_the_way_of_moving(lab: SmallLab, now: datetime) -> None:
    people = [staff(lab, name) for name in ("桜井", "野口", "林")]
    with lab.session() as session:
        for each in people:
            join_chain(session, each, now=now)
        with transaction(session, now):
            session.get_one(Person, people[1]).active = False
        assert move_in_chain(session, people[2], up=True, now=now)
        assert leave_chain(session, people[1], now=now)
        assert not leave_chain(session, people[1], now=now)
    assert order(lab) == [people[2], people[0]]


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.KITCHEN, Role.HOUSEHOLD])
def test_only_staff_may_join(lab: SmallLab, now: datetime, role: Role) -> None:
    person_id = staff(lab, "だれか", role)
    with lab.session() as session, pytest.raises(Refused):
        join_chain(session, person_id, now=now)
    assert order(lab) == []


def test_people_of_another_lab_are_not_there(lab: SmallLab, store: Store, now: datetime) -> None:
    theirs = staff(SmallLab(store, now, slug="strangers"), "よそ")
    with lab.session() as session:
        for deed in (join_chain, leave_chain):
            with pytest.raises(LookupError):
                deed(session, theirs, now=now)
        with pytest.raises(LookupError):
            move_in_chain(session, theirs, up=True, now=now)
