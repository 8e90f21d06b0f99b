"""The one place that reads the clock. Doors call it and pass ``now`` down as a value."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Tells the time, aware and in UTC; may be set off by a fixed span, for rehearsals and tests."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self._offset = offset

    @classmethod
    def starting_at(cls, moment: datetime) -> Clock:
        """A clock that shows ``moment`` (aware) now and runs on from there."""
        return cls(moment - datetime.now(UTC))

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC) + self._offset
