"""What importing asks of each kind of table: known rows, how to read one, what it would change, and the writing."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload, undefer_group

from sharemeal.actions import offer as offers
from sharemeal.actions import register_household as households
from sharemeal.actions import register_kitchen as kitchens
from sharemeal.actions import register_volunteer as volunteers
from sharemeal.papers import entries
from sharemeal.papers.offers import OfferEntry, offer
from sharemeal.papers.tables import Change
from sharemeal.sentences import Refused, Sentence, SeveralRefused, listing
from sharemeal.service_days import DayState, still_open
from sharemeal.store.allergens import in_force
from sharemeal.store.households import Household
from sharemeal.store.kitchens import Kitchen, Offer
from sharemeal.store.labs import today
from sharemeal.store.service_days import ServiceDay
from sharemeal.store.volunteers import Volunteer
from sharemeal.written import day

GIVEN_BY_TABLE = "お届け先の表"
"""Who gave a consent that came with an imported table."""


class Desk(Protocol):
    """One kind of table, with the rows that the lab has of it."""

    key_field: str

    @property
    def notes(self) -> Sequence[Sentence]:
        """What was left aside without being a fault, as it comes up while reading."""

    def read(self, texts: Mapping[str, str]) -> Any:
        """The entry of a row. Raises SeveralRefused."""

    def key(self, texts: Mapping[str, str]) -> Hashable:
        """What a row is known by. Raises Refused when that cannot be read."""

    def change(self, entry: Any) -> Change:
        """What it would do to the lab's rows. Raises SeveralRefused where it may not."""

    def write(self, entry: Any) -> None:
        """Bring the lab's row to it, inside a unit of work."""


def _refuse_ended(ended_on: date | None) -> None:
    """Raises SeveralRefused when the row that an entry would change has ended."""
    if ended_on is not None:
        raise SeveralRefused(
            (
                Refused(
                    Sentence("この番号は{day}に終わりになっています。", day=ended_on.isoformat()),
                    remedy=Sentence("ほかの番号にするか、画面で再開してから読み込んでください。"),
                    field="number",
                ),
            )
        )


class KitchenDesk:
    """Kitchens, known by number."""

    key_field = "number"
    notes: Sequence[Sentence] = ()

    def __init__(self, session: Session, now: datetime, actor: str) -> None:
        self._session = session
        query = select(Kitchen).options(undefer_group("personal"))
        self._rows = {row.number: row for row in session.scalars(query)}

    def read(self, texts: Mapping[str, str]) -> entries.KitchenEntry:
        return entries.kitchen(texts)

    def key(self, texts: Mapping[str, str]) -> Hashable:
        return entries.number(texts["number"])

    def change(self, entry: entries.KitchenEntry) -> Change:
        row = self._rows.get(entry.number)
        if row is None:
            return Change.CREATED
        if kitchens.kitchen_entry(row) == entry:
            return Change.UNCHANGED
        _refuse_ended(row.ended_on)
        return Change.UPDATED

    def write(self, entry: entries.KitchenEntry) -> None:
        kitchens.write_kitchen(self._session, entry, self._rows.get(entry.number))


class HouseholdDesk:
    """Households, known by number."""

    key_field = "number"
    notes: Sequence[Sentence] = ()

    def __init__(self, session: Session, now: datetime, actor: str) -> None:
        self._session = session
        self._today = today(session, now)
        self._allergens = [allergen.name for allergen in in_force(session, self._today)]
        query = select(Household).options(undefer_group("personal"), selectinload(Household.consents))
        self._rows = {row.number: row for row in session.scalars(query)}

    def read(self, texts: Mapping[str, str]) -> entries.HouseholdEntry:
        return entries.household(texts, self._allergens)

    def key(self, texts: Mapping[str, str]) -> Hashable:
        return entries.number(texts["number"])

    def change(self, entry: entries.HouseholdEntry) -> Change:
        row = self._rows.get(entry.number)
        if row is None:
            return Change.CREATED
        if households.household_entry(row) == entry:
            return Change.UNCHANGED
        _refuse_ended(row.ended_on)
        return Change.UPDATED

    def write(self, entry: entries.HouseholdEntry) -> None:
        row = self._rows.get(entry.number)
        households.write_household(self._session, entry, row, today=self._today, given_by=GIVEN_BY_TABLE)


