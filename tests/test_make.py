"""The makers of test data keep their promises: same seed same week, every nature, files that read back."""

from __future__ import annotations

import csv
import datetime
import io
from pathlib import Path

import openpyxl
import pytest
from hypothesis import find, given, settings

from tests.checker import best_level
from tests.make.nasty import NASTY
from tests.make.problems import random_problem
from tests.make.spreadsheets import cp932_csv, utf8_bom_csv, utf8_csv, write_week, xlsx
from tests.make.weeks import Week, random_week, weeks
from tests.make.words import HEADERS


def minutes(cell: str) -> int:
    return int(cell[:2]) * 60 + int(cell[3:])


def assert_importable(week: Week) -> None:
    """What a careful import may ask of any file: columns, numbers used once, hours in order, known references."""
    for kind, rows in week.tables.items():
        assert all(tuple(row) == HEADERS[kind] for row in rows)
    for kind, column in (
        ("kitchens", "協力店番号"),
        ("households", "お届け先番号"),
        ("volunteers", "ボランティア番号"),
    ):
        numbers = [row[column] for row in week.tables[kind]]
        assert numbers == [str(n) for n in range(1, len(numbers) + 1)]
    kitchens = {row["協力店番号"]: row for row in week.kitchens}
    assert len({(row["協力店番号"], row["献立"]) for row in week.offers}) == len(week.offers)
    for row in week.offers:
        assert row["協力店番号"] in kitchens
        assert (
            week.nature == "nothing soft enough"
            or row["食形態"] in kitchens[row["協力店番号"]]["作れる食形態"]
        )
    for row in week.households:
        assert minutes(row["時間帯開始"]) < minutes(row["時間帯終了"])
    for row in week.volunteers:
        assert minutes(row["活動開始"]) < minutes(row["活動終了"])


def test_a_seed_makes_one_week() -> None:
    assert random_week(7) == random_week(7) != random_week(8)
    assert (len(random_week(7, homes=3, volunteers=2, offers=1).households)) == 3


def test_random_weeks_cover_what_weeks_can_be() -> None:
    made = [random_week(seed) for seed in range(40)]
    assert {row["食形態"] for week in made for row in week.households} == {
        "普通",
        "UDF1",
        "UDF2",
        "UDF3",
        "UDF4",
    }
    assert {row["移動手段"] for week in made for row in week.volunteers} == {"徒歩", "自転車", "車"}
    declared = {row["アレルギー表示"] for week in made for row in week.offers}
    assert {"", "なし"} < declared
    needs = [sum(int(row["食数"]) for row in week.households) for week in made]
    cooked = [sum(int(row["食数"]) for row in week.offers) for week in made]
    assert any(need > have for need, have in zip(needs, cooked, strict=True)), "shortage"
    assert any(need < have for need, have in zip(needs, cooked, strict=True)), "surplus"
    for week in made:
        assert_importable(week)


@pytest.mark.parametrize("seed", range(len(NASTY)))
def test_each_nasty_week_still_imports(seed: int) -> None:
    week = random_week(seed, hard=True)
    assert week.nature == list(NASTY)[seed]
    assert_importable(week)


@settings(max_examples=50, deadline=None)
@given(weeks())
def test_hypothesis_weeks_import(week: Week) -> None:
    assert_importable(week)


def test_a_found_week_shrinks_to_what_matters() -> None:
    quiet = settings(max_examples=100, derandomize=True, database=None)
    found = find(weeks(), lambda week: any(row["アレルギー"] for row in week.households), settings=quiet)
    assert len(found.households) == 1
    assert (found.volunteers, found.offers, found.nature) == ((), (), "plain")


@pytest.mark.parametrize("kind", HEADERS)
def test_csv_reads_back(kind: str) -> None:
    rows = random_week(1).tables[kind]
    written = {
        "cp932": cp932_csv(kind, rows),
        "utf-8": utf8_csv(kind, rows),
        "utf-8-sig": utf8_bom_csv(kind, rows),
    }
    for encoding, content in written.items():
        assert list(csv.DictReader(io.StringIO(content.decode(encoding)))) == rows
        assert content.count(b"\r\n") == content.count(b"\n") == len(rows) + 1
    assert written["utf-8-sig"].startswith(b"\xef\xbb\xbf")
    assert cp932_csv(kind, []).decode("cp932").strip() == ",".join(HEADERS[kind])


def test_workbooks_hold_text_or_typed_cells() -> None:
    rows = random_week(1).tables["offers"]
    for typed, day in ((False, "2026-11-27"), (True, datetime.datetime(2026, 11, 27))):
        sheet = openpyxl.load_workbook(io.BytesIO(xlsx("offers", rows, typed=typed))).active
        assert sheet is not None
        cells = list(sheet.iter_rows(values_only=True))
        assert cells[0] == HEADERS["offers"]
        assert [row[0] for row in cells[1:]] == [day] * len(rows)
        ready = cells[1][6]
        assert isinstance(ready, datetime.time if typed else str)


@pytest.mark.parametrize("form", ["cp932", "utf8", "utf8-bom", "xlsx"])
def test_a_week_is_written_as_four_files(tmp_path: Path, form: str) -> None:
    paths = write_week(random_week(2), tmp_path, form)
    assert list(paths) == list(HEADERS)
    assert all(path.stat().st_size > 50 for path in paths.values())


def test_random_problems_are_whole_and_repeatable() -> None:
    assert random_problem(4) == random_problem(4) != random_problem(5)
    levels = [best_level(random_problem(seed, shipments=2, jobs=1)) for seed in range(30)]
    assert {-level[1] for level in levels} > {1, 3, 5}, "some serve everyone, some cannot"
