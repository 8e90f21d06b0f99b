"""Set the minutes of the no-answer ladder, and how long a lab waits for a sign of a home or of a volunteer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from sharemeal.labs import LabRules
from sharemeal.store import audit, labs
from sharemeal.store.base import transaction
from sharemeal.watch import in_order

RUNGS = (
    "call_home_minutes",
    "coordinator_minutes",
    "family_minutes",
    "care_plaza_minutes",
    "emergency_minutes",
)
WAITS = ("patience_minutes", "volunteer_margin_minutes")
FIELDS = (*RUNGS, *WAITS)
"""The rules of a lab that are set here, each a number of whole minutes."""
DEFAULTS = {field: getattr(LabRules(), field) for field in FIELDS}


def set_ladder(session: Session, minutes: Mapping[str, int], *, now: datetime) -> bool:
    """Keep these minutes (all of FIELDS) from now on; returns whether anything changed.

    What is under way keeps its own: an alert holds the minutes that it opened with, and an expected visit its moment.
    Raises Refused, told of its field, where a rung comes before the one above it.
    """
    in_order([minutes[field] for field in RUNGS])
    with transaction(session, now):
        lab = labs.for_writing(session)
        changed: dict[str, Any] = {field: minutes[field] for field in FIELDS}
        rules = replace(lab.rules, **changed)
        if rules == lab.rules:
            return False
        lab.rules = rules
        audit.note(session, "ladder changed", "lab", [lab.id])
    return True
