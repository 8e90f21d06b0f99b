"""Sessions live on the server. The cookie holds a random id and nothing else; the table holds its hash.

Staff sessions end after twelve idle hours and after seven days at the latest; those of kitchens and volunteers end
with their link. A new id is given whenever somebody signs in, so that an id set by another is worth nothing. Signing
out, a new password and ending a person end sessions at once.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, g, request, session
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SessionInterface, SessionMixin
from flask.wrappers import Request, Response
from werkzeug.datastructures import CallbackDict

from sharemeal.actions import keep_session
from sharemeal.actions.sign_in import hashed
from sharemeal.store.people import WebSession, open_session
from sharemeal.store.trouble import DatabaseFault, trouble_of
from sharemeal.web import doorway

COOKIE = "sharemeal"
FOR_PROGRAMS = ("/healthz", "/readyz", "/metrics")
"""Who asks these has no session, and they must answer when the database does not."""
IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
ANONYMOUS = timedelta(hours=2)
RENEWED_AFTER = timedelta(minutes=15)
_TAGGED = TaggedJSONSerializer()


class StoredSession(CallbackDict[str, Any], SessionMixin):
    """What one browser's session holds, and the row that it came from."""

    def __init__(self, values: dict[str, Any] | None = None, row: WebSession | None = None) -> None:
        def changed(_values: object) -> None:
            self.modified = True

        super().__init__(values, changed)
        self.modified = False
        self.accessed = True
        self.new = row is None
        self.row = row
        self.cookie_id = ""
        self.renewed = False

    @property
    def changes_hands(self) -> bool:
        """Whether it needs a new id: another person (or the first) is in it than when it was opened."""
        return self.renewed or self.row is None or self.row.person_id != self.get("person_id")

    def ends_at(self, now: datetime) -> datetime:
        """When this session ends if nothing more happens."""
        if "person_id" not in self:
            return now + ANONYMOUS
        if "until" in self:
            return datetime.fromisoformat(self["until"])
        started = self.row.started_at if self.row and not self.changes_hands else now
        return min(now + IDLE, started + LONGEST)


class ServerSessions(SessionInterface):
    """Opens and keeps sessions in the table of web sessions."""

    def open_session(self, app: Flask, request: Request) -> StoredSession:
        cookie_id = request.cookies.get(COOKIE, "")
        if (
            not cookie_id
            or request.path in FOR_PROGRAMS
            or request.path.startswith(f"{app.static_url_path}/")
        ):
            return StoredSession()
        with doorway.doorway().store.session(all_labs=True) as everyone:
            row = open_session(everyone, hashed(cookie_id), doorway.now())
            if row is None:
                return StoredSession()
            opened = StoredSession(_TAGGED.loads(row.values), row)
        opened.cookie_id = cookie_id
        return opened

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if "trouble" in g:
            return
        assert isinstance(session, StoredSession)
        now = doorway.now()
        if session.modified:
            doorway.let_go()
            self._write(session, now)
        elif session.row is not None and session.get("person_id") and "until" not in session:
            ends_at = session.ends_at(now)
            if ends_at - session.row.expires_at < RENEWED_AFTER:
                return
            doorway.let_go()
            try:
                self._keep(session, session.row, now)
            except DatabaseFault as fault:
                if trouble_of(fault) is None:
                    raise
                return  # it lives as long as before, and the page is shown all the same
        else:
            return
        if session:
            response.set_cookie(
                COOKIE,
                session.cookie_id,
                max_age=max(0, int((session.ends_at(now) - now).total_seconds())),
                httponly=True,
                samesite="Lax",
                secure=secure(),
            )
        else:
            response.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=secure())

    def _write(self, session: StoredSession, now: datetime) -> None:
        row = session.row
        if row is not None and session and not session.changes_hands:
            self._keep(session, row, now)
            return
        with doorway.doorway().store.session(all_labs=True) as everyone:
            if row is not None and (row.person_id is not None or session.renewed):
                keep_session.end_session(everyone, row.id, now=now)
            if session:
                session.cookie_id = secrets.token_urlsafe(32)
                keep_session.begin_session(
                    everyone,
                    hashed(session.cookie_id),
                    session.get("person_id"),
                    _TAGGED.dumps(dict(session)),
                    expires_at=session.ends_at(now),
                    now=now,
                )

    @staticmethod
    def _keep(session: StoredSession, row: WebSession, now: datetime) -> None:
        with doorway.doorway().store.session(all_labs=True) as everyone:
            keep_session.keep_session(
                everyone, row.id, _TAGGED.dumps(dict(session)), expires_at=session.ends_at(now), now=now
            )


def secure() -> bool:
    """Whether cookies may travel over https only."""
    return request.is_secure or doorway.doorway().settings.public_url.startswith("https://")


def begin(person_id: int, until: datetime | None) -> None:
    """This browser belongs to that person from now on; ``until`` is a link's end, None for staff."""
    session.clear()
    session["person_id"] = person_id
    if until is not None:
        session["until"] = until.isoformat()


def open_case(alert_id: int, person_id: int, code: str, *, known_until: datetime | None = None) -> None:
    """This browser may see that one alert as that person, besides others of theirs; it is no signing in.

    ``known_until`` is for who has just given their PIN: so long they take up what else they were asked without it. A
    browser in which nobody is signed in gets a new id then, so that an id set by another sees nothing.
    """
    case = session.get("case")
    if not case or case["person"] != person_id:
        case = {"person": person_id, "alerts": {}, "until": ""}
    until = case["until"] if known_until is None else known_until.isoformat()
    session["case"] = {**case, "alerts": {**case["alerts"], code: alert_id}, "until": until}
    if known_until is not None and "person_id" not in session and isinstance(session, StoredSession):
        session.renewed = True


def person_of_case(alert_id: int, code: str) -> int | None:
    """Who took that alert up in this browser by the link with that code, without being signed in."""
    case = session.get("case")
    if not case or case["alerts"].get(code) != alert_id:
        return None
    return int(case["person"])


def known_by_pin(now: datetime) -> int | None:
    """Who has given their PIN in this browser a while ago."""
    case = session.get("case")
    if not case or not case["until"] or datetime.fromisoformat(case["until"]) <= now:
        return None
    return int(case["person"])


def close_case(code: str) -> None:
    """This browser sees that alert no more; what else its person was asked stays open to them for a while."""
    case = session.get("case")
    if case and code in case["alerts"]:
        left = {each: alert for each, alert in case["alerts"].items() if each != code}
        session["case"] = {**case, "alerts": left}


def end() -> None:
    """Nobody is signed in here any more."""
    session.clear()


def prepare(app: Flask) -> None:
    """Keep the app's sessions on the server."""
    app.session_interface = ServerSessions()
