"""The four tables that a lab keeps: their headers, and the field that each header fills in a form."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from sharemeal.sentences import Refused, Sentence, word


class Change(StrEnum):
    """What taking a row or a form does to what is stored."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Table:
    """One kind of table. ``headers`` leads from field to header, in the order in which the table is written."""

    kind: str
    word: str
    headers: dict[str, str]
    fields: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", {header: name for name, header in self.headers.items()})

    def fields_of(self, headers: list[str]) -> list[str | None]:
        """The field of each header as it was written; None for a blank one.

        Raises Refused, naming them, for headers that are doubled, unknown or missing.
        """
        by_key = {header_key(header): name for header, name in self.fields.items()}
        found = [by_key.get(header_key(header)) for header in headers]
        written = [name for name in found if name is not None]
        doubled = [self.headers[name] for name in dict.fromkeys(written) if written.count(name) > 1]
        strange = [
            header.strip()[:40]
            for header, name in zip(headers, found, strict=True)
            if header.strip() and name is None
        ]
        missing = [header for name, header in self.headers.items() if name not in written]
        if doubled:
            self._refuse(Sentence("見出しが2つあります: {names}。", names="・".join(doubled)))
        if strange:
            self._refuse(Sentence("知らない見出しがあります: {names}。", names="・".join(strange[:20])))
        if missing:
            self._refuse(Sentence("足りない見出しがあります: {names}。", names="・".join(missing)))
        return found

    def _refuse(self, what: Sentence) -> None:
        raise Refused(
            what,
            why=Sentence("「{table}」の表として読もうとしました。", table=word(self.word)),
            remedy=Sentence(
                "1行目の見出しを、次のとおりにしてください: {names}", names="・".join(self.headers.values())
            ),
        )


def header_key(header: str) -> str:
    """What two spellings of one header have in common: full width, blanks and capitals do not count."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", header).replace("\ufeff", "")).casefold()


KITCHENS = Table(
    "kitchens",
    "協力店",
    {
        "number": "協力店番号",
        "name": "店名",
        "kind": "種類",
        "town": "町名",
        "lat": "緯度",
        "lng": "経度",
        "phone": "電話",
        "textures": "作れる食形態",
        "handover_opens": "受け渡し開始",
        "handover_closes": "受け渡し終了",
        "freshness_minutes": "お届け期限分",
    },
)

HOUSEHOLDS = Table(
    "households",
    "お届け先",
    {
        "number": "お届け先番号",
        "name": "呼び名",
        "reading": "ふりがな",
        "kinds": "区分",
        "town": "町名",
        "address": "番地",
        "lat": "緯度",
        "lng": "経度",
        "phone": "電話",
        "portions": "食数",
        "allergens": "アレルギー",
        "texture": "食形態",
        "diet": "配慮",
        "window_opens": "時間帯開始",
        "window_closes": "時間帯終了",
        "door_note": "玄関メモ",
        "watch_over": "見守りの約束",
        "emergency_contact": "緊急連絡先",
        "tell_family": "緊急連絡してよい",
    },
)

VOLUNTEERS = Table(
    "volunteers",
    "お届けボランティア",
    {
        "number": "ボランティア番号",
        "name": "名前",
        "reading": "ふりがな",
        "phone": "電話",
        "mode": "移動手段",
        "meals_carried": "持てる食数",
        "town": "出発町名",
        "lat": "緯度",
        "lng": "経度",
        "shift_starts": "活動開始",
        "shift_ends": "活動終了",
        "familiar": "顔なじみのお届け先",
    },
)

OFFERS = Table(
    "offers",
    "提供予定",
    {
        "service_date": "日付",
        "kitchen": "協力店番号",
        "dish": "献立",
        "meal_count": "食数",
        "allergens": "アレルギー表示",
        "texture": "食形態",
        "ready": "できあがり",
        "surplus_kg": "余剰食材kg",
        "measured": "計量",
        "local_percent": "地場食材割合",
        "employment_hours": "就労支援時間",
    },
)

TABLES = {table.kind: table for table in (KITCHENS, HOUSEHOLDS, VOLUNTEERS, OFFERS)}
"""Each table by its kind, in an order in which they can be imported."""
