"""What a person wrote, read as a value: counts, times, dates, kilograms, shares.

People write １８食, 18：30, 令和8年11月27日, 80%. All that is read; what cannot be meant is refused with a
sentence that says what to write instead. Nothing here guesses between two meanings.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

import jaconv

from sharemeal.people import phone_number
from sharemeal.places import Point
from sharemeal.sentences import Refused, Sentence

_DASHES = re.compile(r"[‐‑‒–—―−－ー]")
_ERAS = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988, "昭和": 1925, "S": 1925}
_DATE = re.compile(
    r"^(?:(?P<era>令和|平成|昭和|[RHS])?\s*(?P<year>\d{1,4}|元)\s*[年/.\-])\s*(?P<month>\d{1,2})\s*[月/.\-]\s*"
    r"(?P<day>\d{1,2})\s*日?(?:\s*[(（].[)）])?$"
)
_NO_YEAR = re.compile(r"^(?P<month>\d{1,2})\s*[月/]\s*(?P<day>\d{1,2})\s*日?$")
_TIME = re.compile(r"^(?P<hour>\d{1,2})\s*(?:[:時]\s*(?P<minute>\d{1,2})?\s*分?)(?::(?P<second>\d{2}))?$")
_FORMULA = re.compile(r"^[=@]|^[+\-][A-Za-z(]")


def folded(text: str) -> str:
    """Half-width letters, digits and signs, plain hyphens, no blanks around."""
    half = jaconv.z2h(text, kana=False, ascii=True, digit=True)
    return half.replace("：", ":").replace("％", "%").replace("\u3000", " ").strip()


def plain(text: str, *, longest: int = 200) -> str:
    """Text as it was written, trimmed. Raises Refused for formulas, control signs and more than ``longest``."""
    trimmed = text.strip()
    if _FORMULA.match(trimmed):
        raise Refused(
            Sentence("計算式は読み込めません（入力: {value}）。", value=trimmed[:40]),
            why=Sentence("式のままだと、開いた人の画面で動いてしまうことがあります。"),
            remedy=Sentence("計算したあとの文字や数字を入力してください。"),
        )
    if any(ord(sign) < 32 and sign not in "\n\t" for sign in trimmed):
        raise Refused(Sentence("読めない文字がまじっています。"), remedy=Sentence("入力しなおしてください。"))
    if len(trimmed) > longest:
        raise Refused(
            Sentence(
                "{longest}字までで書いてください（いま{length}字）。", longest=longest, length=len(trimmed)
            )
        )
    return trimmed


def needed(text: str, *, longest: int = 200) -> str:
    """As :func:`plain`, and not empty."""
    value = plain(text, longest=longest)
    if not value:
        raise Refused(Sentence("空のままです。"), remedy=Sentence("入力してください。"))
    return value


def count(text: str, *, low: int, high: int, unit: str) -> int:
    """A whole number from ``low`` to ``high``; ``unit`` (食, 分, …) may stand behind it."""
    asked = Sentence(
        "{low}から{high}の数字で入力してください（入力: {value}）。", low=low, high=high, value=text.strip()
    )
    value = _DASHES.sub("-", folded(text))
    if re.match(r"^\d+\s*[-~〜～]\s*\d+", value):
        raise Refused(
            asked,
            why=Sentence("数が2つ書かれています。"),
            remedy=Sentence("確かな数をひとつ書いてください。"),
        )
    match = re.match(rf"^(-?\d{{1,18}})(?:\.0+)?\s*(?:{re.escape(unit)})?$", value)
    if not match or not low <= int(match[1]) <= high:
        raise Refused(asked)
    return int(match[1])


def kilograms(text: str) -> Decimal:
    """A mass from 0 to 999.9 kg."""
    value = folded(text).lower().removesuffix("kg").strip()
    try:
        mass = Decimal(value)
    except InvalidOperation:
        mass = Decimal(-1)
    if not mass.is_finite() or not 0 <= mass < 1000:
        raise Refused(
            Sentence("重さは0から999.9kgの数字で入力してください（入力: {value}）。", value=text.strip())
        )
    return mass


def hours(text: str) -> Decimal:
    """Hours of work from 0 to 99.9."""
    value = folded(text).removesuffix("時間").strip()
    try:
        amount = Decimal(value)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount < 100:
        raise Refused(
            Sentence("時間は0から99.9の数字で入力してください（入力: {value}）。", value=text.strip())
        )
    return amount


def percent(text: str) -> int:
    """A share from 0 to 100, with or without the sign; 0.8 from a spreadsheet means 80."""
    value = folded(text)
    if re.match(r"^0?\.\d+$", value):
        return round(float(value) * 100)
    return count(value.removesuffix("%"), low=0, high=100, unit="%")


def clock_seconds(text: str) -> int:
    """A time of day as whole seconds after local midnight, from 16:30, 16時30分, １６：３０."""
    value = folded(needed(text))
    match = _TIME.match(value)
    hour, minute = (int(match["hour"]), int(match["minute"] or 0)) if match else (99, 99)
    if hour > 23 or minute > 59:
        raise Refused(
            Sentence("時刻を読み取れません（入力: {value}）。", value=text.strip()),
            remedy=Sentence("16:30 のように入力してください。"),
        )
    return hour * 3600 + minute * 60


def clock_text(seconds: int) -> str:
    """09:05 of seconds after midnight, as tables and fields have it; :func:`clock_seconds` reads it back."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"


