"""Who may open what: default deny. Each view says its roles; one that says nothing answers nobody.

The table of roles and pages that tests and docs read is :func:`declared`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from sharemeal.actions.note_readings import note_readings
from sharemeal.people import Role
from sharemeal.store.people import Person
from sharemeal.store.trouble import DatabaseFault, Trouble, trouble_of
from sharemeal.web import doorway

View = TypeVar("View", bound=Callable[..., Any])
EVERYBODY = "everybody"


@dataclass(frozen=True)
class Who:
    """Who asks: an active person of one lab, in one role."""

    person_id: int
    role: Role
    lab_id: int
    kitchen_id: int | None

    @property
    def actor(self) -> str:
        """How the audit names them: role and number, never a name."""
        return f"{self.role.value} {self.person_id}"


def allow(*roles: Role) -> Callable[[View], View]:
    """Declare that people of these roles, of the lab whose rows are asked for, may open the view."""

    def declare(view: View) -> View:
        view.allowed = frozenset(roles)  # type: ignore[attr-defined]
        return view

    return declare


def allow_everybody(view: View) -> View:
    """Declare that anybody may open the view, signed in or not."""
    view.allowed = EVERYBODY  # type: ignore[attr-defined]
    return view


def declared(app: Flask) -> dict[str, frozenset[Role] | str | None]:
    """Endpoint → who may open it; None where a view declares nothing (and so answers nobody)."""
    return {name: getattr(view, "allowed", None) for name, view in app.view_functions.items()}


def somebody() -> Who | None:
    """Who asks, or None for a stranger without a session."""
    if "who" not in g:
        g.who = _from_session()
    return cast("Who | None", g.who)


def who() -> Who:
    """Who asks. Answers 404 when nobody is signed in: the guard has let only declared people through."""
    found = somebody()
    if found is None:
        abort(404)
    return found


def _from_session() -> Who | None:
    person_id = session.get("person_id")
    if person_id is None:
        return None
    with doorway.doorway().store.session(all_labs=True) as everyone:
        person = everyone.get(Person, person_id)
        if person is None or not person.active or person.lab_id is None:
            return None
        return Who(person.id, person.role, person.lab_id, person.kitchen_id)


def _guard() -> Response | None:
    if request.endpoint is None:
        return None
    allowed = getattr(current_app.view_functions[request.endpoint], "allowed", None)
    if request.endpoint == "static" or allowed == EVERYBODY:
        return None
    if allowed is None:
        abort(404)
    person = somebody()
    if person is None:
        if request.method == "GET" and not request.path.startswith("/api/"):
            return redirect(url_for("signin.show", next=request.path), 303)
        abort(401)
    if person.role not in allowed:
        abort(403)
    return None


def _note(response: Response) -> Response:
    if "db" in g and "trouble" not in g:
        _note_or_log()
    return response


def _note_or_log() -> None:
    """Note what was read. Where the disk is full it stands in the log instead, so that nobody is left without an
    address at the door: who, how many and which rows, never what is in them.
    """
    noted = {subject: sorted(ids) for subject, ids in g.db.info.get("readings", {}).items()}
    try:
        note_readings(g.db, now=doorway.now())
    except DatabaseFault as fault:
        if trouble_of(fault) is not Trouble.FULL:
            raise
        for subject, ids in noted.items():
            current_app.logger.critical("disk is full; read by %s: %s %s", g.db.info["actor"], subject, ids)


def prepare(app: Flask) -> None:
    """Guard every request; note whose personal data it read; give the database session back."""
    app.before_request(_guard)
    app.after_request(_note)
    app.teardown_appcontext(doorway.close)
