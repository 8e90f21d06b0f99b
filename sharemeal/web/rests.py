"""お休み, もどる, 終わる: the same four deeds for a home, a kitchen and a volunteer."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from sharemeal.actions import end as ends
from sharemeal.actions import pause as pauses
from sharemeal.people import Role
from sharemeal.sentences import Refused
from sharemeal.store.households import Household
from sharemeal.store.kitchens import Kitchen
from sharemeal.store.volunteers import Volunteer
from sharemeal.web import households, kitchens, volunteers
from sharemeal.web.access import allow, who
from sharemeal.web.doorway import db, now
from sharemeal.web.entering import typed
from sharemeal.web.responses import errors_of

pages = Blueprint(
    "rests", __name__, url_prefix="/<any(households, kitchens, volunteers):kind>/<int(max=9999):number>"
)
DESK = (Role.COORDINATOR, Role.LAB_ADMIN)


def _row(kind: str, number: int) -> Household | Kitchen | Volunteer:
    """The row of that number. Homes are the coordinators' alone. Raises LookupError."""
    if kind == "households":
        if who().role is not Role.COORDINATOR:
            abort(403)
        return households.of_number(number)
    return kitchens.of_number(number) if kind == "kitchens" else volunteers.of_number(number)


def _back(kind: str, number: int) -> ResponseReturnValue:
    return redirect(url_for(f"{kind}.show", number=number), 303)


@pages.post("/pause")
@allow(*DESK)
def pause(kind: str, number: int) -> ResponseReturnValue:
    """Note a rest: from, to, reason."""
    row, texts = _row(kind, number), typed(("starts", "ends", "reason"))
    try:
        pauses.pause(db(), kind, row.id, texts, now=now())
    except Refused as refusal:
        return _refused(row, refusal, texts)
    flash(_("お休みを書きとめました。"))
    return _back(kind, number)


def _refused(
    row: Household | Kitchen | Volunteer, refusal: Refused, texts: dict[str, str]
) -> ResponseReturnValue:
    if isinstance(row, Household):
        return households.page(row, errors_of(refusal), texts)
    if isinstance(row, Kitchen):
        return kitchens.page(row, errors_of(refusal), texts)
    return volunteers.page(row, errors_of(refusal), texts)


@pages.post("/return")
@allow(*DESK)
def come_home(kind: str, number: int) -> ResponseReturnValue:
    """They are back from today."""
    pauses.return_from_pause(db(), kind, _row(kind, number).id, now=now())
    flash(_("お休みは終わりました。今日から計画に入ります。"))
    return _back(kind, number)


@pages.post("/end")
@allow(*DESK)
def end(kind: str, number: int) -> ResponseReturnValue:
    """They leave; the number stays theirs."""
    ends.end(db(), kind, _row(kind, number).id, now=now())
    flash(_("終わりにしました。記録は残っています。"))
    return _back(kind, number)


@pages.post("/come-back")
@allow(*DESK)
def come_back(kind: str, number: int) -> ResponseReturnValue:
    """They take part again."""
    ends.come_back(db(), kind, _row(kind, number).id, now=now())
    flash(_("また始まりました。"))
    return _back(kind, number)