class VolunteerDesk:
    """Volunteers, known by number."""

    key_field = "number"
    notes: list[Sentence]

    def __init__(self, session: Session, now: datetime, actor: str) -> None:
        self._session = session
        self.notes = []
        self._homes = volunteers.home_ids(session)
        self._familiar = volunteers.familiar_homes(session)
        query = select(Volunteer).options(joinedload(Volunteer.person).options(undefer_group("personal")))
        self._rows = {row.number: row for row in session.scalars(query)}

    def read(self, texts: Mapping[str, str]) -> entries.VolunteerEntry:
        """The entry without familiar homes that nobody knows: they are a wish, so they are told of, not refused."""
        entry = entries.volunteer(texts)
        unknown = sorted(entry.familiar - self._homes.keys())
        if not unknown:
            return entry
        self.notes.append(
            Sentence(
                "ボランティア{number}の顔なじみのうち、お届け先{numbers}は登録がないため、覚えていません。"
                "お届け先を読み込んだあとで、この表をもう一度読み込んでください。",
                number=entry.number,
                numbers=listing(str(each) for each in unknown),
            )
        )
        return replace(entry, familiar=entry.familiar - set(unknown))

    def key(self, texts: Mapping[str, str]) -> Hashable:
        return entries.number(texts["number"])

    def change(self, entry: entries.VolunteerEntry) -> Change:
        row = self._rows.get(entry.number)
        if row is None:
            return Change.CREATED
        if volunteers.volunteer_entry(row, self._familiar[row.id]) == entry:
            return Change.UNCHANGED
        _refuse_ended(row.ended_on)
        return Change.UPDATED

    def write(self, entry: entries.VolunteerEntry) -> None:
        volunteers.write_volunteer(self._session, entry, self._rows.get(entry.number), self._homes)


class OfferDesk:
    """Offers, known by day, kitchen and dish."""

    key_field = "dish"
    notes: Sequence[Sentence] = ()

    def __init__(self, session: Session, now: datetime, actor: str) -> None:
        self._session = session
        self._now = now
        self._actor = actor
        self._allergens: dict[date, list[str]] = {}
        self._kitchens = {row.number: row for row in session.scalars(select(Kitchen))}
        self._states = {row.service_date: row.state for row in session.scalars(select(ServiceDay))}
        query = select(Offer).join(Offer.kitchen).options(contains_eager(Offer.kitchen))
        self._rows = {offers.offer_entry(row).key: row for row in session.scalars(query)}

    def read(self, texts: Mapping[str, str]) -> OfferEntry:
        try:
            on = day(texts["service_date"])
        except Refused:
            on = today(self._session, self._now)
        if on not in self._allergens:
            self._allergens[on] = [allergen.name for allergen in in_force(self._session, on)]
        return offer(texts, self._allergens[on])

    def key(self, texts: Mapping[str, str]) -> Hashable:
        return day(texts["service_date"]), entries.number(texts["kitchen"]), texts["dish"].strip()

    def change(self, entry: OfferEntry) -> Change:
        kitchen = self._kitchens.get(entry.kitchen)
        if kitchen is None:
            raise SeveralRefused((_unknown_kitchen(entry.kitchen),))
        row = self._rows.get(entry.key)
        if row is not None:
            stored = offers.offer_entry(row)
            uses = stored.uses_surplus if entry.uses_surplus is None else entry.uses_surplus
            if stored == replace(entry, uses_surplus=uses):
                return Change.UNCHANGED
        self._refuse_settled(entry, kitchen)
        return Change.CREATED if row is None else Change.UPDATED

    def _refuse_settled(self, entry: OfferEntry, kitchen: Kitchen) -> None:
        try:
            still_open(self._states.get(entry.service_date, DayState.DRAFT))
        except Refused as refusal:
            raise SeveralRefused((refusal.at("service_date"),)) from None
        if kitchen.ended_on is not None and kitchen.ended_on <= entry.service_date:
            raise SeveralRefused(
                (
                    Refused(
                        Sentence(
                            "{name}は{day}に終わりになっています。", name=kitchen.name, day=kitchen.ended_on
                        ),
                        remedy=Sentence("協力店番号を確かめるか、画面で再開してから読み込んでください。"),
                        field="kitchen",
                    ),
                )
            )

    def write(self, entry: OfferEntry) -> None:
        kitchen, row = self._kitchens[entry.kitchen], self._rows.get(entry.key)
        offers.write_offer(self._session, entry, row, kitchen, now=self._now, actor=self._actor)


def _unknown_kitchen(number: int) -> Refused:
    return Refused(
        Sentence("協力店{number}は登録がありません。", number=number),
        remedy=Sentence("協力店番号を確かめるか、先に協力店を登録してください。"),
        field="kitchen",
    )


DESKS: dict[str, type[KitchenDesk | HouseholdDesk | VolunteerDesk | OfferDesk]] = {
    "kitchens": KitchenDesk,
    "households": HouseholdDesk,
    "volunteers": VolunteerDesk,
    "offers": OfferDesk,
}
"""Kind of table → its desk. Households, kitchens and volunteers who are missing from a table stay as they are."""
