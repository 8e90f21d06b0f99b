"""Found a lab: the one deed that needs a session of all labs."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy.orm import Session

from sharemeal.labs import LabRules
from sharemeal.sentences import Refused, Sentence
from sharemeal.store.base import transaction
from sharemeal.store.labs import Lab, by_slug
from sharemeal.written import needed

_SLUG = re.compile(r"^[a-z0-9][a-z0-9-]{0,39}$")


def found_lab(session: Session, slug: str, name: str, *, now: datetime) -> Lab:
    """Add a lab with the default rules. ``slug`` is its short name on the command line and in addresses.

    Raises Refused for a slug that is taken or is not made of a-z, 0-9 and hyphens, and for an empty name.
    """
    with transaction(session, now):
        return new_lab(session, slug, name)


def new_lab(session: Session, slug: str, name: str) -> Lab:
    """As :func:`found_lab`, inside a unit of work that goes on."""
    if not _SLUG.match(slug):
        raise Refused(
            Sentence(
                "ラボの短い名前は、半角の英小文字・数字・ハイフンで40字までです（入力: {slug}）。", slug=slug
            ),
            field="slug",
        )
    if by_slug(session, slug) is not None:
        raise Refused(
            Sentence("「{slug}」というラボはもうあります。", slug=slug),
            remedy=Sentence("ほかの短い名前にしてください。"),
            field="slug",
        )
    lab = Lab(slug=slug, name=needed(name, longest=80), rules=LabRules())
    session.add(lab)
    session.flush()
    return lab
