"""今日: one number, the doors, and three lists; taking up, snoozing, noting and ending what is open."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from sharemeal import written
from sharemeal.actions import take_up as deeds
from sharemeal.actions.call_off import record_call
from sharemeal.alarms import ALARM_WORDS
from sharemeal.doors import DOOR_WORDS, NOT_VISITED, NOT_YET, todays_number, word_of
from sharemeal.messages import PURPOSE_WORDS
from sharemeal.people import Role
from sharemeal.sentences import Refused, Sentence
from sharemeal.service_days import DayState
from sharemeal.store import alarms, kitchens, service_days
from sharemeal.store import today as store_today
from sharemeal.store.alarms import Standing
from sharemeal.store.service_days import ServiceDay
from sharemeal.visits import CONTACT_WORDS, Means, Report
from sharemeal.watch import CHOSEN_BY_PEOPLE, ENDING_WORDS, Ending, Level
from sharemeal.web import today_view
from sharemeal.web.access import allow, who
from sharemeal.web.doorway import db, lab, let_go, now
from sharemeal.web.doorway import today as calendar_day
from sharemeal.web.entering import id_in, iso_day
from sharemeal.web.language import moment, tell

pages = Blueprint("today", __name__, url_prefix="/today")
DESK = (Role.COORDINATOR, Role.LAB_ADMIN)
REFRESH_SECONDS = 15
KEPT = ("concern", "alert", "home", "memo", "outcome", "note", "condition", "reason")
"""What was typed stays when something was refused."""


@pages.app_context_processor
def _for_cards() -> dict[str, Any]:
    """What alert_card.html asks for, on whichever page it stands."""
    return {"contact_words": CONTACT_WORDS, "uuid": lambda: str(uuid4())}


@pages.app_template_filter("hour_minute")
def hour_minute(value: datetime) -> str:
    """17:05 where the lab is."""
    local = value.astimezone(lab().rules.zone)
    return f"{local.hour}:{local.minute:02d}"


@pages.app_template_filter("short_moment")
def short_moment(value: datetime) -> str:
    """17:05 where it was today, else with its day."""
    same = value.astimezone(lab().rules.zone).date() == calendar_day()
    return hour_minute(value) if same else moment(value)


def endings() -> list[tuple[str, str]]:
    """結果 as a person may choose it."""
    return [(each.value, ENDING_WORDS[each]) for each in CHOSEN_BY_PEOPLE]


@pages.get("")
@pages.get("/<day>")
@allow(*DESK)
def show(day: str | None = None) -> ResponseReturnValue:
    """The page of a day; today unless another is named. An administrator sees figures alone."""
    return page(None if day is None else iso_day(day))


@pages.errorhandler(Refused)
def refused(refusal: Refused) -> ResponseReturnValue:
    """Say on the page itself why something was not done, with what was typed."""
    let_go()
    day = (request.view_args or {}).get("day")
    return page(None if day is None else iso_day(day), refusal), 422


def page(day: date | None, refusal: Refused | None = None) -> str:
    """The desk of that day, or of today."""
    rules, session, on = lab().rules, db(), day or calendar_day()
    stored = service_days.settled_on(session, on)
    doors = today_view.doors_of(session, stored, rules, now()) if stored else []
    coming = rules.coming_service_date(now())
    standing = alarms.stands_now(session, now())
    plain: dict[str, Any] = {
        "late": standing.shown,
        "alarm_words": ALARM_WORDS,
        "on": on,
        "is_today": on == calendar_day(),
        "stored": stored,
        "called_off": stored is not None and stored.called_off_at is not None,
        "number": todays_number(doors),
        "coming": coming,
        "later": rules.service_days_from(on + timedelta(days=1), 1)[0],
        "earlier": service_days.settled_before(session, on),
        "refusal": refusal,
        "refresh": REFRESH_SECONDS,
        "fingerprint": _fingerprint(stored, standing),
    }
    if who().role is not Role.COORDINATOR:
        counts = store_today.open_counts(session)
        return render_template(
            "today_figures.html",
            states=today_view.by_state(doors),
            door_words=DOOR_WORDS,
            counts=counts,
            **plain,
        )
    open_day = stored is not None and stored.state in (DayState.FIXED, DayState.UNDER_WAY)
    urgent, week = today_view.now_and_week(
        session,
        today_view.to_call(doors) if open_day else [],
        me=who().person_id,
        now=now(),
        monday=on - timedelta(days=on.weekday()),
    )
    return render_template(
        "today.html",
        doors=doors,
        word_of=word_of,
        not_yet=NOT_YET,
        not_visited=NOT_VISITED,
        urgent=urgent,
        week=week,
        good=today_view.good_words(session, on),
        calls=today_view.phone_round(session, doors) if plain["called_off"] else [],
        open_day=open_day,
        offers=[] if stored else kitchens.offers_on(session, coming),
        shops=[] if stored else kitchens.all_kitchens(session),
        cutoff=rules.cutoff(coming),
        endings=endings(),
        purpose_words=PURPOSE_WORDS,
        typed={name: request.form.get(name, "") for name in KEPT} if refusal else {},
        **plain,
    )


def _fingerprint(stored: ServiceDay | None, standing: Standing) -> str:
    parts = store_today.fingerprint(db(), stored.id if stored else None)
    return hashlib.sha256(repr((parts, standing.shown)).encode()).hexdigest()[:16]


@pages.get("/state")
@allow(*DESK)
def state() -> ResponseReturnValue:
    """Whether the page of a day (``?day=``) has changed, for the script that watches: a fingerprint and a count."""
    on = iso_day(request.args.get("day", calendar_day().isoformat()))
    counts = store_today.open_counts(db())
    urgent = sum(count for level, count in counts.items() if level >= Level.TODAY)
    fingerprint = _fingerprint(service_days.settled_on(db(), on), alarms.stands_now(db(), now()))
    return jsonify(fingerprint=fingerprint, urgent=urgent)


def _id(field: str) -> int:
    """An id that a form carries. Raises LookupError, which answers 404, for what is none."""
    return id_in(request.form.get(field, ""))


def _back(anchor: str = "") -> ResponseReturnValue:
    return redirect(url_for("today.show") + anchor, 303)


@pages.post("/take-up")
@allow(Role.COORDINATOR)
def take_up() -> ResponseReturnValue:
    """引き受けます."""
    deeds.take_up(db(), _id("alert"), who().person_id, now=now())
    flash(_("引き受けました。わかったことと結果を書いてください。"))
    return _back()


@pages.post("/snooze")
@allow(Role.COORDINATOR)
def snooze() -> ResponseReturnValue:
    """15分あとで: it comes back to who pressed it."""
    deeds.snooze(db(), _id("alert"), who().person_id, now=now())
    flash(_("15分あとに、もう一度お知らせします。"))
    return _back()


@pages.post("/memo")
@allow(Role.COORDINATOR)
def memo() -> ResponseReturnValue:
    """Keep what is known so far."""
    deeds.keep_memo(db(), _id("concern"), request.form.get("memo", ""), now=now())
    flash(_("メモを残しました。"))
    return _back()


@pages.post("/end")
@allow(Role.COORDINATOR)
def end() -> ResponseReturnValue:
    """結果: it is over, and everybody who was told hears of it. A memo is not needed."""
    concern_id, outcome = _id("concern"), request.form.get("outcome", "")
    if outcome not in {each.value for each in CHOSEN_BY_PEOPLE}:
        raise Refused(
            Sentence("結果をえらんでください。"),
            why=Sentence("どう終わったかが、つぎの見守りにつながります。"),
            remedy=Sentence("わからないときは「見守り継続」をえらんでください。"),
            field="outcome",
        )
    deeds.end_concern(
        db(),
        concern_id,
        ended_as=Ending(outcome),
        memo=request.form.get("memo", ""),
        person_id=who().person_id,
        now=now(),
        seen_level=request.form.get("level", type=int),
    )
    flash(_("結果を残しました。知らせた人には、終わったことが届きます。"))
    return _back()


@pages.post("/<day>/call")
@allow(Role.COORDINATOR)
def call(day: str) -> ResponseReturnValue:
    """電話で話せた, or 出ない: a report like that of a door."""
    on = iso_day(day)
    number = written.count(request.form.get("home", ""), low=0, high=10**9, unit="")
    form = request.form
    report = Report.read(form.get("contact"), form.get("condition"), (), form.get("note"), means=Means.CALL)
    record_call(
        db(),
        on,
        number,
        client_uuid=form.get("uuid", ""),
        report=report,
        reporter_id=who().person_id,
        now=now(),
    )
    flash(_("電話の結果を書きとめました（%(what)s）。", what=tell(CONTACT_WORDS[report.contact])))
    return redirect(url_for("today.show", day=None if on == calendar_day() else on.isoformat()), 303)
