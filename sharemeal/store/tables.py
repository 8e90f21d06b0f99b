"""All tables in one import, for migrations and for sessions that reach across nouns."""

from __future__ import annotations

from sharemeal.store.alarms import Alarm
from sharemeal.store.alerts import Alert, AlertContact
from sharemeal.store.allergens import AllergenRow
from sharemeal.store.audit import AuditEntry
from sharemeal.store.base import Base
from sharemeal.store.batches import Batch, MealTally, PickupCount
from sharemeal.store.covers import Cover
from sharemeal.store.gauges import gauges as _an_index_of_the_outbox  # noqa: F401
from sharemeal.store.households import Consent, Decline, Household, Pause
from sharemeal.store.kitchens import Kitchen, Offer
from sharemeal.store.labs import Lab
from sharemeal.store.messages import DeliveryEvent, Message
from sharemeal.store.people import CodeAttempt, FormPost, Person, SignInLink, WebSession
from sharemeal.store.restorations import Restoration
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
from sharemeal.store.ticks import DayStep, Heartbeat
from sharemeal.store.visits import CheckIn, ExpectedVisit
from sharemeal.store.volunteers import DutyAnswer, FamiliarFace, Volunteer
from sharemeal.store.watch import Concern

__all__ = [
    "Alarm",
    "Alert",
    "AlertContact",
    "AllergenRow",
    "AuditEntry",
    "Base",
    "Batch",
    "CheckIn",
    "CodeAttempt",
    "Concern",
    "Consent",
    "Cover",
    "DayStep",
    "Decline",
    "DeliveryEvent",
    "DutyAnswer",
    "ExpectedVisit",
    "FamiliarFace",
    "FormPost",
    "Heartbeat",
    "Household",
    "Kitchen",
    "Lab",
    "MealTally",
    "Message",
    "Offer",
    "Pause",
    "Person",
    "PickupCount",
    "Pin",
    "Restoration",
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
