"""Random weeks of an invented lab: the four tables an office would send, from a seed or from hypothesis.

Chō and their points are real, people, shops and numbers invented. Both roads, ``random_week`` and the strategy
``weeks``, draw through the same makers, so what one of them covers the other covers too.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.make.nasty import NASTY
from tests.make.picks import FromHypothesis, FromSeed, Pick
from tests.make.words import ALLERGENS, CHO, DATE, DIETS, DISHES, DOORS, HEADERS, NAMES, SHOPS, TEXTURES

Row = dict[str, str]


@dataclass(frozen=True)
class Week:
    """Four tables as rows of header -> cell in the headers' order, and the date to plan."""

    kitchens: tuple[Row, ...]
    households: tuple[Row, ...]
    volunteers: tuple[Row, ...]
    offers: tuple[Row, ...]
    date: str = DATE
    nature: str = "plain"
    """What is nasty about it, or plain."""

    @property
    def tables(self) -> dict[str, list[Row]]:
        """Copies of the rows under kitchens, households, volunteers, offers."""
        return {kind: [dict(row) for row in getattr(self, kind)] for kind in HEADERS}


def random_week(
    seed: int, *, homes: int = 10, volunteers: int = 4, offers: int = 4, hard: bool = False
) -> Week:
    """The same week for the same arguments. ``hard`` plants one nasty nature, all of them in turn by seed."""
    dice = random.Random(f"{seed} {homes} {volunteers} {offers} {hard}")
    pick = FromSeed(dice)

    def several(make: Callable[[Pick], Row], count: int) -> list[Row]:
        return [make(pick) for _ in range(count)]

    week = _numbered(
        pick,
        several(_kitchen, pick.whole(1, 4)),
        several(_home, homes),
        several(_volunteer, volunteers),
        several(_offer, offers),
    )
    return _made_nasty(week, tuple(NASTY)[seed % len(NASTY)]) if hard else week


@st.composite
def weeks(
    draw: st.DrawFn,
    *,
    homes: tuple[int, int] = (0, 10),
    volunteers: tuple[int, int] = (0, 4),
    offers: tuple[int, int] = (0, 5),
    hard: bool | None = None,
) -> Week:
    """A hypothesis strategy: fewer people, plainer needs and the first chō come first when it shrinks.

    Pairs are the least and most of each kind; ``hard`` None draws nasty weeks among the plain.
    """

    def several(make: Callable[[Pick], Row], least: int, most: int) -> list[Row]:
        return draw(st.lists(_rows(make), min_size=least, max_size=most))

    week = _numbered(
        FromHypothesis(draw),
        several(_kitchen, 1, 3),
        several(_home, *homes),
        several(_volunteer, *volunteers),
        several(_offer, *offers),
    )
    natures = st.sampled_from(tuple(NASTY))
    nature = draw(natures if hard else st.none() if hard is False else st.one_of(st.none(), natures))
    return _made_nasty(week, nature) if nature else week


@st.composite
def _rows(draw: st.DrawFn, make: Callable[[Pick], Row]) -> Row:
    return make(FromHypothesis(draw))


def _made_nasty(week: Week, nature: str) -> Week:
    tables = week.tables
    NASTY[nature](tables)
    kitchens, homes, helpers, offers = (tuple(tables[kind]) for kind in HEADERS)
    return Week(kitchens, homes, helpers, offers, nature=nature)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _somewhere(pick: Pick) -> tuple[str, str, str]:
    """A chō and a point within about 200 m north, south, east or west of it."""
    name, lat, lng = pick.one_of(CHO)
    return name, f"{lat + pick.near(1800) / 1e6:.6f}", f"{lng + pick.near(2200) / 1e6:.6f}"


def _kitchen(pick: Pick) -> Row:
    town, lat, lng = _somewhere(pick)
    opens, hours = 930 + 15 * pick.whole(0, 4), 60 + 15 * pick.whole(0, 8)
    return {
        "町名": town,
        "緯度": lat,
        "経度": lng,
        "作れる食形態": "・".join(TEXTURES[: 1 + pick.whole(0, 4)]),
        "受け渡し開始": _clock(opens),
        "受け渡し終了": _clock(opens + hours),
        "お届け期限分": str(pick.one_of((90, 90, 120, 60, 45))),
    }


def _home(pick: Pick) -> Row:
    town, lat, lng = _somewhere(pick)
    opens = 990 + 15 * pick.whole(0, 8)
    length = pick.one_of((120, 90, 90, 60, 60, 30, 15))
    return {
        "町名": town,
        "緯度": lat,
        "経度": lng,
        "食数": str(pick.one_of((2, 1, 3, 4, 5))),
        "アレルギー": "・".join(pick.some(ALLERGENS, pick.one_of((0, 0, 1, 1, 2, 3)))),
        "食形態": pick.one_of(("普通",) * 7 + TEXTURES[1:]),
        "時間帯開始": _clock(opens),
        "時間帯終了": _clock(opens + length),
    }


