"""Allergens: a dated list that the law changes, and what an offer or a home says of it.

An offer whose allergens are not declared is treated as containing everything; that is ``None`` here, never an
empty set. The list itself is rows in the database (store/allergens.py); this file holds the rows of 2026 and
the reading of what people write.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import jaconv

from sharemeal.sentences import Refused, Sentence
from sharemeal.written import folded, listed

DECLARED_NONE = ("なし", "無し", "無", "含まない", "含まず")
_OTHER_NAMES = {
    "たまご": "卵", "玉子": "卵", "鶏卵": "卵", "牛乳": "乳", "ミルク": "乳", "乳製品": "乳", "乳成分": "乳",
    "ぴーなっつ": "落花生", "南京豆": "落花生", "こむぎ": "小麦", "蕎麦": "そば", "海老": "えび", "蟹": "かに",
    "胡桃": "くるみ", "だいず": "大豆", "ぎゅうにく": "牛肉", "とりにく": "鶏肉", "ぶたにく": "豚肉",
    "おれんじ": "オレンジ", "きうい": "キウイフルーツ", "ごま": "ごま", "胡麻": "ごま", "鯖": "さば", "鮭": "さけ",
    "林檎": "りんご", "桃": "もも", "山芋": "やまいも", "いか": "いか", "烏賊": "いか",
}  # fmt: skip


@dataclass(frozen=True)
class Allergen:
    """One row of the list. ``mandatory`` to label, or recommended; in force from and, if it ended, until."""

    name: str
    mandatory: bool
    in_force_from: date
    in_force_until: date | None = None

    def in_force(self, day: date) -> bool:
        """Whether the row counts on that day."""
        return self.in_force_from <= day and (self.in_force_until is None or day <= self.in_force_until)


_SINCE = date(2023, 3, 9)
_MANDATORY_WORDS = ("えび", "かに", "くるみ", "小麦", "そば", "卵", "乳", "落花生")
_RECOMMENDED_WORDS = (
    "アーモンド", "あわび", "いか", "いくら", "オレンジ", "カシューナッツ", "キウイフルーツ", "牛肉", "ごま", "さけ",
    "さば", "大豆", "鶏肉", "バナナ", "ピスタチオ", "豚肉", "マカダミアナッツ", "もも", "やまいも", "りんご", "ゼラチン",
)  # fmt: skip
STARTING_LIST = tuple(
    Allergen(name, mandatory=True, in_force_from=_SINCE) for name in _MANDATORY_WORDS
) + tuple(Allergen(name, mandatory=False, in_force_from=_SINCE) for name in _RECOMMENDED_WORDS)
"""Consumer Affairs Agency, mandatory eight and recommended ones with cashew nut still among them, as of 2026."""


def _key(name: str) -> str:
    return str(jaconv.kata2hira(jaconv.h2z(folded(name), kana=True, ascii=False, digit=False)))


def named(text: str, known: Iterable[str]) -> frozenset[str]:
    """The allergens of a list such as ``小麦・鶏肉`` by their listed names.

    Raises Refused for a name that nobody knows, offering the nearest: an allergy must never be dropped silently.
    """
    by_key: Mapping[str, str] = {_key(name): name for name in known}
    found = set()
    for word in listed(text):
        key = _key(word)
        name = by_key.get(key) or by_key.get(_key(_OTHER_NAMES.get(key, word)))
        if name is None:
            close = difflib.get_close_matches(key, by_key, n=1, cutoff=0.6)
            remedy = (
                Sentence(
                    "「{near}」のことでしょうか。一覧にある名前で入力してください。", near=by_key[close[0]]
                )
                if close
                else Sentence(
                    "一覧にある名前で入力してください（{names}）。", names="・".join(by_key.values())
                )
            )
            raise Refused(
                Sentence("「{word}」というアレルゲンは一覧にありません。", word=word[:40]), remedy=remedy
            )
        found.add(name)
    return frozenset(found)


def declared(text: str, known: Iterable[str]) -> frozenset[str] | None:
    """What an offer declares: None when the field is empty or unknown (counts as everything), empty for なし."""
    value = text.strip()
    if value in ("", "不明", "わからない", "未定", "未確認"):
        return None
    if value in DECLARED_NONE:
        return frozenset()
    return named(value, known)


def avoided(text: str, known: Iterable[str]) -> frozenset[str]:
    """What a home must not get; empty or なし is none."""
    value = text.strip()
    return frozenset() if value in ("", *DECLARED_NONE) else named(value, known)
