"""A day is fixed only when nobody is left without a place or a name, and each step is safe to repeat."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from sharemeal.actions.close_day import close_day
from sharemeal.actions.fix_day import fix_day, reopen_day, stale, start_day
from sharemeal.actions.pin_home import pin_home
from sharemeal.actions.sign_off import (
    sign_few_contacts,
    sign_off,
    take_back_few_contacts,
    take_back_sign_off,
)
from sharemeal.households import Need, PauseSpan
from sharemeal.sentences import Refused
from sharemeal.service_days import DayState
from sharemeal.store.alerts import contacts
from sharemeal.store.base import Store, transaction
from sharemeal.store.households import Pause, by_number
from sharemeal.store.kitchens import offers_on
from sharemeal.store.service_days import ServiceDay
from tests.actions.planning import planned, report, the_day, volunteer_of
from tests.make.small_lab import DAY, SmallLab, two_homes


def fix(lab: SmallLab, *, by: str = "桜井", later: int = 0) -> ServiceDay:
    with lab.session() as session:
        return fix_day(session, DAY, by=by, now=lab.now + timedelta(minutes=later))


def state(lab: SmallLab) -> str:
    return str(report(lab)["state"])


def short_of_one(store: Store, now: datetime) -> SmallLab:
    """Two homes, one of them too far away for its minute at the door."""
    lab = SmallLab(store, now)
    lab.offer(lab.kitchen(1, 0), "豆のごはん", 9)
    lab.home(1, 5)
    lab.home(2, 80, opens="17:00", closes="17:01")
    lab.volunteer(1, 0)
    planned(lab)
    return lab


def test_a_complete_plan_is_fixed_once(store: Store, now: datetime) -> None:
    lab = two_homes(store, now)
    planned(lab)
    day = fix(lab)
    assert (day.state, day.fixed_at, day.fixed_by) == (DayState.FIXED, now, "桜井")
    again = fix(lab, by="ほかの人", later=5)
    assert (again.fixed_at, again.fixed_by) == (now, "桜井")


def test_a_fixed_day_is_shown_as_it_was_planned(store: Store, now: datetime) -> None:
    lab = two_homes(store, now)
    planned(lab)
    draft = report(lab)
    fix(lab)
    assert report(lab) == {**draft, "state": "fixed"}


def test_a_day_that_nobody_planned_is_not_fixed(store: Store, now: datetime) -> None:
    lab, stranger = two_homes(store, now), two_homes(store, now, slug="stranger")
    planned(stranger)
    with pytest.raises(Refused, match="計画はまだありません"):
        fix(lab)
    lab.add(ServiceDay(service_date=DAY, state=DayState.DRAFT, summary={}))
    with pytest.raises(Refused, match="まだ計算していません"):
        fix(lab)
    assert state(stranger) == "draft"


def test_a_day_without_any_route_is_not_fixed(store: Store, now: datetime) -> None:
    lab = SmallLab(store, now)
    lab.home(1, 5)
    lab.volunteer(1, 0)
    planned(lab)
    with pytest.raises(Refused, match="コースがひとつもない"):
        fix(lab)


def test_a_short_home_blocks_until_somebody_answers_by_name(store: Store, now: datetime) -> None:
    lab = short_of_one(store, now)
    with pytest.raises(Refused, match="お届け先②に、まだ") as refusal:
        fix(lab)
    assert "お名前で引き受けて" in str(refusal.value.remedy)
    assert state(lab) == "draft"
    with lab.session() as session:
        signed = sign_off(session, DAY, 2, reason="昼に電話します", by="桜井", now=now)
        assert (signed.reason, signed.signed_by) == ("昼に電話します", "桜井")
        sign_off(session, DAY, 2, reason="昼に電話します", by="桜井", now=now + timedelta(minutes=1))
        assert len(the_day(session).sign_offs) == 1
        take_back_sign_off(session, DAY, 2, now=now)
    with pytest.raises(Refused, match="お届け先②に、まだ"):
        fix(lab)
    with lab.session() as session:
        sign_off(session, DAY, 2, reason="昼に電話します", by="桜井", now=now)
    assert fix(lab).state == DayState.FIXED


@pytest.mark.parametrize(
    ("home", "reason", "by", "sentence"),
    [
        (1, "電話します", "桜井", "お届け先①に足りないものはありません"),
        (9, "電話します", "桜井", "お届け先⑨は登録されていません"),
        (2, " ", "桜井", "空のままです"),
        (2, "電話します", "", "空のままです"),
    ],
)
def test_a_sign_off_that_means_nothing_is_refused(
    store: Store, now: datetime, home: int, reason: str, by: str, sentence: str
) -> None:
    lab = short_of_one(store, now)
    with lab.session() as session, pytest.raises(Refused, match=sentence):
        sign_off(session, DAY, home, reason=reason, by=by, now=now)


def test_who_signed_keeps_answering_only_while_the_same_is_missing(store: Store, now: datetime) -> None:
    lab = short_of_one(store, now)
    with lab.session() as session:
        sign_off(session, DAY, 2, reason="昼に電話します", by="桜井", now=now)
    planned(lab)
    with lab.session() as session:
        assert len(the_day(session).sign_offs) == 1
    lab.add(Pause(household_id=_home_id(lab, 1), span=PauseSpan(DAY)))
    with lab.session() as session, transaction(session, now):
        home = by_number(session, 2)
        assert home is not None
        home.need = Need(5)
    planned(lab)
    with lab.session() as session:
        assert the_day(session).sign_offs == []


def _home_id(lab: SmallLab, number: int) -> int:
    with lab.session() as session:
        home = by_number(session, number)
        assert home is not None
        return home.id


@pytest.mark.parametrize("change", ["count", "pause", "volunteer"])
def test_what_changed_after_the_calculation_must_be_planned_first(
    store: Store, now: datetime, change: str
) -> None:
    lab = two_homes(store, now)
    planned(lab)
    if change == "count":
        with lab.session() as session, transaction(session, now):
            offers_on(session, DAY)[0].meal_count = 9
    elif change == "pause":
        lab.add(Pause(household_id=_home_id(lab, 1), span=PauseSpan(DAY)))
    else:
        lab.volunteer(3, 0)
    with lab.session() as session:
        assert stale(session, DAY)
    with pytest.raises(Refused, match="計算したあとで"):
        fix(lab)
    planned(lab)
    with lab.session() as session:
        assert not stale(session, DAY)
    assert fix(lab).state == DayState.FIXED


def test_a_session_that_has_seen_the_day_before_notices_changes_too(store: Store, now: datetime) -> None:
    lab = two_homes(store, now)
    planned(lab)
    with lab.session() as session:
        assert offers_on(session, DAY)[0].meal_count == 5
        session.commit()
        with lab.session() as other, transaction(other, now):
            offers_on(other, DAY)[0].meal_count = 9
        with pytest.raises(Refused, match="計算したあとで"):
            fix_day(session, DAY, by="桜井", now=now)


def test_a_pin_set_after_the_calculation_must_be_planned_first(store: Store, now: datetime) -> None:
    lab = two_homes(store, now)
    planned(lab)
    going = volunteer_of(lab)[1]
    with lab.session() as session:
        pin_home(session, 1, going, reason="顔なじみ", until=None, today=date(2026, 11, 26), now=now)
        fix_day(session, DAY, by="桜井", now=now)
        reopen_day(session, DAY, now=now)
        pin_home(session, 1, 3 - going, reason="声でわかる", until=None, today=date(2026, 11, 26), now=now)
        with pytest.raises(Refused, match="お届け先①はボランティア"):
            fix_day(session, DAY, by="桜井", now=now)
    planned(lab)
    assert fix(lab).state == DayState.FIXED


def test_a_fixed_day_opens_again_and_is_planned_anew(store: Store, now: datetime) -> None:
    lab = two_homes(store, now)
    planned(lab)
    fix(lab)
    with lab.session() as session:
        assert reopen_day(session, DAY, now=now).fixed_by is None
        assert reopen_day(session, DAY, now=now).state == DayState.DRAFT
    assert planned(lab).complete


def test_under_way_and_closed_follow_in_order_and_nothing_goes_back(store: Store, now: datetime) -> None:
    lab = two_homes(store, now)
    planned(lab)
    with lab.session() as session:
        with pytest.raises(Refused, match="下書きの日は、実施にできません"):
            start_day(session, DAY, now=now)
        fix_day(session, DAY, by="桜井", now=now)
        with pytest.raises(Refused, match="まだ来ていません"):
            close_day(session, DAY, lost={}, by="桜井", now=now)
        assert start_day(session, DAY, now=now).state == DayState.UNDER_WAY
        assert start_day(session, DAY, now=now).state == DayState.UNDER_WAY
        with pytest.raises(Refused, match="実施の日は、下書きにできません"):
            reopen_day(session, DAY, now=now)
        friday = now + timedelta(days=1)
        assert close_day(session, DAY, lost={}, by="桜井", now=friday).state == DayState.CLOSED
        with pytest.raises(Refused, match="締めの日は、確定にできません"):
            fix_day(session, DAY, by="桜井", now=now)
    assert state(lab) == "closed"


def test_too_few_contacts_block_a_day_until_somebody_answers_by_name(store: Store, now: datetime) -> None:
    lab = two_homes(store, now)
    lab.contact(1, "桜井")
    planned(lab)
    with lab.session() as session:
        take_back_few_contacts(session, DAY, now=now)
        take_back_few_contacts(session, DAY, now=now)
    with pytest.raises(Refused, match="連絡先が2人そろっていません（届く番号は、いま1人）") as refusal:
        fix(lab)
    assert "お名前で引き受けて" in str(refusal.value.remedy)
    with lab.session() as session:
        for reason, by in ((" ", "桜井"), ("待ちます", "")):
            with pytest.raises(Refused, match="空のままです"):
                sign_few_contacts(session, DAY, reason=reason, by=by, now=now)
        sign_few_contacts(session, DAY, reason="電話を離しません", by="桜井", now=now)
        day = the_day(session)
        assert (day.few_contacts_by, day.few_contacts_why) == ("桜井", "電話を離しません")
    assert fix(lab).state == DayState.FIXED
    with lab.session() as session, pytest.raises(Refused, match="もう決まっています"):
        take_back_few_contacts(session, DAY, now=now)


def test_two_contacts_need_no_name_but_a_dead_number_does_not_count(store: Store, now: datetime) -> None:
    lab = two_homes(store, now)
    lab.contacts()
    planned(lab)
    with lab.session() as session:
        with pytest.raises(Refused, match="もうそろっています"):
            sign_few_contacts(session, DAY, reason="待ちます", by="桜井", now=now)
        with transaction(session, now):
            row = contacts(session)[0]
            row.fault_code, row.fault_at = 30005, now
    with pytest.raises(Refused, match="いま1人"):
        fix(lab)
    with lab.session() as session, transaction(session, now):
        row = contacts(session)[0]
        row.fault_code = row.fault_at = None
    assert fix(lab).state == DayState.FIXED