def _volunteer(pick: Pick) -> Row:
    town, lat, lng = _somewhere(pick)
    mode, capacities = pick.one_of((("車", (30, 20, 10)), ("自転車", (10, 8, 4)), ("徒歩", (6, 4, 2))))
    begins, minutes = 960 + 15 * pick.whole(0, 5), 180 - 30 * pick.whole(0, 4)
    return {
        "移動手段": mode,
        "持てる食数": str(pick.one_of(capacities)),
        "出発町名": town,
        "緯度": lat,
        "経度": lng,
        "活動開始": _clock(begins),
        "活動終了": _clock(begins + minutes),
    }


def _offer(pick: Pick) -> Row:
    """協力店番号 and 食形態 hold draws here; they are settled once the kitchens are known."""
    allergens = pick.one_of(("some", "some", "some", "none", "undeclared"))
    declared = "・".join(pick.some(ALLERGENS, pick.whole(1, 4))) if allergens == "some" else ""
    return {
        "協力店番号": str(pick.whole(0, 11)),
        "食数": str(pick.whole(1, 12)),
        "アレルギー表示": "なし" if allergens == "none" else declared,
        "食形態": str(pick.whole(0, 59)),
        "できあがり": str(pick.whole(0, 6)),
        "余剰食材kg": f"{pick.whole(0, 40) / 10:.1f}",
    }


def _numbered(
    pick: Pick, kitchens: Sequence[Row], homes: Sequence[Row], helpers: Sequence[Row], offers: Sequence[Row]
) -> Week:
    """Numbers, everything that points from one table to another, and dress; columns put in order.

    Dress (names, phones, notes) follows from the number: no rule reads it, so no draw is spent on it.
    """
    for n, row in enumerate(kitchens, 1):
        name, kind = SHOPS[n % len(SHOPS)]
        row |= {"協力店番号": str(n), "店名": f"{name}{n}号店", "種類": kind, "電話": f"045-000-{n:04d}"}
    for n, row in enumerate(homes, 1):
        row |= _home_dress(n)
    numbers = [row["お届け先番号"] for row in homes]
    for n, row in enumerate(helpers, 1):
        name, reading = NAMES[-n % len(NAMES)]
        familiar = pick.some(numbers, pick.whole(0, min(4, len(numbers))))
        row |= {"ボランティア番号": str(n), "名前": name, "ふりがな": reading, "電話": f"070-0000-{n:04d}"}
        row["顔なじみのお届け先"] = "・".join(sorted(familiar, key=int))
    for n, row in enumerate(offers, 1):
        _settle_offer(row, n, kitchens[int(row["協力店番号"]) % len(kitchens)])
    return Week(
        _in_order("kitchens", kitchens),
        _in_order("households", homes),
        _in_order("volunteers", helpers),
        _in_order("offers", offers),
    )


def _home_dress(n: int) -> Row:
    name, reading = NAMES[n % len(NAMES)]
    return {
        "お届け先番号": str(n),
        "呼び名": f"{name}さん",
        "ふりがな": reading,
        "区分": ("高齢者", "子育て", "障がい")[n % 3],
        "番地": f"{n}-{3 * n % 28 + 1}",
        "電話": f"090-0000-{n:04d}",
        "配慮": DIETS[n % len(DIETS)],
        "玄関メモ": DOORS[n % len(DOORS)],
        "見守りの約束": "いいえ" if n % 4 == 0 else "はい",
        "緊急連絡先": f"{('妹', '長男', '民生委員')[n % 3]} 080-0000-{n:04d}",
        "緊急連絡してよい": "いいえ" if n % 3 == 0 else "はい",
    }


def _settle_offer(row: Row, n: int, kitchen: Row) -> None:
    """A texture that the kitchen makes, a ready time in its hours, a 献立 of its own."""
    made = kitchen["作れる食形態"].split("・")
    opens, closes = (
        int(kitchen[key][:2]) * 60 + int(kitchen[key][3:]) for key in ("受け渡し開始", "受け渡し終了")
    )
    ready = opens + (closes - opens) * int(row["できあがり"]) // 8
    row |= {
        "日付": DATE,
        "協力店番号": kitchen["協力店番号"],
        "献立": f"{DISHES[n % len(DISHES)]}その{n}",
        "食形態": made[int(row["食形態"]) % len(made)],
        "できあがり": _clock(ready),
        "計量": ("推定", "実測")[n % 2],
        "地場食材割合": f"{10 * (n % 10)}%",
        "就労支援時間": ("0", "1.5", "3")[n % 3],
    }


def _in_order(kind: str, rows: Sequence[Row]) -> tuple[Row, ...]:
    return tuple({header: row[header] for header in HEADERS[kind]} for row in rows)
