"""A tap at a door: kept once, corrected, undone, weighed; concern, alert and message come with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from sharemeal.actions.escalate import escalate
from sharemeal.actions.record_visit import Result, check_in, count_pickup
from sharemeal.alerts import AlertState
from sharemeal.messages import MessageState
from sharemeal.sentences import Refused
from sharemeal.service_days import DayState
from sharemeal.store import service_days, visits
from sharemeal.store.audit import AuditEntry
from sharemeal.store.base import Store, transaction
from sharemeal.store.batches import PickupCount
from sharemeal.store.messages import Message
from sharemeal.store.service_days import Stop
from sharemeal.store.visits import CheckIn, ClosedBy, Whose
from sharemeal.visits import Contact, Means, Report
from sharemeal.watch import Ending, Kind, Level
from tests.make.round import AT_THE_DOOR, FixedRound, later
from tests.make.small_lab import DAY


@pytest.fixture
def friday(store: Store, now: datetime) -> FixedRound:
    return FixedRound(store, now)


def test_an_ordinary_door_ends_what_was_expected(friday: FixedRound) -> None:
    done = friday.taps(1, "seen", codes=["smile"])
    assert done.result is Result.CREATED
    assert friday.concerns() == []
    assert friday.messages() == []
    with friday.lab.session() as session:
        day = service_days.on(session, DAY)
        assert day is not None
        assert (day.state, day.started_at) == (DayState.UNDER_WAY, AT_THE_DOOR)
        home = next(
            each
            for each in visits.expected_on(session, day.id)
            if each.household_id == done.check_in.household_id
        )
        assert (home.closed_by, home.closed_at) == (ClosedBy.VISIT, AT_THE_DOOR)
        walked = visits.expected_on(session, day.id, Whose.VOLUNTEER)
        assert any(each.closed_at for each in walked if each.stop_id == done.check_in.stop_id)


def test_the_same_tap_again_changes_nothing(friday: FixedRound) -> None:
    uuid = str(uuid4())
    first = friday.taps(1, "seen", "worried", uuid=uuid)
    again = friday.taps(1, "seen", "worried", uuid=uuid.upper(), at=later(3))
    assert (first.result, again.result) == (Result.CREATED, Result.REPEATED)
    assert again.check_in.id == first.check_in.id
    assert len(friday.alerts()) == 1
    assert len(friday.messages()) == 1
    with pytest.raises(Refused, match="別の記録"):
        friday.taps(2, "seen", uuid=uuid)


def test_worry_is_told_at_once_in_the_same_transaction(friday: FixedRound) -> None:
    friday.taps(1, "seen", "worried", ["unsteady_or_hurt"])
    (concern,) = friday.concerns()
    (alert,) = friday.alerts()
    assert (concern.kind, concern.level) == (Kind.WORRIED, Level.NOW)
    assert (alert.state, alert.step, alert.next_step_at) == (AlertState.NOTIFYING, 1, later(5))
    assert friday.messages() == [("alert", friday.boss, "pending")]
    with friday.store.session(all_labs=True) as session:
        noted = session.scalars(select(AuditEntry.columns).where(AuditEntry.subject == "household"))
        assert any("check_in created" in columns for columns in noted)


def test_an_unseen_home_is_told_of_after_a_quarter_of_an_hour(friday: FixedRound) -> None:
    friday.taps(1, "unseen_left", codes=["no_response"])
    (alert,) = friday.alerts()
    assert (alert.state, alert.next_step_at) == (AlertState.WAITING, later(15))
    assert escalate(friday.store, now=later(14.9)) == 0
    assert escalate(friday.store, now=later(15)) == 1
    assert friday.messages() == [("alert", friday.boss, "pending")]


def test_it_falls_away_unnoticed_if_the_home_is_seen_before(friday: FixedRound) -> None:
    friday.taps(1, "unseen_left")
    friday.taps(1, "seen", at=later(10))
    (concern,) = friday.concerns()
    assert concern.ended_as is Ending.MET
    assert escalate(friday.store, now=later(60)) == 0
    assert friday.messages() == []


def test_undoing_a_worry_sends_the_all_clear_and_a_second_undoing_nothing(friday: FixedRound) -> None:
    tapped = friday.taps(1, "seen", "worried")
    with friday.lab.session() as session, transaction(session, later(0)):
        sent = session.scalars(select(Message)).one()
        sent.intent_at, sent.state = AT_THE_DOOR, MessageState.ACCEPTED
    for _ in range(2):
        friday.undoes(tapped, at=later(1))
    (concern,) = friday.concerns()
    assert (concern.ended_as, friday.alerts()[0].state) == (Ending.WITHDRAWN, AlertState.ENDED)
    assert friday.messages() == [("alert", friday.boss, "accepted"), ("all_clear", friday.boss, "pending")]


def test_what_has_not_gone_out_is_withdrawn_without_an_all_clear(friday: FixedRound) -> None:
    friday.undoes(friday.taps(1, "seen", "worried"))
    assert friday.messages() == [("alert", friday.boss, "withdrawn")]


def test_undoing_makes_the_home_expected_again(friday: FixedRound) -> None:
    friday.undoes(friday.taps(1, "seen"))
    with friday.lab.session() as session:
        day = service_days.on(session, DAY)
        assert day is not None
        assert all(each.closed_at is None for each in visits.expected_on(session, day.id))


def test_the_report_before_stands_again_and_is_told_anew(friday: FixedRound) -> None:
    friday.taps(1, "seen", "worried")
    corrected = friday.taps(1, "seen", "usual", at=later(1))
    assert [each.ended_as for each in friday.concerns()] == [Ending.WITHDRAWN]
    friday.undoes(corrected, at=later(2))
    _withdrawn, second = friday.concerns()
    assert second.ended_at is None
    assert second.level == Level.NOW
    assert [alert.state for alert in friday.alerts()] == [AlertState.ENDED, AlertState.NOTIFYING]


def test_more_detail_joins_the_same_alert(friday: FixedRound) -> None:
    friday.taps(1, "seen", "worried")
    friday.taps(1, "seen", "worried", ["looks_unwell", "unsteady_or_hurt"], at=later(1), note="顔色が悪い")
    assert len(friday.concerns()) == len(friday.alerts()) == len(friday.messages()) == 1


def test_a_note_twice_running_makes_two(friday: FixedRound, store: Store) -> None:
    friday.taps(1, "seen", "different", ["meal_untouched"])
    (concern,) = friday.concerns()
    assert (concern.level, friday.alerts()) == (Level.NOTE, [])
    friday.taps(1, "seen", "different", ["meal_untouched", "dress_odd"], at=later(1))
    (concern,) = friday.concerns()
    assert (concern.level, len(friday.alerts())) == (Level.TODAY, 1)


def test_from_worry_to_a_note_ends_the_alert_and_keeps_the_note(friday: FixedRound) -> None:
    friday.taps(1, "seen", "worried")
    friday.taps(1, "seen", "different", at=later(1))
    first, second = friday.concerns()
    assert (first.ended_as, second.level, second.ended_at) == (Ending.WITHDRAWN, Level.NOTE, None)
    assert len(friday.alerts()) == 1


def test_a_clock_that_is_an_hour_fast_is_kept_and_one_of_another_day_is_refused(friday: FixedRound) -> None:
    fast = friday.taps(1, "seen", observed_at=later(60))
    assert (fast.check_in.observed_at, fast.check_in.seen_at) == (later(60), AT_THE_DOOR)
    for wrong, words in ((later(125), "いまより先"), (later(-24 * 60), "より前です")):
        with pytest.raises(Refused, match=words):
            friday.taps(2, "seen", observed_at=wrong)


def test_who_may_record_what(friday: FixedRound, store: Store, now: datetime) -> None:
    stranger = FixedRound(store, now, slug="tsuzuki")
    report = Report(Contact.SEEN)
    args = {"client_uuid": str(uuid4()), "report": report, "observed_at": AT_THE_DOOR, "now": AT_THE_DOOR}
    with stranger.lab.session() as session, pytest.raises(LookupError):
        check_in(session, friday.stop(1).id, reporter_id=stranger.carrier(1), **args)  # type: ignore[arg-type]
    with friday.lab.session() as session:
        with pytest.raises(Refused, match="あなたのコースにありません"):
            check_in(session, friday.stop(1).id, reporter_id=friday.boss, **args)  # type: ignore[arg-type]
        day = service_days.on(session, DAY)
        assert day is not None
        shop = next(stop for stop in day.routes[0].stops if stop.kitchen_id is not None)
        person = day.routes[0].volunteer.person_id
        with pytest.raises(Refused, match="受け取りの店"):
            check_in(session, shop.id, reporter_id=person, **args)  # type: ignore[arg-type]
        assert session.scalars(select(CheckIn)).first() is None


@pytest.mark.parametrize(
    ("state", "words"), [(DayState.DRAFT, "まだ決まっていません"), (DayState.CLOSED, "もう締めました")]
)
def test_a_day_that_takes_no_reports(friday: FixedRound, state: DayState, words: str) -> None:
    if state is DayState.CLOSED:
        friday.taps(1, "seen")
    with friday.lab.session() as session, transaction(session, AT_THE_DOOR):
        day = service_days.on(session, DAY)
        assert day is not None
        day.state = state
    with pytest.raises(Refused, match=words):
        friday.taps(1, "seen")


def test_a_pickup_is_counted_once_and_is_a_sign_of_the_volunteer(friday: FixedRound) -> None:
    with friday.lab.session() as session:
        day = service_days.on(session, DAY)
        assert day is not None
        stop = next(stop for stop in day.routes[0].stops if stop.kitchen_id is not None)
        counts = {item.serving.offer_id: 3 for item in stop.items}
        person = session.get_one(Stop, stop.id).route.volunteer.person_id
        uuid = str(uuid4())
        done = [
            count_pickup(
                session,
                stop.id,
                counts,
                client_uuid=uuid,
                reporter_id=person,
                observed_at=AT_THE_DOOR,
                now=AT_THE_DOOR,
            )
            for _ in range(2)
        ]
        assert done == [True, False]
        assert [row.portions for row in session.scalars(select(PickupCount))] == [3]
        with pytest.raises(LookupError):
            count_pickup(
                session, stop.id, {999: 1}, client_uuid=str(uuid4()), reporter_id=person,
                observed_at=AT_THE_DOOR, now=AT_THE_DOOR,
            )  # fmt: skip


def test_codes_that_are_not_ours(friday: FixedRound) -> None:
    for contact, condition, codes, note, field in (
        (None, "usual", (), None, "contact"),
        ("hugged", "usual", (), None, "contact"),
        ("not_reached", "usual", (), None, "contact"),
        ("seen", "fine", (), None, "condition"),
        ("seen", "usual", ["ghost"], None, "observations"),
        ("seen", "usual", (), "あ" * 1_000_000, "note"),
    ):
        with pytest.raises(Refused) as refused:
            Report.read(contact, condition, codes, note, means=Means.DOOR)
        assert refused.value.field == field


def test_a_worried_alert_goes_round_the_chain_and_never_ends_by_itself(friday: FixedRound) -> None:
    friday.taps(1, "seen", "worried")
    for minutes in range(5, 26, 5):
        assert escalate(friday.store, now=later(minutes)) == 1
    told = [person for _, person, _ in friday.messages()]
    assert told == [friday.boss, friday.second] * 3
    assert friday.alerts()[0].next_step_at == later(25) + timedelta(minutes=5)
