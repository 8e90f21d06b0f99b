"""A line to the operator's own mail server, as SMTP_URL says it, and one message handed over on it.

Until the server has asked for a message's content, whatever breaks is certain: nothing was handed over. From its first
byte on until the server's answer has been read, nobody knows. Addresses, texts and passwords stand in no log and in no
error, so each error is raised anew, outside of what caught it.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from sharemeal.message_faults import NOT_REACHED, NOT_SAFE, SENDER_REFUSED
from sharemeal.outside.ways import Certain, InDoubt
from sharemeal.sentences import Refused, Sentence

T = TypeVar("T")

TIMEOUT_SECONDS = 8.0
"""So long may connecting take, and so long all that is said afterwards, however slowly the server answers."""
GOODBYE_SECONDS = 1.0
LOOPBACK = ("127.0.0.1", "localhost", "::1")
ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9.-]+", re.ASCII)
"""What every mail server takes: seven-bit letters, nothing that needs quotes."""
_PORTS = {"smtp": 587, "smtps": 465}
_TAKEN, _TAKEN_ON, _GO_AHEAD, _WRONG_SIGN_IN = 250, 251, 354, 535


@dataclass(frozen=True)
class SmtpServer:
    """A mail server: where it is, as whom to sign in there (empty: as nobody), and whom messages come from."""

    host: str
    port: int
    sender: str
    tls_at_once: bool = False
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def domain(self) -> str:
        """The sender's domain: as it we greet, and in it our messages have their ids."""
        return self.sender.rpartition("@")[2]


