"""A calculation in the background of the web process: begun, followed and ended in the database, so that any
process can show how it goes. The solving itself happens in a process of its own."""

from __future__ import annotations

import threading
from datetime import date

from sharemeal.actions.plan_day import plan_day
from sharemeal.actions.solve_runs import Noted, begin_run, end_run, refusal_of
from sharemeal.web.doorway import Doorway


def calculate(here: Doorway, lab_id: int, service_date: date, *, actor: str) -> threading.Thread:
    """Begin planning that day of that lab and return at once; the thread ends when the plan is written."""
    began = here.clock.now()
    run_id = begin_run(here.store, lab_id, service_date, now=began, actor=actor)
    noted = Noted(here.store, lab_id, run_id, began)

    def work() -> None:
        refusal = None
        try:
            plan_day(
                here.store,
                lab_id,
                service_date,
                now=here.clock.now(),
                actor=actor,
                seconds=float(here.settings.solve_seconds),
                progress=noted,
            )
        except Exception as error:  # whatever happens, the page must learn that the calculation is over
            refusal = refusal_of(error)
        points = tuple(noted.waiting)
        end_run(here.store, lab_id, run_id, now=here.clock.now(), points=points, refusal=refusal)

    thread = threading.Thread(target=work, name=f"calculate {run_id}", daemon=True)
    thread.start()
    return thread
