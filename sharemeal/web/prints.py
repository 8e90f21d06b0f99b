"""紙の順路表と札: the papers of a settled day as PDF.

They are asked for by POST: they read personal data, and a sheet carries a fresh link for its volunteer. A paper may be
printed as often as it is wanted, so its form is not taken only once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from sharemeal.actions.note_readings import note_readings
from sharemeal.actions.sign_in import make_link
from sharemeal.papers.sheet import route_sheets_pdf
from sharemeal.papers.slips import slips_pdf
from sharemeal.people import Role
from sharemeal.sentences import Refused, Sentence
from sharemeal.sheets import Sight, sheet_hours
from sharemeal.store import service_days, sheets, volunteers
from sharemeal.store.base import own
from sharemeal.store.kitchens import Kitchen
from sharemeal.store.people import Person
from sharemeal.store.service_days import Route
from sharemeal.web.access import allow, who
from sharemeal.web.doorway import db, doorway, lab, now, today
from sharemeal.web.entering import iso_day
from sharemeal.web.print_view import paper_sheets, paper_slips

pages = Blueprint("prints", __name__)


@pages.post("/plan/<day>/sheets.pdf")
@allow(Role.COORDINATOR)
def route_sheets(day: str) -> ResponseReturnValue:
    """Every route sheet of that day in one file, each on pages of its own."""
    on = _settled(iso_day(day))
    if not sheets.routes_on(db(), on):
        raise Refused(
            Sentence("この日には、印刷するコースがありません。"),
            why=Sentence("お届けするコースがひとつもないまま確定した日です。"),
        )
    return _sheets(on, None, f"sheets-{on.isoformat()}.pdf")


@pages.post("/plan/<day>/sheets/<int(max=9999):number>.pdf")
@allow(Role.COORDINATOR)
def route_sheet(day: str, number: int) -> ResponseReturnValue:
    """The sheet of one volunteer."""
    volunteer = volunteers.by_number(db(), number)
    if volunteer is None:
        raise NotFound
    on = _settled(iso_day(day))
    if all(route.volunteer_id != volunteer.id for route in sheets.routes_on(db(), on)):
        raise Refused(
            Sentence("この日、この方にお願いするコースはありません。"),
            remedy=Sentence("計画の画面で、だれのコースがあるかを確かめてください。"),
        )
    return _sheets(on, volunteer.id, f"sheet-{on.isoformat()}-{number}.pdf")


@pages.post("/plan/<day>/slips.pdf")
@allow(Role.COORDINATOR)
def day_slips(day: str) -> ResponseReturnValue:
    """The slips of all boxes of that day, by kitchen."""
    on = _settled(iso_day(day))
    return _pdf(slips_pdf(paper_slips(on, sheets.routes_on(db(), on))), f"slips-{on.isoformat()}.pdf")


@pages.post("/kitchen/slips.pdf")
@allow(Role.KITCHEN)
def kitchen_slips() -> ResponseReturnValue:
    """The slips of this kitchen's own boxes, of the coming day unless a later one is named."""
    kitchen_id = who().kitchen_id
    if kitchen_id is None:
        raise NotFound
    kitchen = own(db(), Kitchen, kitchen_id)
    asked = request.form.get("day")
    day = iso_day(asked) if asked else lab().rules.coming_service_date(now())
    if day < today():
        raise NotFound
    slips = paper_slips(_settled(day), sheets.carried_from(db(), kitchen.id, day), of=kitchen)
    return _pdf(slips_pdf(slips), f"slips-{day.isoformat()}.pdf")


def _settled(day: date) -> date:
    """That day, once its plan stands. Raises Refused before."""
    if service_days.settled_on(db(), day) is None:
        raise Refused(
            Sentence("この日の計画は、まだ確定していません。"),
            why=Sentence("紙は、だれがどこへ行くかが決まってから印刷できます。"),
            remedy=Sentence("計画を確定してから、もう一度お試しください。"),
        )
    return day


def _sheets(day: date, volunteer_id: int | None, filename: str) -> Response:
    """The sheets of that day, or of one volunteer on it. Links are made first: each is a unit of work of its own."""
    links = _links(day, _routes(day, volunteer_id))
    return _pdf(route_sheets_pdf(paper_sheets(day, _routes(day, volunteer_id), links)), filename)


def _routes(day: date, volunteer_id: int | None) -> list[Route]:
    return [route for route in sheets.routes_on(db(), day) if volunteer_id in (None, route.volunteer_id)]


def _links(day: date, routes: Sequence[Route]) -> dict[int, str]:
    """Person → the address of a fresh link, as long as such a link is for that day."""
    if day != lab().rules.coming_service_date(now()):
        return {}
    wanted = [
        route.volunteer.person_id
        for route in routes
        if sheet_hours(lab().rules, day, route.shift).sight(now()) is not Sight.OVER
        and own(db(), Person, route.volunteer.person_id).active
    ]
    base = doorway().settings.public_url.rstrip("/") or request.url_root.rstrip("/")
    return {
        person: base + url_for("links.show", token=make_link(db(), person, now=now()).token)
        for person in wanted
    }


def _pdf(content: bytes, filename: str) -> Response:
    """A file whose name holds nothing personal; who was read for it is noted as a file that left the house."""
    note_readings(db(), now=now(), what="exported")
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    response.headers["Cache-Control"] = "no-store"
    return response
