"""An open concern as its card shows it: why, since when, by whom, what comes next, who was told and who has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sharemeal.alerts import ALL_CLEAR_STEP, AlertState, wakes
from sharemeal.households import ConsentItem
from sharemeal.labs import LabRules
from sharemeal.messages import CHANNEL_WORDS, FAILED, STATE_WORDS, WENT_OUT, MessageState, Purpose
from sharemeal.people import national
from sharemeal.sentences import Sentence, word
from sharemeal.store import sheets, today, visits, volunteers
from sharemeal.store.alerts import Alert
from sharemeal.store.households import Household
from sharemeal.store.labs import fenced
from sharemeal.store.messages import Message
from sharemeal.store.visits import CheckIn
from sharemeal.store.volunteers import Volunteer
from sharemeal.store.watch import Concern
from sharemeal.visits import Contact, Means, worst
from sharemeal.watch import KIND_WORDS, NEXT_STEPS, NO_ANSWER, RUNG_WORDS, Level, Rung, ladder

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

FOR_A_CALL = ("name", "reading", "phone", "emergency_contact")
"""What somebody needs who is about to telephone a home."""


class Whose(StrEnum):
    """Who has it."""

    NOBODYS = "nobodys"
    MINE = "mine"
    ANOTHERS = "anothers"


@dataclass(frozen=True)
class Step:
    """One rung as it is drawn: ``state`` is done, next or later."""

    rung: Rung
    words: str
    at: datetime
    state: str
    small: Sentence | None


@dataclass(frozen=True)
class Told:
    """One message about it: to whom, by which way, in which state, when. ``all_clear`` is the word that it is over."""

    name: str
    way: str
    words: str
    at: datetime
    failed: bool
    all_clear: bool


@dataclass(frozen=True)
class Card:
    """Everything that a card shows. ``owner`` names who has it, ``by`` who made the report that counts.

    ``contact`` and ``note`` are that report's own words.
    """

    concern: Concern
    alert: Alert | None
    whose: Whose
    kind_words: str
    since: datetime
    minutes: int
    by: str | None
    by_call: bool
    contact: Contact | None
    note: str | None
    home: Household | None
    volunteer: Volunteer | None
    last_sign: CheckIn | None
    steps: tuple[Step, ...]
    told: tuple[Told, ...]
    owner: str | None
    until: datetime | None
    next_step: Sentence | None
    next_person: str | None
    next_person_at: datetime | None
    family: str | None

    @property
    def grave(self) -> bool:
        """Whether 119 and 110 stand first."""
        return self.concern.level >= Level.NOW

    @property
    def next(self) -> Step | None:
        """The rung that comes next, of those that are for a person."""
        return next((step for step in self.steps if step.state == "next"), None)

    @property
    def life_first(self) -> bool:
        """Whether 119 and 110 stand there large, for a person to decide: it is grave, or their rung is next."""
        return self.grave or (self.next is not None and self.next.rung is Rung.EMERGENCY)

    @property
    def phone(self) -> str | None:
        """Whom to call first: the home, or the volunteer who is silent."""
        if self.home is not None:
            return self.home.phone
        return None if self.volunteer is None else self.volunteer.person.phone

    @property
    def written_phone(self) -> str:
        """That number as people dial it by hand."""
        return national(self.phone) if self.phone else ""


def cards(session: Session, concerns: Sequence[Concern], *, me: int, now: datetime) -> list[Card]:
    """The cards of these concerns, in their order; reads the homes' telephones, and names of who is spoken of.

    ``concerns`` come with why and memo.
    """
    concern_ids = [each.id for each in concerns]
    home_ids = {each.household_id for each in concerns if each.household_id is not None}
    alerts = today.alerts_of(session, concern_ids)
    messages = today.messages_of(session, [alert.id for alert in alerts.values()])
    causes = today.of_concerns(session, concern_ids)
    signs = visits.last_signs(session, home_ids) if home_ids else {}
    homes = sheets.homes(session, home_ids, FOR_A_CALL) if home_ids else {}
    silent = {
        each.id: each
        for each in volunteers.with_names(
            session, [each.volunteer_id for each in concerns if each.volunteer_id is not None]
        )
    }
    earliest = min((each.since for each in concerns), default=now)
    calls = today.calls_since(session, home_ids, earliest) if home_ids else []
    rules = fenced(session).rules
    following = {
        alert.concern_id: _following(alert, concern, messages.get(alert.id, []), rules)
        for concern in concerns
        if (alert := alerts.get(concern.id)) is not None
    }
    person_ids = {report.reporter_id for reports in causes.values() for report in reports}
    for alert in alerts.values():
        person_ids |= {message.person_id for message in messages.get(alert.id, [])}
        person_ids |= {each for each in (alert.acked_by_id, following[alert.concern_id]) if each}
    person_ids |= {each.owner_id for each in concerns if each.owner_id is not None}
    names = sheets.names_of(session, person_ids)
    return [
        _card(
            concern,
            alerts.get(concern.id),
            causes.get(concern.id, []),
            messages,
            [each for each in calls if each.household_id == concern.household_id],
            names,
            rules,
            following.get(concern.id),
            me=me,
            now=now,
            home=homes.get(concern.household_id or 0),
            volunteer=silent.get(concern.volunteer_id or 0),
            sign=signs.get(concern.household_id or 0),
        )
        for concern in concerns
    ]


def _card(
    concern: Concern,
    alert: Alert | None,
    causes: Sequence[CheckIn],
    messages: dict[int, list[Message]],
    calls: Sequence[CheckIn],
    names: dict[int, str],
    rules: LabRules,
    following: int | None,
    *,
    me: int,
    now: datetime,
    home: Household | None,
    volunteer: Volunteer | None,
    sign: CheckIn | None,
) -> Card:
    acked = alert is not None and alert.state is AlertState.ACKED
    owner_id = alert.acked_by_id if acked and alert is not None else None
    told = messages.get(alert.id, []) if alert is not None else []
    minutes = (alert.rung_minutes if alert is not None else None) or rules.rung_minutes
    steps = _steps(concern, home, calls, told, minutes, now) if home is not None else ()
    first = worst(causes)
    agreed = home is not None and home.consents_to(ConsentItem.TELL_FAMILY)
    card = Card(
        concern=concern,
        alert=alert,
        whose=Whose.NOBODYS if owner_id is None else Whose.MINE if owner_id == me else Whose.ANOTHERS,
        kind_words=KIND_WORDS[concern.kind],
        since=concern.since,
        minutes=max(0, int((now - concern.since).total_seconds() // 60)),
        by=None if first is None else names.get(first.reporter_id),
        by_call=first is not None and first.means is Means.CALL,
        contact=None if first is None else first.contact,
        note=None if first is None else first.note,
        home=home,
        volunteer=volunteer,
        last_sign=sign,
        steps=steps,
        told=tuple(_told(each, names) for each in told),
        owner=None if owner_id is None else names.get(owner_id),
        until=alert.ack_expires_at if acked and alert is not None else None,
        next_step=None,
        next_person=None if following is None else names.get(following),
        next_person_at=alert.next_step_at if alert is not None else None,
        family=home.emergency_contact if home is not None and agreed else None,
    )
    return replace(card, next_step=_next_step(card))


def _told(message: Message, names: dict[int, str]) -> Told:
    return Told(
        name=names.get(message.person_id, ""),
        way=CHANNEL_WORDS[message.channel],
        words=STATE_WORDS[message.state],
        at=message.accepted_at or message.made_at,
        failed=message.state in FAILED,
        all_clear=message.step == ALL_CLEAR_STEP,
    )


def _following(alert: Alert, concern: Concern, told: Sequence[Message], rules: LabRules) -> int | None:
    """Who is told next, unless somebody takes it up before."""
    if alert.next_step_at is None:
        return None
    steps = {each.step: each.person_id for each in told if each.purpose is Purpose.ALERT}
    local = alert.next_step_at.astimezone(rules.zone)
    link = alert.chain.recipient(list(steps.values()), local, wakes=wakes(concern.level, concern.kind))
    return None if link is None else link.person_id


def _steps(
    concern: Concern,
    home: Household,
    calls: Sequence[CheckIn],
    told: Sequence[Message],
    minutes: Sequence[int],
    now: datetime,
) -> tuple[Step, ...]:
    """The no-answer ladder: what is known to have happened is done, of the rest one is next."""
    if concern.kind not in NO_ANSWER:
        return ()
    agreed = {item for item in ConsentItem if home.consents_to(item)}
    rungs = ladder(concern.since, minutes, agreed, now)
    evidence = {Rung.CALL_HOME: _called(concern, calls), Rung.COORDINATOR: _alerted(told)}
    passed_later = [any(later.passed for later in rungs[place + 1 :]) for place in range(len(rungs))]
    steps, found = [], False
    for each, skipped in zip(rungs, passed_later, strict=True):
        small = evidence.get(each.rung)
        if small is not None:
            state = "done"
        elif each.agreed is False:
            state, small = "later", Sentence("お約束なし")
        elif skipped or found:
            state = "later"
            small = Sentence("記録なし") if skipped else None
        else:
            state, found = "next", True
        if each.agreed and small is None:
            small = Sentence("お約束あり")
        steps.append(Step(each.rung, RUNG_WORDS[each.rung], each.at, state, small))
    return tuple(steps)


def _called(concern: Concern, calls: Sequence[CheckIn]) -> Sentence | None:
    last = next((each for each in reversed(calls) if each.received_at >= concern.since), None)
    if last is None:
        return None
    return Sentence("出ませんでした") if last.contact is Contact.NOT_REACHED else Sentence("話せました")


def _alerted(told: Sequence[Message]) -> Sentence | None:
    reached = [each for each in told if each.step != ALL_CLEAR_STEP and each.state in WENT_OUT]
    if not reached:
        return None
    arrived = any(each.state is MessageState.DELIVERED for each in reached)
    return word(STATE_WORDS[MessageState.DELIVERED if arrived else MessageState.SENT])


def _next_step(card: Card) -> Sentence | None:
    if card.grave:
        return Sentence("いますぐ電話か訪問で確かめる。命にかかわるときは、先に119・110")
    if card.concern.kind in NEXT_STEPS:
        return NEXT_STEPS[card.concern.kind]
    if card.next is not None:
        return word(card.next.words)
    return Sentence("今日のうちに、電話か訪問で確かめる")
