"""Whether the process is up, and whether all that people rely on runs."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from sharemeal.store import restorations
from sharemeal.store.ticks import ALERT_JOBS, AUDIT_JOB, late_jobs
from sharemeal.web.access import allow_everybody
from sharemeal.web.doorway import doorway

pages = Blueprint("health", __name__)


@pages.get("/healthz")
@allow_everybody
def up() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@pages.get("/readyz")
@allow_everybody
def ready() -> ResponseReturnValue:
    """Whether the database answers, some process runs the jobs, the audit is linked, and no hold stands; else 503.

    Names of jobs and nothing else: anybody may ask.
    """
    here = doorway()
    if not here.store.answers():
        return jsonify(status="database does not answer"), 503
    with here.store.session(all_labs=True) as session:
        late = late_jobs(session, here.clock.now())
        held = restorations.standing(session) is not None
    idle = [name for name in late if name in ALERT_JOBS]
    return jsonify(
        status="on hold after a restore" if held else "not ready" if late else "ok",
        database=here.store.engine.dialect.name,
        jobs=f"not running: {', '.join(idle)}" if idle else "ok",
        auditor="not running" if AUDIT_JOB in late else "ok",
    ), 503 if late or held else 200
