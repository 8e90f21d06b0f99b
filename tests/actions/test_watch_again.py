"""What could slip through between two deeds: a home that comes back, a report that comes late, a page that is stale."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from threading import Thread
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, update

from sharemeal.actions.call_off import call_off, record_call
from sharemeal.actions.close_day import close_day
from sharemeal.actions.escalate import escalate
from sharemeal.actions.fix_day import start_day
from sharemeal.actions.pause import decline, pause, return_from_pause, take_back_decline
from sharemeal.actions.record_visit import check_in
from sharemeal.actions.take_up import end_concern, take_up
from sharemeal.actions.watch_over import notice_silences
from sharemeal.households import ConsentItem
from sharemeal.messages import MessageState
from sharemeal.sentences import Refused
from sharemeal.store import households, service_days, visits
from sharemeal.store.base import Store, transaction
from sharemeal.store.batches import MealTally
from sharemeal.store.households import Consent
from sharemeal.store.messages import Message
from sharemeal.store.people import Person
from sharemeal.store.visits import ExpectedVisit
from sharemeal.visits import Means, Report
from sharemeal.watch import Ending, Kind, Level
from tests.make.round import FixedRound, later
from tests.make.small_lab import DAY

PATIENCE_ENDS = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
THURSDAY = date(2026, 11, 26)


@pytest.fixture
def friday(store: Store, now: datetime) -> FixedRound:
    return FixedRound(store, now)


def silent_homes(friday: FixedRound) -> set[int | None]:
    notice_silences(friday.store, now=PATIENCE_ENDS)
    return {each.household_id for each in friday.concerns() if each.kind is Kind.SILENT_HOME}


def home_id(friday: FixedRound, number: int) -> int:
    with friday.lab.session() as session:
        home = households.by_number(session, number)
        assert home is not None
        return home.id


def test_a_rest_on_another_day_leaves_friday_watched(friday: FixedRound) -> None:
    home = home_id(friday, 1)
    with friday.lab.session() as session:
        texts = {"starts": THURSDAY.isoformat(), "ends": THURSDAY.isoformat(), "reason": ""}
        pause(session, "households", home, texts, now=friday.lab.now)
    assert home in silent_homes(friday)


def test_who_comes_back_from_a_rest_or_a_decline_is_watched_again(friday: FixedRound) -> None:
    first, second = home_id(friday, 1), home_id(friday, 2)
    with friday.lab.session() as session:
        texts = {"starts": THURSDAY.isoformat(), "ends": "", "reason": ""}
        pause(session, "households", first, texts, now=friday.lab.now)
        decline(session, second, DAY, now=friday.lab.now)
    assert silent_homes(friday) == set()
    with friday.lab.session() as session:
        return_from_pause(session, "households", first, now=later(-60))
        take_back_decline(session, second, DAY, now=later(-60))
    assert silent_homes(friday) == {first, second}


def test_a_day_that_was_fixed_before_anything_was_expected_is_watched_from_its_first_tap(
    friday: FixedRound,
) -> None:
    with friday.lab.session() as session, transaction(session, friday.lab.now):
        session.execute(delete(ExpectedVisit))
    friday.taps(1, "seen")
    assert silent_homes(friday) == {home_id(friday, 2)}


def test_a_day_under_way_without_expectations_gets_them_when_it_starts_again(friday: FixedRound) -> None:
    with friday.lab.session() as session:
        start_day(session, DAY, now=later(-60))
        with transaction(session, friday.lab.now):
            session.execute(delete(ExpectedVisit))
        start_day(session, DAY, now=later(-59))
        day = service_days.on(session, DAY)
        assert day is not None
        assert len(visits.expected_on(session, day.id)) == 2


def test_a_worry_that_finds_its_signal_late_is_kept_and_told(friday: FixedRound) -> None:
    friday.taps(1, "seen")
    with friday.lab.session() as session:
        close_day(session, DAY, lost={}, by="clock", now=later(180), nobody_to_ask=True)
        sums = [row.handed for row in session.scalars(select(MealTally))]
    with pytest.raises(Refused, match="もう締めました"):
        friday.taps(1, "seen", at=later(190), observed_at=later(10))
    friday.taps(1, "seen", "worried", at=later(200), observed_at=later(20))
    assert [each.level for each in friday.concerns() if each.household_id == home_id(friday, 1)] == [
        Level.NOW
    ]
    assert friday.messages()[-1][0] == "alert"
    with friday.lab.session() as session:
        assert [row.handed for row in session.scalars(select(MealTally))] == sums


def test_what_was_seen_before_a_day_was_called_off_is_kept(friday: FixedRound) -> None:
    with friday.lab.session() as session:
        call_off(session, DAY, why="雷雨", now=later(0))
    friday.taps(1, "seen", at=later(5), observed_at=later(-5))
    with pytest.raises(Refused, match="中止になりました"):
        friday.taps(2, "seen", at=later(5), observed_at=later(3))
    friday.taps(2, "seen", "worried", at=later(6))
    assert len(friday.alerts()) == 1


def test_a_stale_page_ends_no_graver_worry(friday: FixedRound) -> None:
    friday.taps(1, "unseen_left")
    (concern,) = friday.concerns()
    with friday.lab.session() as session:
        take_up(session, friday.alerts()[0].id, friday.boss, now=later(1))
    friday.taps(1, "seen", "worried", ["danger"], at=later(2))
    with friday.lab.session() as session:
        args = {"ended_as": Ending.SAFE, "memo": "", "person_id": friday.boss, "now": later(3)}
        with pytest.raises(Refused, match="重くなりました"):
            end_concern(session, concern.id, seen_level=2, **args)  # type: ignore[arg-type]
        end_concern(session, concern.id, seen_level=3, **args)  # type: ignore[arg-type]


def test_paper_typed_in_the_evening_takes_no_worry_back(friday: FixedRound) -> None:
    friday.taps(1, "seen", "worried", at=later(10))
    with friday.lab.session() as session:
        check_in(
            session,
            friday.stop(1).id,
            client_uuid=str(uuid4()),
            report=Report.read("seen", "usual", (), None, means=Means.PAPER),
            observed_at=later(0),
            reporter_id=friday.carrier(1),
            entered_by_id=friday.boss,
            means=Means.PAPER,
            now=later(60),
        )
    (concern,) = friday.concerns()
    assert concern.ended_at is None


def test_where_nobody_of_the_chain_is_left_somebody_new_is_found(friday: FixedRound) -> None:
    friday.taps(1, "seen", "worried")
    with friday.lab.session() as session, transaction(session, later(1)):
        for person_id in (friday.boss, friday.second):
            session.get_one(Person, person_id).active = False
    third = friday.lab.contact(3, "新井")
    escalate(friday.store, now=later(5))
    assert friday.messages()[-1][:2] == ("alert", third)


def test_a_home_that_agreed_to_meals_alone_is_not_described(friday: FixedRound) -> None:
    with friday.lab.session() as session, transaction(session, later(0)):
        session.execute(delete(Consent).where(Consent.item == ConsentItem.WATCH_OVER))
    for condition, codes, note in (
        ("different", (), None),
        ("usual", ("looks_unwell",), None),
        ("usual", (), "元気がない"),
    ):
        with pytest.raises(Refused, match="お渡しできたかどうかだけ"):
            friday.taps(1, "seen", condition, codes, note=note)
    friday.taps(1, "seen", "worried", note="返事がおかしい")
    assert len(friday.alerts()) == 1


@pytest.mark.postgres
def test_taps_and_endings_at_once_do_not_wait_for_each_other_forever(friday: FixedRound) -> None:
    """Both touch what is expected, the concern and its alert; they lock in one order."""
    faults: list[BaseException] = []

    def tap(home: int) -> None:
        for minute in range(12):
            try:
                friday.taps(home, "seen", "worried" if minute % 2 else "usual", at=later(minute))
            except Refused:
                pass
            except BaseException as fault:
                faults.append(fault)

    def end() -> None:
        for minute in range(24):
            for concern in [each for each in friday.concerns() if each.ended_at is None]:
                try:
                    with friday.lab.session() as session:
                        end_concern(
                            session, concern.id, ended_as=Ending.SAFE, memo="", person_id=friday.boss,
                            now=later(minute) + timedelta(seconds=30),
                        )  # fmt: skip
                except Refused:
                    pass
                except BaseException as fault:
                    faults.append(fault)

    threads = [Thread(target=tap, args=(home,)) for home in (1, 2)] + [Thread(target=end) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_a_first_report_that_arrives_after_the_closing_ends_the_silence_that_was_carried_over(
    friday: FixedRound,
) -> None:
    with friday.lab.session() as session:
        close_day(session, DAY, lost={}, by="clock", now=later(180), nobody_to_ask=True)
    assert {each.kind for each in friday.concerns() if each.household_id} == {Kind.SILENT_HOME}
    friday.taps(1, "seen", at=later(190), observed_at=later(10))
    ended = {each.household_id: each.ended_as for each in friday.concerns() if each.household_id}
    assert ended == {home_id(friday, 1): Ending.MET, home_id(friday, 2): None}


def call(friday: FixedRound, home: int, contact: str, at: datetime, day: date = DAY) -> None:
    with friday.lab.session() as session:
        report = Report.read(contact, None, (), None, means=Means.CALL)
        record_call(
            session, day, home, client_uuid=str(uuid4()), report=report, reporter_id=friday.boss, now=at
        )


def test_a_call_that_is_answered_ends_what_was_told_of_an_absence_but_no_worry(friday: FixedRound) -> None:
    friday.taps(1, "unseen_left")
    friday.taps(2, "unseen_left", "worried")
    escalate(friday.store, now=later(15))
    call(friday, 1, "not_reached", later(16))
    call(friday, 1, "voice_only", later(20))
    call(friday, 2, "voice_only", later(21))
    ended = {each.household_id: each.ended_as for each in friday.concerns()}
    assert ended == {home_id(friday, 1): Ending.MET, home_id(friday, 2): None}


def test_after_the_closing_a_call_still_ends_what_was_carried_over(friday: FixedRound) -> None:
    friday.taps(1, "seen")
    with friday.lab.session() as session:
        close_day(session, DAY, lost={}, by="桜井", now=later(180))
    call(friday, 2, "voice_only", later(190))
    assert [each.ended_as for each in friday.concerns() if each.household_id] == [Ending.MET]


def test_the_all_clear_says_of_when_and_the_calling_off_of_which_day(friday: FixedRound) -> None:
    friday.taps(1, "seen", "worried")
    (concern,) = friday.concerns()
    with friday.lab.session() as session, transaction(session, later(0)):
        session.execute(update(Message).values(state=MessageState.DELIVERED, intent_at=later(0)))
    with friday.lab.session() as session:
        end_concern(session, concern.id, ended_as=Ending.SAFE, memo="", person_id=friday.boss, now=later(4))
        call_off(session, DAY, why="雷雨", now=later(5))
    with friday.lab.session() as session:
        details = {row.purpose.value: row.detail for row in session.scalars(select(Message))}
    assert (details["all_clear"], details["called_off"]) == ("17:10", "11-27")


def test_what_counts_now_is_dated_by_its_own_moment(friday: FixedRound) -> None:
    friday.taps(1, "seen", "different", ["dress_odd"])
    friday.taps(1, "seen", "worried", at=later(9))
    (concern,) = friday.concerns()
    assert (concern.since, concern.kind) == (later(9), Kind.WORRIED)


def test_a_worry_on_the_telephone_that_is_taken_back_leaves_an_absence_that_was_answered(
    friday: FixedRound,
) -> None:
    friday.taps(1, "unseen_left")
    with friday.lab.session() as session:
        worried = Report.read("not_reached", "worried", (), None, means=Means.CALL)
        record_call(
            session, DAY, 1, client_uuid=str(uuid4()), report=worried, reporter_id=friday.boss, now=later(1)
        )
    call(friday, 1, "voice_only", later(2))
    assert [each.ended_as for each in friday.concerns()] == [Ending.MET]
