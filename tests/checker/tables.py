"""The four imported tables as the checker reads them: cells to numbers, times and sets."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

Rows = list[dict[str, str]]
Tables = dict[str, Rows]
"""``kitchens``, ``households``, ``volunteers``, ``offers``: rows of header -> cell."""

MODES = {"徒歩": "foot", "自転車": "bike", "車": "car"}
_SEPARATORS = re.compile(r"[・、,，/／\s]+")


@dataclass(frozen=True)
class Kitchen:
    number: str
    point: tuple[float, float]
    hands_over: tuple[int, int]
    limit_seconds: int


@dataclass(frozen=True)
class Home:
    number: str
    point: tuple[float, float]
    portions: int
    allergens: frozenset[str]
    texture: int
    window: tuple[int, int]


@dataclass(frozen=True)
class Helper:
    number: str
    point: tuple[float, float]
    profile: str
    capacity: int
    shift: tuple[int, int]


@dataclass(frozen=True)
class Meal:
    """One offer; ``allergens`` None means undeclared: it counts as containing everything."""

    kitchen: Kitchen
    name: str
    portions: int
    allergens: frozenset[str] | None
    texture: int
    ready: int

    @property
    def deadline(self) -> int:
        return self.ready + self.kitchen.limit_seconds

    def why_unsuitable(self, home: Home) -> str | None:
        """The rule that keeps this meal from this home, or None."""
        if self.allergens is None and home.allergens:
            return f"no declared allergens, the home avoids {sorted(home.allergens)}"
        if self.allergens and self.allergens & home.allergens:
            return f"contains {sorted(self.allergens & home.allergens)}"
        if self.texture < home.texture:
            return f"texture {self.texture} is harder than {home.texture}"
        if self.deadline < home.window[0]:
            return f"deadline {self.deadline} lies before the window opens at {home.window[0]}"
        return None

    def can_be_handed_over(self) -> bool:
        """False where it gets ready only after the kitchen's handing-over hours."""
        return self.ready <= self.kitchen.hands_over[1]


def clock_seconds(cell: str) -> int:
    """Seconds after midnight of ``16:30``."""
    hours, minutes = plain(cell).split(":")[:2]
    return int(hours) * 3600 + int(minutes) * 60


def plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip()


def items(cell: str) -> frozenset[str]:
    """A list cell; ``なし`` is an empty list."""
    return frozenset(item for item in _SEPARATORS.split(plain(cell)) if item and item != "なし")


def texture_rank(cell: str) -> int:
    """普通 (or empty) 0, UDF1–4 their number."""
    found = re.search(r"UDF\s*([1-4])", plain(cell).upper())
    return int(found.group(1)) if found else 0


def _point(row: dict[str, str]) -> tuple[float, float]:
    return (float(plain(row["経度"])), float(plain(row["緯度"])))


def kitchens(tables: Tables) -> dict[str, Kitchen]:
    return {
        plain(row["協力店番号"]): Kitchen(
            plain(row["協力店番号"]),
            _point(row),
            (clock_seconds(row["受け渡し開始"]), clock_seconds(row["受け渡し終了"])),
            int(plain(row["お届け期限分"])) * 60,
        )
        for row in tables["kitchens"]
    }


def homes(tables: Tables) -> dict[str, Home]:
    return {
        plain(row["お届け先番号"]): Home(
            plain(row["お届け先番号"]),
            _point(row),
            int(plain(row["食数"])),
            items(row["アレルギー"]),
            texture_rank(row["食形態"]),
            (clock_seconds(row["時間帯開始"]), clock_seconds(row["時間帯終了"])),
        )
        for row in tables["households"]
    }


def helpers(tables: Tables) -> dict[str, Helper]:
    return {
        plain(row["ボランティア番号"]): Helper(
            plain(row["ボランティア番号"]),
            _point(row),
            MODES[plain(row["移動手段"])],
            int(plain(row["持てる食数"])),
            (clock_seconds(row["活動開始"]), clock_seconds(row["活動終了"])),
        )
        for row in tables["volunteers"]
    }


def meals_of(tables: Tables, date: str) -> dict[tuple[str, str], Meal]:
    """The offers of one day (ISO date), by kitchen number and 献立."""
    known, found = kitchens(tables), {}
    for row in tables["offers"]:
        if plain(row["日付"]).replace("/", "-") != date:
            continue
        kitchen = known[plain(row["協力店番号"])]
        declared = plain(row["アレルギー表示"])
        found[kitchen.number, row["献立"].strip()] = Meal(
            kitchen,
            row["献立"].strip(),
            int(plain(row["食数"])),
            items(declared) if declared else None,
            texture_rank(row["食形態"]),
            clock_seconds(row["できあがり"]),
        )
    return found
