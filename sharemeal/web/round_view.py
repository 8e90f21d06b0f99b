"""A round under way: which stops have ended, what was told of each, and which one is next."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from flask import current_app

from sharemeal.people import called
from sharemeal.sentences import Refused, Sentence
from sharemeal.sheets import Sight
from sharemeal.store import batches, rounds, sheets, volunteers
from sharemeal.store.batches import PickupCount
from sharemeal.store.rounds import Telling
from sharemeal.store.visits import CheckIn
from sharemeal.visits import CONDITION_WORDS, CONTACT_WORDS, Condition, Contact, standing
from sharemeal.watch import ending_for_who_told
from sharemeal.web.access import who
from sharemeal.web.doorway import db, now
from sharemeal.web.sheet_view import Round, Row, current_round, rows

CONTACT_ICONS = {
    Contact.SEEN: "seen",
    Contact.VOICE_ONLY: "voice",
    Contact.UNSEEN_LEFT: "left",
    Contact.UNSEEN_RETURNED: "back",
    Contact.NOT_REACHED: "phone",
}
CONDITION_ICONS = {Condition.USUAL: "usual", Condition.DIFFERENT: "diff", Condition.WORRIED: "worried"}
CONDITION_CLASSES = {Condition.USUAL: "ok", Condition.DIFFERENT: "diff", Condition.WORRIED: "now"}
HANDED_OVER = Sentence("お渡しした")
"""What いつも通り is called at a home that has not agreed to be watched over."""


@dataclass(frozen=True)
class Halt:
    """A stop of the round with what this volunteer told of it last; ``counts`` is offer id → what was collected."""

    row: Row
    report: CheckIn | None = None
    counts: dict[int, PickupCount] | None = None
    telling: Telling | None = None
    taken_up_by: str | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more is to be done here."""
        return self.report is not None or bool(self.counts)

    @property
    def told_at(self) -> datetime | None:
        """When it happened."""
        if self.report is not None:
            return self.report.seen_at
        return max((each.observed_at for each in (self.counts or {}).values()), default=None)

    @property
    def collected(self) -> int:
        """Meals that were counted at the pass."""
        return sum(each.portions for each in (self.counts or {}).values())


@dataclass(frozen=True)
class Going:
    """The volunteer's round as it stands now."""

    current: Round
    halts: tuple[Halt, ...]

    @property
    def next(self) -> Halt | None:
        """The first stop that has not ended; None at the end of the round."""
        return next((halt for halt in self.halts if not halt.ended), None)

    @property
    def doors(self) -> tuple[Halt, ...]:
        """The homes alone."""
        return tuple(halt for halt in self.halts if halt.row.home)

    @property
    def all_met(self) -> bool:
        """Whether every home was seen or heard."""
        return all(halt.report is not None and halt.report.contact.met for halt in self.doors)

    @property
    def told_last(self) -> datetime | None:
        """When the last of it reached us."""
        reports = [halt.report.received_at for halt in self.halts if halt.report]
        counts = [each.received_at for halt in self.halts for each in (halt.counts or {}).values()]
        return max([*reports, *counts], default=None)

    def at(self, position: int | None) -> Halt | None:
        """The stop of that position."""
        return next((halt for halt in self.halts if halt.row.position == position), None)

    def of_stop(self, stop_id: int | None) -> Halt | None:
        """The stop of that id, if it is one of this round."""
        return next((halt for halt in self.halts if halt.row.stop_id == stop_id), None)


@dataclass(frozen=True)
class Panel:
    """The form of a stop: a client-made id for this rendering, what was chosen or typed, and what was refused."""

    uuid: str
    contact: str = ""
    condition: str = ""
    codes: frozenset[str] = frozenset()
    note: str = ""
    errors: dict[str, Refused] | None = None
    typed: Mapping[str, str] = field(default_factory=dict)


def fresh_panel(halt: Halt | None, *, with_words: bool = False) -> Panel:
    """A form that holds what was told before, so that correcting it is one tap."""
    report = halt.report if halt else None
    if report is None:
        return Panel(str(uuid4()))
    return Panel(
        str(uuid4()),
        report.contact,
        report.condition or "",
        frozenset(report.codes) if with_words else frozenset(),
        (report.note or "") if with_words else "",
    )


def going(*, with_words: bool = False) -> Going | None:
    """The round of who asks, while it can be seen; None without one."""
    volunteer = volunteers.of_person(db(), who().person_id)
    current = current_round(volunteer, now()) if volunteer else None
    return None if current is None else gone(current, with_words=with_words)


def gone(current: Round, *, with_words: bool = False) -> Going:
    """That round with what was told so far; without stops while it may not be seen."""
    seen = rows(current)
    if not seen:
        return Going(current, ())
    reports = rounds.reports_of(db(), current.day.id, who().person_id, with_words=with_words)
    last = {stop_id: told[-1] for stop_id, each in reports.items() if (told := standing(each))}
    counted: dict[int, dict[int, PickupCount]] = {}
    for (stop_id, offer_id), count in batches.counts_of(db(), [row.stop_id for row in seen]).items():
        counted.setdefault(stop_id, {})[offer_id] = count
    told_of = rounds.tellings(db(), {each.concern_id for each in last.values() if each.concern_id})
    names = _first_names(told_of.values())
    halts = []
    for row in seen:
        report = last.get(row.stop_id)
        telling = told_of.get(report.concern_id) if report and report.concern_id else None
        owner = names.get(telling.taken_up_by) if telling and telling.taken_up_by else None
        halts.append(Halt(row, report, counted.get(row.stop_id), telling, owner))
    return Going(current, tuple(halts))


def telling_at(position: int | None) -> tuple[bool, Telling | None]:
    """Whether the door at that position stands as 心配, and what has become of it: reads nothing personal."""
    volunteer = volunteers.of_person(db(), who().person_id)
    current = current_round(volunteer, now()) if volunteer else None
    if current is None or current.called_off or current.sight is not Sight.OPEN:
        return False, None
    stop = next((stop for stop in current.route.stops if stop.position == position), None)
    if stop is None:
        return False, None
    told = standing(rounds.reports_of(db(), current.day.id, who().person_id).get(stop.id, []))
    if not told or told[-1].condition is not Condition.WORRIED:
        return False, None
    concern_id = told[-1].concern_id
    return True, rounds.tellings(db(), {concern_id}).get(concern_id) if concern_id else None


def stand_of(telling: Telling | None) -> str:
    """A word that is another one as soon as something has become of a worry; it says nothing by itself."""
    return hashlib.sha256(repr(telling).encode()).hexdigest()[:16]


def _first_names(tellings: Iterable[Telling]) -> dict[int, str]:
    """Who took something up, by what they are called: the first word of a name."""
    ids = {each.taken_up_by for each in tellings if each.taken_up_by}
    return {person: called(name) for person, name in sheets.names_of(db(), ids).items()} if ids else {}


def queue_word() -> str:
    """A word that is this person's alone: what waits on a telephone under it is never sent for somebody else."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"queue {who().person_id}".encode(), hashlib.sha256).hexdigest()[:24]


def words() -> dict[str, object]:
    """What the pages of a round call things."""
    return {
        "contact_words": CONTACT_WORDS,
        "contact_icons": CONTACT_ICONS,
        "condition_words": CONDITION_WORDS,
        "condition_icons": CONDITION_ICONS,
        "condition_classes": CONDITION_CLASSES,
        "handed_over": HANDED_OVER,
        "ending_for_who_told": ending_for_who_told,
        "queue_word": queue_word(),
    }
