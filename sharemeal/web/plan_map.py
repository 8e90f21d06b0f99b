"""The map of a whole day: every course, the kitchens, and the homes that have no place on one."""

from __future__ import annotations

from flask_babel import gettext as _

from sharemeal.households import numbered
from sharemeal.places import Point
from sharemeal.store.service_days import ServiceDay, Stop
from sharemeal.web.language import tell
from sharemeal.web.maps import Drawing, RouteOnMap, RouteStop, Sign, drawn
from sharemeal.web.plan_view import RouteView, homeless, routes_of


def drawing(day: ServiceDay, names: dict[int, str]) -> Drawing | None:
    """The drawing of that day; ``names`` are the volunteers' by person id. None while nothing is planned."""
    views = routes_of(day)
    shops = {
        stop.kitchen.place: stop.kitchen.name for view in views for _, stop in view.doors if stop.kitchen
    }
    carried = {stop.household_id for view in views for _, stop in view.doors}
    unplaced = [
        Sign(each.shortage.household.place, tell(numbered(each.shortage.household.number)))
        for each in homeless(day)
        if each.shortage.household_id not in carried
    ]
    return drawn(
        [_course(view, names) for view in views],
        [Sign(place, name) for place, name in shops.items()],
        unplaced,
    )


def _course(view: RouteView, names: dict[int, str]) -> RouteOnMap:
    return RouteOnMap(
        words=_("%(name)sさん", name=names[view.volunteer.person_id]),
        through=tuple(_place(stop) for _, stop in view.doors),
        stops=tuple(
            RouteStop(stop.household.place, number, stop.household.number)
            for number, stop in view.doors
            if stop.household is not None and number is not None
        ),
    )


def _place(stop: Stop) -> Point:
    found = stop.kitchen or stop.household
    assert found is not None
    return found.place
