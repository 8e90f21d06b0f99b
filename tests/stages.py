"""Run the tests in stages, and the lint rules one after the other, with one summary at the end.

Called by the Makefile: `python -m tests.stages test|soak|lint`. Standard library only.
Every stage runs even when an earlier one failed. With CI=true a skipped test is a failure.
"""

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

from tests import browser

ROOT = Path(__file__).resolve().parent.parent
NOTHING_COLLECTED = 5

TEST_STAGES = {
    "SQLite": ("-m", "not postgres and not browser and not soak", "-n", "2"),
    "PostgreSQL": ("-m", "postgres and not browser and not soak", "-n", "2"),
    "browser": ("-m", "browser and not soak", "-n", "2"),
}
SOAK_STAGES = {"soak": ("-m", "soak")}
LINT_STEPS = {
    "ruff check": ("-m", "ruff", "check", "--quiet", "."),
    "ruff format": ("-m", "ruff", "format", "--check", "--quiet", "."),
    "mypy strict": ("-m", "mypy"),
    "floors": ("-c", "from importlinter.cli import lint_imports_command as run; run()"),
    "house and documents": ("-m", "pytest", "-q", "tests/test_house.py", "tests/test_docs.py"),
}


@dataclass(frozen=True)
class Outcome:
    """What one stage did; `sound` is whether the tool itself was content."""

    name: str
    sound: bool
    seconds: float
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def acceptable(self, *, skips_allowed: bool) -> bool:
        """Whether the stage counts as passed."""
        return self.sound and not self.failed and (skips_allowed or not self.skipped)


def prepare_browser() -> None:
    """Install Chromium and a Japanese font where we may; elsewhere say what to install."""
    packages = browser.missing()
    if not packages:
        return
    install = ["apt-get", "install", "--yes", "--no-install-recommends", "fontconfig", *packages]
    if os.geteuid() == 0 and Path("/etc/debian_version").exists():
        print(f"Installing {' and '.join(packages)} for the browser tests …", flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update"], install):
            subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, check=False)
    still = browser.missing()
    if still:
        print(
            f"The browser tests are skipped: install {' and '.join(still)} (on Debian: {' '.join(install)})."
        )


def run_stage(name: str, arguments: tuple[str, ...]) -> Outcome:
    """Run pytest once and read its counts from the report it writes."""
    print(f"\n── {name} ──", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *arguments]
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        counts = count(report.read_text("utf-8")) if report.exists() else (0, 0, 0)
    sound = code == 0 or (code == NOTHING_COLLECTED and name == "soak")
    return Outcome(name, sound, time.monotonic() - began, *counts)


def count(report: str) -> tuple[int, int, int]:
    """Passed, failed and skipped tests of a JUnit report."""
    suites = ElementTree.fromstring(report).iter("testsuite")
    totals = [
        {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
        for suite in suites
    ]
    failed = sum(suite["failures"] + suite["errors"] for suite in totals)
    skipped = sum(suite["skipped"] for suite in totals)
    return sum(suite["tests"] for suite in totals) - failed - skipped, failed, skipped


def run_step(name: str, arguments: tuple[str, ...]) -> Outcome:
    """Run one lint tool."""
    print(f"── {name} ──", flush=True)
    began = time.monotonic()
    code = subprocess.run([sys.executable, *arguments], cwd=ROOT, check=False).returncode
    return Outcome(name, code == 0, time.monotonic() - began)


def summary(outcomes: list[Outcome], *, skips_allowed: bool) -> str:
    """A table with one line for each stage."""
    counted = any(outcome.passed or outcome.failed or outcome.skipped for outcome in outcomes)
    lines = ["", f"{'':30}{'seconds':>9}" + (f"{'passed':>8}{'failed':>8}{'skipped':>8}" if counted else "")]
    for outcome in outcomes:
        verdict = "ok" if outcome.acceptable(skips_allowed=skips_allowed) else "FAILED"
        counts = f"{outcome.passed:>8}{outcome.failed:>8}{outcome.skipped:>8}" if counted else ""
        lines.append(f"{outcome.name:22}{verdict:8}{outcome.seconds:>9.1f}{counts}")
    if any(outcome.skipped for outcome in outcomes) and not skips_allowed:
        lines.append("A skipped test counts as a failure here, because CI is set.")
    return "\n".join(lines)


def main(what: str) -> int:
    """Run everything that `what` names; 0 if all of it passed."""
    skips_allowed = os.environ.get("CI", "").lower() not in ("1", "true", "yes")
    if what == "lint":
        outcomes = [run_step(name, arguments) for name, arguments in LINT_STEPS.items()]
    else:
        prepare_browser()
        stages = TEST_STAGES if what == "test" else SOAK_STAGES
        outcomes = [run_stage(name, arguments) for name, arguments in stages.items()]
    print(summary(outcomes, skips_allowed=skips_allowed))
    return 0 if all(outcome.acceptable(skips_allowed=skips_allowed) for outcome in outcomes) else 1


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in ("test", "soak", "lint"):
        sys.exit("Say what to run: python -m tests.stages test|soak|lint")
    sys.exit(main(sys.argv[1]))
