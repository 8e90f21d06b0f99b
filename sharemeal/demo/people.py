"""An invented neighbourhood: kitchens, homes and volunteers of one demo lab, the same for the same dice."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from sharemeal.actions.register_household import write_household
from sharemeal.actions.register_kitchen import write_kitchen
from sharemeal.actions.register_volunteer import write_volunteer
from sharemeal.demo.names import (
    CHO,
    COORDINATOR,
    DIETS,
    DOOR_NOTES,
    FAMILIES,
    HELPERS,
    LAB_ADMIN,
    PIN,
    RELATIVES,
    SECOND_COORDINATOR,
    SHOPS,
)
from sharemeal.households import DeliveryWindow, Need, PauseSpan, ResidentKind
from sharemeal.kitchens import HandoverHours, Texture
from sharemeal.papers.entries import HouseholdEntry, KitchenEntry, VolunteerEntry
from sharemeal.people import Role
from sharemeal.places import Point
from sharemeal.store.alerts import AlertContact
from sharemeal.store.households import Household, Pause
from sharemeal.store.kitchens import Kitchen
from sharemeal.store.people import Person
from sharemeal.store.volunteers import Volunteer
from sharemeal.volunteers import Mode, Shift

_HOUR = 3600
_ALLERGIES = (
    "", "", "さば", "卵 乳", "", "落花生", "", "そば", "えび かに", "小麦", "くるみ",
)  # fmt: skip
_TEXTURES = {2: Texture.UDF1, 5: Texture.UDF2}
_KINDS = (
    ResidentKind.ELDERLY, ResidentKind.ELDERLY, ResidentKind.ELDERLY, ResidentKind.CHILDREN, ResidentKind.ELDERLY,
    ResidentKind.DISABLED, ResidentKind.CHILDREN, ResidentKind.ELDERLY, ResidentKind.ELDERLY, ResidentKind.CHILDREN,
    ResidentKind.DISABLED,
)  # fmt: skip
_MODES = (Mode.CAR, Mode.BICYCLE, Mode.WALK, Mode.BICYCLE, Mode.BICYCLE)
_UNTIL = {Mode.CAR: 18 * _HOUR - 900, Mode.BICYCLE: 19 * _HOUR + 900, Mode.WALK: 19 * _HOUR}
_CARRIED = {Mode.CAR: 12, Mode.BICYCLE: 8, Mode.WALK: 5}


@dataclass(frozen=True)
class Neighbourhood:
    """The rows of one demo lab."""

    kitchens: list[Kitchen]
    homes: list[Household]
    volunteers: list[Volunteer]
    coordinators: tuple[int, ...]
    """Person ids, in the order in which they are told of alerts."""
    familiar: frozenset[tuple[int, int]]
    """(volunteer id, household id) of the faces that are known from before."""


def settle(session: Session, dice: random.Random, *, lab: int, today: date, at: datetime) -> Neighbourhood:
    """Write the people of a lab into the unit of work; ``lab`` counts from 0 and keeps telephone numbers apart.

    ``at`` is when the coordinators' numbers were confirmed.
    """
    kitchens = [
        write_kitchen(session, entry, None)
        for entry in (_kitchen(dice, group, lab) for group in range(len(SHOPS)))
    ]
    names = dice.sample(FAMILIES, len(_KINDS))
    homes = [
        write_household(
            session, _home(dice, number, name, lab), None, today=today - timedelta(days=200), given_by="本人"
        )
        for number, name in enumerate(names)
    ]
    session.flush()
    by_number = {home.number: home.id for home in homes}
    helpers = dice.sample(HELPERS, dice.choice((4, 5)))
    entries = [_volunteer(dice, number, name, lab, len(homes)) for number, name in enumerate(helpers)]
    volunteers = [write_volunteer(session, entry, None, by_number) for entry in entries]
    desk = _desk(session, lab, at)
    familiar = frozenset(
        (row.id, by_number[number])
        for row, entry in zip(volunteers, entries, strict=True)
        for number in entry.familiar
    )
    return Neighbourhood(kitchens, homes, volunteers, desk, familiar)


def _desk(session: Session, lab: int, at: datetime) -> tuple[int, ...]:
    """The coordinators, who are told of alerts in this order, and the administrator."""
    coordinators = []
    for number, (name, reading) in enumerate((COORDINATOR, SECOND_COORDINATOR), start=91):
        phone = _number("80", lab, number)
        coordinators.append(
            Person(role=Role.COORDINATOR, name=name, reading=reading, phone=phone, phone_index=phone)
        )
    session.add_all([*coordinators, Person(role=Role.LAB_ADMIN, name=LAB_ADMIN[0], reading=LAB_ADMIN[1])])
    session.flush()
    for position, person in enumerate(coordinators, start=1):
        session.add(
            AlertContact(person_id=person.id, position=position, confirmed_at=at, pin=f"{person.id}:{PIN}")
        )
    session.flush()
    return tuple(person.id for person in coordinators)


def rest(session: Session, home: Household, coming: date) -> None:
    """The home rests on the coming service day and the one after."""
    session.add(
        Pause(
            household_id=home.id,
            span=PauseSpan(coming - timedelta(days=6), coming + timedelta(days=9)),
            reason="ご家族のところへ",
        )
    )


def _near(dice: random.Random, town: str) -> Point:
    """Some 200 m around the town's point."""
    place = CHO[town]
    return Point(
        round(place.lat + dice.uniform(-0.0018, 0.0018), 6),
        round(place.lng + dice.uniform(-0.0022, 0.0022), 6),
    )


