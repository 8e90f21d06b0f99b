"""Which of several reports counts, and which taps can belong to a round."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharemeal.sentences import Refused
from sharemeal.visits import Contact, GoodNews, Means, Observation, Report, plausible, standing, worst

NOON = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Told:
    id: int
    reporter_id: int
    contact: Contact = Contact.SEEN
    level: int = 0
    undone_at: datetime | None = None
    seen_at: datetime = NOON


def test_each_person_s_last_report_stands_until_it_is_undone() -> None:
    rows = [Told(1, 7), Told(2, 7, level=3), Told(3, 8), Told(4, 7, undone_at=NOON)]
    assert [row.id for row in standing(rows)] == [2, 3]
    assert standing([Told(1, 7, undone_at=NOON)]) == []


def test_a_lighter_word_that_was_said_earlier_takes_back_no_graver_one() -> None:
    worried = Told(1, 7, level=3, seen_at=NOON + timedelta(minutes=20))
    on_paper = Told(2, 7, seen_at=NOON + timedelta(minutes=10))
    corrected = Told(3, 7, seen_at=NOON + timedelta(minutes=30))
    assert standing([worried, on_paper]) == [worried]
    assert standing([worried, on_paper, corrected]) == [corrected]
    graver = Told(4, 7, level=3, seen_at=NOON)
    assert standing([corrected, graver]) == [graver], "a graver word counts whenever it was said"


def test_where_people_disagree_the_worse_wins_and_a_late_as_usual_closes_nothing() -> None:
    assert worst([Told(1, 7, level=2, contact=Contact.UNSEEN_LEFT), Told(2, 8)]).id == 1  # type: ignore[union-attr]
    assert worst([Told(1, 7), Told(2, 8, contact=Contact.VOICE_ONLY)]).id == 2  # type: ignore[union-attr]
    assert worst([]) is None


@given(
    rows=st.lists(
        st.tuples(st.integers(1, 3), st.sampled_from(Contact), st.integers(0, 3), st.booleans()), max_size=8
    ),
    seed=st.randoms(),
)
def test_the_order_of_arrival_on_our_side_does_not_matter(
    rows: list[tuple[int, Contact, int, bool]], seed
) -> None:
    told = [
        Told(number, who, contact, level, NOON if undone else None)
        for number, (who, contact, level, undone) in enumerate(rows)
    ]
    shuffled = list(told)
    seed.shuffle(shuffled)
    assert standing(told) == standing(shuffled)
    assert worst(told) == worst(shuffled)


def test_good_news_and_observations_come_in_one_list() -> None:
    report = Report.read("seen", "usual", ["tasty", "as_usual"], "  空の容器を洗って  ", means=Means.DOOR)
    assert report.observations == {Observation.AS_USUAL}
    assert report.good_news == {GoodNews.TASTY}
    assert report.note == "空の容器を洗って"
    assert report.codes == ["as_usual", "tasty"]


def test_a_call_is_answered_or_not() -> None:
    assert Report.read("not_reached", None, (), None, means=Means.CALL).contact is Contact.NOT_REACHED
    with pytest.raises(Refused, match="ここでは選べません"):
        Report.read("unseen_left", None, (), None, means=Means.CALL)


def test_a_clock_may_be_an_hour_or_two_fast_and_no_more() -> None:
    first = NOON
    plausible(NOON + timedelta(hours=2), first, NOON)
    plausible(NOON - timedelta(hours=6), first, NOON)
    with pytest.raises(Refused, match="いまより先"):
        plausible(NOON + timedelta(hours=2, seconds=1), first, NOON)
    with pytest.raises(Refused, match="より前です"):
        plausible(NOON - timedelta(hours=6, seconds=1), first, NOON)
