"""What became of every alert: the provider's truth beside the database, read by plain SQL and nothing of the sender's.

Lost: a message that should have gone out and that the provider never took; an open alert of which nobody was told; an
acknowledged report or an overdue home without an alert. Doubled: two texts of one (alert, person, channel, step) that
the provider took and did not itself report as failed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, create_engine, text

try:
    from pysqlite3 import dbapi2 as sqlite
except ImportError:
    import sqlite3 as sqlite

CODE = re.compile(r"(?<![0-9A-Z])[2-9A-HJKMNP-Z]{8}(?![0-9A-Z])")
ON_ITS_WAY = ("pending", "claimed", "in_doubt")
IN_HANDS = ("acked", "ended")
Row = dict[str, Any]


@dataclass
class Verdict:
    """What the judge found; every list names rows, so that a fault can be looked at.

    ``paused`` are doubles of which a copy came later than lease or settling allow: its worker had stood still inside
    the call, and whoever asked the provider meanwhile could not know of it.
    """

    messages: int = 0
    alerts: int = 0
    accepted: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    paused: list[str] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)
    without_all_clear: list[str] = field(default_factory=list)
    worst_seconds: float = 0.0
    worst_after_kill_seconds: float = 0.0
    worst_all_clear_seconds: float = 0.0
    slowest_call_seconds: float = 0.0

    @property
    def sound(self) -> bool:
        """Whether nothing was lost, doubled, or left without its end."""
        return not (self.lost or self.doubled or self.stray or self.without_all_clear)


class Books:
    """The database as a reader without any of the product's code sees it."""

    def __init__(self, url: str) -> None:
        self._engine: Engine = (
            create_engine(url, module=sqlite) if url.startswith("sqlite") else create_engine(url)
        )

    def rows(self, question: str, **values: Any) -> list[Row]:
        """The answer, row by row."""
        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(text(question), values).mappings()]

    def close(self) -> None:
        """Let the database go."""
        self._engine.dispose()

    def messages(self) -> list[Row]:
        """Every message of an alert."""
        return self.rows(
            "SELECT id, alert_id, person_id, channel, step, purpose, code, state, error_code, made_at, carried_by_id"
            " FROM outbox WHERE alert_id IS NOT NULL ORDER BY id"
        )

    def alerts(self) -> list[Row]:
        """Every alert."""
        return self.rows("SELECT id, concern_id, state, step, opened_at, ended_at FROM alert ORDER BY id")


def moment(stored: Any) -> datetime:
    """A stored moment, aware: SQLite keeps it as text in UTC."""
    found = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def undone(books: Books, until: datetime) -> list[str]:
    """What was written by then and is not through yet: messages on their way, open alerts that nobody was told of."""
    rows = books.messages()
    waiting = [
        f"message {row['id']} {row['state']}"
        for row in rows
        if row["state"] in ON_ITS_WAY and moment(row["made_at"]) <= until
    ]
    went_out = {
        row["code"]: [row] for row in rows if row["state"] not in (*ON_ITS_WAY, "refused", "withdrawn")
    }
    return waiting + untold(books.alerts(), rows, went_out, until) + unnoticed(books, until)


def unnoticed(books: Books, until: datetime) -> list[str]:
    """Overdue expectations that are not concerns."""
    rows = books.rows("SELECT id, due_at FROM expected_visit WHERE closed_at IS NULL AND raised_at IS NULL")
    return [f"expectation {row['id']}" for row in rows if moment(row["due_at"]) <= until]


def judge(
    books: Books,
    truth: Mapping[str, Any],
    *,
    until: datetime,
    ahead: timedelta,
    acknowledged: Iterable[str] = (),
    calls: Mapping[str, float] | None = None,
    held: Iterable[tuple[float, int]] = (),
    patience: float = 1.0,
) -> Verdict:
    """Compare. ``until`` is in the labs' time, which is ``ahead`` of the provider's.

    ``acknowledged`` are the UUIDs of reports that the program confirmed; ``calls`` tells when the intent of each
    callback address was written; ``held`` which messages were in a killed worker's hands.
    """
    rows, alerts = books.messages(), books.alerts()
    known = {row["code"]: row for row in rows}
    copies: dict[str, list[Row]] = defaultdict(list)
    found = Verdict(messages=len(rows), alerts=len(alerts), accepted=len(truth["accepted"]))
    for each in truth["accepted"]:
        codes = [code for code in CODE.findall(each["body"]) if code in known]
        if len(codes) != 1:
            found.stray.append(each["body"])
            continue
        copies[codes[0]].append(each)
    refused = {code for each in truth["refused"] for code in CODE.findall(each["body"])}
    out_of_reach = {row["person_id"] for row in rows if row["code"] in refused}
    copies = with_carriers(rows, copies)
    state_of = {row["id"]: row["state"] for row in alerts}
    for row in rows:
        if (
            moment(row["made_at"]) <= until
            and not copies[row["code"]]
            and should_be(row, out_of_reach, state_of)
        ):
            found.lost.append(
                f"message {row['id']} {row['purpose']} {row['state']} of alert {row['alert_id']}"
            )
    found.lost += untold(alerts, rows, copies, until) + unnoticed(books, until)
    found.lost += unkept(books, acknowledged)
    _doubles(found, known, copies, calls or {}, patience)
    found.without_all_clear = not_cleared(alerts, rows, copies, until)
    _times(found, rows, copies, ahead, calls or {}, {message_id for _, message_id in held})
    return found


