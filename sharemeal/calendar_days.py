"""The calendar of Japan as a neighbourhood keeps it: days on which kitchens, volunteers and families rest."""

from __future__ import annotations

from datetime import date

import jpholiday

from sharemeal.sentences import Sentence, word

HOLIDAY_WORDS = (
    "元日",
    "成人の日",
    "建国記念の日",
    "天皇誕生日",
    "春分の日",
    "昭和の日",
    "憲法記念日",
    "みどりの日",
    "こどもの日",
    "海の日",
    "山の日",
    "敬老の日",
    "秋分の日",
    "スポーツの日",
    "文化の日",
    "勤労感謝の日",
    "国民の休日",
)
"""The national holidays by the names of the law; another one is told as jpholiday writes it."""

_OBON = ((8, 13), (8, 16))
_YEAR_END = (12, 29)
_NEW_YEAR = (1, 3)


def rest_of(day: date) -> Sentence | None:
    """Why people rest on that day: a national holiday, お盆 (13 to 16 August), 29 December to 3 January. Else None."""
    name = jpholiday.is_holiday_name(day)
    if name is not None:
        holiday, _, more = str(name).partition(" ")
        return Sentence("{holiday}の振替休日", holiday=word(holiday)) if more else word(holiday)
    month_day = (day.month, day.day)
    if _OBON[0] <= month_day <= _OBON[1]:
        return Sentence("お盆")
    if month_day >= _YEAR_END or month_day <= _NEW_YEAR:
        return Sentence("年末年始")
    return None
