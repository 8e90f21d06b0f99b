"""A provider that misbehaves by a seeded plan, in a process of its own: nothing that kills a sender touches it.

It is the stand-in for Twilio with three things more: what each post meets is drawn from the seed, there are windows in
which all of it is gone or its list is, and it keeps the truth: each text that it took and each that it refused for
good, with the time. A second port, which no window closes, tells the truth and heals the provider.

    {"seed": 7, "windows": true, "timeout_seconds": 0.3, …}    one line on standard input begins
    {"provider": "http://…", "control": "http://…", …}         its answer; it ends with its standard input
"""

from __future__ import annotations

import json
import random
import secrets
import select
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from enum import StrEnum

from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.wrappers import Request, Response

from tests.twilio_standin import HOST, Fault, Quiet, Text, TwilioStandIn

SHARES = {
    Fault.BUSY: 0.06,
    Fault.DOWN: 0.05,
    Fault.TAKEN_THEN_500: 0.08,
    Fault.TAKEN_THEN_SILENT: 0.07,
    Fault.SILENT: 0.05,
    Fault.LATE: 0.03,
}
"""How many of the posts meet what; all others are well."""
DEAD_ENDING, LANDLINE_ENDING = "21", "06"
"""Numbers that end so are refused for good."""
UNDELIVERED = 30008
UNDELIVERED_SHARE = 0.03
ARRIVES_AFTER_SECONDS = 0.4


class Window(StrEnum):
    """What is wrong for a while."""

    REFUSED = "connections refused"
    ALL_503 = "503 to everything"
    LIST_DOWN = "list down"


@dataclass(frozen=True)
class Spell:
    """One window: from when, in seconds since the beginning, and how long."""

    window: Window
    begins: float
    lasts: float


def spells(seed: int) -> Iterator[Spell]:
    """The windows of a seed, one after the other, without end."""
    draw = random.Random(f"windows {seed}")
    at = 0.0
    while True:
        at += draw.uniform(2.0, 6.0)
        spell = Spell(draw.choice(list(Window)), at, draw.uniform(0.3, 1.2))
        yield spell
        at += spell.lasts


class SeededProvider(TwilioStandIn):
    """The stand-in under a plan. ``healed`` ends every fault but numbers that cannot be reached."""

    def __init__(
        self, seed: int, *, timeout_seconds: float, lag_seconds: float, ahead_seconds: float = 0.0
    ) -> None:
        """``ahead_seconds`` is what the labs' clock is ahead: what the list says was created tells their time."""
        super().__init__()
        self._ahead_seconds = ahead_seconds
        self.healed = False
        self.window: Window | None = None
        self.counts: Counter[str] = Counter()
        self.refused: list[tuple[float, str, int]] = []
        self.hangs_seconds = self.late_seconds = timeout_seconds + 0.1
        self._lag_seconds = lag_seconds
        self._posts, self._fates = random.Random(f"posts {seed}"), random.Random(f"fates {seed}")
        self._of: dict[str, list[tuple[float, Text]]] = {}
        self._by_sid: dict[str, tuple[float, Text]] = {}
        self._seen_at: dict[str, float] = {}
        self.before_answer = self._keep

    def answer(self, request: Request) -> Response:
        """Twilio's answer, or that of a provider that is down."""
        if self.window is Window.ALL_503:
            self.counts[Window.ALL_503] += 1
            return self._error(503, 20503, "Service Unavailable")
        return super().answer(request)

    def met_by(self, form: Mapping[str, str]) -> Fault:
        """Drawn from the seed, in the order of the posts; a number that cannot be reached never can be."""
        drawn = self._posts.random()
        fault = Fault.OK
        for each, share in SHARES.items():
            if 0 <= drawn < share:
                fault = each
            drawn -= share
        if self.healed:
            fault = Fault.OK
        if fault not in (Fault.BUSY, Fault.DOWN, Fault.SILENT):
            if form["To"].endswith(DEAD_ENDING):
                fault = Fault.DEAD_NUMBER
            elif form["To"].endswith(LANDLINE_ENDING):
                fault = Fault.NO_MOBILE
        if fault in (Fault.DEAD_NUMBER, Fault.NO_MOBILE):
            code = 21211 if fault is Fault.DEAD_NUMBER else 30006
            self.refused.append((time.time(), form["Body"], code))
        self.counts[fault.value] += 1
        return fault

    def _keep(self, text: Text) -> None:
        """Note when it was taken, when the list will show it, and how it will fare."""
        now = time.time()
        text.created = formatdate(now + self._ahead_seconds, usegmt=True)
        with self._lock:
            self._of.setdefault(text.to, []).append((now, text))
            self._by_sid[text.sid] = (now, text)
            self._seen_at[text.sid] = now + (0 if self.healed else self._fates.uniform(0, self._lag_seconds))
            if self._fates.random() < UNDELIVERED_SHARE and not self.healed:
                text.error_code = UNDELIVERED

    def listed(self, to: str | None) -> list[Text]:
        """What was taken for that number; the newest are not there yet."""
        now = time.time()
        with self._lock:
            found = list(self._of.get(to or "", ()))
        return [
            self._fared(at, text, now)
            for at, text in found[-200:]
            if self._seen_at.get(text.sid, now + 1) <= now
        ]

    def known(self, sid: str) -> Text | None:
        """The text with this sid, as it has fared."""
        found = self._by_sid.get(sid)
        return None if found is None else self._fared(*found, time.time())

    @staticmethod
    def _fared(at: float, text: Text, now: float) -> Text:
        if now - at >= ARRIVES_AFTER_SECONDS:
            text.status = "undelivered" if text.error_code else "delivered"
        return text

    def truth(self) -> dict[str, object]:
        """Everything that was taken or refused for good, and how often each fault was met."""
        now = time.time()
        with self._lock:
            taken = [(at, self._fared(at, text, now)) for at, text in self._by_sid.values()]
        return {
            "accepted": [
                {"sid": text.sid, "to": text.to, "body": text.body, "at": at}
                | {"callback": text.callback, "undelivered": text.status == "undelivered"}
                for at, text in taken
            ],
            "refused": [{"at": at, "body": body, "code": code} for at, body, code in self.refused],
            "attempts": self.attempts,
            "counts": dict(self.counts),
        }