def with_carriers(rows: Iterable[Row], copies: Mapping[str, list[Row]]) -> dict[str, list[Row]]:
    """Code → the texts that told of that message: its own, and those of the message that carried it."""
    code_of = {row["id"]: row["code"] for row in rows}
    return {
        row["code"]: [*copies.get(row["code"], ()), *copies.get(code_of.get(row["carried_by_id"], ""), ())]
        for row in rows
    }


def should_be(row: Row, out_of_reach: set[int], state_of: Mapping[int, str]) -> bool:
    """Whether the provider should have taken this message: a number that it refused for good, it refuses for ever.

    What is over, or in somebody's hands, need not be told to anybody else.
    """
    if row["state"] == "withdrawn":
        return state_of.get(row["alert_id"]) not in ("ended", "acked")
    return not (row["state"] == "refused" and row["person_id"] in out_of_reach)


def untold(
    alerts: Iterable[Row], rows: Iterable[Row], copies: Mapping[str, list[Row]], until: datetime
) -> list[str]:
    """Alerts that nobody has taken up or ended, and of which nobody was told at all."""
    told = {row["alert_id"] for row in rows if copies.get(row["code"])}
    return [
        f"alert {row['id']} untold"
        for row in alerts
        if row["state"] not in IN_HANDS and row["id"] not in told and moment(row["opened_at"]) <= until
    ]


def unkept(books: Books, acknowledged: Iterable[str]) -> list[str]:
    """Reports that were acknowledged and are not kept, or are grave and have no alert."""
    kept = {
        row["client_uuid"]: row
        for row in books.rows(
            "SELECT c.client_uuid, c.level, c.undone_at, a.id AS alert_id FROM check_in c"
            " LEFT JOIN alert a ON a.concern_id = c.concern_id"
        )
    }
    missing = [f"report {uuid}" for uuid in acknowledged if uuid not in kept]
    grave = [row for row in kept.values() if row["level"] >= 2 and row["undone_at"] is None]
    return missing + [
        f"report {row['client_uuid']} without alert" for row in grave if row["alert_id"] is None
    ]


def _doubles(
    found: Verdict,
    known: Mapping[str, Row],
    copies: Mapping[str, list[Row]],
    calls: Mapping[str, float],
    patience: float,
) -> None:
    same: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for code, texts in copies.items():
        row = known[code]
        key = (row["alert_id"], row["person_id"], row["channel"], row["step"])
        same[key] += [each for each in texts if not each["undelivered"]]
    for (alert_id, person_id, channel, step), texts in same.items():
        if len(texts) < 2:
            continue
        name = f"alert {alert_id} person {person_id} {channel} step {step}: {len(texts)} texts"
        late = [
            each for each in texts if each["at"] - calls.get(each["callback"] or "", each["at"]) >= patience
        ]
        (found.paused if late else found.doubled).append(name)


def not_cleared(
    alerts: Iterable[Row], rows: Iterable[Row], copies: Mapping[str, list[Row]], until: datetime
) -> list[str]:
    """People who were told of an alert that has ended, and for whom no all-clear was written."""
    over = {row["id"] for row in alerts if row["ended_at"] is not None and moment(row["ended_at"]) <= until}
    cleared = {(row["alert_id"], row["person_id"]) for row in rows if row["purpose"] == "all_clear"}
    return [
        f"message {row['id']} {row['state']} of alert {row['alert_id']}, person {row['person_id']}"
        for row in rows
        if row["purpose"] == "alert"
        and row["alert_id"] in over
        and any(not each["undelivered"] for each in copies.get(row["code"], ()))
        and (row["alert_id"], row["person_id"]) not in cleared
    ]


def _times(
    found: Verdict,
    rows: Iterable[Row],
    copies: Mapping[str, list[Row]],
    ahead: timedelta,
    calls: Mapping[str, float],
    held: set[int],
) -> None:
    for row in rows:
        texts = copies.get(row["code"])
        if not texts:
            continue
        waited = min(each["at"] for each in texts) - (moment(row["made_at"]) - ahead).timestamp()
        if row["purpose"] == "all_clear":
            found.worst_all_clear_seconds = max(found.worst_all_clear_seconds, waited)
        else:
            found.worst_seconds = max(found.worst_seconds, waited)
            if row["id"] in held:
                found.worst_after_kill_seconds = max(found.worst_after_kill_seconds, waited)
        took = [each["at"] - calls[each["callback"]] for each in texts if each["callback"] in calls]
        found.slowest_call_seconds = max(found.slowest_call_seconds, *took, 0.0)
