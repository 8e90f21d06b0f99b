"""Whom to telephone: the lab's coordinator, as every page that ends in a call shows them."""

from __future__ import annotations

from dataclasses import dataclass

from sharemeal.people import Role, national
from sharemeal.store import people
from sharemeal.web.doorway import db


@dataclass(frozen=True)
class Contact:
    """A name, and a number to dial (``phone``) and to read (``written``), where one is known."""

    name: str
    phone: str | None

    @property
    def written(self) -> str:
        """The number as people write it."""
        return national(self.phone) if self.phone else ""


def coordinator() -> Contact | None:
    """The first coordinator who can be called, else the first at all; None in a lab without one."""
    found = [
        Contact(each.name, each.phone) for each in people.of_role(db(), Role.COORDINATOR, with_names=True)
    ]
    return next((each for each in found if each.phone), found[0] if found else None)
