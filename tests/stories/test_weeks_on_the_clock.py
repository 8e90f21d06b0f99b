"""Five Fridays under an injected clock, with New Year among them: the clock does every step once and rests with people."""

from datetime import UTC, date, datetime, timedelta

from sharemeal.actions.draft_plan import draft_plans
from sharemeal.actions.fix_day import fix_day
from sharemeal.labs import LabRules
from sharemeal.messages import Purpose
from sharemeal.service_days import DayState
from sharemeal.store import service_days
from sharemeal.store.base import Store
from sharemeal.timetable import Step
from tests.make.clockwork import Clockwork

FIRST = datetime(2026, 12, 16, 0, 0, tzinfo=UTC)
LAST = datetime(2027, 1, 16, 0, 0, tzinfo=UTC)
SERVED = [date(2026, 12, 18), date(2026, 12, 25), date(2027, 1, 8), date(2027, 1, 15)]
NEW_YEAR = date(2027, 1, 1)


def test_four_weeks_with_a_holiday(store: Store) -> None:
    """The first kitchen answers on Thursdays at eleven, the second never; the coordinator fixes at five."""
    lab = Clockwork(store, FIRST)
    lab.contacts()
    moment = FIRST
    while moment <= LAST:
        local = moment.astimezone(LabRules().zone)
        coming = local.date() + timedelta(days=1)
        if local.weekday() == 3 and coming != NEW_YEAR:
            if local.hour == 11:
                lab.now = moment
                lab.offer(lab.kitchens[0], "豆のごはん", 5, day=coming)
            elif local.hour == 17:
                with lab.session() as session:
                    fix_day(session, coming, by="桜井", now=moment)
        for _ in range(2):
            assert lab.tick(moment).failed == []
            draft_plans(store, lab.lab_id, now=moment, seconds=2)
        moment += timedelta(hours=1 if 8 <= local.hour < 21 else 11)

    steps = lab.all_steps()
    assert len(steps) == len(set(steps))
    assert sorted({day for day, _ in steps}) == SERVED
    assert all({step for day, step in steps if day == served} == set(Step) for served in SERVED)
    by_purpose = {purpose: [who for each, who in lab.messages() if each is purpose] for purpose in Purpose}
    assert sorted(by_purpose[Purpose.REMIND_KITCHEN]) == sorted(lab.cooks * len(SERVED))
    assert by_purpose[Purpose.REMIND_COORDINATOR] == []
    with lab.session() as session:
        days = [service_days.on(session, day) for day in SERVED]
        assert [day and day.state for day in days] == [DayState.CLOSED] * len(SERVED)
        assert service_days.on(session, NEW_YEAR) is None
        with_phone = sum(
            route.volunteer.person_id == lab.walkers[0] for day in days if day for route in day.routes
        )
    assert len(by_purpose[Purpose.REMIND_VOLUNTEER]) == with_phone
