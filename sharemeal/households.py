"""Households: a destination with its needs, the hours at its door, and what was agreed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Self

from sharemeal.kitchens import Texture
from sharemeal.sentences import Refused, Sentence
from sharemeal.written import listed

MOST_PORTIONS = 20
"""The largest number of portions one home may ask for."""


class ResidentKind(StrEnum):
    """Who lives there."""

    ELDERLY = "elderly"
    CHILDREN = "children"
    DISABLED = "disabled"

    @classmethod
    def from_word(cls, text: str) -> Self:
        """The kind that was written. Raises Refused for an unknown one."""
        for kind, word in KIND_WORDS.items():
            if text.strip() in (word, word.replace("障がい", "障害"), f"{word}者"):
                return cls(kind)
        raise Refused(
            Sentence("区分を読み取れません（入力: {value}）。", value=text.strip()[:40]),
            remedy=Sentence("高齢者、子育て、障がい のどれかを入力してください。"),
        )


KIND_WORDS = {
    ResidentKind.ELDERLY: "高齢者",
    ResidentKind.CHILDREN: "子育て",
    ResidentKind.DISABLED: "障がい",
}


def resident_kinds(text: str) -> frozenset[ResidentKind]:
    """The kinds of a list such as ``高齢者・障がい``."""
    return frozenset(ResidentKind.from_word(word) for word in listed(text))


class ConsentItem(StrEnum):
    """見守りのお約束, item by item; each can be given and withdrawn alone."""

    MEALS = "meals"
    WATCH_OVER = "watch_over"
    TELL_FAMILY = "tell_family"
    TELL_CARE_PLAZA = "tell_care_plaza"
    STATISTICS = "statistics"


CONSENT_WORDS = {
    ConsentItem.MEALS: "お食事を届ける",
    ConsentItem.WATCH_OVER: "ゆるやかに見守る",
    ConsentItem.TELL_FAMILY: "緊急のときご家族などに伝える",
    ConsentItem.TELL_CARE_PLAZA: "地域ケアプラザに伝える",
    ConsentItem.STATISTICS: "名前のない集計に使う",
}

DIET_TAGS = (
    "減塩", "糖質控えめ", "たんぱく控えめ", "刻み", "生もの不可", "納豆不可（ワルファリン）", "グレープフルーツ不可",
    "ベジタリアン", "ハラール配慮", "子ども用",
)  # fmt: skip
"""As told by the person, never a medical claim; shown beside the choice, they do not restrict the match."""


@dataclass(frozen=True)
class DeliveryWindow:
    """お届け時間帯: the door may be knocked on from ``opens`` to ``closes``, seconds after local midnight, inclusive."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise Refused(
                Sentence("お届け時間帯の終了が開始より前です。"),
                why=Sentence("この時間帯には、玄関に立てる時間がありません。"),
                remedy=Sentence("開始と終了が入れかわっていないか、確かめてください。"),
            )


@dataclass(frozen=True)
class Need:
    """食事の配慮: what suits this home. Sensitive by law; stored encrypted, read for planning and at the door."""

    portions: int
    allergens: frozenset[str] = frozenset()
    texture: Texture = Texture.REGULAR
    diet: tuple[str, ...] = ()
    kinds: frozenset[ResidentKind] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        if not 1 <= self.portions <= MOST_PORTIONS:
            raise Refused(
                Sentence(
                    "食数は1から{high}の数字で入力してください（入力: {value}）。",
                    high=MOST_PORTIONS,
                    value=self.portions,
                )
            )

    def as_json(self) -> dict[str, Any]:
        """A plain form for storing; :meth:`from_json` reads it back."""
        return {
            "portions": self.portions,
            "allergens": sorted(self.allergens),
            "texture": int(self.texture),
            "diet": list(self.diet),
            "kinds": sorted(self.kinds),
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """The need that :meth:`as_json` wrote."""
        return cls(
            portions=stored["portions"],
            allergens=frozenset(stored["allergens"]),
            texture=Texture(stored["texture"]),
            diet=tuple(stored["diet"]),
            kinds=frozenset(ResidentKind(kind) for kind in stored["kinds"]),
        )


@dataclass(frozen=True)
class PauseSpan:
    """お休み: the days from ``starts`` to ``ends``, both included; without an end it lasts until taken back."""

    starts: date
    ends: date | None = None

    def __post_init__(self) -> None:
        if self.ends is not None and self.ends < self.starts:
            raise Refused(
                Sentence("お休みの終わりが始まりより前です。"),
                remedy=Sentence("始まりと終わりの日にちを確かめてください。"),
            )

    def covers(self, day: date) -> bool:
        """Whether the home rests on that day."""
        return self.starts <= day and (self.ends is None or day <= self.ends)


class Part(StrEnum):
    """What part a home takes in a day, as the plan counts it."""

    IN = "in"
    RESTING = "resting"
    DECLINED = "declined"
    NO_CONSENT = "no_consent"


def part_in_day(*, resting: bool, declined: bool, agreed: bool) -> Part:
    """A rest counts before a decline, a decline before meals that were never agreed to."""
    if resting:
        return Part.RESTING
    if declined:
        return Part.DECLINED
    return Part.IN if agreed else Part.NO_CONSENT


def numbered(number: int) -> Sentence:
    """お届け先③: the stable name of a home, circled up to fifty."""
    return Sentence("お届け先{number}", number=_circled(number))


def _circled(number: int) -> str:
    if 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    if 21 <= number <= 35:
        return chr(0x3251 + number - 21)
    if 36 <= number <= 50:
        return chr(0x32B1 + number - 36)
    return str(number)
