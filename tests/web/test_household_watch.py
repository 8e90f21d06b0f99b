"""A home's last weeks: a gap stays a gap, in the line and in the column."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from sharemeal.households import PauseSpan
from sharemeal.people import Role
from sharemeal.service_days import DayState
from sharemeal.store import households
from sharemeal.store.base import Store
from sharemeal.store.households import Decline, Pause
from sharemeal.store.service_days import Route, ServiceDay, Stop
from sharemeal.store.visits import CheckIn
from sharemeal.visits import Condition, Contact, Means
from tests.make.round import FixedRound, later
from tests.make.small_lab import DAY, SmallLab
from tests.web.conftest import StandingClock

ClientOf = Callable[[int], FlaskClient]
Person = Callable[..., int]


@pytest.fixture
def friday(store: Store, now: datetime, clock: StandingClock) -> FixedRound:
    made = FixedRound(store, now)
    clock.moment = later(30)
    return made


def past(friday: FixedRound, weeks: int, contact: Contact | None, *, visited: bool = True) -> date:
    """A closed Friday so many weeks ago, with or without a course to home 1, and what was seen there."""
    on = DAY - timedelta(weeks=weeks)
    at = later(0) - timedelta(weeks=weeks)
    stop = friday.stop(1)
    with friday.lab.session() as session:
        volunteer_id = session.get_one(Stop, stop.id).route.volunteer_id
    day = ServiceDay(service_date=on, state=DayState.CLOSED, closed_at=at, summary={})
    friday.lab.add(day)
    if not visited:
        return on
    times = {"arrives_seconds": 61_000, "begins_seconds": 61_000, "leaves_seconds": 61_200}
    there = Stop(position=1, household_id=stop.household_id, travel_seconds=60, distance_metres=80, **times)
    route = Route(
        day_id=day.id,
        volunteer_id=volunteer_id,
        starts_seconds=60_000,
        ends_seconds=62_000,
        travel_seconds=60,
        distance_metres=80,
        stops=[there],
    )
    friday.lab.add(route)
    if contact is not None:
        friday.lab.add(
            CheckIn(
                client_uuid=f"00000000-0000-0000-0000-0000000000{weeks:02d}",
                day_id=day.id,
                household_id=stop.household_id,
                stop_id=there.id,
                reporter_id=friday.carrier(1),
                entered_by_id=friday.carrier(1),
                means=Means.DOOR,
                contact=contact,
                condition=Condition.USUAL if contact.met else None,
                level=0 if contact.met else 2,
                codes=frozenset(),
                note=f"{weeks}週前のこと",
                observed_at=at,
                received_at=at,
            )
        )
    return on


def weeks_of(page: str) -> list[tuple[str, bool]]:
    """(word, whether the line runs through to it) of each week."""
    line = page[page.index('<ol class="weeks">') :].partition("</ol>")[0]
    found = re.findall(r'<li class="([^"]*)">.*?(?:<span class="sr">|<b>)([^<]+)<', line, flags=re.DOTALL)
    return [(word, "on" in classes.split()) for classes, word in found]


def test_twelve_weeks_with_gaps_as_gaps(friday: FixedRound, client_of: ClientOf) -> None:
    past(friday, 7, Contact.SEEN)
    past(friday, 6, Contact.SEEN)
    past(friday, 5, None)
    past(friday, 4, Contact.VOICE_ONLY)
    resting, declined = past(friday, 3, None, visited=False), past(friday, 2, None, visited=False)
    past(friday, 1, Contact.UNSEEN_LEFT)
    with friday.lab.session() as session:
        home = households.by_number(session, 1)
        assert home is not None
        home_id = home.id
    friday.lab.add(
        Pause(household_id=home_id, span=PauseSpan(resting, resting), reason="旅行のため"),
        Decline(household_id=home_id, service_date=declined, declined_at=later(-9000)),
    )
    friday.taps(1, "seen")
    page = client_of(friday.boss).get("/households/1").text
    assert weeks_of(page) == [
        *[("お届けなし", False)] * 4,
        ("会えた", False),
        ("会えた", True),
        ("便りなし", False),
        ("声だけ", False),
        ("お休み", False),
        ("辞退", False),
        ("会えず", False),
        ("会えた", False),
    ]
    column = page[page.index('<ol class="tl">') :].partition("</ol>")[0]
    assert column.count('<li class="gap">') == 4, "no word, a rest, a decline, nobody met"
    assert "旅行のため" in column
    assert column.index("1週前のこと") < column.index("6週前のこと")
    assert "/log?home=1" in page


def test_an_open_concern_and_how_one_ended_stand_in_the_column(
    friday: FixedRound, client_of: ClientOf
) -> None:
    desk = client_of(friday.boss)
    friday.taps(1, "seen", "worried", ["unsteady_or_hurt"])
    assert "気がかりが続いています" in desk.get("/households/1").text
    (concern,) = friday.concerns()
    desk.post("/today/end", data={"concern": concern.id, "outcome": "family", "memo": "長女さんへ"})
    page = desk.get("/households/1").text
    assert "気がかりの結果：家族へ" in page
    assert "長女さんへ" in page


def test_a_home_without_a_past_has_an_empty_column(
    store: Store, now: datetime, person: Person, client_of: ClientOf
) -> None:
    lab = SmallLab(store, now)
    lab.home(1, 5)
    page = client_of(person(lab.lab_id, Role.COORDINATOR)).get("/households/1").text
    assert weeks_of(page) == [("お届けなし", False)] * 12
    assert "記録はまだありません。" in page
