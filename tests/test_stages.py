"""What the whole test run makes of its stages: counts are true, and under CI a skipped test is a failure."""

import pytest

from tests.stages import Outcome, count, main, summary

REPORT = """<testsuites><testsuite tests="9" failures="2" errors="1" skipped="3"></testsuite></testsuites>"""


def test_a_report_is_counted() -> None:
    assert count(REPORT) == (3, 3, 3)


@pytest.mark.parametrize(
    ("outcome", "at_home", "under_ci"),
    [
        (Outcome("SQLite", sound=True, seconds=1, passed=5), True, True),
        (Outcome("SQLite", sound=True, seconds=1, passed=5, skipped=1), True, False),
        (Outcome("SQLite", sound=False, seconds=1, passed=5), False, False),
        (Outcome("SQLite", sound=True, seconds=1, passed=5, failed=1), False, False),
    ],
)
def test_skips_count_under_ci(outcome: Outcome, at_home: bool, under_ci: bool) -> None:
    assert outcome.acceptable(skips_allowed=True) is at_home
    assert outcome.acceptable(skips_allowed=False) is under_ci


def test_the_summary_names_the_stage_that_failed() -> None:
    outcomes = [
        Outcome("SQLite", sound=True, seconds=1, passed=5),
        Outcome("browser", sound=True, seconds=1, passed=5, skipped=2),
    ]
    lines = summary(outcomes, skips_allowed=False).splitlines()
    assert "FAILED" not in next(line for line in lines if line.startswith("SQLite"))
    assert "FAILED" in next(line for line in lines if line.startswith("browser"))


@pytest.mark.parametrize(("setting", "expected"), [("true", 1), ("", 0)])
def test_the_run_fails_on_a_skip_under_ci_alone(
    setting: str, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    skipped = Outcome("any", sound=True, seconds=1, passed=1, skipped=1)
    monkeypatch.setenv("CI", setting)
    monkeypatch.setattr("tests.stages.prepare_browser", lambda: None)
    monkeypatch.setattr("tests.stages.run_stage", lambda *_: skipped)
    assert main("test") == expected
