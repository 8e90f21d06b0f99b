"""見守りのお約束: give and withdraw it, item by item. What was once agreed stays written."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from sharemeal.households import ConsentItem
from sharemeal.sentences import Refused, Sentence
from sharemeal.store.base import own, transaction
from sharemeal.store.households import Consent, Household
from sharemeal.store.labs import today


def give_consent(
    session: Session,
    household_id: int,
    item: ConsentItem,
    *,
    by: str,
    now: datetime,
    review_on: date | None = None,
) -> None:
    """Note that a household agreed to an item, and who said so; agreed already, nothing changes.

    Raises LookupError for a household that is not of this lab, Refused without a name.
    """
    if not by.strip():
        raise Refused(
            Sentence("どなたが約束されたかが空のままです。"),
            remedy=Sentence("お名前を入力してください。"),
            field="given_by",
        )
    with transaction(session, now):
        row = own(session, Household, household_id)
        agree(row, item, given=True, by=by.strip(), today=today(session, now), review_on=review_on)


def withdraw_consent(session: Session, household_id: int, item: ConsentItem, *, now: datetime) -> None:
    """Note that a household takes an item back, from today. Raises LookupError."""
    with transaction(session, now):
        agree(own(session, Household, household_id), item, given=False, by="", today=today(session, now))


def agree(
    row: Household, item: ConsentItem, *, given: bool, by: str, today: date, review_on: date | None = None
) -> None:
    """Bring one item to given or withdrawn, inside a unit of work; where it stands so already, nothing changes."""
    standing = [each for each in row.consents if each.item == item and each.withdrawn_on is None]
    if given and not standing:
        row.consents.append(
            Consent(
                lab_id=row.lab_id,
                item=item,
                given_on=today,
                given_by=by,
                review_on=review_on,
                withdrawn_on=None,
            )
        )
    for each in () if given else standing:
        each.withdrawn_on = today
