"""Volunteers: how they go, what they carry, when they can, and whom they know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self

from sharemeal.sentences import Refused, Sentence
from sharemeal.written import folded

MOST_CARRIED = 200
"""The largest number of meals one volunteer may be said to carry."""

FAMILIARITY_HALF_LIFE_DAYS = 56
"""After eight weeks a visit counts half (our proposal)."""


class Mode(StrEnum):
    """移動手段."""

    WALK = "walk"
    BICYCLE = "bicycle"
    CAR = "car"

    @property
    def profile(self) -> str:
        """The name of this mode's travel times in a routing problem."""
        return {Mode.WALK: "foot", Mode.BICYCLE: "bike", Mode.CAR: "car"}[self]

    @classmethod
    def from_word(cls, text: str) -> Self:
        """The mode that was written. Raises Refused for an unknown one."""
        word = folded(text)
        for mode, words in _MODE_SPELLINGS.items():
            if word in words:
                return cls(mode)
        raise Refused(
            Sentence("移動手段を読み取れません（入力: {value}）。", value=text.strip()[:40]),
            remedy=Sentence("徒歩、自転車、車 のどれかを入力してください。"),
        )


MODE_WORDS = {Mode.WALK: "徒歩", Mode.BICYCLE: "自転車", Mode.CAR: "車"}
_MODE_SPELLINGS = {
    Mode.WALK: ("徒歩", "歩き", "walk", "foot"),
    Mode.BICYCLE: ("自転車", "電動自転車", "bicycle", "bike"),
    Mode.CAR: ("車", "自動車", "car"),
}


@dataclass(frozen=True)
class Shift:
    """活動時間: leaves home at ``starts`` at the earliest, is done by ``ends``; seconds after local midnight."""

    starts: int
    ends: int

    def __post_init__(self) -> None:
        if self.starts >= self.ends:
            raise Refused(
                Sentence("活動の終了が開始より前です。"),
                remedy=Sentence("開始と終了が入れかわっていないか、確かめてください。"),
            )


def familiarity(visited_on: Iterable[date], today: date, *, declared: bool = False) -> float:
    """顔なじみ度 from 0 to 1: a decayed count n of visits, as n / (n + 1); a declared familiar face counts 1.

    One fresh visit gives 0.5, three give 0.75; a visit loses half its weight in FAMILIARITY_HALF_LIFE_DAYS.
    """
    if declared:
        return 1.0
    weight: float = sum(
        0.5 ** ((today - day).days / FAMILIARITY_HALF_LIFE_DAYS) for day in visited_on if day < today
    )
    return round(weight / (weight + 1), 4)
