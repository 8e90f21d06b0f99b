"""A person of the chain says when they may be told of what is not urgent, and in which language their texts are."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from sharemeal.alerts import Hours
from sharemeal.messages import LANGUAGES
from sharemeal.sentences import Refused, Sentence
from sharemeal.store import audit, contacts
from sharemeal.store.base import assign, transaction


def choose_hours(
    session: Session, person_id: int, hours: Hours | None, language: str, *, now: datetime
) -> bool:
    """None are all hours. Returns whether anything changed; alerts under way keep the hours they opened with.

    Raises LookupError for somebody outside the chain, Refused for a language in which no text is written.
    """
    with transaction(session, now):
        contact = contacts.for_writing(session, person_id)
        if contact is None or not contact.person.active:
            raise LookupError(person_id)
        if language not in LANGUAGES:
            raise Refused(
                Sentence("SMSのことばが選ばれていません。"),
                remedy=Sentence("日本語かEnglishを、えらんでください。"),
                field="language",
            )
        if (contact.hours, contact.person.language) == (hours, language):
            return False
        contact.hours_from, contact.hours_to = (hours.begin, hours.end) if hours else (None, None)
        assign(contact.person, {"language": language})
        audit.note(session, "hours chosen", "person", [person_id])
    return True
