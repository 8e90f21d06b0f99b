"""A coarse brake on the doors: so many tries per minute from one address, kept in memory.

It only slows a flood down. The exact count, per link and per e-mail address, is kept in the database
(actions/count_tries.py), where no restart forgets it and no change of address escapes it.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

DOORS = ("signin.enter", "links.enter", "take_up.enter", "receive_test.arrived")
PER_MINUTE = 30


def prepare(app: Flask) -> None:
    """Brake the doors of this app. Call it when their pages are registered."""
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://", headers_enabled=False)
    for endpoint in DOORS:
        braked: Any = limiter.limit(f"{PER_MINUTE} per minute")(app.view_functions[endpoint])
        app.view_functions[endpoint] = braked
