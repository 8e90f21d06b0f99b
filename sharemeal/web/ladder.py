"""連絡のはしご: the minutes after which the next step is due for a home that gives no answer."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from sharemeal import written
from sharemeal.actions.set_ladder import DEFAULTS, FIELDS, RUNGS, WAITS, set_ladder
from sharemeal.people import Role
from sharemeal.sentences import Refused, SeveralRefused
from sharemeal.watch import RUNG_CONSENTS, RUNG_WORDS, Rung
from sharemeal.web.access import allow
from sharemeal.web.doorway import db, lab, let_go, now
from sharemeal.web.entering import typed
from sharemeal.web.language import tell
from sharemeal.web.responses import errors_of

pages = Blueprint("ladder", __name__, url_prefix="/contacts/ladder")

DESK = (Role.COORDINATOR, Role.LAB_ADMIN)
LONGEST_MINUTES = 600


@pages.get("")
@allow(*DESK)
def show() -> ResponseReturnValue:
    """The minutes as they are, to be changed."""
    rules = lab().rules
    return _page({field: str(getattr(rules, field)) for field in FIELDS})


@pages.post("")
@allow(*DESK)
def change() -> ResponseReturnValue:
    """Keep the minutes that were typed, or the ones to begin with."""
    said = typed(FIELDS)
    try:
        minutes = DEFAULTS if request.form.get("do") == "defaults" else _minutes(said)
        changed = set_ladder(db(), minutes, now=now())
    except Refused as refusal:
        let_go()
        return _page(said, errors_of(refusal)), 422
    flash(_("はしごの時間を変えました。") if changed else _("変わったところはありません。"))
    return redirect(url_for(".show"), 303)


def _minutes(said: Mapping[str, str]) -> dict[str, int]:
    """The numbers that were typed. Raises SeveralRefused with every field that holds none."""
    found: dict[str, int] = {}
    wrong: list[Refused] = []
    for field in FIELDS:
        try:
            found[field] = written.count(said[field][:40], low=0, high=LONGEST_MINUTES, unit="分")
        except Refused as refusal:
            wrong.append(refusal.at(field))
    if wrong:
        raise SeveralRefused(tuple(wrong))
    return found


def _page(said: Mapping[str, str], errors: Mapping[str, Refused] | None = None) -> str:
    rules = lab().rules
    return render_template(
        "ladder.html",
        rungs=[
            (field, RUNG_WORDS[rung], rung in RUNG_CONSENTS) for field, rung in zip(RUNGS, Rung, strict=True)
        ],
        waits=WAITS,
        said=said,
        defaults=DEFAULTS,
        as_proposed=all(getattr(rules, field) == DEFAULTS[field] for field in FIELDS),
        labels={field: tell(RUNG_WORDS[rung]) for field, rung in zip(RUNGS, Rung, strict=True)}
        | {WAITS[0]: _("お届け先を待つ時間"), WAITS[1]: _("ボランティアを待つ時間")},
        errors=errors or {},
    )
