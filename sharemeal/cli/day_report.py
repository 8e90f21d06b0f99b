"""A planned day in words and as JSON, from what the store keeps of it."""

from __future__ import annotations

from typing import Any

from sharemeal.households import numbered
from sharemeal.labs import weekday_name
from sharemeal.sentences import Sentence
from sharemeal.service_days import STATE_WORDS
from sharemeal.store.service_days import Route, ServiceDay, Stop
from sharemeal.volunteers import MODE_WORDS
from sharemeal.written import clock_told

Json = dict[str, Any]


def as_json(day: ServiceDay) -> Json:
    """The day as ``plan --json`` prints it: numbers of the imported tables, offers by their 献立."""
    meals: dict[tuple[int, int, str], Json] = {}
    for serving in day.servings:
        kitchen, dish = serving.offer.kitchen.number, serving.offer.dish
        meal = meals.setdefault(
            (serving.household.number, kitchen, dish),
            {
                "household": serving.household.number,
                "offer": dish,
                "kitchen": kitchen,
                "portions": 0,
                "why": str(serving.why),
            },
        )
        meal["portions"] += serving.portions
    return {
        "date": day.service_date.isoformat(),
        "state": str(day.state),
        "meals": [meals[key] for key in sorted(meals)],
        "shortages": [
            {"household": short.household.number, "portions": short.portions, "why": str(short.why)}
            for short in day.shortages
        ],
        "surplus": [
            {
                "offer": left.offer.dish,
                "kitchen": left.offer.kitchen.number,
                "portions": left.portions,
                "why": str(left.why),
            }
            for left in day.surpluses
        ],
        "counts": day.summary.get("counts", {}),
        "notes": [str(Sentence.from_json(note)) for note in day.summary.get("notes", [])],
        "routes": day.summary.get("routes"),
    }


def as_text(day: ServiceDay) -> str:
    """The day for a person: the sum of homes, each course, each meal with its reason, what is missing and left."""
    counts = day.summary.get("counts", {})
    date = day.service_date
    lines = [
        f"{date.year}年{date.month}月{date.day}日（{weekday_name(date)}）の計画　{STATE_WORDS[day.state]}",
        "登録{active} − お休み{paused} − 辞退{declined} ＝ 計画{planned} ＋ 不足{short}（軒）　"
        "{portions_wanted}食のうち{portions_planned}食".format_map(counts),
    ]
    for route in day.routes:
        lines += ["", *_course(route)]
    lines += ["", "■ 献立と理由"] if day.servings else []
    for serving in day.servings:
        lines.append(
            f"  {numbered(serving.household.number)}　{serving.offer.dish}（{serving.offer.kitchen.name}）"
            f"　{serving.portions}食　{serving.why}"
        )
    lines += ["", "■ 足りないお届け先"] if day.shortages else []
    lines += [f"  {numbered(row.household.number)}　{row.portions}食　{row.why}" for row in day.shortages]
    lines += ["", "■ 余る食事"] if day.surpluses else []
    lines += [f"  {row.offer.dish}　{row.portions}食　{row.why}" for row in day.surpluses]
    lines += ["", *(str(Sentence.from_json(note)) for note in day.summary.get("notes", []))]
    return "\n".join(lines).rstrip()


def _course(route: Route) -> list[str]:
    minutes = -(-route.travel_seconds // 60)
    mode = MODE_WORDS[route.mode]
    lines = [
        f"■ ボランティア{route.volunteer.number}　{mode}　移動{minutes}分・{route.distance_metres / 1000:.1f}km"
        f"　{clock_told(route.starts_seconds)}–{clock_told(route.ends_seconds)}"
    ]
    return lines + [_stop(stop) for stop in route.stops]


def _stop(stop: Stop) -> str:
    if stop.kitchen is not None:
        where = f"{stop.kitchen.name}で受け取り"
    else:
        assert stop.household is not None
        where = str(numbered(stop.household.number))
    portions = sum(item.serving.portions for item in stop.items)
    why = f"　{stop.why}" if stop.why and stop.household is not None else ""
    return f"  {clock_told(stop.begins_seconds)}　{where}　{portions}食{why}"
