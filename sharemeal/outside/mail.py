"""E-mail to people who cannot be reached by SMS: by the operator's mail server, or only on this program's own screen.

SMTP keeps no list that could be asked: whether a message whose connection broke was taken is never known, and nobody
sends it again. Its Message-ID is made of its code, so that mailboxes may drop what comes twice all the same.
"""

from __future__ import annotations

import secrets
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP

from sharemeal.message_faults import NO_WAY
from sharemeal.outside.smtp import ADDRESS, TIMEOUT_SECONDS, SmtpServer, connected, hand_over
from sharemeal.outside.ways import SCREEN_SID, Certain, Listed, Outgoing

NO_SUCH_MAILBOX = 553
"""What SMTP answers to an address that cannot be one; we say it ourselves before anybody is asked."""


class _Unlisted:
    """What all e-mail has in common: nobody can be asked what became of it, and nobody calls back."""

    def sent_to(self, to: str, since: datetime) -> list[Listed] | None:
        return None

    def look(self, sid: str) -> Listed | None:
        return None

    def calls_back(self, site: str) -> bool:
        return False


class ScreenMail(_Unlisted):
    """E-mails that stay on the outbox page: every one is taken at once and none leaves this program."""

    def send(self, message: Outgoing) -> str:
        return f"{SCREEN_SID}{secrets.token_hex(12)}"


class NoMail(_Unlisted):
    """Where texts really leave but no mail server is set: every e-mail is refused at once, so that an alert hurries on.

    On the screen it would look as if somebody had been told.
    """

    def send(self, message: Outgoing) -> str:
        raise Certain(NO_WAY, 0)


class SmtpMail(_Unlisted):
    """E-mails by a mail server. A message's sid is its Message-ID."""

    def __init__(
        self,
        server: SmtpServer,
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._server = server
        self._timeout_seconds = timeout_seconds
        self._trust = trust

    def send(self, message: Outgoing) -> str:
        if not ADDRESS.fullmatch(message.to):
            raise Certain(NO_SUCH_MAILBOX, NO_SUCH_MAILBOX)
        sid, content = written(message, self._server)
        with connected(self._server, timeout_seconds=self._timeout_seconds, trust=self._trust) as client:
            hand_over(client, self._server, message.to, content)
        return sid

    def answers(self) -> None:
        """Connect, sign in and say nothing, to see that server, user and password fit. Raises Certain."""
        with connected(self._server, timeout_seconds=self._timeout_seconds, trust=self._trust) as client:
            client.noop()


def written(message: Outgoing, server: SmtpServer) -> tuple[str, bytes]:
    """A message's id, and all of it as it goes over the line: seven-bit letters, so that no server changes it."""
    sid = f"<{message.key}@{server.domain}>"
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = server.sender, message.to, message.subject
    mail["Date"], mail["Message-ID"] = message.at, sid
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(f"{message.text}\n", cte="base64")
    return sid, mail.as_bytes()
