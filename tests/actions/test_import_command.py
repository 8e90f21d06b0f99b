"""Tables by hand: what the commands print, and how they end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sharemeal.cli import main
from tests.actions.tables import HOME, KITCHEN, OTHER_HOME, WEEK
from tests.make.spreadsheets import WRITERS, cp932_csv, xlsx


@pytest.fixture
def folder(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for files, beside a migrated and empty database."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("SHAREMEAL_INSTANCE", str(tmp_path / "instance"))
    return tmp_path


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def written(folder: Path, kind: str, content: bytes, suffix: str = "csv") -> Path:
    path = folder / f"{kind}.{suffix}"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("form", list(WRITERS))
def test_a_week_comes_in_and_the_second_time_changes_nothing(folder: Path, form: str) -> None:
    for fresh in (True, False):
        for kind, rows in WEEK.items():
            path = written(folder, kind, WRITERS[form](kind, rows), "xlsx" if form == "xlsx" else "csv")
            result = run("import", kind, path, "--json")
            assert (result.exit_code, result.stderr) == (0, "")
            answer = json.loads(result.stdout)
            assert answer == {
                "rows": len(rows), "created": len(rows) * fresh, "updated": 0, "unchanged": len(rows) * (not fresh),
                "errors": [],
            }  # fmt: skip
    told = run("import", "kitchens", written(folder, "kitchens", cp932_csv("kitchens", WEEK["kitchens"])))
    assert "すべて前と同じ" in told.stdout


def test_typed_workbooks_read_like_text(folder: Path) -> None:
    rows = WEEK["kitchens"]
    run("import", "kitchens", written(folder, "kitchens", cp932_csv("kitchens", rows)))
    typed = written(folder, "kitchens", xlsx("kitchens", rows, typed=True), "xlsx")
    assert json.loads(run("import", "kitchens", typed, "--json").stdout)["unchanged"] == 1


def test_faults_end_with_one_and_write_nothing(folder: Path) -> None:
    path = written(folder, "households", cp932_csv("households", [HOME, {**OTHER_HOME, "食数": "18-20"}]))
    result = run("import", "households", path, "--json")
    assert result.exit_code == 1
    answer = json.loads(result.stdout)
    assert (answer["created"], answer["rows"]) == (0, 2)
    assert [(error["row"], error["column"]) for error in answer["errors"]] == [(3, "食数")]
    assert "3行目 食数" in result.stderr
    assert run("export", "households").stdout.count("\n") == 1


def test_a_dry_run_tells_and_writes_nothing(folder: Path) -> None:
    path = written(folder, "kitchens", cp932_csv("kitchens", [KITCHEN]))
    for _ in range(2):
        assert json.loads(run("import", "kitchens", path, "--dry-run", "--json").stdout)["created"] == 1
    assert "ためし読み" in run("import", "kitchens", path, "--dry-run").stdout


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n\x00", b"a,b\n1,2\n"])
def test_no_table_is_refused_with_a_sentence_in_both_forms(folder: Path, content: bytes) -> None:
    path = written(folder, "kitchens", content)
    result = run("import", "kitchens", path, "--json")
    assert (result.exit_code, json.loads(result.stdout)["rows"]) == (1, 0)
    assert json.loads(result.stdout)["errors"][0]["message"] == result.stderr.strip()
    plain = run("import", "kitchens", path)
    assert (plain.exit_code, plain.stdout, plain.stderr) == (1, "", result.stderr)


def test_a_file_that_is_too_large_or_not_there_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHAREMEAL_UPLOAD_MEGABYTES", "0.001")
    large = run("import", "kitchens", written(folder, "kitchens", b"x" * 2000))
    assert (large.exit_code, "大きすぎます" in large.stderr) == (1, True)
    lacking = run("import", "kitchens", folder / "nowhere.csv")
    assert (lacking.exit_code, "開けません" in lacking.stderr) == (1, True)
    assert run("import", "kitchens").exit_code == 2
    assert run("import", "people", "x.csv").exit_code == 2


def test_labs_are_added_and_then_named(folder: Path) -> None:
    assert run("lab", "add", "aoba", "青葉台").exit_code == 0
    assert run("lab", "add", "sakura", "桜台").exit_code == 0
    twice, strange = run("lab", "add", "aoba", "また"), run("lab", "add", "青葉", "だめ")
    assert [result.exit_code for result in (twice, strange)] == [1, 1]
    path = written(folder, "kitchens", cp932_csv("kitchens", [KITCHEN]))
    unnamed = run("import", "kitchens", path)
    assert (unnamed.exit_code, "aoba・sakura" in unnamed.stderr) == (1, True)
    assert run("import", "kitchens", path, "--lab", "sakura").exit_code == 0
    assert run("import", "kitchens", path, "--lab", "nowhere").exit_code == 1
    assert run("export", "kitchens", "--lab", "aoba").stdout.count("\n") == 1
    assert KITCHEN["店名"] in run("export", "kitchens", "--lab", "sakura").stdout


def test_what_is_exported_imports_as_unchanged(folder: Path) -> None:
    for kind, rows in WEEK.items():
        run("import", kind, written(folder, kind, cp932_csv(kind, rows)))
    for kind, rows in WEEK.items():
        for encoding in ("utf-8", "cp932"):
            out = folder / f"out-{kind}.csv"
            assert run("export", kind, "-o", out, "--encoding", encoding).exit_code == 0
            assert out.stat().st_mode & 0o077 == 0
            assert json.loads(run("import", kind, out, "--json").stdout)["unchanged"] == len(rows)


def test_the_demo_is_loaded_once(folder: Path) -> None:
    assert "demo" in run("demo", "load", "--weeks", "1", "--if-empty").stdout
    assert "何もしませんでした" in run("demo", "load", "--weeks", "1", "--if-empty").stdout
    assert run("demo", "load", "--labs", "0").exit_code == 2
