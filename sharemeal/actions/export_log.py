"""見守り記録 as a csv file; whose records went out stands in the audit."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from sharemeal.actions.note_readings import note_readings
from sharemeal.papers.exports import csv_table
from sharemeal.papers.tables import Table
from sharemeal.store import sheets, watch_log
from sharemeal.store.labs import fenced
from sharemeal.store.visits import CheckIn
from sharemeal.store.watch_log import Sieve
from sharemeal.visits import CONDITION_WORDS, CONTACT_WORDS, GOOD_NEWS_WORDS, MEANS_WORDS, OBSERVATION_WORDS

LOG = Table(
    "log",
    "見守り記録",
    {
        "day": "お届けの日",
        "home": "お届け先番号",
        "observed": "記録した時刻",
        "received": "届いた時刻",
        "reporter": "記録した人",
        "entered_by": "書きうつした人",
        "means": "手段",
        "contact": "会えたか",
        "condition": "ようす",
        "observations": "気づいたこと",
        "good_news": "よい知らせ",
        "note": "メモ",
        "standing": "扱い",
    },
)


def export_log(session: Session, sieve: Sieve, *, now: datetime) -> bytes:
    """Every report that the sieve lets through, newest first, in UTF-8 with the mark by which Excel knows it."""
    zone = fenced(session).rules.zone
    rows: list[dict[str, str]] = []
    for page in watch_log.everything(session, sieve):
        if not page.rows:
            continue
        people = {person for row in page.rows for person in (row.reporter_id, row.entered_by_id)}
        names = sheets.names_of(session, people)
        old = watch_log.corrected(session, page.rows)
        rows += [_texts(row, names, zone, replaced=row.id in old) for row in page.rows]
    written = csv_table(LOG, rows)
    note_readings(session, now=now, what="exported")
    return written


def _texts(row: CheckIn, names: dict[int, str], zone: ZoneInfo, *, replaced: bool) -> dict[str, str]:
    def clock(moment: datetime) -> str:
        return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")

    return {
        "day": row.day.service_date.isoformat(),
        "home": str(row.household.number),
        "observed": clock(row.seen_at),
        "received": clock(row.received_at),
        "reporter": names.get(row.reporter_id, ""),
        "entered_by": names.get(row.entered_by_id, "") if row.entered_by_id != row.reporter_id else "",
        "means": MEANS_WORDS[row.means],
        "contact": CONTACT_WORDS[row.contact],
        "condition": CONDITION_WORDS[row.condition] if row.condition else "",
        "observations": "・".join(OBSERVATION_WORDS[each] for each in row.observations),
        "good_news": "・".join(GOOD_NEWS_WORDS[each] for each in row.good_news),
        "note": row.note or "",
        "standing": "取り消し" if row.undone_at else "直しました" if replaced else "",
    }
