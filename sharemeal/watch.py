"""When a word or a silence becomes a Concern, how grave it is, and when somebody is to hear of it.

Levels and weights: 0 nothing, 1 a note for the week's list, 2 a coordinator hears of it today, 3 now. One ladder: 心配
and level 3 are due at once, a home that was not seen after a quarter of an hour unless it is heard or seen before, a
silence at the window's end plus the lab's patience.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from itertools import pairwise

from sharemeal.households import ConsentItem
from sharemeal.sentences import Refused, Sentence, listing, word
from sharemeal.visits import CONTACT_WORDS, OBSERVATION_WORDS, Condition, Contact, Observation, Report

UNSEEN_PATIENCE = timedelta(minutes=15)
"""A home that was not seen is told of after this time, unless the lab decides otherwise (our proposal)."""


class Level(IntEnum):
    """How grave something is."""

    NONE = 0
    NOTE = 1
    TODAY = 2
    NOW = 3


class Kind(StrEnum):
    """What a concern began with."""

    WORRIED = "worried"
    DANGER = "danger"
    OBSERVED = "observed"
    UNSEEN = "unseen"
    NOT_REACHED = "not_reached"
    SILENT_HOME = "silent_home"
    SILENT_VOLUNTEER = "silent_volunteer"
    NO_CARRIER = "no_carrier"


KIND_WORDS = {
    Kind.WORRIED: "心配",
    Kind.DANGER: "心配",
    Kind.OBSERVED: "ちょっと違う",
    Kind.UNSEEN: "会えず",
    Kind.NOT_REACHED: "電話に出ない",
    Kind.SILENT_HOME: "便りなし",
    Kind.SILENT_VOLUNTEER: "ボランティアから便りなし",
    Kind.NO_CARRIER: "行く人がいません",
}
NEXT_STEPS = {
    Kind.SILENT_VOLUNTEER: Sentence("ご本人に電話。つながらなければ、のこりの家を代わりの人に"),
    Kind.NO_CARRIER: Sentence("代わりの人を決める。いなければ、のこりの家に1軒ずつ電話する"),
}
"""What somebody does about a volunteer."""
NO_ANSWER = frozenset({Kind.UNSEEN, Kind.NOT_REACHED, Kind.SILENT_HOME})
"""Nobody at the home has answered: what the no-answer ladder is for, and what ends once the home is heard or seen."""

WEIGHTS = {
    Observation.AS_USUAL: Level.NONE,
    Observation.NO_RESPONSE: Level.TODAY,
    Observation.MAIL_PILED: Level.TODAY,
    Observation.LAUNDRY_LEFT: Level.TODAY,
    Observation.SHUTTERS_CLOSED: Level.NOTE,
    Observation.LIGHTS_ODD: Level.NOTE,
    Observation.LOOKS_UNWELL: Level.NOTE,
    Observation.DRESS_ODD: Level.NOTE,
    Observation.TALK_CONFUSED: Level.NOTE,
    Observation.UNSTEADY_OR_HURT: Level.NOTE,
    Observation.MEAL_UNTOUCHED: Level.NOTE,
    Observation.HOME_UNKEPT: Level.NOTE,
    Observation.CHILD_ALONE: Level.TODAY,
    Observation.DANGER: Level.NOW,
}


@dataclass(frozen=True)
class Verdict:
    """What a report comes to: level, what it began with, how long nobody is told yet, and why in words."""

    level: Level
    kind: Kind
    patience: timedelta
    why: Sentence


def weight(observation: Observation, *, heat_alert: bool) -> Level:
    """The default weight of one observation; a home in disorder weighs more on a day of heat alert."""
    if observation is Observation.HOME_UNKEPT and heat_alert:
        return Level.TODAY
    return WEIGHTS[observation]


def weigh(
    report: Report,
    before: Collection[Observation],
    *,
    heat_alert: bool = False,
    unseen_patience: timedelta = UNSEEN_PATIENCE,
) -> Verdict | None:
    """The verdict on a report; None where there is nothing to tell.

    ``before`` is what was noted at this home's visit before. The largest weight counts; two notes in one visit, or
    the same note two visits running, make level 2.
    """
    weights = {each: weight(each, heat_alert=heat_alert) for each in report.observations}
    level = max(weights.values(), default=Level.NONE)
    notes = {each for each, heavy in weights.items() if heavy is Level.NOTE}
    heavy = {each for each, heavy in weights.items() if heavy is Level.TODAY}
    told_now = heavy - {Observation.NO_RESPONSE} or len(notes) >= 2 or notes & set(before)
    why = _why(report)
    if report.condition is Condition.WORRIED or level is Level.NOW:
        kind = Kind.DANGER if Observation.DANGER in report.observations else Kind.WORRIED
        return Verdict(Level.NOW, kind, timedelta(0), why)
    if told_now:
        return Verdict(Level.TODAY, Kind.OBSERVED, timedelta(0), why)
    if not report.contact.met or Observation.NO_RESPONSE in weights:
        kind = Kind.NOT_REACHED if report.contact is Contact.NOT_REACHED else Kind.UNSEEN
        return Verdict(Level.TODAY, kind, unseen_patience, why)
    if level is Level.NOTE or report.condition is Condition.DIFFERENT:
        return Verdict(Level.NOTE, Kind.OBSERVED, timedelta(0), why)
    return None


def _why(report: Report) -> Sentence:
    """What was seen, in words: 会えず（置いた）・応答がない."""
    said: list[str | Sentence] = []
    if report.condition is Condition.WORRIED:
        said.append("心配")
    if not report.contact.met:
        said.append(word(CONTACT_WORDS[report.contact]))
    noted = [each for each in Observation if each in report.observations and each is not Observation.AS_USUAL]
    said += [OBSERVATION_WORDS[each] for each in noted]
    if not said:
        said.append("ちょっと違う")
    return listing(said)


class Ending(StrEnum):
    """結果: how a concern ended. The last five are the program's own."""

    SAFE = "safe"
    FAMILY = "family"
    CARE_PLAZA = "care_plaza"
    WARD_OFFICE = "ward_office"
    CHILD_GUIDANCE = "child_guidance"
    EMERGENCY = "emergency"
    KEEP_WATCHING = "keep_watching"
    MET = "met"
    WITHDRAWN = "withdrawn"
    ABSENT = "absent"
    TAKEN_OVER = "taken_over"