def _number(prefix: str, lab: int, number: int) -> str:
    """+81N0-0000-nnnn, no number that anybody has."""
    return f"+81{prefix}0000{(lab * 100 + number) % 10_000:04d}"


def _kitchen(dice: random.Random, group: int, lab: int) -> KitchenEntry:
    name, kind = dice.choice(SHOPS[group])
    town = ("藤が丘一丁目", "藤が丘二丁目", "つつじが丘")[group]
    soft = frozenset({Texture.REGULAR, Texture.UDF1, Texture.UDF2})
    return KitchenEntry(
        number=group + 1,
        name=name,
        kind=kind,
        town=town,
        place=_near(dice, town),
        phone=f"+8145000{(lab * 10 + group + 1) % 10_000:04d}",
        textures=soft if group == 1 else frozenset({Texture.REGULAR, Texture.UDF1}),
        handover=HandoverHours(16 * _HOUR, 18 * _HOUR),
        freshness_seconds=5400,
    )


def _home(dice: random.Random, index: int, name: tuple[str, str], lab: int) -> HouseholdEntry:
    town = dice.choice(list(CHO))
    kind = _KINDS[index]
    portions = dice.choice((2, 3, 4)) if kind is ResidentKind.CHILDREN else dice.choice((1, 2, 2))
    opens = dice.choice((33, 33, 34, 35)) * _HOUR // 2
    return HouseholdEntry(
        number=index + 1,
        name=f"{name[0]}さん",
        reading=name[1],
        town=town,
        address=f"{dice.randint(1, 40)}-{dice.randint(1, 20)}",
        place=_near(dice, town),
        phone=_number("90", lab, index + 1),
        need=Need(
            portions=portions,
            allergens=frozenset(_ALLERGIES[index].split()),
            texture=_TEXTURES.get(index, Texture.REGULAR),
            diet=dice.choice(DIETS),
            kinds=frozenset({kind}),
        ),
        window=DeliveryWindow(opens, dice.choice((37, 38)) * _HOUR // 2),
        door_note=dice.choice(DOOR_NOTES) or None,
        emergency_contact=f"{dice.choice(RELATIVES)} 080-0000-{(lab * 100 + index + 1) % 10_000:04d}",
        watch_over=index != 6,
        tell_family=index % 3 != 1,
    )


def _volunteer(
    dice: random.Random, index: int, name: tuple[str, str], lab: int, homes: int
) -> VolunteerEntry:
    mode = _MODES[index]
    town = dice.choice(("藤が丘一丁目", "藤が丘二丁目", "梅が丘") if mode is Mode.WALK else list(CHO))
    return VolunteerEntry(
        number=index + 1,
        name=name[0],
        reading=name[1],
        phone=_number("70", lab, index + 1),
        mode=mode,
        meals_carried=_CARRIED[mode],
        town=town,
        place=_near(dice, town),
        shift=Shift(16 * _HOUR + 900, _UNTIL[mode]),
        familiar=frozenset(dice.sample(range(1, homes + 1), 2 if mode is Mode.WALK else 3)),
    )
