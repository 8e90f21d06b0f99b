"""Doors for programs: JSON in the session of who asks, with the same limits as the pages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from sharemeal.people import Role
from sharemeal.web.access import allow
from sharemeal.web.doorway import lab
from sharemeal.web.round_view import Halt, going
from sharemeal.web.sheet_view import Round

pages = Blueprint("api", __name__, url_prefix="/api/v1")


@pages.get("/route")
@allow(Role.VOLUNTEER)
def route() -> ResponseReturnValue:
    """The stops of who asks on the day under way or next; ``stops`` is empty while the sheet is not open.

    ``sight`` says why: early, open, over, or none where no settled day has a route for them; ``called_off`` empties it
    too. Each stop says whether it has ``ended`` and what this volunteer ``recorded`` there. Moments are ISO 8601 with
    the lab's zone, ``*_seconds`` lengths in seconds, the way in metres.
    """
    round_now = going(with_words=True)
    if round_now is None:
        return jsonify(date=None, sight="none", stops=[])
    current = round_now.current
    sums = current.totals
    return jsonify(
        date=current.day.service_date.isoformat(),
        state=current.day.state,
        sight=current.sight,
        called_off=current.called_off,
        opens_at=current.hours.opens.astimezone(lab().rules.zone).isoformat(),
        closes_at=current.hours.closes.astimezone(lab().rules.zone).isoformat(),
        deliver_by=_moment(current, current.deadline_seconds),
        totals={
            "homes": sums.homes,
            "portions": sums.portions,
            "travel_seconds": sums.travel_seconds,
            "distance_metres": sums.distance_metres,
        },
        stops=[_stop(current, halt) for halt in round_now.halts],
    )


def _stop(current: Round, halt: Halt) -> dict[str, Any]:
    row = halt.row
    stop: dict[str, Any] = {
        "id": row.stop_id,
        "ended": halt.ended,
        "recorded": _recorded(halt),
        "position": row.position,
        "order": row.order,
        "type": "delivery" if row.home else "pickup",
        "begins_at": _moment(current, row.begins_seconds),
        "travel_seconds": row.travel_seconds,
        "deliver_by": _moment(current, row.deadline_seconds),
        "boxes": [
            {"offer": offer, "dish": dish, "portions": portions} for offer, dish, portions in row.offers
        ],
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
            "watched_over": row.watched_over,
            "location": [home.place.lng, home.place.lat],
        }
    return stop


def _recorded(halt: Halt) -> dict[str, Any] | None:
    """What this volunteer said of a stop last: a report of a door, or counts by offer at a kitchen."""
    report = halt.report
    if report is not None:
        return {
            "id": report.client_uuid,
            "contact": report.contact,
            "condition": report.condition,
            "observations": sorted(report.codes),
            "note": report.note,
            "observed_at": report.observed_at.astimezone(lab().rules.zone).isoformat(),
        }
    if halt.counts:
        return {"counts": {str(offer): count.portions for offer, count in halt.counts.items()}}
    return None


def _moment(current: Round, seconds: int | None) -> str | None:
    if seconds is None:
        return None
    rules = lab().rules
    return rules.moment(current.day.service_date, seconds).astimezone(rules.zone).isoformat()
