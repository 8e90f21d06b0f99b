"""What can happen at a door, what may follow, and which of several reports counts.

A visit ends only when the contact question is answered. What is kept is what was seen, not what was said.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, Self, TypeVar

from sharemeal.sentences import Refused, Sentence, word
from sharemeal.written import plain

LONGEST_NOTE = 500
"""So many letters fit into a note."""
CLOCK_MAY_BE_FAST = timedelta(hours=2)
"""A telephone's clock may be an hour wrong; what lies further ahead than this is refused."""
BEFORE_THE_DAY = timedelta(hours=6)
"""A tap may lie so long before the first planned halt of its course."""


class Contact(StrEnum):
    """Whether somebody was met. NOT_REACHED is for calls alone: nobody took the receiver."""

    SEEN = "seen"
    VOICE_ONLY = "voice_only"
    UNSEEN_LEFT = "unseen_left"
    UNSEEN_RETURNED = "unseen_returned"
    NOT_REACHED = "not_reached"

    @property
    def met(self) -> bool:
        """Whether the home was seen or heard."""
        return self in (Contact.SEEN, Contact.VOICE_ONLY)


AT_THE_DOOR = (Contact.SEEN, Contact.VOICE_ONLY, Contact.UNSEEN_LEFT, Contact.UNSEEN_RETURNED)
CONTACT_WORDS = {
    Contact.SEEN: "会えた",
    Contact.VOICE_ONLY: "声だけ",
    Contact.UNSEEN_LEFT: "会えず（置いた）",
    Contact.UNSEEN_RETURNED: "会えず（持ち帰り）",
    Contact.NOT_REACHED: "電話に出ない",
}


class Condition(StrEnum):
    """How the person was, at one tap."""

    USUAL = "usual"
    DIFFERENT = "different"
    WORRIED = "worried"


CONDITION_WORDS = {
    Condition.USUAL: "いつも通り",
    Condition.DIFFERENT: "ちょっと違う",
    Condition.WORRIED: "心配",
}


class Observation(StrEnum):
    """What was seen at the door; how much each weighs stands in watch.py."""

    AS_USUAL = "as_usual"
    NO_RESPONSE = "no_response"
    MAIL_PILED = "mail_piled"
    LAUNDRY_LEFT = "laundry_left"
    SHUTTERS_CLOSED = "shutters_closed"
    LIGHTS_ODD = "lights_odd"
    LOOKS_UNWELL = "looks_unwell"
    DRESS_ODD = "dress_odd"
    TALK_CONFUSED = "talk_confused"
    UNSTEADY_OR_HURT = "unsteady_or_hurt"
    MEAL_UNTOUCHED = "meal_untouched"
    HOME_UNKEPT = "home_unkept"
    CHILD_ALONE = "child_alone"
    DANGER = "danger"


OBSERVATION_WORDS = {
    Observation.AS_USUAL: "いつもどおり",
    Observation.NO_RESPONSE: "応答がない",
    Observation.MAIL_PILED: "新聞・郵便がたまっている",
    Observation.LAUNDRY_LEFT: "同じ洗濯物が干したまま",
    Observation.SHUTTERS_CLOSED: "雨戸・カーテンが閉まったまま",
    Observation.LIGHTS_ODD: "昼も点灯・夜も消灯",
    Observation.LOOKS_UNWELL: "顔色・やせ・元気がない",
    Observation.DRESS_ODD: "服装がいつもと違う",
    Observation.TALK_CONFUSED: "話がかみ合わない",
    Observation.UNSTEADY_OR_HURT: "ふらつき・けが・あざ",
    Observation.MEAL_UNTOUCHED: "食事が手つかず",
    Observation.HOME_UNKEPT: "ごみ・荒れ・室温",
    Observation.CHILD_ALONE: "子どもだけ・泣き声・怒鳴り声",
    Observation.DANGER: "異臭・倒れている・助けを求める声",
}


class GoodNews(StrEnum):
    """Good news, at one tap."""

    SMILE = "smile"
    GOOD_TALK = "good_talk"
    TASTY = "tasty"


GOOD_NEWS_WORDS = {
    GoodNews.SMILE: "笑顔",
    GoodNews.GOOD_TALK: "会話がはずんだ",
    GoodNews.TASTY: "おいしかった",
}


class Means(StrEnum):
    """How a report came in: tapped at the door, typed from paper, or after a call."""

    DOOR = "door"
    PAPER = "paper"
    CALL = "call"


MEANS_WORDS = {Means.DOOR: "玄関先", Means.PAPER: "紙の順路表から", Means.CALL: "電話"}


