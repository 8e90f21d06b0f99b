"""What a form says is taken in field by field; the same form again changes nothing; a stranger's ids lead nowhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import select

from sharemeal.actions.consent import give_consent, withdraw_consent
from sharemeal.actions.end import come_back, end
from sharemeal.actions.pause import RESTING, decline, pause, return_from_pause, take_back_decline
from sharemeal.actions.register_household import add_household, change_household
from sharemeal.actions.register_kitchen import add_kitchen, change_kitchen
from sharemeal.actions.register_volunteer import add_volunteer, change_volunteer
from sharemeal.households import ConsentItem
from sharemeal.papers.tables import TABLES, Change
from sharemeal.sentences import Refused, SeveralRefused
from sharemeal.store.base import Store
from sharemeal.store.households import Household, Pause, declined_on, pauses_on
from sharemeal.store.people import Person
from sharemeal.store.volunteers import Volunteer
from tests.actions.tables import HOME, KITCHEN, VOLUNTEER, Labs, two_labs

DAY = date(2026, 11, 27)
ADD: dict[str, Callable[..., int]] = {
    "kitchens": add_kitchen,
    "households": add_household,
    "volunteers": add_volunteer,
}
CHANGE: dict[str, Callable[..., Change]] = {
    "kitchens": change_kitchen,
    "households": change_household,
    "volunteers": change_volunteer,
}
CELLS = {"kitchens": KITCHEN, "households": HOME, "volunteers": {**VOLUNTEER, "顔なじみのお届け先": ""}}
KINDS = tuple(CELLS)


@pytest.fixture
def labs(store: Store, now: datetime) -> Labs:
    return two_labs(store, now)


def form(kind: str, **changes: str) -> dict[str, str]:
    return {TABLES[kind].fields[header]: text for header, text in CELLS[kind].items()} | changes


def add(labs: Labs, kind: str, **changes: str) -> int:
    with labs.session() as session:
        return ADD[kind](session, form(kind, **changes), now=labs.now)


def change(labs: Labs, kind: str, row_id: int, **changes: str) -> Change:
    with labs.session() as session:
        return CHANGE[kind](session, row_id, changes, now=labs.now)


def strangers_id(labs: Labs, kind: str) -> int:
    with labs.session(labs.stranger_id) as session:
        row_id: int = session.scalars(select(RESTING[kind][0].id)).all()[0]
        return row_id


@pytest.mark.parametrize("kind", KINDS)
def test_the_next_number_is_given_and_a_taken_one_refused(labs: Labs, kind: str) -> None:
    add(labs, kind, number="7")
    add(labs, kind, number="")
    assert [row["number"] for row in labs.table(kind)] == ["7", "8"]
    with pytest.raises(SeveralRefused) as caught:
        add(labs, kind, number="７")
    assert [refusal.field for refusal in caught.value.refusals] == ["number"]
    assert len(labs.table(kind)) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_one_field_is_changed_and_all_others_stay(labs: Labs, kind: str) -> None:
    row_id = add(labs, kind)
    before = labs.table(kind)[0]
    assert change(labs, kind, row_id, phone="０８０－００００－７７７７") is Change.UPDATED
    assert labs.table(kind)[0] == {**before, "phone": "080-0000-7777"}
    audit = labs.audit()
    assert change(labs, kind, row_id, phone="080-0000-7777") is Change.UNCHANGED
    assert labs.audit() == audit


@pytest.mark.parametrize("kind", KINDS)
def test_a_refused_form_writes_nothing(labs: Labs, kind: str) -> None:
    row_id = add(labs, kind)
    before = labs.table(kind)
    with pytest.raises(SeveralRefused) as caught:
        change(labs, kind, row_id, name="あたらしい名前", lat="139.5", lng="35.5", phone="9000000101")
    assert {refusal.field for refusal in caught.value.refusals} == {"lat", "phone"}
    assert labs.table(kind) == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_strangers_row_is_not_found(labs: Labs, kind: str) -> None:
    before, foreign = labs.tables(labs.stranger_id), strangers_id(labs, kind)
    with labs.session() as session:
        for deed in (
            lambda: CHANGE[kind](session, foreign, {"name": "x"}, now=labs.now),
            lambda: pause(session, kind, foreign, {}, now=labs.now),
            lambda: return_from_pause(session, kind, foreign, now=labs.now),
            lambda: end(session, kind, foreign, now=labs.now),
            lambda: come_back(session, kind, foreign, now=labs.now),
        ):
            with pytest.raises(LookupError):
                deed()
    assert labs.tables(labs.stranger_id) == before


def test_a_strangers_home_neither_agrees_nor_declines(labs: Labs) -> None:
    foreign = strangers_id(labs, "households")
    with labs.session() as session:
        for deed in (
            lambda: give_consent(session, foreign, ConsentItem.STATISTICS, by="本人", now=labs.now),
            lambda: withdraw_consent(session, foreign, ConsentItem.MEALS, now=labs.now),
            lambda: decline(session, foreign, DAY, now=labs.now),
            lambda: take_back_decline(session, foreign, DAY, now=labs.now),
        ):
            with pytest.raises(LookupError):
                deed()
    with labs.session(labs.stranger_id) as session:
        assert declined_on(session, DAY) == set()


def test_forms_have_fields_that_tables_have_not(labs: Labs) -> None:
    add(labs, "households", skills="車いす・手話")
    row_id = add(labs, "volunteers", skills="手話", serves_by_default="いいえ", familiar="1")
    change(labs, "volunteers", row_id, town="桜台二丁目")
    with labs.session() as session:
        assert session.scalars(select(Household.skills)).one() == {"車いす", "手話"}
        volunteer = session.scalars(select(Volunteer)).one()
        assert (volunteer.skills, volunteer.serves_by_default) == ({"手話"}, False)
    assert labs.table("volunteers")[0]["familiar"] == "1"
    with pytest.raises(SeveralRefused):
        change(labs, "volunteers", row_id, familiar="1・99")


@pytest.mark.parametrize("kind", KINDS)
def test_a_pause_covers_its_days_and_is_noted_once(labs: Labs, kind: str) -> None:
    row_id = add(labs, kind)
    texts = {"starts": "2026年11月27日", "ends": "2026-12-04", "reason": "旅行"}
    with labs.session() as session:
        assert pause(session, kind, row_id, texts, now=labs.now) is Change.CREATED
        assert pause(session, kind, row_id, texts, now=labs.now) is Change.UNCHANGED
        assert [len(pauses_on(session, day)) for day in (date(2026, 11, 26), DAY, date(2026, 12, 5))] == [
            0,
            1,
            0,
        ]
        assert return_from_pause(session, kind, row_id, now=labs.now) is Change.UPDATED
        assert return_from_pause(session, kind, row_id, now=labs.now) is Change.UNCHANGED
        assert pauses_on(session, DAY) == []


def test_a_return_keeps_the_days_that_were_rested(labs: Labs) -> None:
    row_id = add(labs, "households")
    with labs.session() as session:
        pause(session, "households", row_id, {"starts": "2026-11-20", "ends": ""}, now=labs.now)
        return_from_pause(session, "households", row_id, now=labs.now)
        days = (date(2026, 11, 20), date(2026, 11, 25), date(2026, 11, 26), DAY)
        assert [len(pauses_on(session, day)) for day in days] == [1, 1, 0, 0]


def test_a_pause_that_ends_before_it_starts_is_refused(labs: Labs) -> None:
    row_id = add(labs, "households")
    with labs.session() as session:
        with pytest.raises(SeveralRefused) as caught:
            pause(session, "households", row_id, {"starts": "2026-11-27", "ends": "2026-11-20"}, now=labs.now)
        assert [refusal.field for refusal in caught.value.refusals] == ["ends"]
        with pytest.raises(SeveralRefused):
            pause(session, "households", row_id, {"starts": "11月31日"}, now=labs.now)
        assert session.scalars(select(Pause)).all() == []


def test_a_day_is_declined_and_wanted_again(labs: Labs) -> None:
    row_id = add(labs, "households")
    with labs.session() as session:
        assert decline(session, row_id, DAY, now=labs.now) is Change.CREATED
        assert decline(session, row_id, DAY, now=labs.now) is Change.UNCHANGED
        assert declined_on(session, DAY) == {row_id}
        assert take_back_decline(session, row_id, DAY, now=labs.now) is Change.UPDATED
        assert take_back_decline(session, row_id, DAY, now=labs.now) is Change.UNCHANGED
        assert declined_on(session, DAY) == set()
        with pytest.raises(Refused, match="もう終わっています"):
            decline(session, row_id, date(2026, 11, 20), now=labs.now)


def test_consent_is_given_and_withdrawn_item_by_item_and_never_overwritten(labs: Labs) -> None:
    row_id = add(labs, "households")
    item = ConsentItem.TELL_CARE_PLAZA
    with labs.session() as session:
        for _ in range(2):
            give_consent(session, row_id, item, by="長女", now=labs.now, review_on=date(2027, 11, 26))
        for _ in range(2):
            withdraw_consent(session, row_id, item, now=labs.now)
        give_consent(session, row_id, item, by="本人", now=labs.now)
        home = session.scalars(select(Household)).one()
        told = [(each.given_by, each.withdrawn_on) for each in home.consents if each.item == item]
        assert told == [("長女", date(2026, 11, 26)), ("本人", None)]
        assert home.consents_to(ConsentItem.MEALS)
        with pytest.raises(Refused):
            give_consent(session, row_id, ConsentItem.STATISTICS, by=" ", now=labs.now)


@pytest.mark.parametrize("kind", KINDS)
def test_who_leaves_is_gone_from_the_tables_and_may_come_back(labs: Labs, kind: str) -> None:
    row_id = add(labs, kind)
    held = labs.table(kind)
    with labs.session() as session:
        assert end(session, kind, row_id, now=labs.now) is Change.UPDATED
        assert end(session, kind, row_id, now=labs.now) is Change.UNCHANGED
        assert not any(person.active for person in session.scalars(select(Person)))
    assert labs.table(kind) == []
    with labs.session() as session:
        assert come_back(session, kind, row_id, now=labs.now) is Change.UPDATED
        assert come_back(session, kind, row_id, now=labs.now) is Change.UNCHANGED
        assert all(person.active for person in session.scalars(select(Person)))
    assert labs.table(kind) == held
