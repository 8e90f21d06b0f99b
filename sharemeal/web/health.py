"""Whether the process is up, whether all that people rely on runs, and the figures of how it runs."""

from __future__ import annotations

import hmac
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue

from sharemeal.store import alarms, health, restorations
from sharemeal.store.gauges import gauges
from sharemeal.store.ticks import ALERT_JOBS, AUDIT_JOB, AUDITOR_JOB
from sharemeal.store.trouble import DatabaseFault, trouble_of
from sharemeal.web.access import allow_everybody
from sharemeal.web.doorway import Doorway, doorway
from sharemeal.web.exposition import CONTENT_TYPE, exposition

pages = Blueprint("health", __name__)
RETRY_SECONDS = "5"
LOOPBACK = ("127.0.0.1", "::1", "::ffff:127.0.0.1")
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")
"""What a proxy adds: the question comes from elsewhere then, whoever hands it over."""


@pages.get("/healthz")
@allow_everybody
def up() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@pages.get("/readyz")
@allow_everybody
def ready() -> ResponseReturnValue:
    """Whether the database answers and takes writes, some process runs the jobs, the auditor finds nothing late,
    and no hold stands after a restore.

    503 with the reason where one is not so. Names of jobs and of kinds and nothing else: anybody may ask.
    """
    here = doorway()
    try:
        trouble = health.trouble_now(here.store)
        if trouble is not None:
            return _not_ready({"status": trouble.value})
        if not health.is_newest(here.store.engine):
            return _not_ready({"status": "not ready", "migrations": "not newest"})
        told, well = _told(here)
    except DatabaseFault as fault:
        return _not_ready({"status": (trouble_of(fault) or "database does not answer")})
    return jsonify(told) if well else _not_ready(told)


def _not_ready(told: dict[str, Any]) -> ResponseReturnValue:
    return jsonify(told), 503, {"Retry-After": RETRY_SECONDS}


def _told(here: Doorway) -> tuple[dict[str, Any], bool]:
    with here.store.session(all_labs=True) as session:
        stands = alarms.stands_now(session, here.clock.now())
        held = restorations.standing(session) is not None
    idle = [name for name in stands.late if name in ALERT_JOBS]
    asleep = {AUDIT_JOB, AUDITOR_JOB} & set(stands.late)
    auditor = "not running" if asleep else ", ".join(stands.kinds) or "ok"
    told = {
        "status": "on hold after a restore" if held else "ok" if stands.well else "not ready",
        "database": here.store.engine.dialect.name,
        "migrations": "ok",
        "jobs": f"not running: {', '.join(idle)}" if idle else "ok",
        "auditor": auditor,
    }
    if (journal := health.journal(here.store.engine)) is not None:
        told["journal"] = journal
    return told, stands.well and not held


@pages.get("/metrics")
@allow_everybody
def metrics() -> ResponseReturnValue:
    """The figures for Prometheus, to this machine itself or to who has the token; to anybody else there is no such page.

    Counted in the database at this moment, so that it does not matter which process is asked.
    """
    here = doorway()
    if not (_from_here() or _has_token(here.settings.metrics_token)):
        abort(404)
    now = here.clock.now()
    with here.store.session(all_labs=True) as session:
        found, stands = gauges(session, now), alarms.standing(session)
    counts = {alarm.kind: alarm.count for alarm in stands}
    return Response(exposition(found, counts), content_type=CONTENT_TYPE)


def _from_here() -> bool:
    """Whether a program on this machine asks for itself."""
    return request.remote_addr in LOOPBACK and not any(name in request.headers for name in FORWARDED)


def _has_token(token: str) -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return bool(token) and scheme == "Bearer" and hmac.compare_digest(given.encode(), token.encode())
