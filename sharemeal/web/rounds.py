"""The round under way: a tap at a door, at the pass, and taking it back, as plain forms that need no script.

Addresses hold the number of a stop within the course, never who lives there.
"""

from __future__ import annotations

from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from sharemeal.actions.record_visit import count_pickup, undo
from sharemeal.people import Role
from sharemeal.sentences import Refused, Sentence
from sharemeal.store import visits
from sharemeal.store.visits import CheckIn
from sharemeal.visits import (
    GOOD_NEWS_WORDS,
    OBSERVATION_WORDS,
    Condition,
    Means,
    Observation,
    Report,
)
from sharemeal.watch import Level
from sharemeal.web.access import allow, who
from sharemeal.web.check_ins import MOST_PORTIONS, record
from sharemeal.web.doorway import db, now
from sharemeal.web.responses import errors_of
from sharemeal.web.round_view import Halt, Panel, fresh_panel, going, words
from sharemeal.web.sheet_view import Round
from sharemeal.web.sheets import sheet
from sharemeal.written import count

pages = Blueprint("round", __name__, url_prefix="/route")

FIRST_SIX = (
    Observation.LOOKS_UNWELL, Observation.DRESS_ODD, Observation.TALK_CONFUSED,
    Observation.UNSTEADY_OR_HURT, Observation.MEAL_UNTOUCHED, Observation.MAIL_PILED,
)  # fmt: skip
FURTHER = tuple(each for each in Observation if each not in FIRST_SIX and each is not Observation.AS_USUAL)


@pages.post("/check-in")
@allow(Role.VOLUNTEER)
def tell() -> ResponseReturnValue:
    """Keep what was seen at a door, from the panel or from the chips; whatever is refused is shown again as sent."""
    stop_id = request.form.get("stop", 0, type=int)
    sent = Panel(
        uuid=request.form.get("uuid", ""),
        contact=request.form.get("contact", ""),
        condition=request.form.get("condition", ""),
        codes=frozenset(request.form.getlist("codes")),
        note=request.form.get("note", "").replace("\r\n", "\n"),
    )
    try:
        report = Report.read(sent.contact, sent.condition, sorted(sent.codes), sent.note, means=Means.DOOR)
        done = record(stop_id, sent.uuid, report, now())
    except Refused as refusal:
        return _again(stop_id, sent, refusal)
    return redirect(_onward(done.check_in, chips="chips" in request.form), 303)


@pages.post("/undo")
@allow(Role.VOLUNTEER)
def take_back() -> ResponseReturnValue:
    """Take a report back; the stop waits again, or the report before it stands."""
    taken = undo(db(), request.form.get("uuid", ""), reporter_id=who().person_id, now=now())
    before = visits.standing_of(db(), taken)
    if before is not None and before.level >= Level.TODAY:
        flash(_("ひとつ前の記録にもどしました。それも取り消すときは、もう一度「元に戻す」を押してください。"))
    elif taken.condition is Condition.WORRIED:
        flash(_("取り消しました。知らせた人には、無事の連絡が届きます。"))
    else:
        flash(_("取り消しました。"))
    return redirect(url_for("sheets.show", stop=_position(taken)), 303)


@pages.post("/pickup")
@allow(Role.VOLUNTEER)
def collect() -> ResponseReturnValue:
    """Keep what was counted at a kitchen: the plan's numbers with the large button, or those that were typed."""
    round_now = going()
    halt = round_now.of_stop(request.form.get("stop", 0, type=int)) if round_now else None
    if round_now is None or halt is None or halt.row.kitchen is None:
        raise LookupError("no such kitchen on this course")
    try:
        count_pickup(
            db(),
            halt.row.stop_id,
            _counts(halt, as_planned="planned" in request.form),
            client_uuid=request.form.get("uuid", ""),
            reporter_id=who().person_id,
            observed_at=now(),
            now=now(),
        )
    except Refused as refusal:
        fresh = Panel(str(uuid4()), errors=errors_of(refusal), typed=request.form)
        return sheet(round_now, halt, fresh), 422
    return redirect(url_for("sheets.show"), 303)


def _counts(halt: Halt, *, as_planned: bool) -> dict[int, int]:
    counts = {}
    for offer_id, _dish, portions in halt.row.offers:
        field = f"count-{offer_id}"
        try:
            counts[offer_id] = (
                portions
                if as_planned
                else count(request.form.get(field, ""), low=0, high=MOST_PORTIONS, unit="食")
            )
        except Refused as refusal:
            raise refusal.at(field) from None
    return counts


@pages.get("/different")
@allow(Role.VOLUNTEER)
def different() -> ResponseReturnValue:
    """What was different: chips, good news and a note, for a door that was recorded so."""
    round_now = going(with_words=True)
    halt = round_now.at(request.args.get("stop", type=int)) if round_now else None
    if round_now is None or halt is None or halt.report is None or not halt.row.watched_over:
        return redirect(url_for("sheets.show", stop=request.args.get("stop", type=int)), 303)
    if not round_now.current.open_for_reports:
        return redirect(url_for("sheets.show"), 303)
    return _chips(round_now.current, halt, fresh_panel(halt, with_words=True))


def _chips(current: Round, halt: Halt, panel: Panel) -> str:
    return render_template(
        "different.html",
        current=current,
        halt=halt,
        panel=panel,
        first_six=FIRST_SIX,
        further=FURTHER,
        observation_words=OBSERVATION_WORDS,
        good_news_words=GOOD_NEWS_WORDS,
        **words(),
    )


def _again(stop_id: int, sent: Panel, refusal: Refused) -> ResponseReturnValue:
    """The page that was sent, with what is wrong on top and at its field; a stop of no round of theirs is a fault."""
    round_now = going()
    halt = round_now.of_stop(stop_id) if round_now else None
    if round_now is None or halt is None or not round_now.current.open_for_reports:
        raise refusal
    pressed = Condition._value2member_map_.get(sent.condition)
    if refusal.field == "contact" and pressed is not None:
        refusal = Refused(
            refusal.what,
            why=refusal.why,
            remedy=Sentence("4つのうち、ひとつをえらんで、もう一度ようすを押してください。"),
            field="contact",
        )
    again = Panel(str(uuid4()), sent.contact, sent.condition, sent.codes, sent.note, errors_of(refusal))
    if "chips" in request.form and halt.report is not None:
        return _chips(round_now.current, halt, again), 422
    return sheet(round_now, halt, again), 422


def _onward(report: CheckIn, *, chips: bool) -> str:
    """Where a tap leads: to the next door, to the chips, or to what is to be done in a worry."""
    position = _position(report)
    if report.condition is Condition.WORRIED:
        return url_for("worried.show", stop=position)
    if report.condition is Condition.DIFFERENT and not chips:
        return url_for("round.different", stop=position)
    return url_for("sheets.show", saved=position)


def _position(report: CheckIn) -> int | None:
    stop = visits.stop_of(db(), report.stop_id) if report.stop_id else None
    return stop.position if stop else None
