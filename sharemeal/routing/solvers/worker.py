"""The process in which solving happens, so that a hang, a crash or an empty memory stays inside it.

It reads questions from one end of a pipe and tells of every better answer through it; the parent may kill
it at any moment and keeps what it was told. Run as ``python -m sharemeal.routing.solvers.worker FD``.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path

from sharemeal.routing.wire import Better, Finished


def main() -> None:
    """Answer questions until the parent closes its end."""
    with contextlib.suppress(OSError):
        # Where memory runs out, the system shall end this process and not the one that serves pages.
        Path("/proc/self/oom_score_adj").write_text("900")
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C is the parent's to answer; its end ends this process
    parent = Connection(int(sys.argv[1]))
    from sharemeal.routing.solvers.method import answer  # the slow import, while the parent still reads

    threading.Thread(target=_leave_with, args=(os.getppid(),), daemon=True).start()
    while True:
        try:
            question = parent.recv()
        except EOFError:
            return
        proof, solver = answer(question, lambda routes: parent.send(Better(routes)))
        parent.send(Finished(proof, solver))


def _leave_with(parent: int) -> None:
    """An orphan has nobody to answer to."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


if __name__ == "__main__":
    main()
