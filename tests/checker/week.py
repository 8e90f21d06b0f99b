"""Does the plan of a day keep every rule of the imported tables?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from tests.checker.meals import Json, MealKey, check_meals, matched_portions, max_portions
from tests.checker.routes import check_routes
from tests.checker.tables import Helper, Home, Kitchen, Meal, Tables, helpers, homes, kitchens, meals_of
from tests.checker.travel import PACES

STATES = ("draft", "fixed", "under_way", "closed")
COUNTS = ("active", "paused", "declined", "planned", "short")
POINT_ROOM = 1e-6
"""Degrees (a decimetre) by which a told place may differ from the table's."""


@dataclass
class _Day:
    """The tables of the day, what the plan says, and what was found."""

    kitchens: dict[str, Kitchen]
    homes: dict[str, Home]
    helpers: dict[str, Helper]
    offers: dict[tuple[str, str], Meal]
    fed: frozenset[str]
    absent: frozenset[str]
    findings: list[str] = field(default_factory=list)
    delivered: Counter[MealKey] = field(default_factory=Counter)

    def require(self, holds: bool, what: str) -> None:
        if not holds:
            self.findings.append(what)


def check_week(
    tables: Tables,
    plan: Json,
    problem: Json | None = None,
    *,
    date: str | None = None,
    paused: Collection[str] = (),
    declined: Collection[str] = (),
    absent: Collection[str] = (),
) -> list[str]:
    """Check the JSON of ``sharemeal plan DATE --json`` against the four tables.

    ``tables`` holds rows of header -> cell under ``kitchens``, ``households``, ``volunteers``, ``offers``.
    ``problem`` is the file of ``--problem``: with it the routes are also driven again to the second, with its
    matrices. ``date`` (ISO) defaults to the plan's own. ``paused`` and ``declined`` are home numbers,
    ``absent`` volunteer numbers who said no, all as text. Returns one sentence per broken rule.
    """
    date = date or str(plan.get("date"))
    all_homes = homes(tables)
    fed = frozenset(all_homes) - set(paused) - set(declined)
    day = _Day(kitchens(tables), all_homes, helpers(tables), meals_of(tables, date), fed, frozenset(absent))
    day.require(plan.get("date") == date, f"the plan is for {plan.get('date')}, not {date}")
    day.require(plan.get("state") in STATES, f"state is {plan.get('state')!r}")
    day.findings += check_meals(tables, date, plan, fed)
    routes = plan.get("routes") or {}
    day.require(routes.get("code") == 0, "the plan has no routes answer")
    for route in routes.get("routes", []):
        _check_route(day, route)
    _check_delivered(day, plan)
    _check_counts(day, plan, Counter(paused=len(set(paused)), declined=len(set(declined))))
    _check_most(day, tables, date, plan, paused, declined)
    if problem is not None and routes:
        day.findings += [f"routes: {finding}" for finding in check_routes(problem, routes)]
    return day.findings


def _check_route(day: _Day, route: Json) -> None:
    """A volunteer's evening by the tables alone: place, shift, roads at their quickest, bag, windows."""
    number = str(route.get("vehicle"))
    helper = day.helpers.get(number)
    if helper is None or number in day.absent:
        day.findings.append(f"volunteer {number} has a route and is not there")
        return
    name, here, aboard = f"volunteer {number}", helper.point, Counter[MealKey]()
    steps = route["steps"]
    start, end = steps[0], steps[-1]
    day.require(start["type"] == "start" and end["type"] == "end", f"{name}: no start or no end")
    day.require(start["arrival"] >= helper.shift[0], f"{name}: leaves before {helper.shift[0]}")
    day.require(end["arrival"] <= helper.shift[1], f"{name}: ends after {helper.shift[1]}")
    _check_point(day, name, start, helper.point)
    leaves = start["arrival"]
    for step in steps[1:-1]:
        words = step.get("sharemeal") or {}
        key = (str(words.get("household")), str(words.get("kitchen")), str(words.get("offer")).strip())
        offer, home = day.offers.get(key[1:]), day.homes.get(key[0])
        if offer is None or home is None or step["type"] not in ("pickup", "delivery"):
            day.findings.append(f"{name}: step {step.get('type')} {step.get('id')} speaks of {key}")
            return
        there = offer.kitchen.point if step["type"] == "pickup" else home.point
        _check_point(day, name, step, there)
        quickest = min(PACES[helper.profile].seconds(here, there))
        drove = step["arrival"] - leaves
        day.require(drove >= quickest, f"{name}: {drove} s to {step['type']} {key}, takes {quickest}")
        begins = step["arrival"] + step.get("waiting_time", 0)
        if step["type"] == "pickup":
            _check_pickup(day, name, offer, begins)
            aboard[key] += words["portions"]
        else:
            _check_door(day, name, home, offer, begins)
            aboard[key] -= words["portions"]
            day.delivered[key] += words["portions"]
        day.require(words["portions"] > 0, f"{name}: {words['portions']} portions of {key}")
        day.require(aboard[key] >= 0, f"{name}: delivers {key} before picking it up")
        carried = sum(aboard.values())
        day.require(carried <= helper.capacity, f"{name}: carries {carried}, may carry {helper.capacity}")
        leaves = begins + step.get("setup", 0) + step.get("service", 0)
        here = there
    day.require(end["arrival"] >= leaves, f"{name}: ends before the last door is done")
    day.require(not any(aboard.values()), f"{name}: comes home with {dict(+aboard)}")


