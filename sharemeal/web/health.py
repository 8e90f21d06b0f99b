"""Whether the process is up and may serve."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

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
    """The database answers; 503 when it does not."""
    if not doorway().store.answers():
        return jsonify(status="database does not answer"), 503
    return jsonify(status="ok", database=doorway().store.engine.dialect.name)
