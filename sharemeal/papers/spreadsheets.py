"""A spreadsheet file as rows of texts, however the office saved it: csv in UTF-8 or cp932, or xlsx.

What stands in the file decides, not its name. Values come out as a person would have written them; what they
mean is read elsewhere (entries.py). Everything refused here is refused for the whole file.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sharemeal.papers.tables import Table
from sharemeal.papers.workbooks import is_workbook, workbook_records
from sharemeal.sentences import Refused, Sentence, word

MOST_ROWS = 20_000
"""More rows than this are no neighbourhood's table."""

_OTHER_WORDS = {
    b"\x89PNG": "画像（PNG）",
    b"\xff\xd8\xff": "画像（JPEG）",
    b"GIF8": "画像（GIF）",
    b"RIFF": "画像（WebP）か音声",
    b"%PDF": "PDF",
    b"PK\x03\x04": "圧縮ファイル",
    b"\x00": "文字でないデータ",
}
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_ESCAPED = re.compile(r"^'+[=+\-@＝＋－＠\t\r]")


@dataclass(frozen=True)
class Row:
    """One row of a table: where it stands (the header is row 1) and the text of each field."""

    number: int
    texts: dict[str, str]


def read_table(content: bytes, table: Table, *, most_bytes: int) -> tuple[Row, ...]:
    """The filled rows of a file with one of the lab's tables in it.

    Raises Refused for a file that is empty, too large, no table at all or of an old format, for headers that are
    missing, doubled or unknown, for more than MOST_ROWS rows and for values that stand under no header.
    """
    records = _filled(_records(content, most_bytes))
    first = next(records, None)
    if first is None:
        raise Refused(
            Sentence("ファイルが空です。"), remedy=Sentence("表の入ったファイルを選びなおしてください。")
        )
    fields = table.fields_of(first[1])
    rows: list[Row] = []
    for number, cells in records:
        if len(rows) == MOST_ROWS:
            raise Refused(
                Sentence("行が多すぎます（{most}行まで）。", most=f"{MOST_ROWS:,}"),
                remedy=Sentence("ファイルを分けてください。"),
            )
        rows.append(Row(number, _texts(number, cells, fields)))
    return tuple(rows)


def _texts(number: int, cells: list[str], fields: list[str | None]) -> dict[str, str]:
    texts = {field: "" for field in fields if field is not None}
    for position, cell in enumerate(cells):
        field = fields[position] if position < len(fields) else None
        if field is not None:
            texts[field] = cell[1:] if _ESCAPED.match(cell) else cell
        elif cell.strip():
            raise Refused(
                Sentence(
                    "{row}行目に、見出しのない値があります（{value}）。", row=number, value=cell.strip()[:40]
                ),
                why=Sentence("値の中のコンマで、列がずれたのかもしれません。"),
                remedy=Sentence('コンマのある値は引用符（"）で囲むか、余分な値を消してください。'),
            )
    return texts


def _filled(records: Iterable[list[str]]) -> Iterator[tuple[int, list[str]]]:
    for number, cells in enumerate(records, start=1):
        if any(cell.strip() for cell in cells):
            yield number, cells


def _records(content: bytes, most_bytes: int) -> Iterator[list[str]]:
    if len(content) > most_bytes:
        raise Refused(
            Sentence("ファイルが大きすぎます（{most}MBまで）。", most=f"{most_bytes / 1024 / 1024:g}"),
            remedy=Sentence("画像や使わないシートを消すか、CSVで保存しなおしてください。"),
        )
    if content.startswith(_OLD_OFFICE):
        raise Refused(
            Sentence("古い形式のExcelファイル（.xls）か、パスワードのかかったファイルです。"),
            remedy=Sentence("「名前を付けて保存」で、xlsxかCSVの形式を選んで保存しなおしてください。"),
        )
    if is_workbook(content):
        return workbook_records(content)
    for start, what in _OTHER_WORDS.items():
        if content.startswith(start):
            _refuse_binary(what)
    return _csv_records(_decoded(content))


def _refuse_binary(what: str) -> None:
    raise Refused(
        Sentence("表のファイルではありません（{what}のようです）。", what=word(what)),
        remedy=Sentence("CSVかxlsxで保存した表を選んでください。"),
    )


def _decoded(content: bytes) -> str:
    if content.startswith(_UTF16):
        text = content.decode("utf-16", errors="replace")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = _from_cp932(content)
    if _NOT_TEXT.search(text):
        _refuse_binary(_OTHER_WORDS[b"\x00"])
    return text


def _from_cp932(content: bytes) -> str:
    try:
        return content.decode("cp932")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Refused(
            Sentence("文字を読み取れません（{line}行目あたり）。", line=line),
            remedy=Sentence("「CSV UTF-8」の形式で保存しなおしてください。"),
        ) from None


def _csv_records(text: str) -> Iterator[list[str]]:
    first_line = text.lstrip().partition("\n")[0]
    tabs = "\t" in first_line and "," not in first_line
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if tabs else ",", strict=True)
    try:
        yield from reader
    except csv.Error:
        raise Refused(
            Sentence("{line}行目で、表の区切りを読み取れません。", line=reader.line_num),
            why=Sentence('引用符（"）が閉じていないか、余分にあるようです。'),
            remedy=Sentence("表計算ソフトで開いて、CSVかxlsxで保存しなおしてください。"),
        ) from None
