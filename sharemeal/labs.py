"""A living lab: one neighbourhood's group, the tenant, with the rules it may set for itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sharemeal.calendar_days import rest_of
from sharemeal.sentences import Refused, Sentence

WEEKDAYS = ("月", "火", "水", "木", "金", "土", "日")


@dataclass(frozen=True)
class LabRules:
    """What a lab decides for itself; the defaults are proposals to begin with.

    ``weekday`` counts from Monday = 0. Times of the day are local: kitchens that have said nothing are reminded at
    ``remind_kitchens_time`` on the day of the cut-off (``cutoff_time``, ``cutoff_days_before`` the service day);
    at ``confirm_time`` on the day before, the plan should be fixed. ``closed_days`` and ``open_days`` hold ISO dates
    that people decided by hand: no service on the first, service on the second although others rest.

    The last five are the rungs of the no-answer ladder, in minutes since the first knock (our proposal).
    """

    zone_name: str = "Asia/Tokyo"
    weekday: int = 4
    cutoff_days_before: int = 1
    cutoff_time: time = time(15, 0)
    patience_minutes: int = 30
    volunteer_margin_minutes: int = 15
    door_seconds: int = 240
    pickup_seconds: int = 60
    familiarity_weight_seconds: int = 300
    change_weight_seconds: int = 0
    remind_kitchens_time: time = time(10, 0)
    confirm_time: time = time(17, 0)
    rests_on_holidays: bool = True
    closed_days: frozenset[str] = frozenset()
    open_days: frozenset[str] = frozenset()
    call_home_minutes: int = 5
    coordinator_minutes: int = 15
    family_minutes: int = 60
    care_plaza_minutes: int = 90
    emergency_minutes: int = 120

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise Refused(Sentence("曜日は0（月）から6（日）です（入力: {value}）。", value=self.weekday))
        for value in (
            self.patience_minutes,
            self.volunteer_margin_minutes,
            self.door_seconds,
            self.pickup_seconds,
        ):
            if value < 0:
                raise Refused(Sentence("時間の長さは0以上です（入力: {value}）。", value=value))
        if any(earlier > later for earlier, later in pairwise((0, *self.rung_minutes))):
            raise Refused(
                Sentence("応答がないときの段取りの時間が、順になっていません。"),
                remedy=Sentence("上から順に、同じか、あとの時間にしてください。"),
            )

    @property
    def rung_minutes(self) -> tuple[int, ...]:
        """The minutes of the no-answer ladder's rungs, in their order."""
        return (
            self.call_home_minutes,
            self.coordinator_minutes,
            self.family_minutes,
            self.care_plaza_minutes,
            self.emergency_minutes,
        )

    @property
    def zone(self) -> ZoneInfo:
        """The lab's time zone."""
        return ZoneInfo(self.zone_name)

    def cutoff(self, service_date: date) -> datetime:
        """The moment (aware, UTC) after which kitchens may no longer change their counts for that day."""
        day = service_date - timedelta(days=self.cutoff_days_before)
        return datetime.combine(day, self.cutoff_time, self.zone).astimezone(UTC)

    def today(self, now: datetime) -> date:
        """The calendar day at ``now`` (aware) where the lab is."""
        return now.astimezone(self.zone).date()

    def rest(self, day: date) -> Sentence | None:
        """Why there is no service on a day of the lab's weekday; None where there is."""
        iso = day.isoformat()
        if iso in self.closed_days:
            return Sentence("世話人がお休みにした日")
        if iso in self.open_days or not self.rests_on_holidays:
            return None
        return rest_of(day)

    def serves_on(self, day: date) -> bool:
        """Whether that is a service day: the lab's weekday, and nobody rests."""
        return day.weekday() == self.weekday and self.rest(day) is None

    def weekdays_from(self, first: date, count: int) -> list[date]:
        """So many days of the lab's weekday from ``first`` on, resting ones too."""
        start = first + timedelta(days=(self.weekday - first.weekday()) % 7)
        return [start + timedelta(weeks=week) for week in range(count)]

    def coming_service_date(self, now: datetime) -> date:
        """The next service day, today included while it is today."""
        return self.service_days_from(self.today(now), 1)[0]

    def service_days_from(self, first: date, count: int) -> list[date]:
        """So many service days from ``first`` on, itself included if it is one; days that rest are passed over."""
        return self._served(self.weekdays_from(first, 1)[0], timedelta(weeks=1), count)

    def service_day_after(self, day: date) -> date:
        """The first service day after that day."""
        return self.service_days_from(day + timedelta(days=1), 1)[0]

    def service_days_before(self, day: date, count: int) -> list[date]:
        """So many service days before that day, oldest first."""
        last = day - timedelta(days=(day.weekday() - self.weekday - 1) % 7 + 1)
        return self._served(last, -timedelta(weeks=1), count)[::-1]

    def _served(self, day: date, step: timedelta, count: int) -> list[date]:
        """Ends, as nobody can close every week of all time: closed days are a finite list, holidays leave gaps."""
        found: list[date] = []
        while len(found) < count:
            if self.rest(day) is None:
                found.append(day)
            day += step
        return found

    def moment(self, service_date: date, seconds_after_midnight: int) -> datetime:
        """The aware UTC moment that lies so many seconds of wall clock after local midnight."""
        days, seconds = divmod(seconds_after_midnight, 86_400)
        wall = time(seconds // 3600, seconds // 60 % 60, seconds % 60)
        return datetime.combine(service_date + timedelta(days=days), wall, self.zone).astimezone(UTC)

    def seconds_after_midnight(self, service_date: date, moment: datetime) -> int:
        """A moment as seconds of wall clock after the local midnight of that day."""
        local = moment.astimezone(self.zone)
        days = (local.date() - service_date).days
        return days * 86_400 + local.hour * 3600 + local.minute * 60 + local.second


def weekday_name(day: date) -> str:
    """月 to 日."""
    return WEEKDAYS[day.weekday()]
