"""All tables in one import, for migrations and for sessions that reach across nouns."""

from __future__ import annotations

from sharemeal.store.allergens import AllergenRow
from sharemeal.store.audit import AuditEntry
from sharemeal.store.base import Base
from sharemeal.store.households import Consent, Decline, Household, Pause
from sharemeal.store.kitchens import Kitchen, Offer
from sharemeal.store.labs import Lab
from sharemeal.store.people import CodeAttempt, FormPost, Person, SignInLink, WebSession
from sharemeal.store.service_days import (
    Pin,
    Route,
    ServiceDay,
    ServingRow,
    ShortageRow,
    SignOff,
    SolveRun,
    Stop,
    StopItem,
    SurplusRow,
)
from sharemeal.store.volunteers import DutyAnswer, FamiliarFace, Volunteer

__all__ = [
    "AllergenRow",
    "AuditEntry",
    "Base",
    "CodeAttempt",
    "Consent",
    "Decline",
    "DutyAnswer",
    "FamiliarFace",
    "FormPost",
    "Household",
    "Kitchen",
    "Lab",
    "Offer",
    "Pause",
    "Person",
    "Pin",
    "Route",
    "ServiceDay",
    "ServingRow",
    "ShortageRow",
    "SignInLink",
    "SignOff",
    "SolveRun",
    "Stop",
    "StopItem",
    "SurplusRow",
    "Volunteer",
    "WebSession",
]
