"""A calculation in the background of the web process: begun, followed and ended in the database, so that any
process can show how it goes. The routes are solved in a process of its own."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import date

from sharemeal.actions.solve_runs import begin_run
from sharemeal.web.doorway import Doorway


def calculate(here: Doorway, lab_id: int, service_date: date, *, actor: str) -> threading.Thread:
    """Begin planning that day of that lab and return at once; the thread ends when the plan is written."""
    run_id = begin_run(here.store, lab_id, service_date, now=here.clock.now(), actor=actor)

    def work() -> None:
        # OR-Tools takes a second to load: only who calculates waits for it.
        from sharemeal.actions.plan_day import plan_day_noted

        with suppress(Exception):  # the run keeps the reason, and the page shows it
            plan_day_noted(
                here.store,
                lab_id,
                service_date,
                run_id,
                now=here.clock.now(),
                actor=actor,
                seconds=float(here.settings.solve_seconds),
            )

    thread = threading.Thread(target=work, name=f"calculate {run_id}", daemon=True)
    thread.start()
    return thread
