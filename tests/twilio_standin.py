"""A stand-in for Twilio on this machine: a real HTTP server that speaks its Messages resource, and can misbehave.

    def test_something(twilio):
        settings = Settings(**twilio.settings())   # or twilio.environment() for a command
        twilio.plan(Fault.BUSY, Fault.OK)           # what the next posts meet; afterwards all are well
        ...
        [text] = twilio.texts("+819000000001")
        twilio.deliver(text.sid)                    # posts the signed status call, answers its HTTP status
        twilio.reply(site, "+819000000001", "はい")

Nothing here sleeps: what hangs does so until the caller has gone, or the stand-in closes.
"""

import base64
import json
import secrets
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import pytest
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

HOST = "127.0.0.1"
NUMBER = "+815000000000"
CREATED = "Fri, 27 Nov 2026 00:00:00 +0000"


class Fault(Enum):
    """What one post meets."""

    OK = "taken"
    BUSY = "429, not taken"
    DEAD_NUMBER = "400 with code 21211, not taken"
    NO_MOBILE = "400 with code 30006, not taken"
    DOWN = "503, not taken"
    TAKEN_THEN_500 = "taken, but answered with 500"
    TAKEN_THEN_SILENT = "taken, and no answer"
    SILENT = "not taken, and no answer"
    LATE = "taken only when the caller has given up, and no answer"


@dataclass
class Text:
    """One text that the stand-in took."""

    sid: str
    to: str
    body: str
    sender: str
    callback: str | None
    status: str = "queued"
    error_code: int | None = None
    created: str = CREATED

    def as_json(self, account_sid: str) -> dict[str, Any]:
        return {
            "account_sid": account_sid,
            "sid": self.sid,
            "to": self.to,
            "from": self.sender,
            "body": self.body,
            "status": self.status,
            "error_code": self.error_code,
            "date_created": self.created,
            "direction": "outbound-api",
            "uri": f"/2010-04-01/Accounts/{account_sid}/Messages/{self.sid}.json",
        }