def server_of(url: str) -> SmtpServer:
    """The server of ``smtp://user:password@host:587/?from=address``, or ``smtps://…`` where TLS begins at once (465).

    Without ``from``, messages come from the user where that is an address; on this machine from ``sharemeal@localhost``.
    What is not a letter, a digit or one of ``-._~`` in user and password is written as ``%40`` and so on.

    Raises Refused, which does not repeat the address: a password may stand in it.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _malformed(Sentence("形が読み取れません。")) from None
    if parts.scheme not in _PORTS or not parts.hostname or parts.path not in ("", "/") or parts.fragment:
        raise _malformed(Sentence("形が読み取れません。"))
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if query.keys() - {"from"}:
        raise _malformed(Sentence("? のあとに書けるのは from だけです。"))
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password) or not (user + password).isascii():
        raise _malformed(Sentence("ユーザー名とパスワードは、英数字と記号で、両方を書きます。"))
    sender = query.get("from") or _implied(user, parts)
    if not ADDRESS.fullmatch(sender):
        raise _malformed(Sentence("送り主のメールアドレス（from）がありません。"))
    return SmtpServer(
        parts.hostname, port or _PORTS[parts.scheme], sender, parts.scheme == "smtps", user, password
    )


def _implied(user: str, parts: SplitResult) -> str:
    if ADDRESS.fullmatch(user):
        return user
    return "sharemeal@localhost" if parts.hostname in LOOPBACK else ""


def _malformed(why: Sentence) -> Refused:
    return Refused(
        Sentence("SMTP_URL を読めません。"),
        why=why,
        remedy=Sentence(
            "smtp://ユーザー:パスワード@ホスト:587/?from=送り主 の形に直してください。"
            "パスワードの記号は %40 のように書きます。"
        ),
    )


@contextmanager
def connected(
    server: SmtpServer, *, timeout_seconds: float = TIMEOUT_SECONDS, trust: ssl.SSLContext | None = None
) -> Iterator[smtplib.SMTP]:
    """A line to the server, safe and signed in, cut after ``timeout_seconds``. Raises Certain: nothing went over it.

    ``trust`` says whose certificates count; None: those that this machine trusts.
    """
    trust = trust or ssl.create_default_context()
    client = _certainly(lambda: _dialled(server, timeout_seconds, trust))
    cut = threading.Timer(timeout_seconds, _cut, (client,))
    cut.daemon = True
    cut.start()
    try:
        _certainly(lambda: _sign_in(client, server, trust))
        yield client
        _take_leave(client)
    finally:
        cut.cancel()
        client.close()


def hand_over(client: smtplib.SMTP, server: SmtpServer, to: str, content: bytes) -> None:
    """Hand one message over. Raises Certain where it was certainly not taken, and InDoubt where nobody knows."""
    lines = re.sub(rb"(?m)^\.", b"..", content)

    def announce() -> None:
        _agreed(client.mail(server.sender), _TAKEN, says_no_to_sender=True)
        _agreed(client.rcpt(to), _TAKEN, _TAKEN_ON)
        _agreed(client.docmd("DATA"), _GO_AHEAD)

    _certainly(announce)
    try:
        client.send(lines + b".\r\n")
        code = client.getreply()[0]
    except (OSError, ValueError):
        code = 0
    if 400 <= code < 600:
        raise _refused(code)
    if code != _TAKEN:
        raise InDoubt("no answer that can be read")


class _Refusal(Exception):
    """The server said no, with this code; ``to_sender``: to the address that messages come from."""

    def __init__(self, code: int, *, to_sender: bool = False) -> None:
        super().__init__(code)
        self.code, self.to_sender = code, to_sender


def _agreed(answer: tuple[int, bytes], *codes: int, says_no_to_sender: bool = False) -> None:
    if answer[0] not in codes:
        raise _Refusal(answer[0], to_sender=says_no_to_sender)


def _dialled(server: SmtpServer, timeout_seconds: float, trust: ssl.SSLContext) -> smtplib.SMTP:
    """Connected and greeted; each of the two may take half of the time."""
    half = timeout_seconds / 2
    if server.tls_at_once:
        return smtplib.SMTP_SSL(server.host, server.port, server.domain, timeout=half, context=trust)
    return smtplib.SMTP(server.host, server.port, server.domain, timeout=half)


def _sign_in(client: smtplib.SMTP, server: SmtpServer, trust: ssl.SSLContext) -> None:
    client.ehlo_or_helo_if_needed()
    if not server.tls_at_once:
        if client.has_extn("starttls"):
            client.starttls(context=trust)
            client.ehlo_or_helo_if_needed()
        elif server.host not in LOOPBACK:
            raise ssl.SSLCertVerificationError("no TLS")
    if server.user:
        try:
            client.login(server.user, server.password)
        except (smtplib.SMTPResponseException, smtplib.SMTPServerDisconnected):
            raise
        except smtplib.SMTPException:  # no kind of sign-in that both of us know
            raise _Refusal(_WRONG_SIGN_IN) from None


def _certainly(call: Callable[[], T]) -> T:
    """What the call answers; whatever breaks in it is certain."""
    try:
        return call()
    except _Refusal as refusal:
        fault = _refused(refusal.code)
        if refusal.to_sender and not fault.busy:
            fault = Certain(SENDER_REFUSED, refusal.code)
    except smtplib.SMTPResponseException as error:
        fault = _refused(error.smtp_code)
    except ssl.SSLCertVerificationError:
        fault = Certain(NOT_SAFE, 0)
    except (OSError, ValueError):
        fault = Certain(NOT_REACHED, 0, busy=True)
    raise fault


def _refused(code: int) -> Certain:
    """What begins with 5 would be said again; anything else is worth another try."""
    if not 400 <= code < 600:
        return Certain(NOT_REACHED, 0, busy=True)
    return Certain(code, code, busy=code < 500)


def _take_leave(client: smtplib.SMTP) -> None:
    """All is said: whether the server says goodbye changes nothing."""
    with suppress(OSError):
        if client.sock is not None:
            client.sock.settimeout(GOODBYE_SECONDS)
        client.quit()


def _cut(client: smtplib.SMTP) -> None:
    """Whoever waits on this line gets an error. Not through TLS, which would let go of its key before the line."""
    line = client.sock
    if line is not None:
        with suppress(OSError):
            socket.socket.shutdown(line, socket.SHUT_RDWR)
