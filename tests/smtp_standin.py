"""A mail server on this machine: real SMTP over TCP by aiosmtpd, and it can misbehave.

    def test_something(smtp_server):
        settings = Settings(smtp_url=smtp_server.url)
        smtp_server.plan(Fault.GREYLISTED)          # what the next messages meet; afterwards all are well
        ...
        [mail] = smtp_server.mails("a@example.jp")
        mail.text, mail.headers["Message-ID"]

Nothing here sleeps: what hangs does so until the server closes.
"""

import asyncio
import ipaddress
import ssl
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"
SENDER = "mimamori@example.jp"
USER, PASSWORD = "lab", "p@ss/word"


class Fault(Enum):
    """What one message meets."""

    OK = "taken"
    GREYLISTED = "450 to the recipient"
    NOBODY = "550 to the recipient"
    SENDER_REFUSED = "553 to the sender"
    BUSY_AT_DATA = "451 to the command that announces the content"
    BUSY_AFTER_DATA = "452 to the content"
    SPAM = "554 to the content"
    GONE_BEFORE_DATA = "the line breaks at the recipient"
    GONE = "the line breaks after the content, which is not taken"
    TAKEN_THEN_GONE = "the line breaks after the content, which is taken"
    SILENT_BEFORE_DATA = "no answer to the recipient"
    SILENT = "no answer to the content, which is not taken"
    TAKEN_THEN_SILENT = "no answer to the content, which is taken"


_AT_RECIPIENT = {Fault.GREYLISTED: "450 4.2.0 Try later", Fault.NOBODY: "550 5.1.1 No such user"}
_AFTER_CONTENT = {Fault.BUSY_AFTER_DATA: "452 4.3.1 Full", Fault.SPAM: "554 5.7.1 Spam"}
_TAKES = (Fault.OK, Fault.TAKEN_THEN_GONE, Fault.TAKEN_THEN_SILENT)


@dataclass(frozen=True)
class Mail:
    """One message that the server took: from the envelope, and as it came over the line."""

    sender: str
    to: str
    raw: bytes
    safe: bool

    @property
    def headers(self) -> EmailMessage:
        parsed = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def text(self) -> str:
        return str(self.headers.get_content()).strip()


class _Server(SMTP):
    """aiosmtpd's, which asks nobody before it takes a content in."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        refused = self.event_handler.announced()
        await (super().smtp_DATA(arg) if refused is None else self.push(refused))


def _line(server: SMTP) -> asyncio.WriteTransport:
    assert isinstance(server.transport, asyncio.WriteTransport)
    return server.transport


@dataclass
class SmtpStandIn:
    """Takes messages. ``attempts`` counts every sender that was announced, ``lines`` every connection."""

    port: int = 0
    taken: list[Mail] = field(default_factory=list)
    attempts: int = 0
    lines: int = 0
    wants_sign_in: bool = False

    def __post_init__(self) -> None:
        self._faults: deque[Fault] = deque()
        self._now = Fault.OK
        self.closing = asyncio.Event()

    @property
    def url(self) -> str:
        user = f"{USER}:{quote(PASSWORD, safe='')}@" if self.wants_sign_in else ""
        return f"smtp://{user}{HOST}:{self.port}/?from={SENDER}"

    def plan(self, *faults: Fault) -> None:
        """What the next messages meet, in order."""
        self._faults.extend(faults)

    def mails(self, to: str | None = None) -> list[Mail]:
        """What was taken (for that address), oldest first."""
        return [each for each in self.taken if to in (None, each.to)]

    # --- what aiosmtpd asks

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.wants_sign_in and not session.authenticated:
            return "530 5.7.0 Sign in first"
        self.attempts += 1
        self._now = self._faults.popleft() if self._faults else Fault.OK
        if self._now is Fault.SENDER_REFUSED:
            return "553 5.7.1 Not yours"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._now is Fault.SILENT_BEFORE_DATA:
            await self.closing.wait()
        if self._now is Fault.GONE_BEFORE_DATA:
            _line(server).abort()
        if self._now not in _AT_RECIPIENT:
            envelope.rcpt_tos.append(address)
        return _AT_RECIPIENT.get(self._now, "250 OK")

    def announced(self) -> str | None:
        """What the command DATA meets, before the content; None: it may come."""
        return "451 4.3.0 Later" if self._now is Fault.BUSY_AT_DATA else None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self._now in _TAKES:
            content = envelope.original_content or b""
            sender = envelope.mail_from or ""
            safe = _line(server).get_extra_info("sslcontext") is not None
            self.taken.append(Mail(sender, envelope.rcpt_tos[0], content, safe))
        if self._now in (Fault.GONE, Fault.TAKEN_THEN_GONE):
            _line(server).abort()
        if self._now in (Fault.SILENT, Fault.TAKEN_THEN_SILENT):
            await self.closing.wait()
        return _AFTER_CONTENT.get(self._now, "250 OK")

    def signs_in(
        self, server: SMTP, session: Session, envelope: Envelope, kind: str, told: Any
    ) -> AuthResult:
        good = isinstance(told, LoginPassword) and (told.login, told.password) == (
            USER.encode(),
            PASSWORD.encode(),
        )
        return AuthResult(success=good, handled=False)

    def protocol(self, tls: ssl.SSLContext | None) -> SMTP:
        """One connection."""
        self.lines += 1
        return _Server(
            self,
            hostname="mail.example.jp",
            tls_context=tls,
            require_starttls=tls is not None,
            authenticator=self.signs_in if self.wants_sign_in else None,
            auth_require_tls=False,
        )


@contextmanager
def mail_server(
    *, tls: ssl.SSLContext | None = None, tls_at_once: bool = False, wants_sign_in: bool = False
) -> Iterator[SmtpStandIn]:
    """A server that answers inside the block; with ``tls`` it insists on STARTTLS, or speaks TLS at once."""
    loop = asyncio.new_event_loop()
    standin = SmtpStandIn(wants_sign_in=wants_sign_in)

    async def begin() -> asyncio.Server:
        def protocol() -> SMTP:
            return standin.protocol(None if tls_at_once else tls)

        return await loop.create_server(protocol, HOST, 0, ssl=tls if tls_at_once else None)

    async def end() -> None:
        server.close()
        standin.closing.set()
        others = [each for each in asyncio.all_tasks() if each is not asyncio.current_task()]
        for each in others:
            each.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(begin(), loop).result(5)
    standin.port = server.sockets[0].getsockname()[1]
    try:
        yield standin
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture
def smtp_server() -> Iterator[SmtpStandIn]:
    """A mail server that wants neither TLS nor a sign-in."""
    with mail_server() as standin:
        yield standin


def own_certificate(folder: Path, host: str = HOST) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """TLS for a server called ``host`` by a certificate of its own making, and who trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
    try:
        known: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        known = x509.DNSName(host)
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([known]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    serves = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serves.load_cert_chain(path)
    return serves, ssl.create_default_context(cafile=str(path))