@dataclass
class TwilioStandIn:
    """Takes texts, lists them, calls back. ``attempts`` counts every post, taken or not."""

    account_sid: str = field(default_factory=lambda: f"AC{secrets.token_hex(16)}")
    auth_token: str = field(default_factory=lambda: secrets.token_hex(16))
    address: str = ""
    taken: list[Text] = field(default_factory=list)
    attempts: int = 0
    list_is_down: bool = False
    latency_seconds: float = 0.0
    """How long each answer takes."""
    dark: bool = False
    """Every request is answered with 503, the list's too."""
    listed_late: int = 0
    """So many of the newest texts are not in the list yet."""
    hangs_seconds: float = 30
    """What gives no answer hangs so long at most."""
    late_seconds: float = 10
    """What is taken late is taken after so long."""
    before_answer: Callable[[Text], object] | None = None
    """Called with each taken text before its post is answered, e.g. to deliver it first."""

    def __post_init__(self) -> None:
        self._faults: deque[Fault] = deque()
        self._lock = threading.Lock()
        self._closing = threading.Event()

    def plan(self, *faults: Fault) -> None:
        """What the next posts meet, in order."""
        self._faults.extend(faults)

    def texts(self, to: str | None = None) -> list[Text]:
        """What was taken (for that number), oldest first."""
        with self._lock:
            return [each for each in self.taken if to in (None, each.to)]

    def settings(self) -> dict[str, str]:
        """For ``Settings(**…)``."""
        return {
            "twilio_account_sid": self.account_sid,
            "twilio_auth_token": self.auth_token,
            "twilio_from": NUMBER,
            "twilio_api_url": self.address,
        }

    def environment(self) -> dict[str, str]:
        """For a command."""
        return {name.upper(): value for name, value in self.settings().items()}

    # --- calling the program

    def deliver(self, sid: str, status: str = "delivered", error_code: int | None = None) -> int:
        """Tell at its callback address how a text fares; the HTTP status of the answer."""
        [text] = [each for each in self.texts() if each.sid == sid]
        text.status, text.error_code = status, error_code
        assert text.callback is not None, "no callback address was given with this text"
        return self.post(text.callback, self.status_form(text))

    def deliver_all(self) -> None:
        """Tell of each text that has not arrived yet that it has."""
        for text in self.texts():
            if text.status != "delivered" and text.callback:
                assert self.deliver(text.sid) == 204

    def reply(self, site: str, sender: str, body: str) -> int:
        """Somebody answers; the HTTP status of the program's answer."""
        form = {"MessageSid": f"SM{secrets.token_hex(16)}", "From": sender, "To": NUMBER, "Body": body}
        return self.post(f"{site}/twilio/inbound", form)

    def status_form(self, text: Text) -> dict[str, str]:
        """What Twilio posts of a text's status."""
        form = {"AccountSid": self.account_sid, "MessageSid": text.sid, "MessageStatus": text.status}
        form |= {"To": text.to, "From": text.sender}
        return form | ({"ErrorCode": str(text.error_code)} if text.error_code else {})

    def signature(self, url: str, form: dict[str, str]) -> str:
        """Twilio's signature of a call."""
        return str(RequestValidator(self.auth_token).compute_signature(url, MultiDict(form)))

    def post(self, url: str, form: dict[str, str]) -> int:
        """Post a signed form; the HTTP status of the answer."""
        call = urllib.request.Request(url, urllib.parse.urlencode(form).encode())
        call.add_header("X-Twilio-Signature", self.signature(url, form))
        try:
            with urllib.request.urlopen(call) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    # --- being called

    def met_by(self, form: Mapping[str, str]) -> Fault:
        """What this post meets. Called under the lock."""
        return self._faults.popleft() if self._faults else Fault.OK

    def listed(self, to: str | None) -> list[Text]:
        """What the list shows (of that number), oldest first."""
        found = self.texts()
        return [each for each in found[: len(found) - self.listed_late] if to in (None, each.to)]

    def known(self, sid: str) -> Text | None:
        """The text with this sid."""
        return next((each for each in self.texts() if each.sid == sid), None)

    def answer(self, request: Request) -> Response:
        """Twilio's answer."""
        self._closing.wait(self.latency_seconds)
        if self.dark:
            return self._error(503, 20503, "Service Unavailable")
        expected = base64.b64encode(f"{self.account_sid}:{self.auth_token}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {expected}":
            return self._error(401, 20003, "Authenticate")
        base = f"/2010-04-01/Accounts/{self.account_sid}/Messages"
        if request.path == f"{base}.json" and request.method == "POST":
            return self._take(request)
        if request.path == f"{base}.json":
            return self._list(request)
        if request.path.startswith(f"{base}/"):
            return self._one(request.path.removeprefix(f"{base}/").removesuffix(".json"))
        return self._error(404, 20404, "The requested resource was not found")

    def _take(self, request: Request) -> Response:
        form = request.form
        with self._lock:
            self.attempts += 1
            fault = self.met_by(form)
        if not (form.get("From") or form.get("MessagingServiceSid")) or not form.get("Body"):
            return self._error(400, 21602, "Message body is required")
        if fault is Fault.LATE:
            self._closing.wait(self.late_seconds)
        if fault in (Fault.OK, Fault.TAKEN_THEN_500, Fault.TAKEN_THEN_SILENT, Fault.LATE):
            text = Text(
                f"SM{secrets.token_hex(16)}",
                form["To"],
                form["Body"],
                form.get("From", NUMBER),
                form.get("StatusCallback"),
            )
            with self._lock:
                self.taken.append(text)
            if self.before_answer is not None:
                self.before_answer(text)
            if fault is Fault.OK:
                return self._json(text.as_json(self.account_sid), 201)
        match fault:
            case Fault.BUSY:
                return self._error(429, 20429, "Too Many Requests")
            case Fault.DEAD_NUMBER:
                return self._error(400, 21211, f"The 'To' number {form['To']} is not a valid phone number.")
            case Fault.NO_MOBILE:
                return self._error(400, 30006, f"The 'To' number {form['To']} takes no texts.")
            case Fault.DOWN:
                return self._error(503, 20503, "Service Unavailable")
            case Fault.SILENT | Fault.TAKEN_THEN_SILENT | Fault.LATE:
                self._closing.wait(self.hangs_seconds)
        return self._error(500, 20500, "Internal Server Error")

    def _list(self, request: Request) -> Response:
        if self.list_is_down:
            return self._error(503, 20503, "Service Unavailable")
        found = self.listed(request.args.get("To"))
        size = int(request.args.get("PageSize", 50))
        page = [each.as_json(self.account_sid) for each in reversed(found)][:size]
        return self._json({"messages": page, "next_page_uri": None, "page": 0, "page_size": size}, 200)

    def _one(self, sid: str) -> Response:
        found = self.known(sid)
        if found is None:
            return self._error(404, 20404, "The requested resource was not found")
        return self._json(found.as_json(self.account_sid), 200)

    @staticmethod
    def _json(value: dict[str, Any], status: int) -> Response:
        return Response(json.dumps(value), status, content_type="application/json")

    def _error(self, status: int, code: int, message: str) -> Response:
        return self._json({"code": code, "message": message, "status": status}, status)

    def close(self) -> None:
        """Let go of whoever hangs."""
        self._closing.set()


class Quiet(WSGIRequestHandler):
    """Logs nothing: a test may ask that no number stands in any log."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def standing_in() -> Iterator[TwilioStandIn]:
    """A stand-in that answers inside the block."""
    standin = TwilioStandIn()
    server = make_server(HOST, 0, Request.application(standin.answer), threaded=True, request_handler=Quiet)
    standin.address = f"http://{HOST}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield standin
    finally:
        standin.close()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def twilio() -> Iterator[TwilioStandIn]:
    """A stand-in for Twilio."""
    with standing_in() as standin:
        yield standin
