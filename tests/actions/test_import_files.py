"""A table comes in whole or not at all; read twice it changes nothing; a stranger's rows stay as they are."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select

from sharemeal.actions.import_files import preview
from sharemeal.households import ConsentItem
from sharemeal.papers.tables import Change
from sharemeal.people import Role
from sharemeal.service_days import DayState
from sharemeal.store.base import Store, transaction
from sharemeal.store.households import Household
from sharemeal.store.kitchens import Kitchen
from sharemeal.store.people import Person
from sharemeal.store.service_days import ServiceDay
from sharemeal.store.volunteers import Volunteer
from tests.actions.tables import (
    HOME,
    KITCHEN,
    OFFER,
    OTHER_HOME,
    VOLUNTEER,
    WEEK,
    Labs,
    rows,
    told,
    two_labs,
)


@pytest.fixture
def labs(store: Store, now: datetime) -> Labs:
    return two_labs(store, now)


def test_the_same_week_twice_changes_nothing_and_says_so(labs: Labs) -> None:
    labs.take_week()
    audit = labs.audit()
    held = labs.tables()
    for kind, cells in WEEK.items():
        outcome = labs.take(kind, *cells)
        assert (outcome.created, outcome.updated, outcome.unchanged) == (0, 0, len(cells))
        assert "すべて前と同じ" in str(outcome.sentence())
    assert labs.tables() == held
    assert labs.audit() == audit


def test_what_came_in_is_what_was_written(labs: Labs) -> None:
    labs.take_week()
    home = labs.table("households")[0]
    assert (home["name"], home["allergens"], home["texture"]) == ("髙柳さん", "えび・卵", "UDF1")
    assert (home["phone"], home["watch_over"], home["tell_family"]) == ("090-0000-0101", "はい", "いいえ")
    assert labs.table("offers")[0]["dish"] == "里芋コロッケ①弁当"
    assert labs.table("volunteers")[0]["familiar"] == "1・2"


def test_kitchens_and_volunteers_can_be_sent_links_and_serve(labs: Labs) -> None:
    labs.take_week()
    with labs.session() as session:
        people = {person.role: person for person in session.scalars(select(Person))}
        kitchen, volunteer = session.scalars(select(Kitchen)).one(), session.scalars(select(Volunteer)).one()
        assert people[Role.KITCHEN].kitchen_id == kitchen.id
        assert people[Role.KITCHEN].phone == "+81450000011"
        assert volunteer.person_id == people[Role.VOLUNTEER].id
        assert volunteer.serves_by_default
        found = session.scalars(select(Person).where(Person.phone_index == "+817000000101")).one()
        assert found.name == "葛西"


def test_homes_agree_to_meals_and_to_what_the_table_says(labs: Labs) -> None:
    labs.take_week()
    labs.take("households", {**HOME, "見守りの約束": "いいえ", "緊急連絡してよい": "はい"})
    with labs.session() as session:
        home = session.scalars(select(Household).where(Household.number == 1)).one()
        standing = {consent.item for consent in home.consents if consent.withdrawn_on is None}
        assert standing == {ConsentItem.MEALS, ConsentItem.TELL_FAMILY}
        withdrawn = [consent for consent in home.consents if consent.withdrawn_on is not None]
        assert [(each.item, each.withdrawn_on) for each in withdrawn] == [
            (ConsentItem.WATCH_OVER, date(2026, 11, 26))
        ]


def test_a_changed_row_keeps_what_the_table_does_not_carry(labs: Labs) -> None:
    labs.take_week()
    with labs.session() as session:
        session.scalars(select(Volunteer)).one().skills = frozenset({"車いす"})
        session.scalars(select(Volunteer)).one().serves_by_default = False
        session.commit()
    outcome = labs.take("volunteers", {**VOLUNTEER, "持てる食数": "12", "顔なじみのお届け先": "2"})
    assert (outcome.updated, outcome.unchanged) == (1, 0)
    with labs.session() as session:
        volunteer = session.scalars(select(Volunteer)).one()
        assert (volunteer.meals_carried, volunteer.skills) == (12, frozenset({"車いす"}))
        assert not volunteer.serves_by_default
    assert labs.table("volunteers")[0]["familiar"] == "2"


def test_a_row_that_is_missing_later_stays(labs: Labs) -> None:
    labs.take_week()
    labs.take("households", OTHER_HOME)
    assert [home["number"] for home in labs.table("households")] == ["1", "2"]


def test_only_changed_columns_are_written_and_audited(labs: Labs) -> None:
    labs.take_week()
    before = len(labs.audit())
    labs.take("households", {**HOME, "玄関メモ": "ベル3回"}, OTHER_HOME)
    assert labs.audit()[before:] == [("changed", "household", "door_note")]


def test_a_shop_that_moves_its_telephone_takes_its_person_along(labs: Labs) -> None:
    labs.take_week()
    labs.take("kitchens", {**KITCHEN, "店名": "なのはな亭", "電話": "045-000-0012"})
    with labs.session() as session:
        person = session.scalars(select(Person).where(Person.phone_index == "+81450000012")).one()
        assert (person.name, person.phone) == ("なのはな亭", "+81450000012")


def test_every_fault_is_told_and_nothing_is_written(labs: Labs) -> None:
    labs.take_week()
    held, audit = labs.tables(), labs.audit()
    outcome = labs.take(
        "households",
        {**HOME, "食数": "3"},
        {**OTHER_HOME, "食数": "-1", "アレルギー": "たまごやき", "電話": "9000000102"},
        {
            **HOME,
            "お届け先番号": "3",
            "時間帯開始": "18:30",
            "時間帯終了": "16:30",
            "緯度": "139.5",
            "経度": "35.5",
        },
        {**HOME, "お届け先番号": "４", "緯度": "51.5", "経度": "-0.1"},
    )
    assert sorted(told(outcome)) == sorted(
        [(3, "電話"), (3, "食数"), (3, "アレルギー"), (4, "緯度"), (4, "時間帯終了"), (5, "緯度")]
    )
    assert (outcome.rows, outcome.created, outcome.updated) == (4, 0, 0)
    messages = {fault.column: str(fault.refusal) for fault in outcome.faults if fault.row == 3}
    assert "090-0000-0102" in messages["電話"]
    assert labs.tables() == held
    assert labs.audit() == audit


def test_a_number_used_twice_names_both_rows(labs: Labs) -> None:
    faulty = {**HOME, "食数": "多め"}
    outcome = labs.take("households", HOME, faulty, {**OTHER_HOME, "お届け先番号": "１"})
    assert told(outcome) == [(3, "お届け先番号"), (3, "食数"), (4, "お届け先番号")]
    assert "2行目と4行目" in str(outcome.faults[2].refusal)


def test_the_same_dish_twice_names_both_rows(labs: Labs) -> None:
    labs.take("kitchens", KITCHEN)
    outcome = labs.take("offers", OFFER, {**OFFER, "日付": "令和8年11月27日", "食数": "3"})
    assert told(outcome) == [(3, "献立")]
    assert "2行目と3行目" in str(outcome.faults[0].refusal)


def test_an_offer_of_an_unknown_kitchen_is_told(labs: Labs) -> None:
    labs.take("kitchens", KITCHEN)
    outcome = labs.take("offers", {**OFFER, "協力店番号": "7"})
    assert told(outcome) == [(2, "協力店番号")]
    assert "協力店7" in str(outcome.faults[0].refusal)


def test_a_table_is_taken_as_the_office_wrote_it(labs: Labs) -> None:
    """The offer's own texture decides; what is ready after the handover hours suits nobody and is left over."""
    labs.take("kitchens", KITCHEN)
    assert labs.take("offers", {**OFFER, "食形態": "UDF3", "できあがり": "18:01"}).created == 1


