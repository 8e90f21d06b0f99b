"""Solving processes: started ahead, kept warm, killed without pity.

A solver may hang, crash or eat the memory; it does so in a process of its own. A process that answered in
good order is kept for the next question, so that only the first one pays for loading the solver.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

from sharemeal.routing.wire import Better, Finished, Question

WORKER = "sharemeal.routing.solvers.worker"
MOST_IDLE = 2


class Lost(Exception):
    """The process is gone before it finished its answer."""


class Solver:
    """One process that solves, seen from outside."""

    def __init__(self, module: str = WORKER) -> None:
        self._pipe, theirs = Pipe()
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
        self._process = subprocess.Popen(  # noqa: S603 - our own module by our own interpreter
            [sys.executable, "-m", module, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
        )
        theirs.close()
        self.answered = 0

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def ask(self, question: Question) -> None:
        """Send a question; :class:`Lost` if nobody is there to read it."""
        try:
            self._pipe.send(question)
        except OSError:
            raise Lost from None

    def hear(self, seconds: float) -> Better | Finished | None:
        """The next word within so many seconds, or None. :class:`Lost` if the process is gone."""
        try:
            if not self._pipe.poll(max(0.0, seconds)):
                return None
            said: Any = self._pipe.recv()
        except (OSError, EOFError):
            raise Lost from None
        assert isinstance(said, (Better, Finished))
        self.answered += isinstance(said, Finished)
        return said

    def kill(self) -> None:
        """End it at once, and leave nothing behind."""
        self._process.kill()
        self._process.wait()
        self._pipe.close()

    def is_alive(self) -> bool:
        """Whether it can still be asked."""
        return self._process.poll() is None


_idle: list[Solver] = []
_lock = threading.Lock()


def warm_up() -> None:
    """Have a process loading the solver while something else is being read."""
    with _lock:
        if not _idle:
            _idle.append(Solver())


def borrow() -> Solver:
    """A warm process if there is one, else a new one."""
    with _lock:
        while _idle:
            solver = _idle.pop()
            if solver.is_alive():
                return solver
            solver.kill()
    return Solver()


def give_back(solver: Solver) -> None:
    """Keep a process that finished in good order for the next question."""
    with _lock:
        if len(_idle) < MOST_IDLE:
            _idle.append(solver)
            return
    solver.kill()


@atexit.register
def end_all() -> None:
    """Kill all that wait; nothing outlives the program."""
    with _lock:
        while _idle:
            _idle.pop().kill()
