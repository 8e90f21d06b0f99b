"""When a word becomes a concern: every observation with its weight, notes that add up, and the ladder's minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharemeal.households import ConsentItem
from sharemeal.labs import LabRules
from sharemeal.visits import AT_THE_DOOR, Condition, Contact, Observation, Report
from sharemeal.watch import Ending, Kind, Level, Rung, Verdict, ending_for_who_told, ladder, weigh

O = Observation  # noqa: E741
NOTES = (
    O.SHUTTERS_CLOSED, O.LIGHTS_ODD, O.LOOKS_UNWELL, O.DRESS_ODD, O.TALK_CONFUSED, O.UNSTEADY_OR_HURT,
    O.MEAL_UNTOUCHED, O.HOME_UNKEPT,
)  # fmt: skip
TODAY = (O.MAIL_PILED, O.LAUNDRY_LEFT, O.CHILD_ALONE)
NONE: frozenset[Observation] = frozenset()


def verdict(
    contact: Contact = Contact.SEEN, condition: Condition | None = Condition.USUAL, *seen: Observation
) -> Verdict | None:
    return weigh(Report(contact, condition, frozenset(seen)), NONE)


def said(found: Verdict | None) -> tuple[Level, Kind, int]:
    assert found is not None
    return found.level, found.kind, int(found.patience.total_seconds()) // 60


def test_an_ordinary_door_is_nothing_to_tell() -> None:
    for contact in (Contact.SEEN, Contact.VOICE_ONLY):
        assert verdict(contact) is None
        assert verdict(contact, Condition.USUAL, O.AS_USUAL) is None


@pytest.mark.parametrize("seen", NOTES)
def test_one_note_goes_to_the_week_two_or_twice_running_to_a_coordinator(seen: Observation) -> None:
    assert said(verdict(Contact.SEEN, Condition.DIFFERENT, seen)) == (Level.NOTE, Kind.OBSERVED, 0)
    other = next(each for each in NOTES if each is not seen)
    assert said(verdict(Contact.SEEN, Condition.DIFFERENT, seen, other)) == (Level.TODAY, Kind.OBSERVED, 0)
    again = weigh(Report(Contact.SEEN, Condition.DIFFERENT, frozenset({seen})), {seen})
    assert said(again) == (Level.TODAY, Kind.OBSERVED, 0)
    changed = weigh(Report(Contact.SEEN, Condition.DIFFERENT, frozenset({seen})), {other})
    assert said(changed)[0] is Level.NOTE


@pytest.mark.parametrize("seen", TODAY)
def test_what_weighs_two_is_told_at_once(seen: Observation) -> None:
    assert said(verdict(Contact.SEEN, Condition.USUAL, seen)) == (Level.TODAY, Kind.OBSERVED, 0)
    assert said(verdict(Contact.UNSEEN_LEFT, None, seen)) == (Level.TODAY, Kind.OBSERVED, 0)


def test_no_answer_waits_a_quarter_of_an_hour() -> None:
    for contact in (Contact.UNSEEN_LEFT, Contact.UNSEEN_RETURNED):
        assert said(verdict(contact)) == (Level.TODAY, Kind.UNSEEN, 15)
        assert said(verdict(contact, None, O.NO_RESPONSE)) == (Level.TODAY, Kind.UNSEEN, 15)
    assert said(verdict(Contact.NOT_REACHED, None)) == (Level.TODAY, Kind.NOT_REACHED, 15)


def test_worry_and_danger_are_now_whatever_else_was_tapped() -> None:
    for contact in AT_THE_DOOR:
        assert said(verdict(contact, Condition.WORRIED)) == (Level.NOW, Kind.WORRIED, 0)
        assert said(verdict(contact, Condition.USUAL, O.DANGER)) == (Level.NOW, Kind.DANGER, 0)


def test_a_home_in_disorder_weighs_more_in_the_heat() -> None:
    report = Report(Contact.SEEN, Condition.DIFFERENT, frozenset({O.HOME_UNKEPT}))
    assert said(weigh(report, NONE))[0] is Level.NOTE
    assert said(weigh(report, NONE, heat_alert=True))[0] is Level.TODAY


def test_different_without_a_word_still_reaches_the_week() -> None:
    found = verdict(Contact.SEEN, Condition.DIFFERENT)
    assert said(found) == (Level.NOTE, Kind.OBSERVED, 0)
    assert found is not None
    assert str(found.why) == "ちょっと違う"


def test_why_is_what_was_seen_in_words() -> None:
    found = verdict(Contact.UNSEEN_RETURNED, Condition.WORRIED, O.NO_RESPONSE, O.SHUTTERS_CLOSED)
    assert found is not None
    assert str(found.why) == "心配・会えず（持ち帰り）・応答がない・雨戸・カーテンが閉まったまま"


reports = st.builds(
    Report,
    contact=st.sampled_from(AT_THE_DOOR),
    condition=st.sampled_from([None, *Condition]),
    observations=st.frozensets(st.sampled_from(Observation)),
)


@given(report=reports, more=st.sampled_from(Observation), before=st.frozensets(st.sampled_from(Observation)))
def test_seeing_more_never_makes_it_lighter(
    report: Report, more: Observation, before: frozenset[Observation]
) -> None:
    richer = Report(report.contact, report.condition, report.observations | {more})
    one, two = weigh(report, before), weigh(richer, before)
    assert (two.level if two else 0) >= (one.level if one else 0)
    if one and two and one.level == two.level == Level.TODAY:
        assert two.patience <= one.patience


def test_the_ladder_has_the_minutes_of_the_neighbourhood_and_asks_for_agreement() -> None:
    since = datetime(2026, 11, 27, 3, 48, tzinfo=UTC)
    rungs = ladder(since, LabRules().rung_minutes, {ConsentItem.TELL_FAMILY}, since + timedelta(minutes=24))
    assert [(each.rung, (each.at - since).seconds // 60) for each in rungs] == [
        (Rung.CALL_HOME, 5), (Rung.COORDINATOR, 15), (Rung.FAMILY, 60), (Rung.CARE_PLAZA, 90), (Rung.EMERGENCY, 120),
    ]  # fmt: skip
    assert [each.passed for each in rungs] == [True, True, False, False, False]
    assert [each.agreed for each in rungs] == [None, None, True, False, None]


def test_who_told_learns_nothing_of_where_it_went() -> None:
    well = {each for each in Ending if ending_for_who_told(each) == "無事"}
    assert well == {Ending.SAFE, Ending.MET, Ending.WITHDRAWN, Ending.ABSENT, Ending.TAKEN_OVER}
    assert {str(ending_for_who_told(each)) for each in set(Ending) - well} == {"世話人が、つぎへつなぎました"}
