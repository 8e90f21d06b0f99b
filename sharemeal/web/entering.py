"""Reading forms as they were typed, and cutting long lists into pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from flask import flash, request
from flask_babel import gettext as _

from sharemeal.papers.tables import Change
from sharemeal.store.columns import HIGHEST_ID

T = TypeVar("T")

PAGE_ROWS = 50
LONGEST_SEARCH = 60
YEARS = range(2000, 2101)
"""The years of which a day may be asked for: near either end of the calendar there is no day before or after."""


def typed(fields: Iterable[str]) -> dict[str, str]:
    """What the form says in these fields, as it was typed; several ticks of one name become a list with ・."""
    return {
        field: "・".join(text for text in request.form.getlist(field) if text.strip()) for field in fields
    }


def iso_day(text: str) -> date:
    """The day that an address or a hidden field names. Raises LookupError, which answers 404, for no such day."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise LookupError("day") from None
    if day.year not in YEARS:
        raise LookupError("day")
    return day


def id_in(text: str) -> int:
    """The id that a field of a form names. Raises LookupError, which answers 404, for what can be none."""
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(HIGHEST_ID))):
        raise LookupError("id")
    if not 0 < int(text) <= HIGHEST_ID:
        raise LookupError("id")
    return int(text)


def tell_change(done: Change) -> None:
    """Say on the next page whether a form that was sent has changed anything."""
    flash(_("変わったところはありません。") if done is Change.UNCHANGED else _("直しました。"))


def searched() -> str:
    """What is looked for. It comes in the body of a form: a name must never stand in an address."""
    return request.form.get("find", "")[:LONGEST_SEARCH].strip()


@dataclass(frozen=True)
class Sheet(Generic[T]):
    """One page of a long list. Pages count from 1; ``total`` is the number of all rows."""

    rows: Sequence[T]
    page: int
    pages: int
    total: int


def cut(rows: Sequence[T], *, whole: bool = False) -> Sheet[T]:
    """The page that the address asks for (``?page=2``), or all rows at once."""
    if whole:
        return Sheet(rows, 1, 1, len(rows))
    pages = max(1, -(-len(rows) // PAGE_ROWS))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    return Sheet(rows[(page - 1) * PAGE_ROWS : page * PAGE_ROWS], page, pages, len(rows))
