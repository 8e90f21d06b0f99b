"""The program as processes of its own, as an operator starts them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.house import ROOT

MAIN = "from sharemeal.cli import main; main()"


@contextmanager
def started(
    folder: Path, settings: dict[str, str], *commands: tuple[str, ...]
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Each command as a process with these settings, killed at the end; what they say goes to files in ``folder``."""
    environment = {**os.environ, **settings, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for number, words in enumerate(commands):
            with (folder / f"process{number}.txt").open("wb") as said:
                processes.append(
                    subprocess.Popen(
                        [sys.executable, "-c", MAIN, *words],
                        cwd=ROOT,
                        env=environment,
                        stdin=subprocess.DEVNULL,
                        stdout=said,
                        stderr=subprocess.STDOUT,
                    )
                )
        yield processes
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


def said(folder: Path) -> str:
    """What all processes have said."""
    return "\n".join(path.read_text("utf-8") for path in sorted(folder.glob("process*.txt")))


def within(seconds: float, holds: Callable[[], object]) -> float | None:
    """Ask again and again; the seconds after which it held, or None."""
    begun = time.monotonic()
    while (passed := time.monotonic() - begun) < seconds:
        if holds():
            return passed
        time.sleep(0.1)
    return None