def _check_point(day: _Day, name: str, step: Json, point: tuple[float, float]) -> None:
    told = step.get("location")
    if told is not None:
        near = all(abs(a - b) <= POINT_ROOM for a, b in zip(told, point, strict=True))
        day.require(near, f"{name}: {step['type']} at {told}, the table says {point}")


def _check_pickup(day: _Day, name: str, offer: Meal, begins: int) -> None:
    opens, closes = offer.kitchen.hands_over
    day.require(begins >= offer.ready, f"{name}: takes {offer.name} at {begins}, ready at {offer.ready}")
    day.require(
        opens <= begins <= closes, f"{name}: takes {offer.name} at {begins}, outside {opens}–{closes}"
    )


def _check_door(day: _Day, name: str, home: Home, offer: Meal, begins: int) -> None:
    opens, closes = home.window
    day.require(
        opens <= begins <= closes, f"{name}: at home {home.number} at {begins}, outside {opens}–{closes}"
    )
    day.require(
        begins <= offer.deadline, f"{name}: at home {home.number} at {begins}, after {offer.deadline}"
    )


def _check_delivered(day: _Day, plan: Json) -> None:
    """Routes carry what was matched, no more; what they leave out is short and named with a why."""
    matched = matched_portions(plan)
    for key, portions in day.delivered.items():
        day.require(portions <= matched[key], f"routes bring {portions} of {key}, matched {matched[key]}")
    missing = Counter[str]()
    for number in day.fed:
        brought = sum(portions for key, portions in day.delivered.items() if key[0] == number)
        missing[number] = day.homes[number].portions - brought
    said = Counter[str]()
    for shortage in plan.get("shortages", []):
        said[str(shortage["household"])] += shortage["portions"]
        day.require(bool(str(shortage.get("why") or "").strip()), f"shortage {shortage} has no why")
    for number in sorted(missing.keys() | said.keys()):
        wrong = f"home {number} lacks {missing[number]} portions, the plan says {said[number]}"
        day.require(said[number] == missing[number], wrong)


def _check_counts(day: _Day, plan: Json, known: Counter[str]) -> None:
    counts = plan.get("counts") or {}
    if not all(isinstance(counts.get(key), int) for key in COUNTS):
        day.findings.append(f"counts {counts} lack one of {COUNTS}")
        return
    full = 0
    for number in day.fed:
        brought = sum(portions for key, portions in day.delivered.items() if key[0] == number)
        full += brought == day.homes[number].portions
    right = {
        "active": len(day.homes),
        "paused": known["paused"],
        "declined": known["declined"],
        "planned": full,
        "short": len(day.fed) - full,
    }
    for key, value in right.items():
        day.require(counts[key] == value, f"counts.{key} is {counts[key]}, not {value}")
    parts = counts["paused"] + counts["declined"] + counts["planned"] + counts["short"]
    day.require(counts["active"] == parts, f"counts {counts} do not add up")


def _check_most(
    day: _Day, tables: Tables, date: str, plan: Json, paused: Collection[str], declined: Collection[str]
) -> None:
    """As many portions are matched as can be; only what fell off the routes may be missing.

    What nobody could bring to a home with nothing else to do need not be matched. An offer that is ready after handing-over hours or the home's window may be matched or not: both are held right.
    """
    matched = sum(matched_portions(plan).values())
    most = max_portions(tables, date, paused=paused, declined=declined)

    def brought(offer: Meal, home: Home) -> bool:
        return any(_could_bring(day.helpers[number], offer, home) for number in set(day.helpers) - day.absent)

    least = max_portions(tables, date, paused=paused, declined=declined, in_time_only=True, brought=brought)
    fallen = 0
    if (plan.get("routes") or {}).get("unassigned") or not set(day.helpers) - day.absent:
        fallen = sum(shortage["portions"] for shortage in plan.get("shortages", []))
    day.require(matched <= most, f"{matched} portions are matched, at most {most} can be")
    day.require(
        matched + fallen >= least, f"{matched} portions are matched (and {fallen} fell off), {least} can be"
    )


def _could_bring(helper: Helper, offer: Meal, home: Home) -> bool:
    """Whether this volunteer alone could bring this meal in time, with a minute at the kitchen and four at the door."""
    pace = PACES[helper.profile]
    opens, closes = offer.kitchen.hands_over
    collects = max(helper.shift[0] + max(pace.seconds(helper.point, offer.kitchen.point)), offer.ready, opens)
    knocks = max(collects + 60 + max(pace.seconds(offer.kitchen.point, home.point)), home.window[0])
    in_time = collects <= closes and knocks <= min(home.window[1], offer.deadline)
    return in_time and knocks + 240 <= helper.shift[1]
