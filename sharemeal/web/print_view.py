"""What the papers of a day say, put together from its settled routes; web/prints.py hands them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sharemeal.households import Need
from sharemeal.kitchens import Texture, freshness_deadline
from sharemeal.papers.sheet import Caller, Dish, Named, PaperDoor, PaperPickup, PaperSheet
from sharemeal.papers.slips import Slip
from sharemeal.people import Role, called, national
from sharemeal.sheets import ON_PAPER, Box, by_dish, whole_address
from sharemeal.store import batches, people, service_days, sheets
from sharemeal.store.households import Household
from sharemeal.store.kitchens import Kitchen, Offer
from sharemeal.store.service_days import Route, Stop
from sharemeal.volunteers import MODE_WORDS
from sharemeal.web.doorway import db, lab
from sharemeal.web.language import minutes

MOST_CALLERS = 4
"""So many telephone numbers fit onto a sheet."""


def paper_sheets(day: date, routes: Sequence[Route], links: Mapping[int, str]) -> list[PaperSheet]:
    """The sheets of these routes; ``links`` leads from a person to the address that their QR opens."""
    cooked = _cooked(day, routes)
    homes = sheets.homes(
        db(), {stop.household_id for route in routes for stop in route.stops if stop.household_id}, ON_PAPER
    )
    names = sheets.people_with_readings(db(), {route.volunteer.person_id for route in routes})
    visited = {(volunteer, home) for volunteer, home, _ in service_days.visits_before(db(), day)}
    callers = _callers()
    found = []
    for route in routes:
        person = names[route.volunteer.person_id]
        deadlines = [_deadline(each, cooked) for stop in route.stops for each in _offers(stop)]
        found.append(
            PaperSheet(
                lab=lab().name,
                day=day,
                volunteer=Named(person.name, person.reading),
                mode=MODE_WORDS[route.mode],
                travel_minutes=minutes(route.travel_seconds),
                stops=_halts(route, homes, visited, cooked),
                callers=callers,
                deadline_seconds=min(deadlines, default=None),
                link=links.get(person.id),
            )
        )
    return found


def paper_slips(day: date, routes: Sequence[Route], *, of: Kitchen | None = None) -> list[Slip]:
    """One slip for each bag of these routes, by kitchen, carrier and door; of one kitchen alone, where it asks."""
    cooked = _cooked(day, routes)
    names = sheets.names_of(db(), {route.volunteer.person_id for route in routes})
    bags = [
        (route, order, offer, portions)
        for route in routes
        for order, stop in _doors(route).items()
        for offer, portions in _bags(stop)
        if of is None or offer.kitchen_id == of.id
    ]
    phones = sheets.kitchens_with_phones(db(), {offer.kitchen_id for _, _, offer, _ in bags})
    bags.sort(key=lambda bag: (phones[bag[2].kitchen_id].number, bag[0].volunteer.number, bag[1]))
    return [
        Slip(
            lab=lab().name,
            day=day,
            kitchen=phones[offer.kitchen_id].name,
            phone=_written(phones[offer.kitchen_id].phone),
            carrier=called(names[route.volunteer.person_id]),
            order=order,
            dish=offer.dish,
            portions=portions,
            allergens=offer.allergens,
            texture=Texture(offer.texture),
            ready_seconds=offer.ready_seconds,
            freshness_seconds=phones[offer.kitchen_id].freshness_seconds,
            cooked_seconds=cooked.get(offer.id),
        )
        for route, order, offer, portions in bags
    ]


def _halts(
    route: Route, homes: Mapping[int, Household], visited: set[tuple[int, int]], cooked: Mapping[int, int]
) -> tuple[PaperPickup | PaperDoor, ...]:
    orders = {stop.position: order for order, stop in _doors(route).items()}
    found: list[PaperPickup | PaperDoor] = []
    for stop in route.stops:
        boxes = [
            Box(each.serving.household_id, each.serving.offer.dish, each.serving.portions)
            for each in stop.items
        ]
        dishes = tuple(Dish(each.dish, each.portions) for each in by_dish(boxes))
        if stop.household_id is None:
            assert stop.kitchen is not None
            deadline = min((_deadline(each, cooked) for each in _offers(stop)), default=None)
            kitchen = stop.kitchen
            found.append(PaperPickup(stop.begins_seconds, kitchen.name, kitchen.town, dishes, deadline))
            continue
        home = homes[stop.household_id]
        found.append(
            PaperDoor(
                order=orders[stop.position],
                begins_seconds=stop.begins_seconds,
                home=Named(home.name, home.reading),
                address=whole_address(home.town, home.address),
                portions=sum(box.portions for box in boxes),
                note=home.door_note or "",
                diet=diet_words(home.need),
                dishes=dishes,
                first_time=(route.volunteer_id, home.id) not in visited,
            )
        )
    return tuple(found)


def diet_words(need: Need) -> tuple[str, ...]:
    """What stands in the frame: texture and diet together, and apart from them what must not be in it."""
    wanted = "・".join((*((need.texture.word,) if need.texture else ()), *need.diet))
    without = "・".join(sorted(need.allergens)) + " 抜き" if need.allergens else ""
    return tuple(words for words in (wanted, without) if words)


def _doors(route: Route) -> dict[int, Stop]:
    """Which door of the day, from 1, each stop at a home is."""
    doors = (stop for stop in route.stops if stop.household_id is not None)
    return dict(enumerate(doors, start=1))


def _bags(stop: Stop) -> list[tuple[Offer, int]]:
    """What is handed over at a door, each offer once."""
    offers = {each.serving.offer.id: each.serving.offer for each in stop.items}
    return [
        (offer, sum(each.serving.portions for each in stop.items if each.serving.offer_id == offer.id))
        for offer in offers.values()
    ]


def _offers(stop: Stop) -> list[Offer]:
    return [each.serving.offer for each in stop.items]


def _deadline(offer: Offer, cooked: Mapping[int, int]) -> int:
    return freshness_deadline(cooked.get(offer.id, offer.ready_seconds), offer.kitchen.freshness_seconds)


def _cooked(day: date, routes: Sequence[Route]) -> dict[int, int]:
    """Offer id → when it was ready, in seconds after the day's local midnight, of what is cooked."""
    offers = {offer.id for route in routes for stop in route.stops for offer in _offers(stop)}
    rules = lab().rules
    return {
        offer_id: rules.seconds_after_midnight(day, batch.cooked_at)
        for offer_id, batch in batches.batches_of(db(), sorted(offers)).items()
    }


def _callers() -> tuple[Caller, ...]:
    found = people.of_role(db(), Role.COORDINATOR, with_names=True)
    able = [Caller(Named(each.name, each.reading), national(each.phone)) for each in found if each.phone]
    return tuple(able[:MOST_CALLERS])


def _written(phone: str | None) -> str | None:
    return national(phone) if phone else None