@dataclass(frozen=True)
class Report:
    """What one person says of one door."""

    contact: Contact
    condition: Condition | None = None
    observations: frozenset[Observation] = frozenset()
    good_news: frozenset[GoodNews] = frozenset()
    note: str | None = None

    @classmethod
    def read(
        cls,
        contact: str | None,
        condition: str | None,
        codes: Iterable[str],
        note: str | None,
        *,
        means: Means,
    ) -> Self:
        """A report from the codes that a page or a program sent. Observations and good news come in one list.

        Raises Refused, told of its field, for a contact that is not answered, an unknown code, and a long note.
        """
        answered = _contact(contact, means)
        state = None if not condition else _code(Condition, condition, "condition")
        said = [_code_of_either(code) for code in codes]
        try:
            told = plain(note or "", longest=LONGEST_NOTE) or None
        except Refused as refusal:
            raise refusal.at("note") from None
        return cls(
            contact=answered,
            condition=state,
            observations=frozenset(each for each in said if isinstance(each, Observation)),
            good_news=frozenset(each for each in said if isinstance(each, GoodNews)),
            note=told,
        )

    @property
    def codes(self) -> list[str]:
        """Observations and good news as they are stored and sent, sorted."""
        return sorted([*self.observations, *self.good_news])


Code = TypeVar("Code", bound=StrEnum)


def _code(kind: type[Code], text: str, field: str) -> Code:
    try:
        return kind(text)
    except ValueError:
        raise Refused(
            Sentence("知らないことばです（入力: {value}）。", value=str(text)[:40]),
            remedy=Sentence("画面を開きなおして、えらびなおしてください。"),
            field=field,
        ) from None


def _code_of_either(text: str) -> Observation | GoodNews:
    if text in GoodNews._value2member_map_:
        return GoodNews(text)
    return _code(Observation, text, "observations")


def _contact(text: str | None, means: Means) -> Contact:
    if not text:
        raise Refused(
            Sentence("「会えましたか」に、まだ答えがありません。"),
            why=Sentence("会えたかどうかが決まるまで、この訪問は終わりません。"),
            remedy=Sentence("4つのうち、ひとつをえらんでください。"),
            field="contact",
        )
    contact = _code(Contact, text, "contact")
    allowed = (Contact.VOICE_ONLY, Contact.NOT_REACHED) if means is Means.CALL else AT_THE_DOOR
    if contact not in allowed:
        raise Refused(
            Sentence("「{word}」は、ここでは選べません。", word=word(CONTACT_WORDS[contact])),
            remedy=Sentence("画面のボタンから、えらびなおしてください。"),
            field="contact",
        )
    return contact


def plausible(observed_at: datetime, first_halt: datetime, now: datetime) -> None:
    """Raises Refused for a tap (aware) that cannot belong to this round: from another day, or far in the future.

    ``first_halt`` is when the course was to begin. A telephone's clock that is an hour wrong is let through.
    """
    if observed_at > now + CLOCK_MAY_BE_FAST:
        raise Refused(
            Sentence("記録の時刻が、いまより先です。"),
            why=Sentence("電話の時計が進んでいるようです。"),
            remedy=Sentence("電話の時刻を合わせて、もう一度記録してください。"),
            field="observed_at",
        )
    if observed_at < first_halt - BEFORE_THE_DAY:
        raise Refused(
            Sentence("記録の時刻が、このお届けより前です。"),
            remedy=Sentence("今日の順路表から、もう一度記録してください。"),
            field="observed_at",
        )


class Weighed(Protocol):
    """A report as it is kept: who said it, in which order it came, and how much it weighs."""

    @property
    def id(self) -> int: ...
    @property
    def reporter_id(self) -> int: ...
    @property
    def contact(self) -> Contact: ...
    @property
    def level(self) -> int: ...
    @property
    def undone_at(self) -> datetime | None: ...
    @property
    def seen_at(self) -> datetime: ...


W = TypeVar("W", bound=Weighed)


def standing(reports: Iterable[W]) -> list[W]:
    """Of each person the last report that was not undone, in the order in which they came.

    A lighter word replaces a graver one only if it was said later too: a sheet of paper that is typed in the evening
    takes back no worry that was tapped at the door.
    """
    last: dict[int, W] = {}
    for report in sorted(reports, key=lambda each: each.id):
        before = last.get(report.reporter_id)
        if report.undone_at is not None:
            continue
        if before is None or report.level >= before.level or report.seen_at >= before.seen_at:
            last[report.reporter_id] = report
    return sorted(last.values(), key=lambda each: each.id)


_GRAVITY = {contact: gravity for gravity, contact in enumerate(Contact)}


def worst(reports: Sequence[W]) -> W | None:
    """The report that counts where people disagree: the graver one, of equal ones the later."""
    return max(
        standing(reports), key=lambda each: (each.level, _GRAVITY[each.contact], each.id), default=None
    )
