"""The ticks of a paper sheet typed back on one page: the same records as if they had been tapped at the doors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sharemeal import written
from sharemeal.actions.record_visit import check_in
from sharemeal.people import Role
from sharemeal.sentences import Refused
from sharemeal.store import service_days, sheets
from sharemeal.store import today as store_today
from sharemeal.store import visits as store_visits
from sharemeal.store.households import Household
from sharemeal.store.service_days import ServiceDay, Stop
from sharemeal.store.visits import CheckIn
from sharemeal.store.volunteers import Volunteer
from sharemeal.visits import (
    AT_THE_DOOR,
    CONDITION_WORDS,
    CONTACT_WORDS,
    GOOD_NEWS_WORDS,
    OBSERVATION_WORDS,
    Condition,
    Means,
    Observation,
    Report,
    standing,
)
from sharemeal.web.access import allow, who
from sharemeal.web.doorway import db, lab, let_go, now
from sharemeal.web.entering import iso_day
from sharemeal.web.language import in_page as _
from sharemeal.web.today import pages

TICKED = ("contact", "condition", "note", "time", "uuid")


@dataclass(frozen=True)
class Ticks:
    """What was typed for one door. ``uuid`` is made with the row, so that sending it twice changes nothing."""

    contact: str = ""
    condition: str = ""
    note: str = ""
    time: str = ""
    uuid: str = ""
    codes: tuple[str, ...] = ()

    @property
    def filled(self) -> bool:
        """Whether anything was ticked or written."""
        return bool(self.contact or self.condition or self.note.strip() or self.time.strip() or self.codes)


@dataclass(frozen=True)
class PaperRow:
    """One door in the sheet's order: what was typed, what is kept of it already, and why it was refused."""

    stop: Stop
    order: int
    home: Household
    ticks: Ticks
    kept: CheckIn | None
    error: Refused | None


def _ticks(stop_id: int) -> Ticks:
    texts = {name: request.form.get(f"{name}-{stop_id}", "")[:2000] for name in TICKED}
    return Ticks(**texts, codes=tuple(request.form.getlist(f"codes-{stop_id}")[:40]))


def _taking(on: date) -> ServiceDay | None:
    """The day, while it still takes reports."""
    stored = service_days.settled_on(db(), on)
    return stored if stored is not None and stored.goes_on else None


@pages.get("/<day>/paper")
@allow(Role.COORDINATOR)
def paper(day: str) -> ResponseReturnValue:
    """The sheet of the volunteer whom ``?volunteer=`` names by number, to be filled in; else a choice of them."""
    on = iso_day(day)
    stored = _taking(on)
    if stored is None:
        return redirect(url_for("today.show", day=on.isoformat()), 303)
    return _page(on, stored, request.args.get("volunteer", type=int), {}, {})


@pages.post("/<day>/paper")
@allow(Role.COORDINATOR)
def type_back(day: str) -> ResponseReturnValue:
    """Keep each filled row as a report of that volunteer; rows that are refused stay as they were typed."""
    on = iso_day(day)
    stored = _taking(on)
    number = request.form.get("volunteer", type=int)
    if stored is None:
        return redirect(url_for("today.show", day=on.isoformat()), 303)
    stops, volunteer = _course(stored, number)
    if volunteer is None:
        raise LookupError("volunteer")
    person_id, me = volunteer.person_id, who().person_id
    planned = {stop.id: lab().rules.moment(on, stop.begins_seconds) for stop in stops}
    let_go()
    errors: dict[int, Refused] = {}
    typed: dict[int, Ticks] = {}
    kept = 0
    for stop_id, at in planned.items():
        ticks = _ticks(stop_id)
        if not ticks.filled:
            continue
        try:
            _keep(stop_id, ticks, on, at, reporter_id=person_id, entered_by_id=me)
            kept += 1
        except Refused as refusal:
            let_go()
            errors[stop_id], typed[stop_id] = refusal, ticks
    if errors:
        if kept:
            flash(_("%(count)s軒分を書きうつしました。", count=kept))
        fresh = _taking(on)
        assert fresh is not None
        return _page(on, fresh, number, typed, errors)
    flash(_("%(count)s軒分を書きうつしました。", count=kept) if kept else _("書かれた行がありません。"))
    return redirect(url_for("today.paper", day=on.isoformat(), volunteer=number), 303)


def _keep(
    stop_id: int, ticks: Ticks, on: date, planned_at: datetime, *, reporter_id: int, entered_by_id: int
) -> None:
    """One row. Where no time was written, the planned one counts, if it is over."""
    report = Report.read(ticks.contact, ticks.condition, ticks.codes, ticks.note, means=Means.PAPER)
    observed_at = min(planned_at, now())
    if ticks.time.strip():
        try:
            observed_at = lab().rules.moment(on, written.clock_seconds(ticks.time))
        except Refused as refusal:
            raise refusal.at("time") from None
    check_in(
        db(),
        stop_id,
        client_uuid=ticks.uuid,
        report=report,
        observed_at=observed_at,
        reporter_id=reporter_id,
        now=now(),
        means=Means.PAPER,
        entered_by_id=entered_by_id,
    )


def _course(stored: ServiceDay, number: int | None) -> tuple[list[Stop], Volunteer | None]:
    stops = [
        stop for stop in store_today.home_stops(db(), stored.id) if stop.route.volunteer.number == number
    ]
    return stops, stops[0].route.volunteer if stops else None


def _page(
    on: date, stored: ServiceDay, number: int | None, typed: dict[int, Ticks], errors: dict[int, Refused]
) -> ResponseReturnValue:
    everybody = {
        stop.route.volunteer.number: stop.route.volunteer for stop in store_today.home_stops(db(), stored.id)
    }
    names = sheets.names_of(db(), {each.person_id for each in everybody.values()}) if everybody else {}
    if number is None and len(everybody) == 1:
        number = next(iter(everybody))
    stops, volunteer = _course(stored, number)
    homes = sheets.homes(
        db(), {stop.household_id for stop in stops if stop.household_id}, ("name", "reading")
    )
    reports = store_visits.on_day(db(), stored.id)
    rows = []
    for order, stop in enumerate(stops, start=1):
        assert stop.household_id is not None
        mine = [
            each
            for each in standing(reports.get(stop.household_id, []))
            if volunteer is not None and each.reporter_id == volunteer.person_id
        ]
        rows.append(
            PaperRow(
                stop,
                order,
                homes[stop.household_id],
                typed.get(stop.id, Ticks(uuid=str(uuid4()))),
                mine[-1] if mine else None,
                errors.get(stop.id),
            )
        )
    return render_template(
        "day_paper.html",
        on=on,
        number=number,
        choices=[(each.number, names.get(each.person_id, "")) for _n, each in sorted(everybody.items())],
        name=names.get(volunteer.person_id, "") if volunteer else "",
        rows=rows,
        errors=errors,
        contacts=[(each.value, CONTACT_WORDS[each]) for each in AT_THE_DOOR],
        conditions=[(each.value, CONDITION_WORDS[each]) for each in Condition],
        seen=[(each.value, OBSERVATION_WORDS[each]) for each in Observation if each != "as_usual"],
        news=[(each.value, words) for each, words in GOOD_NEWS_WORDS.items()],
        condition_words=CONDITION_WORDS,
    ), (422 if errors else 200)
