"""見守り記録: every report by day, home, volunteer, contact and condition, page by page, and as a file."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, render_template, request, send_file
from flask.typing import ResponseReturnValue

from sharemeal import written
from sharemeal.actions.export_log import export_log
from sharemeal.people import Role
from sharemeal.sentences import Refused
from sharemeal.store import sheets, volunteers, watch_log
from sharemeal.store.visits import CheckIn
from sharemeal.store.watch_log import LogPage, Place, Sieve
from sharemeal.visits import (
    CONDITION_WORDS,
    CONTACT_WORDS,
    GOOD_NEWS_WORDS,
    MEANS_WORDS,
    OBSERVATION_WORDS,
    Condition,
    Contact,
)
from sharemeal.web.access import allow
from sharemeal.web.doorway import db, now

pages = Blueprint("log", __name__, url_prefix="/log")
FIELDS = ("first", "last", "home", "volunteer", "contact", "condition")
LATE = timedelta(minutes=5)
"""A report that arrived so much later than it was tapped says both moments."""
Code = TypeVar("Code", bound=StrEnum)


@dataclass(frozen=True)
class Line:
    """One report as the log shows it. ``replaced`` where a later report of the same person stands in its place."""

    row: CheckIn
    reporter: str
    entered_by: str | None
    replaced: bool
    late: bool
    seen: tuple[str, ...]
    news: tuple[str, ...]


@pages.get("")
@allow(Role.COORDINATOR)
def show() -> ResponseReturnValue:
    """A page of the log; what is asked for stands in the address as numbers and codes, never as a name."""
    texts = {name: request.args.get(name, "")[:40].strip() for name in FIELDS}
    sieve, errors = _sieve(texts)
    found = LogPage((), None, None)
    if not errors:
        found = watch_log.page(
            db(),
            sieve,
            behind=Place.from_text(request.args.get("behind", "")),
            before=Place.from_text(request.args.get("before", "")),
        )
    asked = {name: text for name, text in texts.items() if text}
    named = {each.number: each for each in volunteers.all_volunteers(db())}
    names = sheets.names_of(db(), {each.person_id for each in named.values()}) if named else {}
    return render_template(
        "log.html",
        lines=_lines(found),
        found=found,
        texts=texts,
        asked=asked,
        errors=errors,
        contacts=list(CONTACT_WORDS.items()),
        conditions=list(CONDITION_WORDS.items()),
        volunteers=[(number, names.get(each.person_id, "")) for number, each in named.items()],
        contact_words=CONTACT_WORDS,
        condition_words=CONDITION_WORDS,
        means_words=MEANS_WORDS,
    ), (422 if errors else 200)


@pages.post("/csv")
@allow(Role.COORDINATOR)
def csv() -> ResponseReturnValue:
    """What the page shows, all of it, as a csv file."""
    sieve, errors = _sieve({name: request.form.get(name, "")[:40].strip() for name in FIELDS})
    if errors:
        raise next(iter(errors.values()))
    return send_file(
        io.BytesIO(export_log(db(), sieve, now=now())),
        mimetype="text/csv; charset=utf-8",
        as_attachment=True,
        download_name="mimamori-log.csv",
    )


def _sieve(texts: Mapping[str, str]) -> tuple[Sieve, dict[str, Refused]]:
    """What is asked for, and which fields could not be read."""
    errors: dict[str, Refused] = {}
    days: dict[str, date | None] = {}
    for name in ("first", "last"):
        try:
            days[name] = written.day(texts[name]) if texts[name] else None
        except Refused as refusal:
            errors[name] = refusal.at(name)
    numbers: dict[str, int | None] = {}
    for name in ("home", "volunteer"):
        try:
            numbers[name] = written.count(texts[name], low=0, high=9999, unit="番") if texts[name] else None
        except Refused as refusal:
            errors[name] = refusal.at(name)
    if errors:
        return Sieve(), errors
    return Sieve(
        first=days["first"],
        last=days["last"],
        home=numbers["home"],
        volunteer=numbers["volunteer"],
        contact=_code(Contact, texts["contact"]),
        condition=_code(Condition, texts["condition"]),
    ), {}


def _code(kind: type[Code], text: str) -> Code | None:
    return kind(text) if text in kind._value2member_map_ else None


def _lines(found: LogPage) -> list[Line]:
    if not found.rows:
        return []
    people = {person for row in found.rows for person in (row.reporter_id, row.entered_by_id)}
    names = sheets.names_of(db(), people)
    old = watch_log.corrected(db(), found.rows)
    return [
        Line(
            row=row,
            reporter=names.get(row.reporter_id, ""),
            entered_by=names.get(row.entered_by_id) if row.entered_by_id != row.reporter_id else None,
            replaced=row.id in old,
            late=row.received_at - row.seen_at > LATE,
            seen=tuple(OBSERVATION_WORDS[each] for each in row.observations),
            news=tuple(GOOD_NEWS_WORDS[each] for each in row.good_news),
        )
        for row in found.rows
    ]
