"""Fields of one row or one form, read one by one, so that every fault is told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeVar, cast

from sharemeal import written
from sharemeal.places import Point
from sharemeal.sentences import Refused, Sentence, SeveralRefused

T = TypeVar("T")

_CELL_FAULT = re.compile(r"^#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|#+)$")
_LONGEST_CELL = 2000
_WITHOUT_ZERO = re.compile(r"(?<![\d+-])[1-9]\d(?:-?\d){7,8}(?![\d-])")
"""Nine or ten digits that do not begin with 0: no number that can be dialled in Japan."""


class Fields:
    """Reads fields by name and gathers the refusals; :meth:`done` raises them.

    A value that was refused comes back as None whatever its type says: use it only behind ``done``.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self.refusals: list[Refused] = []

    def text(self, field: str) -> str:
        """What stands in the field, as it is."""
        return self._texts.get(field, "")

    def read(self, field: str, reader: Callable[[str], T]) -> T:
        """The field as ``reader`` understands it. Formulas are refused in every field."""
        try:
            lines = self.text(field).replace("\r\n", "\n").replace("\r", "\n")
            text = written.plain(lines, longest=_LONGEST_CELL)
            if _CELL_FAULT.match(text):
                raise Refused(
                    Sentence("表計算のエラーが入っています（{value}）。", value=text),
                    remedy=Sentence("正しい値を入力してください。"),
                )
            return reader(text)
        except Refused as refusal:
            self.refusals.append(refusal.at(field))
            return cast(T, None)

    def built(self, field: str, parts: tuple[str, ...], build: Callable[[], T]) -> T:
        """What several fields make together, once each of them is sound; a refusal is told of ``field``."""
        if any(refusal.field in parts for refusal in self.refusals):
            return cast(T, None)
        try:
            return build()
        except Refused as refusal:
            self.refusals.append(refusal.at(field))
            return cast(T, None)

    def done(self) -> None:
        """Raises SeveralRefused with everything that was refused."""
        if self.refusals:
            raise SeveralRefused(tuple(self.refusals))

    def point(self, lat: str = "lat", lng: str = "lng") -> Point:
        """The place in two fields, to the six decimals that are stored."""
        for field in (lat, lng):
            self.read(field, _degrees)
        return self.built(lat, (lat, lng), lambda: _rounded(self.text(lat), self.text(lng)))


def _degrees(text: str) -> float:
    value = written.folded(text)
    if not re.match(r"^-?\d{1,3}(\.\d+)?$", value):
        raise Refused(
            Sentence("緯度・経度を数字で読み取れません（入力: {value}）。", value=text[:40]),
            remedy=Sentence("35.545494 や 139.518221 のような数字で入力してください。"),
        )
    return float(value)


def _rounded(lat: str, lng: str) -> Point:
    point = written.point(lat, lng)
    return Point(round(point.lat, 6), round(point.lng, 6))


def needed(longest: int) -> Callable[[str], str]:
    """A reader of text that must not be empty."""
    return lambda text: written.needed(text, longest=longest)


def optional(longest: int) -> Callable[[str], str | None]:
    """A reader of text that may be empty, which is None."""
    return lambda text: written.plain(text, longest=longest) or None


def counted(low: int, high: int, unit: str) -> Callable[[str], int]:
    """A reader of a whole number."""
    return lambda text: written.count(text, low=low, high=high, unit=unit)


def phone(text: str) -> str | None:
    """A telephone number in E.164, or None when the field is empty."""
    return written.phone(text) if text else None


def contact(text: str) -> str | None:
    """Whom to call, in free words, or None; a telephone number among them must have kept its leading zero."""
    words = optional(200)(text)
    for number in _WITHOUT_ZERO.findall(written.folded(text)):
        written.phone(number)
    return words


def skills(text: str) -> frozenset[str]:
    """The skills of a list, such as 車いす・手話."""
    return frozenset(needed(40)(skill) for skill in written.listed(text))


def form_skills(texts: Mapping[str, str]) -> frozenset[str] | None:
    """The field ``skills``, which forms have and tables have not; None where it is not sent. Raises SeveralRefused."""
    if "skills" not in texts:
        return None
    fields = Fields(texts)
    found = fields.read("skills", skills)
    fields.done()
    return found
