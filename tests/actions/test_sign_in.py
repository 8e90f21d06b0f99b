"""Links and tries as deeds: how long a link lives, what is kept, what many tries at once may do."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sharemeal.actions.count_tries import CLOSED_FOR, MOST_WRONG_TRIES, begin_try, note_success
from sharemeal.actions.people import add_person, email_address, end_person, people_of_kitchens
from sharemeal.actions.sign_in import look_at_link, make_link, open_link
from sharemeal.people import Role
from sharemeal.sentences import Refused
from sharemeal.store.audit import AuditEntry
from sharemeal.store.base import Store
from sharemeal.store.people import Person, SignInLink, of_role
from tests.make.small_lab import SmallLab


@pytest.fixture
def lab(store: Store, now: datetime) -> SmallLab:
    return SmallLab(store, now)


@pytest.fixture
def everyone(store: Store) -> Iterator[Session]:
    with store.session(all_labs=True) as session:
        yield session


def volunteer(lab: SmallLab, ends: str = "19:00") -> int:
    """The person id of a volunteer whose shift ends then."""
    lab.volunteer(1, 0, ends=ends)
    with lab.session() as session:
        return of_role(session, Role.VOLUNTEER)[0].id


def test_a_volunteers_link_ends_two_hours_after_the_shift(lab: SmallLab, now: datetime) -> None:
    person_id = volunteer(lab)
    with lab.session() as session:
        link = make_link(session, person_id, now=now)
        assert session.scalars(select(SignInLink.service_date)).one() == date(2026, 11, 27)
    assert link.valid_until == datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


def test_when_todays_shift_is_over_the_link_is_for_the_next_service_day(lab: SmallLab) -> None:
    person_id = volunteer(lab)
    friday_night = datetime(2026, 11, 27, 12, 30, tzinfo=UTC)
    with lab.session() as session:
        link = make_link(session, person_id, now=friday_night)
    assert link.valid_until == datetime(2026, 12, 4, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.LAB_ADMIN])
def test_a_staff_link_lives_ten_minutes(lab: SmallLab, now: datetime, role: Role) -> None:
    with lab.session() as session:
        person_id = add_person(session, role, "桜井", now=now)
        assert make_link(session, person_id, now=now).valid_until == now + timedelta(minutes=10)


def test_two_links_of_one_person_are_both_good(lab: SmallLab, everyone: Session, now: datetime) -> None:
    person_id = volunteer(lab)
    with lab.session() as session:
        links = [make_link(session, person_id, now=now) for _ in range(2)]
    assert [
        open_link(everyone, each.token, code="", device="phone", now=now).person_id for each in links
    ] == [person_id] * 2


def test_coming_in_is_in_the_audit_of_the_persons_lab(
    lab: SmallLab, everyone: Session, now: datetime
) -> None:
    person_id = volunteer(lab)
    with lab.session() as session:
        link = make_link(session, person_id, now=now)
    open_link(everyone, link.token, code="", device="phone", now=now)
    entries = everyone.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(2)).all()
    assert [(each.what, each.subject_ids, each.lab_id) for each in reversed(entries)] == [
        ("link made", f"[{person_id}]", lab.lab_id),
        ("signed in by link", f"[{person_id}]", lab.lab_id),
    ]


def test_a_staff_link_that_ten_devices_open_at_once_lets_one_in(
    store: Store, lab: SmallLab, now: datetime
) -> None:
    with lab.session() as session:
        link = make_link(session, add_person(session, Role.COORDINATOR, "桜井", now=now), now=now)

    def comes_in(device: int) -> bool:
        with store.session(all_labs=True) as session:
            try:
                open_link(session, link.token, code="", device=str(device), now=now)
            except Refused:
                return False
        return True

    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(comes_in, range(10))) == 1


def test_no_link_is_made_for_who_has_ended(lab: SmallLab, now: datetime) -> None:
    person_id = volunteer(lab)
    with lab.session() as session:
        end_person(session, person_id, now=now)
        with pytest.raises(LookupError):
            make_link(session, person_id, now=now)


def test_ending_a_person_ends_their_links(lab: SmallLab, everyone: Session, now: datetime) -> None:
    person_id = volunteer(lab)
    with lab.session() as session:
        link = make_link(session, person_id, now=now)
        end_person(session, person_id, now=now)
    with pytest.raises(Refused):
        look_at_link(everyone, link.token, now=now)


def test_many_tries_at_once_do_not_slip_past_the_limit(store: Store, now: datetime) -> None:
    def try_once(_: int) -> bool:
        with store.session(all_labs=True) as session:
            try:
                begin_try(session, "link 1", now=now)
            except Refused:
                return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(try_once, range(18))) <= MOST_WRONG_TRIES


def test_tries_while_it_is_closed_do_not_lengthen_it(everyone: Session, now: datetime) -> None:
    for _ in range(MOST_WRONG_TRIES):
        begin_try(everyone, "link 1", now=now)
    for minute in range(15):
        with pytest.raises(Refused):
            begin_try(everyone, "link 1", now=now + timedelta(minutes=minute))
    begin_try(everyone, "link 1", now=now + CLOSED_FOR)


def test_each_subject_is_counted_by_itself_and_success_forgives(everyone: Session, now: datetime) -> None:
    for _ in range(MOST_WRONG_TRIES - 1):
        begin_try(everyone, "link 1", now=now)
    begin_try(everyone, "link 2", now=now)
    note_success(everyone, begin_try(everyone, "link 1", now=now), now=now)
    for _ in range(MOST_WRONG_TRIES):
        begin_try(everyone, "link 1", now=now)


def test_each_kitchen_gets_one_person_of_its_own_name(lab: SmallLab, now: datetime) -> None:
    lab.kitchen(1, 0)
    lab.kitchen(2, 1)
    with lab.session() as session:
        add_person(session, Role.KITCHEN, "店長", kitchen_number=1, now=now)
        people_of_kitchens(session, now=now)
        people_of_kitchens(session, now=now)
        assert [person.name for person in of_role(session, Role.KITCHEN)] == ["店長", "2号食堂"]


def test_an_address_belongs_to_one_person_of_all_labs(store: Store, lab: SmallLab, now: datetime) -> None:
    other = SmallLab(store, now, slug="other")
    with lab.session() as session:
        add_person(session, Role.COORDINATOR, "桜井", email="Sakurai@example.jp", now=now)
    with other.session() as session:
        with pytest.raises(Refused, match="もう使われています"):
            add_person(session, Role.COORDINATOR, "別人", email="sakurai@EXAMPLE.jp", now=now)
        assert session.scalars(select(Person)).all() == []


@pytest.mark.parametrize(
    "text", ["", "sakurai", "a@b", "a b@example.jp", "a@@example.jp", "x" * 250 + "@example.jp"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        email_address(text)


def test_refusals_of_new_people_write_nothing(lab: SmallLab, now: datetime) -> None:
    with lab.session() as session:
        refused: list[tuple[Role, dict[str, Any]]] = [
            (Role.KITCHEN, {"kitchen_number": 9}),
            (Role.KITCHEN, {}),
            (Role.CITY, {}),
            (Role.VOLUNTEER, {"phone": "90-0000-0001"}),
        ]
        for role, extra in refused:
            with pytest.raises(Refused):
                add_person(session, role, "人", now=now, **extra)
        assert session.scalars(select(Person)).all() == []