@pytest.mark.parametrize("state", [DayState.FIXED, DayState.UNDER_WAY, DayState.CLOSED])
def test_a_settled_day_takes_no_other_offer_but_the_same_ones(labs: Labs, state: DayState) -> None:
    labs.take_week()
    with labs.session() as session:
        session.add(ServiceDay(service_date=date(2026, 11, 27), state=state))
        session.commit()
    assert labs.take("offers", OFFER).unchanged == 1
    assert told(labs.take("offers", {**OFFER, "食数": "9"})) == [(2, "日付")]
    assert told(labs.take("offers", {**OFFER, "献立": "もう一品"})) == [(2, "日付")]
    assert labs.take("offers", {**OFFER, "日付": "2026-12-04"}).created == 1


def test_a_familiar_home_that_does_not_exist_yet_is_told_and_kept_once_it_does(labs: Labs) -> None:
    labs.take("households", HOME)
    outcome = labs.take("volunteers", VOLUNTEER)
    assert outcome.created == 1
    assert "お届け先2" in str(outcome.notes[0])
    assert labs.take("volunteers", VOLUNTEER).unchanged == 1
    labs.take("households", {**HOME, "お届け先番号": "2"})
    again = labs.take("volunteers", VOLUNTEER)
    assert (again.updated, again.notes) == (1, ())


def test_an_ended_number_is_not_given_to_somebody_else(labs: Labs) -> None:
    labs.take("households", HOME)
    with labs.session() as session, transaction(session, labs.now):
        session.scalars(select(Household)).one().ended_on = date(2026, 11, 1)
    assert labs.take("households", HOME).unchanged == 1
    assert told(labs.take("households", {**HOME, "呼び名": "真壁さん"})) == [(2, "お届け先番号")]


def test_the_preview_tells_the_same_and_writes_nothing(labs: Labs) -> None:
    labs.take("households", HOME)
    held, audit = labs.tables(), labs.audit()
    new = {**HOME, "お届け先番号": "3"}
    with labs.session() as session:
        seen = preview(
            session,
            "households",
            rows("households", HOME, {**OTHER_HOME, "食数": "18-20"}, new),
            now=labs.now,
        )
    assert [row.change for row in seen.rows] == [Change.UNCHANGED, None, Change.CREATED]
    assert [(fault.row, fault.column) for fault in seen.faults] == [(3, "食数")]
    assert labs.tables() == held
    assert labs.audit() == audit


def test_the_answer_has_its_promised_shape(labs: Labs) -> None:
    answer = labs.take("households", HOME, {**OTHER_HOME, "食数": "=1+1"}).as_json()
    message = answer["errors"][0].pop("message")
    assert answer == {
        "rows": 2, "created": 0, "updated": 0, "unchanged": 0, "errors": [{"row": 3, "column": "食数"}]
    }  # fmt: skip
    assert "計算式" in message


def test_a_stranger_lab_with_the_same_numbers_stays_as_it_was(labs: Labs) -> None:
    before = labs.tables(labs.stranger_id)
    labs.take_week()
    labs.take("households", {**HOME, "呼び名": "土岐さん", "緊急連絡してよい": "はい"})
    labs.take("kitchens", {**KITCHEN, "店名": "べつの店"})
    labs.take("volunteers", {**VOLUNTEER, "顔なじみのお届け先": ""})
    labs.take("offers", {**OFFER, "食数": "1"})
    assert labs.tables(labs.stranger_id) == before
