"""Offers are entered and corrected until the cut-off, by planners until the day is fixed, by strangers never."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from sharemeal.actions.offer import change_offer, enter_offer, withdraw_offer
from sharemeal.papers.tables import OFFERS, Change
from sharemeal.sentences import Refused, SeveralRefused
from sharemeal.service_days import DayState
from sharemeal.store.base import Store
from sharemeal.store.kitchens import Kitchen, Offer
from sharemeal.store.service_days import ServiceDay
from tests.actions.tables import KITCHEN, OFFER, Labs, two_labs

DAY = date(2026, 11, 27)
FORM = {OFFERS.fields[header]: text for header, text in OFFER.items()}
AFTER_CUTOFF = timedelta(hours=3, seconds=1)


@pytest.fixture
def labs(store: Store, now: datetime) -> Labs:
    labs = two_labs(store, now)
    labs.take(
        "kitchens", KITCHEN, {**KITCHEN, "協力店番号": "2", "店名": "こもれび亭", "作れる食形態": "UDF2"}
    )
    return labs


def kitchen_id(labs: Labs, number: int = 1, lab_id: int | None = None) -> int:
    with labs.session(lab_id) as session:
        return session.scalars(select(Kitchen.id).where(Kitchen.number == number)).one()


def enter(labs: Labs, *, later: timedelta = timedelta(0), after_cutoff: bool = False, **changes: str) -> int:
    with labs.session() as session:
        return enter_offer(
            session,
            kitchen_id(labs),
            DAY,
            {**FORM, **changes},
            now=labs.now + later,
            actor="なのはな食堂",
            after_cutoff=after_cutoff,
        )


def correct(labs: Labs, offer_id: int, *, later: timedelta = timedelta(0), **changes: str) -> Change:
    with labs.session() as session:
        return change_offer(session, offer_id, changes, now=labs.now + later, actor="なのはな食堂")


def stored(labs: Labs) -> list[Offer]:
    with labs.session() as session:
        return list(session.scalars(select(Offer).order_by(Offer.id)))


def test_an_offer_is_entered_once_and_says_by_whom(labs: Labs) -> None:
    first = enter(labs)
    assert enter(labs, later=timedelta(minutes=5)) == first
    [offer] = stored(labs)
    assert (offer.meal_count, offer.allergens, offer.surplus_kg) == (8, {"小麦", "大豆"}, Decimal("1.3"))
    assert (offer.entered_by, offer.entered_at) == ("なのはな食堂", labs.now)


def test_a_count_is_corrected_and_all_else_stays(labs: Labs) -> None:
    offer_id = enter(labs)
    later = timedelta(minutes=5)
    assert correct(labs, offer_id, later=later, meal_count="１２食") is Change.UPDATED
    assert correct(labs, offer_id, later=2 * later, meal_count="12") is Change.UNCHANGED
    [offer] = stored(labs)
    assert (offer.meal_count, offer.dish, offer.allergens) == (12, "里芋コロッケ①弁当", {"小麦", "大豆"})
    assert offer.entered_at == labs.now + later


def test_surplus_is_said_by_its_mass_or_by_a_word(labs: Labs) -> None:
    offer_id = enter(labs, surplus_kg="", uses_surplus="いいえ")
    assert [offer.uses_surplus for offer in stored(labs)] == [False]
    correct(labs, offer_id, uses_surplus="はい")
    assert [offer.uses_surplus for offer in stored(labs)] == [True]
    correct(labs, offer_id, uses_surplus="いいえ", surplus_kg="0.5")
    assert [offer.uses_surplus for offer in stored(labs)] == [True]


def test_no_meal_today_is_an_answer_too(labs: Labs) -> None:
    enter(labs, meal_count="0")
    assert [offer.meal_count for offer in stored(labs)] == [0]


@pytest.mark.parametrize(
    ("field", "text"),
    [("meal_count", "18-20"), ("meal_count", "-1"), ("texture", "UDF2"), ("ready", "18:30"), ("allergens", "まぐろ"),
     ("dish", "=1+1")],
)  # fmt: skip
def test_a_refused_form_names_its_field_and_writes_nothing(labs: Labs, field: str, text: str) -> None:
    with pytest.raises(SeveralRefused) as caught:
        enter(labs, later=timedelta(0), after_cutoff=False, **{field: text})
    assert [refusal.field for refusal in caught.value.refusals] == [field]
    assert stored(labs) == []


def test_a_dish_cannot_take_the_name_of_another(labs: Labs) -> None:
    enter(labs)
    second = enter(labs, dish="とろとろ親子丼")
    with pytest.raises(SeveralRefused, match="か所"):
        correct(labs, second, dish="里芋コロッケ①弁当")
    assert correct(labs, second, dish="親子丼") is Change.UPDATED
    assert [offer.dish for offer in stored(labs)] == ["里芋コロッケ①弁当", "親子丼"]


def test_the_cut_off_holds_for_kitchens_and_not_for_planners(labs: Labs) -> None:
    offer_id = enter(labs, later=AFTER_CUTOFF - timedelta(seconds=1))
    with pytest.raises(Refused, match="締め切り"):
        enter(labs, later=AFTER_CUTOFF, dish="遅れた弁当")
    with pytest.raises(Refused, match="締め切り"):
        correct(labs, offer_id, later=AFTER_CUTOFF, meal_count="1")
    with labs.session() as session, pytest.raises(Refused, match="締め切り"):
        withdraw_offer(session, offer_id, now=labs.now + AFTER_CUTOFF)
    assert [offer.meal_count for offer in stored(labs)] == [8]
    enter(labs, later=AFTER_CUTOFF, after_cutoff=True, dish="遅れた弁当")
    assert len(stored(labs)) == 2


def test_a_fixed_day_is_closed_to_everybody(labs: Labs) -> None:
    offer_id = enter(labs)
    with labs.session() as session:
        session.add(ServiceDay(service_date=DAY, state=DayState.FIXED))
        session.commit()
    with pytest.raises(Refused, match="もう決まっています"):
        enter(labs, after_cutoff=True, meal_count="9")
    with labs.session() as session, pytest.raises(Refused, match="もう決まっています"):
        withdraw_offer(session, offer_id, now=labs.now, after_cutoff=True)
    assert correct(labs, offer_id) is Change.UNCHANGED


def test_an_offer_is_taken_back(labs: Labs) -> None:
    offer_id = enter(labs)
    with labs.session() as session:
        withdraw_offer(session, offer_id, now=labs.now)
    assert stored(labs) == []


def test_another_kitchens_or_labs_offer_is_not_found(labs: Labs) -> None:
    offer_id = enter(labs)
    with labs.session(labs.stranger_id) as session:
        foreign = session.scalars(select(Offer.id)).one()
    strangers_kitchen = kitchen_id(labs, lab_id=labs.stranger_id)
    other = kitchen_id(labs, number=2)
    with labs.session() as session:
        for deed in (
            lambda: change_offer(session, foreign, {"meal_count": "1"}, now=labs.now, actor="x"),
            lambda: change_offer(session, offer_id, {}, now=labs.now, actor="x", kitchen_id=other),
            lambda: withdraw_offer(session, foreign, now=labs.now),
            lambda: withdraw_offer(session, offer_id, now=labs.now, kitchen_id=other),
            lambda: enter_offer(session, strangers_kitchen, DAY, FORM, now=labs.now, actor="x"),
        ):
            with pytest.raises(LookupError):
                deed()
    assert labs.table("offers", labs.stranger_id)[0]["meal_count"] == "8"
