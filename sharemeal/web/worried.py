"""心配: what to do first, the two questions, and what has become of it so far. Told at once when it was tapped."""

from __future__ import annotations

from contextlib import suppress

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sharemeal.people import Role
from sharemeal.sentences import Refused
from sharemeal.visits import Condition, Means, Report
from sharemeal.web.access import allow
from sharemeal.web.check_ins import record
from sharemeal.web.doorway import now
from sharemeal.web.round_view import Going, Halt, fresh_panel, going, stand_of, telling_at
from sharemeal.web.sheets import about

pages = Blueprint("worried", __name__, url_prefix="/route/worried")

TODAY_PLEASE = "今日中に見てほしい"


@pages.get("")
@allow(Role.VOLUNTEER)
def show() -> ResponseReturnValue:
    """119 and 110 first, then whether it is urgent, then who knows of it by now."""
    round_now, halt = _worry(with_words=True)
    if round_now is None or halt is None or halt.report is None:
        return redirect(url_for("sheets.show", stop=request.args.get("stop", type=int)), 303)
    return render_template(
        "worried.html",
        halt=halt,
        panel=fresh_panel(halt),
        following=round_now.next,
        asked_today=TODAY_PLEASE in (halt.report.note or ""),
        stand=stand_of(halt.telling),
        open_for_reports=round_now.current.open_for_reports,
        **about(round_now.current),
    )


@pages.get("/now")
@allow(Role.VOLUNTEER)
def so_far() -> ResponseReturnValue:
    """Whether something has become of it, for the page that stays open and then asks for itself anew.

    Asked every few seconds, so it reads no name: ``stand`` changes with what has happened and is empty where there is
    no worry any more, ``over`` says that nothing more will come.
    """
    worried, telling = telling_at(request.args.get("stop", type=int))
    over = not worried or (telling is not None and telling.ended_at is not None)
    return jsonify(stand=stand_of(telling) if worried else "", over=over)


@pages.post("/urgent")
@allow(Role.VOLUNTEER)
def urgent() -> ResponseReturnValue:
    """The second question: today, please (a word for the coordinator), or only so that they know (no worry any more)."""
    round_now, halt = _worry(with_words=True, stop_id=request.form.get("stop", 0, type=int))
    if round_now is None or halt is None or halt.report is None:
        return redirect(url_for("sheets.show"), 303)
    before = halt.report
    wish = request.form.get("urgent") == "yes"
    note = before.note or ""
    if wish and TODAY_PLEASE not in note:
        note = f"{note}\n{TODAY_PLEASE}".strip()
    condition = Condition.WORRIED if wish else Condition.DIFFERENT
    if (condition, note) != (before.condition, before.note or ""):
        with suppress(_TooLong):
            _correct(halt, condition, note)
    if wish:
        return redirect(url_for("worried.show", stop=halt.row.position), 303)
    return redirect(url_for("round.different", stop=halt.row.position), 303)


class _TooLong(Exception):
    """No room for one more line in the note: what stands there is told already."""


def _correct(halt: Halt, condition: Condition, note: str) -> None:
    before = halt.report
    assert before is not None
    try:
        report = Report.read(before.contact, condition, sorted(before.codes), note, means=Means.DOOR)
    except Refused as refusal:
        if refusal.field == "note":
            raise _TooLong from None
        raise
    record(halt.row.stop_id, request.form.get("uuid", ""), report, now())


def _worry(*, with_words: bool = False, stop_id: int | None = None) -> tuple[Going | None, Halt | None]:
    """The round and the worried door that is asked for, while both may be seen."""
    round_now = going(with_words=with_words)
    if round_now is None:
        return None, None
    halt = round_now.of_stop(stop_id) if stop_id else round_now.at(request.args.get("stop", type=int))
    worried = halt is not None and halt.report is not None and halt.report.condition is Condition.WORRIED
    return round_now, halt if worried else None
