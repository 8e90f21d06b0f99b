"""Doors for programs: JSON in the session of who asks, with the same limits as the pages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from sharemeal.people import Role
from sharemeal.store import volunteers
from sharemeal.web.access import allow, who
from sharemeal.web.doorway import db, lab, now
from sharemeal.web.sheet_view import Round, Row, current_round, rows

pages = Blueprint("api", __name__, url_prefix="/api/v1")


@pages.get("/route")
@allow(Role.VOLUNTEER)
def route() -> ResponseReturnValue:
    """The stops of who asks on the day under way or next; ``stops`` is empty while the sheet is not open.

    ``sight`` says why: early, open, over, or none where no settled day has a route for them. Moments are ISO 8601
    with the lab's zone, ``*_seconds`` lengths in seconds, the way in metres.
    """
    volunteer = volunteers.of_person(db(), who().person_id)
    current = current_round(volunteer, now()) if volunteer else None
    if current is None:
        return jsonify(date=None, sight="none", stops=[])
    sums = current.totals
    return jsonify(
        date=current.day.service_date.isoformat(),
        state=current.day.state,
        sight=current.sight,
        opens_at=current.hours.opens.astimezone(lab().rules.zone).isoformat(),
        closes_at=current.hours.closes.astimezone(lab().rules.zone).isoformat(),
        deliver_by=_moment(current, current.deadline_seconds),
        totals={
            "homes": sums.homes,
            "portions": sums.portions,
            "travel_seconds": sums.travel_seconds,
            "distance_metres": sums.distance_metres,
        },
        stops=[_stop(current, row) for row in rows(current)],
    )


def _stop(current: Round, row: Row) -> dict[str, Any]:
    stop: dict[str, Any] = {
        "position": row.position,
        "order": row.order,
        "type": "delivery" if row.home else "pickup",
        "begins_at": _moment(current, row.begins_seconds),
        "travel_seconds": row.travel_seconds,
        "boxes": [{"dish": dish.dish, "portions": dish.portions} for dish in row.dishes],
    }
    if row.kitchen:
        shop = row.kitchen
        stop["kitchen"] = {
            "number": shop.number,
            "name": shop.name,
            "phone": shop.phone,
            "location": [shop.place.lng, shop.place.lat],
        }
    if row.home:
        home = row.home
        stop["household"] = {
            "number": home.number,
            "name": home.name,
            "reading": home.reading,
            "address": row.address,
            "phone": home.phone,
            "door_note": home.door_note,
            "allergens": sorted(home.need.allergens),
            "texture": home.need.texture.word,
            "diet": list(home.need.diet),
            "location": [home.place.lng, home.place.lat],
        }
    return stop


def _moment(current: Round, seconds: int | None) -> str | None:
    if seconds is None:
        return None
    rules = lab().rules
    return rules.moment(current.day.service_date, seconds).astimezone(rules.zone).isoformat()
