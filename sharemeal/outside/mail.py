"""E-mail to people who cannot be reached by SMS: by an SMTP server, or only on this program's own screen.

SMTP keeps no list that could be asked: whether a message whose connection broke was taken is never known, and nobody
sends it again. Addresses and texts stand in no log.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from sharemeal.outside.ways import SCREEN_SID, Listed, Outgoing


class ScreenMail:
    """E-mails that stay on the outbox page: every one is taken at once and none leaves this program."""

    def send(self, message: Outgoing) -> str:
        return f"{SCREEN_SID}{secrets.token_hex(12)}"

    def sent_to(self, to: str, since: datetime) -> list[Listed] | None:
        return None

    def look(self, sid: str) -> Listed | None:
        return None

    def calls_back(self, site: str) -> bool:
        return False
