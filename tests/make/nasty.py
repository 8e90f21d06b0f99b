"""What can be wrong with a week: each nature changes the four tables in place, all still importable."""

from __future__ import annotations

from collections.abc import Callable

Tables = dict[str, list[dict[str, str]]]


def _no_feasible_kitchen(tables: Tables) -> None:
    """Every dish contains what every home avoids."""
    for offer in tables["offers"]:
        offer["アレルギー表示"] = "卵・小麦"
    for home in tables["households"]:
        home["アレルギー"] = "卵"


def _nothing_soft_enough(tables: Tables) -> None:
    for offer in tables["offers"]:
        offer["食形態"] = "普通"
    for home in tables["households"]:
        home["食形態"] = "UDF4"


def _nothing_declared(tables: Tables) -> None:
    for offer in tables["offers"]:
        offer["アレルギー表示"] = ""


def _windows_after_every_deadline(tables: Tables) -> None:
    for home in tables["households"]:
        home["時間帯開始"], home["時間帯終了"] = "21:30", "22:00"


def _windows_before_anything_is_ready(tables: Tables) -> None:
    for home in tables["households"]:
        home["時間帯開始"], home["時間帯終了"] = "15:00", "15:30"


def _windows_of_a_minute(tables: Tables) -> None:
    for home in tables["households"]:
        home["時間帯終了"] = home["時間帯開始"][:3] + f"{int(home['時間帯開始'][3:]) + 1:02d}"


def _one_walker(tables: Tables) -> None:
    for helper in tables["volunteers"][:1]:
        helper["移動手段"], helper["持てる食数"] = "徒歩", "4"
    del tables["volunteers"][1:]


def _no_offers(tables: Tables) -> None:
    tables["offers"].clear()


def _no_volunteers(tables: Tables) -> None:
    tables["volunteers"].clear()


def _huge_portions(tables: Tables) -> None:
    """Homes that want more than any bag holds, beside dishes that have them."""
    for home in tables["households"][::2]:
        home["食数"] = "20"
    for helper in tables["volunteers"]:
        helper["持てる食数"] = "12"
    for offer in tables["offers"]:
        offer["食数"] = "40"


def _short_evenings(tables: Tables) -> None:
    """Volunteers who have half an hour each."""
    for helper in tables["volunteers"]:
        helper["活動開始"], helper["活動終了"] = "17:30", "18:00"


def _everyone_in_one_house(tables: Tables) -> None:
    """All places are one point: no travel, only hours and bags."""
    for kind in ("kitchens", "households", "volunteers"):
        for row in tables[kind]:
            row["緯度"], row["経度"] = "35.545494", "139.518221"


def _ready_too_late_to_hand_over(tables: Tables) -> None:
    for offer in tables["offers"]:
        offer["できあがり"] = "20:30"


NASTY: dict[str, Callable[[Tables], None]] = {
    "no feasible kitchen": _no_feasible_kitchen,
    "nothing soft enough": _nothing_soft_enough,
    "nothing declared": _nothing_declared,
    "windows after every deadline": _windows_after_every_deadline,
    "windows before anything is ready": _windows_before_anything_is_ready,
    "windows of a minute": _windows_of_a_minute,
    "one walker": _one_walker,
    "no offers": _no_offers,
    "no volunteers": _no_volunteers,
    "huge portions": _huge_portions,
    "short evenings": _short_evenings,
    "everyone in one house": _everyone_in_one_house,
    "ready too late to hand over": _ready_too_late_to_hand_over,
}
"""Name -> what it does to the tables."""
