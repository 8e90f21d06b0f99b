"""Tables written as the files that offices send: cp932 or UTF-8 csv, and xlsx."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl

from tests.make.weeks import Week
from tests.make.words import HEADERS

Rows = Sequence[Mapping[str, str]]


def cp932_csv(kind: str, rows: Rows) -> bytes:
    """As a Japanese office spreadsheet saves it: cp932, CRLF. ``kind`` is a key of ``HEADERS``."""
    return _csv(kind, rows).encode("cp932")


def utf8_csv(kind: str, rows: Rows) -> bytes:
    """UTF-8 without a mark, CRLF."""
    return _csv(kind, rows).encode("utf-8")


def utf8_bom_csv(kind: str, rows: Rows) -> bytes:
    """UTF-8 with a byte order mark, as spreadsheets save “CSV UTF-8”."""
    return _csv(kind, rows).encode("utf-8-sig")


def xlsx(kind: str, rows: Rows, *, typed: bool = False) -> bytes:
    """A workbook of one sheet; ``typed`` writes numbers, times, dates and percentages as such, not as text."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = kind
    sheet.append(list(HEADERS[kind]))
    for row in rows:
        cells = [row[header] for header in HEADERS[kind]]
        sheet.append([_value(cell) if typed else cell or None for cell in cells])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


WRITERS = {"cp932": cp932_csv, "utf8": utf8_csv, "utf8-bom": utf8_bom_csv, "xlsx": xlsx}
"""Each form by a short name."""


def write_week(week: Week, folder: Path, form: str = "cp932") -> dict[str, Path]:
    """Write the four tables into the folder; return kind -> file, in an order that imports."""
    paths = {}
    for kind in HEADERS:
        path = folder / f"{kind}.{'xlsx' if form == 'xlsx' else 'csv'}"
        path.write_bytes(WRITERS[form](kind, week.tables[kind]))
        paths[kind] = path
    return paths


def _csv(kind: str, rows: Rows) -> str:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, HEADERS[kind], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _value(cell: str) -> str | int | float | datetime.date | datetime.time | None:
    if not cell:
        return None
    if re.fullmatch(r"\d{1,2}:\d{2}", cell):
        return datetime.time.fromisoformat(cell.zfill(5))
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell):
        return datetime.date.fromisoformat(cell)
    if re.fullmatch(r"\d{1,3}%", cell):
        return int(cell[:-1]) / 100
    if re.fullmatch(r"\d{1,3}", cell):
        return int(cell)
    if re.fullmatch(r"\d{1,3}\.\d+", cell):
        return float(cell)
    return cell
