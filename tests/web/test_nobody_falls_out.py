"""Every active home stands in exactly one group of the day, whatever happens after it was fixed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from sharemeal.actions import pause as rests
from sharemeal.actions.fix_day import fix_day
from sharemeal.actions.sign_off import sign_off
from sharemeal.doors import Door, DoorState, todays_number
from sharemeal.households import ConsentItem
from sharemeal.labs import LabRules
from sharemeal.people import Role
from sharemeal.store import households
from sharemeal.store.base import Store, transaction
from sharemeal.store.households import Consent
from sharemeal.web import today_view
from tests.actions.planning import planned, the_day
from tests.make.round import AT_THE_DOOR
from tests.make.small_lab import DAY, SmallLab
from tests.web.conftest import StandingClock

LEFT_OUT = (DoorState.RESTING, DoorState.DECLINED, DoorState.SHORT, DoorState.UNPLANNED)


class FixedLab(SmallLab):
    """A fixed Friday of seven homes: two planned, two resting, one declined, one not agreed, one without a meal."""

    def __init__(self, store: Store, now: datetime, slug: str = "aoba") -> None:
        super().__init__(store, now, slug=slug)
        self.offer(self.kitchen(1, 0), "豆のごはん", 5, allergens=["大豆"])
        self.homes = {number: self.home(number, 2 * number) for number in (1, 2, 3, 4, 5)}
        self.homes |= {6: self.home(6, 6, consents=()), 7: self.home(7, 7, allergens=["大豆"])}
        self.volunteer(1, -5)
        for number in (3, 4):
            self.rest(number, now)
        with self.session() as session:
            rests.decline(session, self.homes[5], DAY, now=now)
        planned(self)
        with self.session() as session:
            sign_off(session, DAY, 7, reason="世話人がおにぎりを届けます", by="桜井", now=now)
            fix_day(session, DAY, by="桜井", now=now)

    def rest(self, number: int, at: datetime) -> None:
        with self.session() as session:
            rests.pause(session, "households", self.homes[number], {}, now=at)

    def returns(self, number: int, at: datetime) -> None:
        with self.session() as session:
            rests.return_from_pause(session, "households", self.homes[number], now=at)

    def doors(self) -> dict[int, Door]:
        """The doors of Friday by number; first of all every active home has exactly one."""
        with self.session() as session:
            found = today_view.doors_of(session, the_day(session), LabRules(), AT_THE_DOOR)
            active = [home.number for home in households.all_households(session)]
        numbers = [door.number for door in found]
        assert numbers == sorted(active)
        counts = todays_number(found)
        states = dict(today_view.by_state(found))
        assert len(active) == counts.planned + sum(states.get(state, 0) for state in LEFT_OUT)
        return {door.number: door for door in found}

    def states(self) -> list[str]:
        return [door.state.value for door in self.doors().values()]


@pytest.fixture
def friday(store: Store, now: datetime, clock: StandingClock) -> FixedLab:
    clock.moment = AT_THE_DOOR
    return FixedLab(store, now)


@pytest.fixture
def desk(
    friday: FixedLab, person: Callable[..., int], client_of: Callable[[int], FlaskClient]
) -> FlaskClient:
    return client_of(person(friday.lab_id, Role.COORDINATOR, "桜井"))


def test_the_groups_are_those_of_the_plan(friday: FixedLab) -> None:
    calm = ["waiting", "waiting", "resting", "resting", "declined", "declined", "short"]
    assert friday.states() == calm
    with friday.session() as session:
        counts = the_day(session).summary["counts"]
    groups = (calm.count("waiting"), calm.count("resting"), calm.count("declined"), calm.count("short"))
    assert groups == tuple(counts[each] for each in ("planned", "paused", "declined", "short"))


def test_who_comes_back_after_the_day_was_fixed_is_called(friday: FixedLab, desk: FlaskClient) -> None:
    friday.returns(3, AT_THE_DOOR)
    assert friday.doors()[3].state is DoorState.UNPLANNED
    page = desk.get("/today").text
    tiles = page[page.index('class="doors ten"') :].partition("</ul>")[0]
    assert tiles.count("計画に入っていません") == 1
    week = page[page.index('id="week"') : page.index('id="goodh"')]
    assert "計画に入っていません" in week
    assert "電話でようすをたずねてください" in week
    assert 'href="/households/3"' in week
    assert "これから2軒をたずねます" in page.replace("\n", "")
    friday.rest(3, AT_THE_DOOR)
    assert "計画に入っていません" not in desk.get("/today").text


def test_an_administrator_sees_how_many(
    friday: FixedLab, person: Callable[..., int], client_of: Callable[[int], FlaskClient]
) -> None:
    friday.returns(3, AT_THE_DOOR)
    admin = client_of(person(friday.lab_id, Role.LAB_ADMIN, "宮野"))
    assert "計画に入っていません" in admin.get("/today").text


def test_whatever_changes_afterwards_nobody_falls_out(friday: FixedLab, now: datetime) -> None:
    friday.homes[8] = friday.home(8, 8)
    with friday.session() as session, transaction(session, now):
        home = households.by_number(session, 6)
        assert home is not None
        home.consents.append(Consent(item=ConsentItem.MEALS, given_on=DAY, given_by="本人"))
    with friday.session() as session:
        rests.take_back_decline(session, friday.homes[5], DAY, now=now)
    late = AT_THE_DOOR + timedelta(minutes=5)
    friday.returns(4, late)
    friday.rest(1, late)
    friday.rest(7, late)
    states = friday.states()
    assert states[2:] == ["resting", *["unplanned"] * 3, "resting", "unplanned"]


def test_a_home_of_a_later_day_took_no_part_in_this_one(friday: FixedLab, now: datetime) -> None:
    number = friday.homes[8] = friday.home(8, 8, consents=())
    with friday.session() as session, transaction(session, now):
        later = DAY + timedelta(days=1)
        session.add(Consent(household_id=number, item=ConsentItem.MEALS, given_on=later, given_by="本人"))
    with friday.session() as session:
        found = today_view.doors_of(session, the_day(session), LabRules(), AT_THE_DOOR)
    assert 8 not in {door.number for door in found}
