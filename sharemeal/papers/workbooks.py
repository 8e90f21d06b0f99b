"""An xlsx workbook as records of texts: numbers, times and dates as a person would have typed them.

A workbook is a zip of XML from a stranger: its size unpacked, its parts and its columns have limits, and
documents that define entities are not opened.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from sharemeal.sentences import Refused, Sentence

MOST_UNPACKED_BYTES = 64 * 1024 * 1024
MOST_PARTS = 500
MOST_COLUMNS = 100
MOST_SHEET_ROWS = 50_000
"""Formatted but empty rows count too; the rest of a longer sheet is refused."""


def is_workbook(content: bytes) -> bool:
    """Whether this is an xlsx, whatever its name says."""
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return False


def workbook_records(content: bytes) -> Iterator[list[str]]:
    """The rows of the first sheet that has any. Formulas come out as formulas, for the reader to refuse.

    Raises Refused for a workbook that is damaged or unpacks to more than the limits.
    """
    import openpyxl

    try:
        _check_parts(content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        for sheet in book.worksheets:
            records = _sheet_records(sheet)
            if records:
                return iter(records)
    except Refused:
        raise
    except Exception:  # the library raises whatever its parsers raise
        raise Refused(
            Sentence("xlsxファイルが壊れているようで、開けません。"),
            remedy=Sentence("表計算ソフトで開いて、保存しなおしてください。"),
        ) from None
    return iter(())


def _check_parts(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
            raise Refused(
                Sentence("ファイルの中身が大きすぎます。"),
                remedy=Sentence("画像や使わないシートを消すか、CSVで保存しなおしてください。"),
            )
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                text = archive.read(part)
                if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                    raise Refused(
                        Sentence("ふつうの表計算ソフトでは作られない中身があるため、開きません。"),
                        remedy=Sentence("CSVで保存しなおしてください。"),
                    )


def _sheet_records(sheet: Any) -> list[list[str]]:
    sheet.reset_dimensions()
    records: list[list[str]] = []
    last_filled = 0
    for row in sheet.iter_rows(max_col=MOST_COLUMNS):
        if len(records) == MOST_SHEET_ROWS:
            raise Refused(
                Sentence("行が多すぎます（{most}行まで）。", most=f"{MOST_SHEET_ROWS:,}"),
                remedy=Sentence("使っていない行を消してください。"),
            )
        texts = [_text(cell) for cell in row]
        while texts and not texts[-1]:
            texts.pop()
        records.append(texts)
        if texts:
            last_filled = len(records)
    return records[:last_filled]


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, (int, float)):
        return _number(value, str(cell.number_format or ""))
    if isinstance(value, (datetime, date, time, timedelta)):
        return _moment(value)
    if isinstance(value, str):
        return value.replace("_x000D_", "")
    return "=" + str(getattr(value, "text", "") or "")


def _number(value: float, number_format: str) -> str:
    if "%" in number_format:
        return f"{round(value * 100, 6):g}%"
    return str(int(value)) if float(value).is_integer() else repr(value)


def _moment(value: datetime | date | time | timedelta) -> str:
    """Excel keeps times as fractions of a day: they are rounded to whole seconds."""
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"
    if isinstance(value, time):
        value = datetime.combine(date(2000, 1, 1), value) + timedelta(milliseconds=500)
        return f"{value:%H:%M}"
    if isinstance(value, datetime) and (value.hour or value.minute or value.second):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value:%Y-%m-%d}"