def clock_told(seconds: int) -> str:
    """9:05 of seconds after midnight, as sentences say it."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}"


def day(text: str) -> date:
    """A calendar day, from 2026-11-27, 2026/11/27, 2026年11月27日, 令和8年11月27日 or R8.11.27."""
    value = _DASHES.sub("-", folded(needed(text))).removesuffix(" 00:00:00")
    match = _DATE.match(value)
    if not match:
        without_year = _NO_YEAR.match(value)
        if without_year:
            _refuse_beyond_month(2024, int(without_year["month"]), int(without_year["day"]), text)
        raise Refused(
            Sentence("日付を読み取れません（入力: {value}）。", value=text.strip()),
            remedy=Sentence("2026-11-27 のように、年月日を入力してください。"),
        )
    year = 1 if match["year"] == "元" else int(match["year"])
    year += _ERAS[match["era"]] if match["era"] else 0
    month, number = int(match["month"]), int(match["day"])
    if not 2000 <= year <= 2100 or not 1 <= month <= 12:
        raise Refused(
            Sentence("日付を読み取れません（入力: {value}）。", value=text.strip()),
            remedy=Sentence("年は2000から2100、月は1から12で入力してください。"),
        )
    _refuse_beyond_month(year, month, number, text)
    return date(year, month, number)


def _refuse_beyond_month(year: int, month: int, number: int, text: str) -> None:
    if not 1 <= month <= 12:
        return
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    if not 1 <= number <= last:
        raise Refused(
            Sentence(
                "{month}月は{last}日までです（入力: {value}）。", month=month, last=last, value=text.strip()
            ),
            remedy=Sentence("カレンダーで日にちを確かめてください。"),
        )


def point(lat: str, lng: str) -> Point:
    """A place from two fields in degrees."""
    try:
        values = float(folded(lat)), float(folded(lng))
    except ValueError:
        raise Refused(
            Sentence(
                "緯度・経度を数字で読み取れません（入力: {lat}, {lng}）。", lat=lat.strip(), lng=lng.strip()
            ),
            remedy=Sentence("35.545494 のような数字で入力してください。"),
        ) from None
    return Point(*values)


def phone(text: str) -> str:
    """A telephone number in E.164, full-width digits and all kinds of hyphens accepted."""
    return phone_number(_DASHES.sub("-", folded(text)))


def yes(text: str) -> bool:
    """はい or いいえ, as people abbreviate them. Raises Refused for anything else; empty is no."""
    value = folded(text).lower()
    if value in ("はい", "可", "○", "〇", "◯", "1", "yes", "true", "有", "あり"):
        return True
    if value in ("", "いいえ", "不可", "×", "✕", "0", "no", "false", "無", "なし", "-"):
        return False
    raise Refused(Sentence("「はい」か「いいえ」で入力してください（入力: {value}）。", value=text.strip()))


def listed(text: str) -> tuple[str, ...]:
    """The members of a list joined by ・ (also ･ 、 , ／ and line breaks), without blanks and repeats."""
    parts = re.split(r"[・･、,，／/\n]", text)
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
