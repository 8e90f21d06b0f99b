"""Take in a volunteer, or change them, with their person and the faces they know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from sharemeal.actions.register_kitchen import refuse_taken
from sharemeal.papers.entries import VolunteerEntry, volunteer
from sharemeal.papers.exports import volunteer_texts
from sharemeal.papers.reading import Fields, form_skills
from sharemeal.papers.tables import Change
from sharemeal.people import Role
from sharemeal.sentences import Refused, Sentence, SeveralRefused
from sharemeal.store.base import assign, own, transaction
from sharemeal.store.households import Household
from sharemeal.store.people import Person
from sharemeal.store.volunteers import FamiliarFace, Volunteer, by_number
from sharemeal.written import yes


def add_volunteer(session: Session, texts: Mapping[str, str], *, now: datetime) -> int:
    """Take in a volunteer from the fields of papers/tables.py (and ``skills``, ``serves_by_default``). Returns the id.

    Without a number they get the next; they serve on every service day unless ``serves_by_default`` says no.
    Raises SeveralRefused for fields that cannot be meant and for a number that is taken.
    """
    with transaction(session, now):
        following = (session.scalar(select(func.max(Volunteer.number))) or 0) + 1
        entry = volunteer({**texts, "number": texts.get("number", "").strip() or str(following)})
        skills, by_default = form_skills(texts), _by_default(texts)
        refuse_taken(by_number(session, entry.number))
        refuse_unknown_homes(entry, home_ids(session))
        row = write_volunteer(session, entry, None, home_ids(session))
        row.skills = skills or frozenset()
        row.serves_by_default = by_default is not False
        session.flush()
        return row.id


def change_volunteer(
    session: Session, volunteer_id: int, texts: Mapping[str, str], *, now: datetime
) -> Change:
    """Change the fields that ``texts`` has and keep all others. Raises LookupError and SeveralRefused."""
    with transaction(session, now):
        row = own(session, Volunteer, volunteer_id)
        before = volunteer_entry(row, familiar_homes(session)[row.id])
        entry = volunteer({**volunteer_texts(before), **texts})
        skills, by_default = form_skills(texts), _by_default(texts)
        if entry.number != before.number:
            refuse_taken(by_number(session, entry.number))
        refuse_unknown_homes(entry, home_ids(session))
        form_only = {
            "skills": row.skills if skills is None else skills,
            "serves_by_default": row.serves_by_default if by_default is None else by_default,
        }
        if entry == before and all(getattr(row, name) == value for name, value in form_only.items()):
            return Change.UNCHANGED
        write_volunteer(session, entry, row, home_ids(session))
        assign(row, form_only)
        return Change.UPDATED


def _by_default(texts: Mapping[str, str]) -> bool | None:
    if "serves_by_default" not in texts:
        return None
    fields = Fields(texts)
    by_default = fields.read("serves_by_default", yes)
    fields.done()
    return by_default


def home_ids(session: Session) -> dict[int, int]:
    """Number → id of every home, ended ones included."""
    return {row.number: row.id for row in session.execute(select(Household.number, Household.id))}


def familiar_homes(session: Session) -> defaultdict[int, frozenset[int]]:
    """Volunteer id → the numbers of the homes where they are said to be a familiar face."""
    query = select(FamiliarFace.volunteer_id, Household.number).join(
        Household, Household.id == FamiliarFace.household_id
    )
    found: defaultdict[int, frozenset[int]] = defaultdict(frozenset)
    for volunteer_id, number in session.execute(query):
        found[volunteer_id] |= {number}
    return found


def refuse_unknown_homes(entry: VolunteerEntry, homes: Mapping[int, int]) -> None:
    """Raises SeveralRefused when a familiar home does not exist."""
    unknown = sorted(entry.familiar - homes.keys())
    if unknown:
        raise SeveralRefused(
            (
                Refused(
                    Sentence(
                        "お届け先{numbers}は登録がありません。",
                        numbers="・".join(str(each) for each in unknown),
                    ),
                    remedy=Sentence("番号を確かめるか、先にお届け先を登録してください。"),
                    field="familiar",
                ),
            )
        )


def volunteer_entry(row: Volunteer, familiar: frozenset[int]) -> VolunteerEntry:
    """A stored volunteer as their table would tell them. The person's name and telephone are read."""
    return VolunteerEntry(
        number=row.number,
        name=row.person.name,
        reading=row.person.reading,
        phone=row.person.phone,
        mode=row.mode,
        meals_carried=row.meals_carried,
        town=row.town,
        place=row.place,
        shift=row.shift,
        familiar=familiar,
    )


def write_volunteer(
    session: Session, entry: VolunteerEntry, row: Volunteer | None, homes: Mapping[int, int]
) -> Volunteer:
    """Bring row, person and familiar faces to what the entry tells, inside a unit of work."""
    person = {"name": entry.name, "reading": entry.reading, "phone": entry.phone}
    values = {
        "number": entry.number,
        "mode": entry.mode,
        "meals_carried": entry.meals_carried,
        "town": entry.town,
        "place": entry.place,
        "shift": entry.shift,
    }
    if row is None:
        somebody = Person(**person, role=Role.VOLUNTEER, phone_index=entry.phone)
        row = Volunteer(**values, person=somebody, skills=frozenset(), serves_by_default=True)
        session.add(row)
        session.flush()
    else:
        if row.person.phone != entry.phone:
            row.person.phone_index = entry.phone
        assign(row.person, person)
        assign(row, values)
    _know(session, row, {homes[number] for number in entry.familiar})
    return row


def _know(session: Session, row: Volunteer, wanted: set[int]) -> None:
    faces = FamiliarFace.volunteer_id == row.id
    known = set(session.scalars(select(FamiliarFace.household_id).where(faces)))
    if gone := known - wanted:
        session.execute(delete(FamiliarFace).where(faces, FamiliarFace.household_id.in_(gone)))
    for household_id in sorted(wanted - known):
        session.add(FamiliarFace(volunteer_id=row.id, household_id=household_id))
