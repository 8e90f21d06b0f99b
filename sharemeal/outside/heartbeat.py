"""The outside heartbeat: tell a service elsewhere that all is well, so that somebody notices when nothing is told any more.

Whoever listens (healthchecks and its like) raises an alarm when a beat stays away: a dead process cannot say that it
is dead.
"""

from __future__ import annotations

import json
import logging
import urllib.request
from datetime import datetime
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.parse import urlsplit

log = logging.getLogger("sharemeal.heartbeat")
TIMEOUT_SECONDS = 5.0


def is_address(url: str) -> bool:
    """Whether a beat could be sent there."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


class _NoDetours(urllib.request.HTTPRedirectHandler):
    """A beat that is sent elsewhere has not arrived."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> None:
        return None


class Heart:
    """Beats at one address, by no proxy of the environment. The address is a secret and stands in no log."""

    def __init__(self, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._url = url
        self._timeout_seconds = timeout_seconds
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoDetours())
        self._heard = True

    def beat(self, head: str, at: datetime) -> bool:
        """One beat, with the head of the audit chain and the moment; returns whether it was heard. Never raises.

        That it is not heard is said once in the log, and once more when it is heard again.
        """
        body = json.dumps({"at": at.isoformat(), "audit_head": head}).encode()
        try:
            request = urllib.request.Request(  # noqa: S310 - is_address lets only http and https be set
                self._url, data=body, headers={"Content-Type": "application/json"}, method="POST"
            )
            with self._opener.open(request, timeout=self._timeout_seconds):
                pass
        except (OSError, HTTPException, ValueError) as error:
            self._say(heard=False, why=type(error).__name__)
            return False
        self._say(heard=True)
        return True

    def _say(self, *, heard: bool, why: str = "") -> None:
        if self._heard and not heard:
            log.warning("the outside heartbeat is not heard: %s", why)
        elif heard and not self._heard:
            log.warning("the outside heartbeat is heard again")
        self._heard = heard
