"""A backup: what its first line says, how values stand in it, and the hold that follows a restore.

Values stand as the database has them, so that what is encrypted stays encrypted and one format serves both databases.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Self

FORMAT = 1
MARKED = "sharemeal backup"
"""What the index key's fingerprint in the first line is of: it tells the right key from another, and nothing else."""
HOLD_LASTS = timedelta(seconds=60)
"""So long the provider's list may stay away before the hold ends by itself: loss is worse than telling too many."""


class Kind(StrEnum):
    """What sort of value a column holds."""

    TEXT = "text"
    WHOLE = "whole"
    REAL = "real"
    DECIMAL = "decimal"
    TRUTH = "truth"
    BYTES = "bytes"
    MOMENT = "moment"
    DAY = "day"
    TIME = "time"
    JSON = "json"


@dataclass(frozen=True)
class Table:
    """A table in a backup: its columns in the order in which the rows name them."""

    name: str
    columns: tuple[tuple[str, Kind], ...]


@dataclass(frozen=True)
class Header:
    """The first line: which migration the tables have, what moment they show, and whose index key they were made with."""

    revision: str
    taken_at: datetime
    index_mark: str

    def as_json(self) -> dict[str, Any]:
        """The plain form; :meth:`from_json` reads it back."""
        return {
            "sharemeal": "backup",
            "format": FORMAT,
            "revision": self.revision,
            "taken_at": self.taken_at.isoformat(),
            "index_mark": self.index_mark,
        }

    @classmethod
    def from_json(cls, line: Any) -> Self:
        """The header that a first line holds. Raises ValueError, KeyError or TypeError for any other line."""
        if not isinstance(line, dict) or line.get("sharemeal") != "backup" or line.get("format") != FORMAT:
            raise ValueError("not a backup of this format")
        taken_at = datetime.fromisoformat(line["taken_at"])
        if taken_at.tzinfo is None:
            raise ValueError("a moment needs its zone")
        return cls(str(line["revision"]), taken_at, str(line["index_mark"]))


def _moment_written(value: datetime) -> str:
    aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return aware.replace(tzinfo=None).isoformat()


def _moment_read(plain: str) -> datetime:
    return datetime.fromisoformat(plain).replace(tzinfo=UTC)


_WRITTEN: dict[Kind, Callable[[Any], Any]] = {
    Kind.DECIMAL: str,
    Kind.BYTES: lambda value: base64.b64encode(value).decode("ascii"),
    Kind.MOMENT: _moment_written,
    Kind.DAY: date.isoformat,
    Kind.TIME: time.isoformat,
}
_READ: dict[Kind, Callable[[Any], Any]] = {
    Kind.BYTES: lambda plain: base64.b64decode(plain, validate=True),
    Kind.MOMENT: _moment_read,
    Kind.DAY: date.fromisoformat,
    Kind.TIME: time.fromisoformat,
}


def written(kind: Kind, value: Any) -> Any:
    """A value as JSON holds it; text, numbers, truths and JSON's own text stand as they are."""
    return value if value is None or kind not in _WRITTEN else _WRITTEN[kind](value)


def read(kind: Kind, plain: Any) -> Any:
    """The value that :func:`written` wrote; a decimal stays text."""
    return plain if plain is None or kind not in _READ else _READ[kind](plain)


def may_ask(restored_at: datetime, now: datetime, settle: timedelta) -> bool:
    """Whether the provider's list can be trusted to name all that went out before the restore."""
    return now >= restored_at + settle


def hold_is_over(looked_at: datetime, now: datetime, settle: timedelta, in_doubt: int) -> bool:
    """Whether sending goes on: nothing of the gap is in doubt, or it was looked into since ``looked_at`` for too long."""
    return in_doubt == 0 or now >= looked_at + settle + HOLD_LASTS