ENDING_WORDS = {
    Ending.SAFE: "無事",
    Ending.FAMILY: "家族へ",
    Ending.CARE_PLAZA: "地域ケアプラザへ",
    Ending.WARD_OFFICE: "区役所へ",
    Ending.CHILD_GUIDANCE: "児童相談所（189）へ",
    Ending.EMERGENCY: "119・110",
    Ending.KEEP_WATCHING: "見守り継続",
    Ending.MET: "あとで会えた",
    Ending.WITHDRAWN: "記録の取り消し",
    Ending.ABSENT: "お休みとわかった",
    Ending.TAKEN_OVER: "代わりの人が決まった",
}
ALL_IS_WELL = frozenset({Ending.SAFE, Ending.MET, Ending.WITHDRAWN, Ending.ABSENT, Ending.TAKEN_OVER})

PASSED_ON = Sentence("世話人が、つぎへつなぎました")


def ending_for_who_told(ending: Ending) -> str | Sentence:
    """What a volunteer learns of how their worry ended: that all is well, or that it is in good hands, and not whose."""
    return ENDING_WORDS[Ending.SAFE] if ending in ALL_IS_WELL else PASSED_ON


CHOSEN_BY_PEOPLE = tuple(Ending)[:7]
"""What a person may choose when closing a concern."""


class Rung(StrEnum):
    """A rung of the no-answer ladder; all but the second are for people, the program never does them."""

    CALL_HOME = "call_home"
    COORDINATOR = "coordinator"
    FAMILY = "family"
    CARE_PLAZA = "care_plaza"
    EMERGENCY = "emergency"


RUNG_WORDS = {
    Rung.CALL_HOME: "ご本人に電話",
    Rung.COORDINATOR: "世話人へ連絡",
    Rung.FAMILY: "ご家族へ",
    Rung.CARE_PLAZA: "地域ケアプラザへ",
    Rung.EMERGENCY: "119・110を人が決める",
}
RUNG_CONSENTS = {Rung.FAMILY: ConsentItem.TELL_FAMILY, Rung.CARE_PLAZA: ConsentItem.TELL_CARE_PLAZA}
"""Rungs that need an agreement of the home."""


def in_order(minutes: Sequence[int]) -> None:
    """Raises Refused, told of the rung's field, where one comes before the rung above it."""
    for (above, before), (rung, after) in pairwise(zip(Rung, minutes, strict=True)):
        if after < before:
            raise Refused(
                Sentence(
                    "「{rung}」の{after}分は、「{above}」の{before}分より前です。",
                    rung=word(RUNG_WORDS[rung]),
                    after=after,
                    above=word(RUNG_WORDS[above]),
                    before=before,
                ),
                why=Sentence("上の段をしないまま、下の段に進んでしまいます。"),
                remedy=Sentence("{before}分か、それよりあとにしてください。", before=before),
                field=f"{rung.value}_minutes",
            )


@dataclass(frozen=True)
class RungDue:
    """One rung with its moment, and whether that has passed. ``agreed`` is None where no agreement is needed."""

    rung: Rung
    at: datetime
    passed: bool
    agreed: bool | None


def ladder(
    since: datetime, minutes: Sequence[int], agreed: Collection[ConsentItem], now: datetime
) -> list[RungDue]:
    """The ladder of a home that gives no answer since ``since`` (aware), as it stands ``now``.

    ``minutes`` of the rungs, in their order, are the lab's (labs.LabRules).
    """
    return [
        RungDue(rung, at, at <= now, RUNG_CONSENTS[rung] in agreed if rung in RUNG_CONSENTS else None)
        for rung, after in zip(Rung, minutes, strict=True)
        for at in [since + timedelta(minutes=after)]
    ]
