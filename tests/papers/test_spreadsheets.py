"""Files as offices send them are read; what is no table of ours is refused with a sentence."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile

import openpyxl
import pytest

from sharemeal.papers import spreadsheets
from sharemeal.papers.spreadsheets import read_table
from sharemeal.papers.tables import HOUSEHOLDS, KITCHENS, OFFERS, Table
from sharemeal.sentences import Refused

HEADERS = list(KITCHENS.headers.values())
CELLS = [
    "1",
    "髙﨑①食堂",
    "和食",
    "桜台",
    "35.551274",
    "139.515620",
    "045-000-0021",
    "普通",
    "16:00",
    "18:00",
    "90",
]
LARGE = 1 << 20
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


def text_of(*rows: list[str], line_end: str = "\r\n") -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator=line_end).writerows([HEADERS, *rows])
    return stream.getvalue()


def names(content: bytes) -> list[tuple[int, str]]:
    return [(row.number, row.texts["name"]) for row in read_table(content, KITCHENS, most_bytes=LARGE)]


def refusal(content: bytes, table: Table = KITCHENS, most_bytes: int = LARGE) -> str:
    with pytest.raises(Refused) as caught:
        read_table(content, table, most_bytes=most_bytes)
    return str(caught.value)


def workbook(
    *rows: list[object], headers: list[str] = HEADERS, formats: dict[str, str] | None = None
) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (headers, *rows):
        sheet.append(row)
    for cell, number_format in (formats or {}).items():
        sheet[cell].number_format = number_format
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_each_encoding_and_line_end_reads_the_same(encoding: str, line_end: str) -> None:
    assert names(text_of(CELLS, line_end=line_end).encode(encoding)) == [(2, "髙﨑①食堂")]


def test_blank_rows_are_skipped_and_counted_and_empty_columns_tolerated() -> None:
    second = [*CELLS, "", ""]
    content = text_of(CELLS, [""] * 11, [], second)
    assert names(content.encode("cp932")) == [(2, "髙﨑①食堂"), (5, "髙﨑①食堂")]


def test_quotes_keep_commas_and_line_breaks() -> None:
    cells = [*CELLS]
    cells[1] = '食堂,"本店"\n二階'
    assert names(text_of(cells).encode()) == [(2, '食堂,"本店"\n二階')]


def test_headers_may_stand_in_any_order_and_width() -> None:
    stream = io.StringIO()
    written = [f" {header[:2]}　{header[2:]} " for header in reversed(HEADERS)]
    csv.writer(stream).writerows([written, list(reversed(CELLS))])
    assert names(stream.getvalue().encode()) == [(2, "髙﨑①食堂")]
    offers = ",".join(OFFERS.headers.values()).replace("kg", "ＫＧ")
    assert read_table(offers.encode(), OFFERS, most_bytes=LARGE) == ()


def test_the_apostrophe_in_front_of_a_guarded_cell_is_taken_off() -> None:
    cells = [*CELLS]
    cells[1] = "'=1+1"
    assert names(text_of(cells).encode()) == [(2, "=1+1")]


def test_faults_of_the_headers_are_named() -> None:
    told = refusal(text_of(CELLS).replace("店名", "店のなまえ").encode())
    assert "知らない見出し" in told
    assert "店のなまえ" in told
    assert "店名" in told
    assert "見出しが2つあります: 店名" in refusal(text_of(CELLS).replace("種類", "店名").encode())
    lacking = ",".join(HEADERS[:-1])
    assert "足りない見出しがあります: お届け期限分" in refusal(lacking.encode())
    assert "お届け先番号" in refusal(text_of(CELLS).encode(), HOUSEHOLDS)


def test_a_value_under_no_header_is_told_with_its_row() -> None:
    told = refusal(text_of(CELLS, [*CELLS, "残り"]).encode())
    assert "3行目" in told
    assert "残り" in told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "空です"),
        (b"\xef\xbb\xbf \r\n,,\r\n", "空です"),
        (PNG, "PNG"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPEG"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x01\x02\x00\x03abc", "表のファイルではありません"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xlsx"),
        ("店名\n".encode("cp932") + b"\x81\x00\xff\xff\n", "文字を読み取れません（2行目"),
        ((",".join(HEADERS) + '\n"閉じない').encode(), "2行目で、表の区切り"),
        (b"PK\x03\x04 broken", "圧縮ファイル"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, told: str) -> None:
    assert told in refusal(content)


def test_too_many_bytes_and_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "4MBまで" in refusal(b"x" * (4 * 1024 * 1024 + 1), most_bytes=4 * 1024 * 1024)
    monkeypatch.setattr(spreadsheets, "MOST_ROWS", 2)
    assert len(names(text_of(CELLS, CELLS).encode())) == 2
    assert "2行まで" in refusal(text_of(CELLS, CELLS, CELLS).encode())


def test_a_workbook_gives_values_as_people_write_them() -> None:
    cells: list[object] = [
        1,
        "髙﨑",
        None,
        "桜台",
        35.5,
        139.51562,
        450000021,
        True,
        datetime.time(16, 30),
        None,
        0.3,
    ]
    cells[9] = datetime.datetime(2026, 11, 27)
    row = read_table(workbook(cells, formats={"K2": "0%"}), KITCHENS, most_bytes=LARGE)[0]
    assert list(row.texts.values()) == [
        "1", "髙﨑", "", "桜台", "35.5", "139.51562", "450000021", "はい", "16:30", "2026-11-27", "30%"
    ]  # fmt: skip


def test_a_workbook_keeps_its_row_numbers_and_ignores_empty_rows() -> None:
    blank: list[object] = [None] * len(HEADERS)
    assert names(workbook(list(CELLS), blank, list(CELLS))) == [(2, "髙﨑①食堂"), (4, "髙﨑①食堂")]


def test_a_formula_in_a_workbook_comes_out_as_one() -> None:
    cells: list[object] = list(CELLS)
    cells[1] = "=SUM(A1:A2)"
    assert names(workbook(cells)) == [(2, "=SUM(A1:A2)")]


def test_an_empty_workbook_is_empty() -> None:
    assert "空です" in refusal(workbook(headers=[]))


def zipped(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return stream.getvalue()


def test_workbooks_that_unpack_to_too_much_are_not_opened() -> None:
    bomb = zipped(xl__workbook_xml=b"<x/>", xl__big_xml=b" " * (65 * 1024 * 1024))
    assert len(bomb) < LARGE
    assert "大きすぎます" in refusal(bomb)
    many = {f"part{n}": b"" for n in range(600)}
    assert "大きすぎます" in refusal(zipped(xl__workbook_xml=b"<x/>", **many))


def test_workbooks_with_entities_or_damage_are_not_opened() -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    assert "開きません" in refusal(zipped(xl__workbook_xml=laughs))
    assert "壊れている" in refusal(zipped(xl__workbook_xml=b"<x/>"))
    assert "圧縮ファイル" in refusal(zipped(letter_xml=b"<x/>"))
