"""Kitchens: what they can make, when a box may be collected, how long it stays fresh."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Self

from sharemeal.sentences import Refused, Sentence
from sharemeal.written import folded, listed

MOST_MEALS = 500
"""The largest count of meals that one offer may name."""


class Texture(IntEnum):
    """How soft a meal is: 普通 counts 0, UDF (universal design food) 1 to 4. Softer is allowed, the same preferred."""

    REGULAR = 0
    UDF1 = 1
    UDF2 = 2
    UDF3 = 3
    UDF4 = 4

    @property
    def word(self) -> str:
        """普通 or UDFn."""
        return TEXTURE_WORDS[self]

    @classmethod
    def from_word(cls, text: str) -> Self:
        """The texture that was written; empty is 普通. Raises Refused for an unknown one."""
        word = folded(text).upper().replace(" ", "")
        for texture in cls:
            if word in (texture.word, f"区分{texture.value}") or (word in ("", "ふつう") and texture == 0):
                return texture
        raise Refused(
            Sentence("食形態を読み取れません（入力: {value}）。", value=text.strip()[:40]),
            remedy=Sentence("普通、UDF1、UDF2、UDF3、UDF4 のどれかを入力してください。"),
        )


TEXTURE_WORDS = {
    Texture.REGULAR: "普通",
    Texture.UDF1: "UDF1",
    Texture.UDF2: "UDF2",
    Texture.UDF3: "UDF3",
    Texture.UDF4: "UDF4",
}
TEXTURE_MEANINGS = {
    Texture.REGULAR: "ふだんの食事",
    Texture.UDF1: "容易にかめる",
    Texture.UDF2: "歯ぐきでつぶせる",
    Texture.UDF3: "舌でつぶせる",
    Texture.UDF4: "かまなくてよい",
}


def textures(text: str) -> frozenset[Texture]:
    """The textures of a list such as ``普通・UDF1``; an empty list is 普通 alone."""
    return frozenset(Texture.from_word(word) for word in listed(text)) or frozenset({Texture.REGULAR})


@dataclass(frozen=True)
class HandoverHours:
    """受け渡し hours: a box may be collected from ``opens`` to ``closes``, seconds after local midnight, inclusive."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise Refused(
                Sentence("受け渡しの終了が開始より前です。"),
                remedy=Sentence("開始と終了が入れかわっていないか、確かめてください。"),
            )


def freshness_deadline(ready_seconds: int, freshness_seconds: int) -> int:
    """お届け期限: the last second (after local midnight) at which service at a door may begin."""
    return ready_seconds + freshness_seconds


EAT_WITHIN_SECONDS = 2 * 3600
"""A meal is to be eaten within two hours of the end of cooking (national mass-catering manual)."""


def eat_by(ready_seconds: int, freshness_seconds: int) -> int:
    """食べきり: until when it is to be eaten; never before the last moment at which it may be handed over."""
    return ready_seconds + max(EAT_WITHIN_SECONDS, freshness_seconds)