class Gate:
    """The provider's own port: closed, connections to it are refused."""

    def __init__(self, provider: TwilioStandIn) -> None:
        self._application = Request.application(provider.answer)
        self._server: BaseWSGIServer | None = None
        self._port = 0
        self.open()
        self.address = f"http://{HOST}:{self._port}"

    def open(self) -> None:
        """Take calls, on the same port as ever."""
        server = make_server(HOST, self._port, self._application, threaded=True, request_handler=Quiet)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        self._server, self._port = server, server.server_port

    def close(self) -> None:
        """Take no more calls; those that are inside go on."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


def control(provider: SeededProvider) -> BaseWSGIServer:
    """The port that no window closes: GET /truth, POST /heal."""

    def answer(request: Request) -> Response:
        if request.path == "/heal":
            provider.healed = True
        return Response(json.dumps(provider.truth()), content_type="application/json")

    server = make_server(HOST, 0, Request.application(answer), threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


def ends_within(seconds: float) -> bool:
    """Whether standard input ends within this time."""
    return bool(select.select([sys.stdin], [], [], max(0.0, seconds))[0])


def main() -> None:
    """Stand until standard input ends."""
    wanted = json.loads(sys.stdin.readline())
    windows = wanted.pop("windows")
    provider = SeededProvider(**wanted)
    provider.account_sid, provider.auth_token = f"AC{secrets.token_hex(16)}", secrets.token_hex(16)
    gate, upkeep = Gate(provider), control(provider)
    told = {
        "provider": gate.address,
        "control": f"http://{HOST}:{upkeep.server_port}",
        "account_sid": provider.account_sid,
        "auth_token": provider.auth_token,
    }
    print(json.dumps(told), flush=True)
    begun = time.monotonic()
    for spell in spells(wanted["seed"]):
        if ends_within(begun + spell.begins - time.monotonic()):
            return
        if provider.healed or not windows:
            continue
        provider.window, provider.list_is_down = spell.window, spell.window is Window.LIST_DOWN
        provider.counts[f"window: {spell.window}"] += 1
        if spell.window is Window.REFUSED:
            gate.close()
        ended = ends_within(begun + spell.begins + spell.lasts - time.monotonic())
        if spell.window is Window.REFUSED:
            gate.open()
        provider.window, provider.list_is_down = None, False
        if ended:
            return


if __name__ == "__main__":
    main()
