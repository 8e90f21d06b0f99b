"""What else somebody was asked for: every request behind one text, as the page of each of them lists it."""

from __future__ import annotations

from dataclasses import dataclass

from sharemeal.store import grouped
from sharemeal.store.labs import fenced
from sharemeal.watch import KIND_WORDS, Kind
from sharemeal.web import doorway
from sharemeal.web.case import KIND_ICONS, Letter, clock_told


@dataclass(frozen=True)
class Asked:
    """One more request to the same person that nobody has taken up: its own code, what it is, since when (told).

    ``number`` is the home's, None for a volunteer who is silent.
    """

    code: str
    kind: Kind
    since: str
    number: int | None

    @property
    def words(self) -> str:
        """Its kind in words."""
        return KIND_WORDS[self.kind]

    @property
    def icon(self) -> str:
        """The picture of its kind."""
        return KIND_ICONS[self.kind]


def asked(letter: Letter) -> list[Asked]:
    """The other open requests to this letter's person, the gravest and oldest first. No names."""
    with doorway.doorway().store.session(letter.lab_id, actor="a link") as session:
        zone = fenced(session).rules.zone
        return [
            Asked(
                message.code,
                concern.kind,
                clock_told(concern.since, zone),
                None if concern.household is None else concern.household.number,
            )
            for message, concern in grouped.open_requests(session, letter.person_id, doorway.now())
            if message.alert_id != letter.alert_id
        ]
