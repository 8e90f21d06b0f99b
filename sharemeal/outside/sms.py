"""Text messages to people's phones: by Twilio, or only on this program's own screen. Numbers and texts stand in no log."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from sharemeal.message_faults import SLOW_DOWN
from sharemeal.outside.ways import SCREEN_SID, Certain, InDoubt, Listed, Outgoing

T = TypeVar("T")

TIMEOUT_SECONDS = 8.0
TWILIO = "https://api.twilio.com"
LISTED_MOST = 200
EARLIER = timedelta(days=1)
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class ScreenSms:
    """Texts that stay on the outbox page: every one is taken at once and none leaves this program.

    Nothing is kept here. What a text says can be read from its row; after a crash it is taken once more.
    """

    def send(self, message: Outgoing) -> str:
        return f"{SCREEN_SID}{secrets.token_hex(12)}"

    def sent_to(self, to: str, since: datetime) -> list[Listed]:
        return []

    def look(self, sid: str) -> Listed:
        return Listed(sid, "", "delivered")

    def calls_back(self, site: str) -> bool:
        return False


class _Http(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's client at another address: no proxy or netrc of the environment, no redirect, no log."""

    def __init__(self, address: str, timeout_seconds: float) -> None:
        silent = logging.Logger("twilio without a log")
        silent.disabled = True
        super().__init__(timeout=timeout_seconds, logger=silent)
        self.session.trust_env = False
        self._address = address

    def request(self, method: str, url: str, *args: Any, **more: Any) -> Any:
        return super().request(method, self._address + url.removeprefix(TWILIO), *args, **more)


class TwilioSms:
    """Texts by Twilio, or by a stand-in that speaks the same at ``api_url``."""

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        sender: str = "",
        messaging_service_sid: str = "",
        api_url: str = "",
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._account_sid = account_sid
        self._auth_token = auth_token
        self._from = (
            {"messaging_service_sid": messaging_service_sid} if messaging_service_sid else {"from_": sender}
        )
        self._address = (api_url or TWILIO).rstrip("/")
        self._timeout_seconds = timeout_seconds
        self._own = threading.local()
        _hush()

    def send(self, message: Outgoing) -> str:
        more = {"status_callback": message.callback_url} if message.callback_url else {}

        def call(client: Any) -> str:
            sid = client.messages.create(to=message.to, body=message.text, **self._from, **more).sid
            if not sid:
                raise ValueError("no sid")
            return str(sid)

        return self._asked(call)

    def sent_to(self, to: str, since: datetime) -> list[Listed]:
        def call(client: Any) -> list[Listed]:
            found: list[Listed] = []
            for each in client.messages.stream(to=to, limit=LISTED_MOST):  # the newest first
                if each.date_created is not None and each.date_created < since - EARLIER:
                    break
                found.append(_listed(each))
            return found

        return self._asked(call)

    def look(self, sid: str) -> Listed:
        return self._asked(lambda client: _listed(client.messages(sid).fetch()))

    def calls_back(self, site: str) -> bool:
        """Twilio takes addresses that the world reaches; a stand-in on this machine takes any."""
        return site.startswith("https://") or urlsplit(self._address).hostname in LOOPBACK

    def answers(self) -> None:
        """Ask for one text of the list, to see that address, account and token fit. Raises Certain or InDoubt."""
        self._asked(lambda client: client.messages.list(limit=1))

    def _client(self) -> Any:
        """A client of this thread's own: Twilio's remembers its last answer and would give it to another thread."""
        if not hasattr(self._own, "client"):
            self._own.client = Client(
                self._account_sid,
                self._auth_token,
                http_client=_Http(self._address, self._timeout_seconds),
                environment={"TWILIO_EDGE": ""},  # an empty one would mean the process's own
            )
        return self._own.client

    def _asked(self, call: Callable[[Any], T]) -> T:
        """What the call answers. Errors are raised anew, outside, so that no trace of theirs tells number or text."""
        try:
            return call(self._client())
        except TwilioException as error:
            fault = _fault(error)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            fault = InDoubt("no answer that can be read")
        raise fault


def _fault(error: TwilioException) -> Certain | InDoubt:
    status = getattr(error, "status", None)
    if status is None and len(error.args) > 1:  # a page of the list that could not be had
        status = getattr(error.args[1], "status_code", None)
    code = getattr(error, "code", None)
    if isinstance(status, int) and 400 <= status < 500 and status != 408:
        return Certain(code if isinstance(code, int) else None, status, busy=code == SLOW_DOWN)
    return InDoubt(f"answered with status {status}")


def _listed(each: Any) -> Listed:
    return Listed(str(each.sid), each.body or "", str(each.status), each.error_code)


def _hush() -> None:
    """Below INFO, urllib3 tells each address it asks; the list's holds a number."""
    logger = logging.getLogger("urllib3.connectionpool")
    logger.setLevel(max(logger.level, logging.INFO))
