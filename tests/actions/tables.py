"""Two labs, a handful of invented rows of each table, and a way to import them by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharemeal.actions.export_tables import table_rows
from sharemeal.actions.found_lab import found_lab
from sharemeal.actions.import_files import Outcome, import_rows
from sharemeal.papers.spreadsheets import Row, read_table
from sharemeal.papers.tables import TABLES
from sharemeal.store.audit import AuditEntry
from sharemeal.store.base import Store

Texts = Mapping[str, str]

KITCHEN = {
    "協力店番号": "1", "店名": "なのはな食堂", "種類": "和食", "町名": "藤が丘一丁目", "緯度": "35.546458",
    "経度": "139.530478", "電話": "045-000-0011", "作れる食形態": "普通・UDF1", "受け渡し開始": "16:00",
    "受け渡し終了": "18:00", "お届け期限分": "90",
}  # fmt: skip
HOME = {
    "お届け先番号": "1", "呼び名": "髙柳さん", "ふりがな": "たかやなぎ", "区分": "高齢者", "町名": "もえぎ野",
    "番地": "3-4", "緯度": "35.547510", "経度": "139.523110", "電話": "090-0000-0101", "食数": "2",
    "アレルギー": "卵・えび", "食形態": "UDF1", "配慮": "減塩", "時間帯開始": "16:30", "時間帯終了": "18:30",
    "玄関メモ": "ベル2回", "見守りの約束": "はい", "緊急連絡先": "妹 080-0000-0101", "緊急連絡してよい": "いいえ",
}  # fmt: skip
OTHER_HOME = {
    **HOME,
    "お届け先番号": "2",
    "呼び名": "山﨑さん",
    "電話": "090-0000-0102",
    "見守りの約束": "いいえ",
}
VOLUNTEER = {
    "ボランティア番号": "1", "名前": "葛西", "ふりがな": "かさい", "電話": "070-0000-0101", "移動手段": "自転車",
    "持てる食数": "10", "出発町名": "桜台", "緯度": "35.551274", "経度": "139.515620", "活動開始": "16:15",
    "活動終了": "19:15", "顔なじみのお届け先": "1・2",
}  # fmt: skip
OFFER = {
    "日付": "2026-11-27", "協力店番号": "1", "献立": "里芋コロッケ①弁当", "食数": "8", "アレルギー表示": "小麦・大豆",
    "食形態": "普通", "できあがり": "16:20", "余剰食材kg": "1.3", "計量": "実測", "地場食材割合": "30%",
    "就労支援時間": "1.5",
}  # fmt: skip
WEEK: dict[str, list[dict[str, str]]] = {
    "kitchens": [KITCHEN],
    "households": [HOME, OTHER_HOME],
    "volunteers": [VOLUNTEER],
    "offers": [OFFER],
}


def rows(kind: str, *cells: Texts) -> list[Row]:
    """Rows by header as the rows that a file would give, counted from 2."""
    fields = TABLES[kind].fields
    return [
        Row(number, {fields[header]: text for header, text in row.items()})
        for number, row in enumerate(cells, 2)
    ]


@dataclass
class Labs:
    """A lab and a stranger, in one store."""

    store: Store
    now: datetime
    lab_id: int
    stranger_id: int

    @contextmanager
    def session(self, lab_id: int | None = None) -> Iterator[Session]:
        with self.store.session(lab_id or self.lab_id, actor="tester") as session:
            yield session

    def take(self, kind: str, *cells: Texts, lab_id: int | None = None) -> Outcome:
        """Import rows in a session of their own."""
        with self.session(lab_id) as session:
            return import_rows(session, kind, rows(kind, *cells), now=self.now, actor="tester")

    def take_week(self, lab_id: int | None = None) -> None:
        """All of WEEK, each row new."""
        for kind, cells in WEEK.items():
            outcome = self.take(kind, *cells, lab_id=lab_id)
            assert (outcome.faults, outcome.created) == ((), len(cells)), kind

    def table(self, kind: str, lab_id: int | None = None) -> list[dict[str, str]]:
        """What the lab holds of a kind, by field."""
        with self.session(lab_id) as session:
            return table_rows(session, kind)

    def tables(self, lab_id: int | None = None) -> dict[str, list[dict[str, str]]]:
        """All that the lab holds."""
        return {kind: self.table(kind, lab_id) for kind in TABLES}

    def audit(self) -> list[tuple[str, str, str]]:
        """What was done to whose columns, oldest first."""
        with self.store.session(all_labs=True) as session:
            entries = session.scalars(select(AuditEntry).order_by(AuditEntry.seq))
            return [(each.what, each.subject, each.columns) for each in entries]


def two_labs(store: Store, now: datetime) -> Labs:
    """A lab and a stranger that holds the same week."""
    with store.session(all_labs=True) as session:
        lab = found_lab(session, "aoba", "青葉台・藤が丘", now=now)
        stranger = found_lab(session, "stranger", "よその町", now=now)
    labs = Labs(store, now, lab.id, stranger.id)
    labs.take_week(stranger.id)
    return labs


def told(outcome: Outcome) -> list[tuple[int, str]]:
    """Row and column of each fault."""
    return [(fault.row, fault.column) for fault in outcome.faults]


def read_csv(kind: str, content: bytes) -> list[Row]:
    """The rows of a csv of that kind."""
    return list(read_table(content, TABLES[kind], most_bytes=1 << 20))
