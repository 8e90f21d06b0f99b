"""Reading one key of VROOM's JSON at a time, and refusing by name what is not understood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sharemeal.routing.problem import Kind, LockedStep, Window, Wishes
from sharemeal.routing.terms import whole
from sharemeal.sentences import Refused, Sentence

Json = Mapping[str, Any]
LARGEST_DOUBLE = 1e300
WISH_KEYS = {"familiarity", "max_ride", "pinned_vehicle", "previous_vehicle"}


def read_object(given: object, name: str, known: set[str] | None = None) -> Json:
    """An object whose keys are all known; an unknown key is refused by its name."""
    if not isinstance(given, dict):
        raise Refused(Sentence("{name}は{{…}}の形で書いてください", name=name))
    for key in given:
        if known is not None and key not in known:
            raise Refused(
                Sentence("{name}の「{key}」には対応していません", name=name, key=key),
                remedy=Sentence("「{key}」を取り除いてください", key=key),
            )
    return given


def read_list(told: Json, key: str) -> list[Any]:
    """A list, empty where the key is absent."""
    given = told.get(key, [])
    if not isinstance(given, list):
        raise Refused(Sentence("{name}は[…]の形で書いてください", name=key))
    return given


def name_of(given: object, kind: str) -> str:
    """How a refusal calls this object."""
    return f"{kind} {given['id']}" if isinstance(given, dict) and "id" in given else kind


def read_id(told: Json, name: str) -> int:
    """The id, which must be there."""
    if "id" not in told:
        raise Refused(Sentence("{name}に番号（id）がありません", name=name))
    return whole(told["id"], f"{name} id", high=2**63 - 1)


def read_text(told: Json, key: str, name: str) -> str:
    """A text, empty where it is absent."""
    given = told.get(key, "")
    if not isinstance(given, str):
        raise Refused(Sentence("{name}の{key}は文字で書いてください", name=name, key=key))
    return given


def read_amounts(told: Json, key: str, name: str) -> tuple[int, ...]:
    """A list of quantities."""
    given = told.get(key, [])
    if not isinstance(given, list):
        raise Refused(Sentence("{name}の{key}は[数, …]で書いてください", name=name, key=key))
    return tuple(whole(value, f"{name} {key}") for value in given)


def read_skills(told: Json, name: str) -> frozenset[int]:
    """A set of skills."""
    return frozenset(read_amounts(told, "skills", name))


def read_window(given: object, name: str) -> Window:
    """``[opens, closes]``."""
    if not (isinstance(given, list) and len(given) == 2):
        raise Refused(Sentence("{name}の時間帯は[始まり, 終わり]で書いてください", name=name))
    try:
        return Window(whole(given[0], "time_window"), whole(given[1], "time_window"))
    except Refused as refusal:
        raise Refused(Sentence("{name}：{what}", name=name, what=refusal.what)) from None


def read_locked(given: object, name: str) -> LockedStep:
    """A step that is done."""
    name = f"{name}.locked_steps"
    told = read_object(given, name, {"type", "id", "at"})
    if told.get("type") not in set(Kind):
        raise Refused(Sentence("{name}のtypeはjob、pickup、deliveryのどれかです", name=name))
    return LockedStep(Kind(told["type"]), read_id(told, name), whole(told.get("at"), f"{name} at"))


def read_wishes(told: Json, name: str) -> Wishes:
    """Our keys on a job or shipment."""
    ours = read_object(told.get("sharemeal", {}), f"{name}.sharemeal", WISH_KEYS)
    familiarity = ours.get("familiarity")
    known: dict[int, float] | None = None
    if familiarity is not None:
        known = {}
        for vehicle, share in read_object(familiarity, f"{name} familiarity").items():
            if not vehicle.isascii() or not vehicle.isdigit() or not is_number(share):
                raise Refused(
                    Sentence("{name}のfamiliarityは{{車両の番号: 0から1の数}}で書いてください", name=name)
                )
            known[int(vehicle)] = share
    numbers = {
        key: None if ours.get(key) is None else whole(ours[key], f"{name} {key}", high=2**63 - 1)
        for key in ("max_ride", "pinned_vehicle", "previous_vehicle")
    }
    return Wishes(known, numbers["max_ride"], numbers["pinned_vehicle"], numbers["previous_vehicle"])


def is_number(value: object) -> bool:
    """A finite number that a double can hold, and not true or false."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) < LARGEST_DOUBLE
