"""Routing problems of a neighbourhood's real size, drawn from a seed: 3 kitchens, 10 homes, 3 volunteers."""

import random
from typing import Any

STATION = (139.517300, 35.542855)
NEARBY_DEGREES = 0.009
HOUR = 3600
MODES = (("foot", 6), ("bike", 10), ("car", 30))
Problem = dict[str, Any]


def place(dice: random.Random) -> list[float]:
    """A point within about a kilometre of the station, as [lng, lat]."""
    return [round(middle + dice.uniform(-NEARBY_DEGREES, NEARBY_DEGREES), 6) for middle in STATION]


def week(seed: int, *, homes: int = 10, kitchens: int = 3, volunteers: int = 3) -> Problem:
    """An evening from 16:30 to 19:00, in the shape that `sharemeal route` reads."""
    dice = random.Random(seed)
    ready = [(place(dice), 16 * HOUR + 1800 + 600 * dice.randrange(4)) for _ in range(kitchens)]
    return {
        "vehicles": [volunteer(number, dice) for number in range(1, volunteers + 1)],
        "shipments": [shipment(number, ready, dice) for number in range(1, homes + 1)],
    }


def volunteer(number: int, dice: random.Random) -> Problem:
    """One volunteer, free for an hour and a half to two and a half."""
    profile, meals = MODES[(number - 1) % len(MODES)]
    starts = 16 * HOUR + 1800 + 900 * dice.randrange(3)
    ends = 18 * HOUR + 900 * dice.randrange(1, 5)
    return {
        "id": number,
        "profile": profile,
        "start": place(dice),
        "capacity": [meals],
        "time_window": [starts, ends],
    }


def shipment(number: int, ready: list[tuple[list[float], int]], dice: random.Random) -> Problem:
    """The meals of one home: from one kitchen, fresh for 90 minutes, in the home's own window."""
    kitchen, at = dice.choice(ready)
    opens = 16 * HOUR + 1800 + 900 * dice.randrange(5)
    closes = min(opens + 900 * dice.randrange(3, 7), at + 5400)
    return {
        "amount": [dice.randint(1, 3)],
        "pickup": {"id": number, "location": kitchen, "service": 60, "time_windows": [[at, at + 5400]]},
        "delivery": {
            "id": number,
            "location": place(dice),
            "service": 240,
            "time_windows": [[min(opens, closes), closes]],
        },
    }
