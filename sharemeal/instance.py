"""The instance folder: secrets made at first start, the local database, and the store opened from settings."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

from sharemeal.config import Settings
from sharemeal.sentences import Refused, Sentence
from sharemeal.store.base import Store
from sharemeal.store.columns import Keyring

if TYPE_CHECKING:
    from sharemeal.outside.heartbeat import Heart
    from sharemeal.outside.mail import NoMail, ScreenMail, SmtpMail
    from sharemeal.outside.sms import ScreenSms, TwilioSms

SECRET_FILES = ("secret_key", "field_keys", "index_key")


def _written(path: Path, content: str) -> Path:
    """A new file beside ``path``, for the owner alone, whose content is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(
        os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return fresh


def _kept(folder: Path, name: str, make: Callable[[], str]) -> str:
    """The content of a secret file, made whole when it does not exist yet; of two who make it at once, one wins."""
    path = folder / name
    if not path.exists():
        fresh = _written(path, make())
        try:
            path.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="utf-8").strip()


def secret_key(settings: Settings) -> str:
    """The key that signs forms."""
    return settings.secret_key or _kept(
        settings.instance_folder, "secret_key", lambda: secrets.token_urlsafe(48)
    )


def keyring(settings: Settings) -> Keyring:
    """The keys of personal columns. Raises Refused when one is malformed."""
    folder = settings.instance_folder
    fields = settings.field_keys or _kept(folder, "field_keys", lambda: Fernet.generate_key().decode())
    index = settings.index_key or _kept(folder, "index_key", lambda: secrets.token_urlsafe(32))
    return Keyring(tuple(key.strip() for key in fields.replace("\n", ",").split(",") if key.strip()), index)


def keep_field_keys(settings: Settings, keys: Keyring) -> None:
    """Write the field keys, newest first, where :func:`keyring` finds them: whole and on the disk, or not at all."""
    path = settings.instance_folder / "field_keys"
    _written(path, ",".join(keys.field_keys)).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def newer_keys(settings: Settings) -> Callable[[], Keyring | None]:
    """A question that is answered with a keyring when the file of field keys has changed since it was last asked."""
    path = settings.instance_folder / "field_keys"

    def stamp() -> tuple[int, int] | None:
        try:
            status = path.stat()
        except FileNotFoundError:
            return None
        return status.st_mtime_ns, status.st_ino

    seen = stamp()

    def ask() -> Keyring | None:
        nonlocal seen
        found = stamp()
        if found in (None, seen):
            return None
        seen = found
        return keyring(settings)

    return ask


def database_url(settings: Settings) -> str:
    """The address of the database; without a setting, SQLite in the instance folder."""
    if settings.database_url:
        return settings.database_url
    settings.instance_folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{settings.instance_folder / 'sharemeal.sqlite'}"


def open_store(settings: Settings) -> Store:
    """The database of these settings. The caller closes it."""
    if settings.field_keys:
        return Store(database_url(settings), keyring(settings))
    ask = newer_keys(settings)
    return Store(database_url(settings), keyring(settings), ask)


def heart_of(settings: Settings) -> Heart | None:
    """What beats outside, or None where no address is set. Raises Refused for an address that is none."""
    from sharemeal.outside.heartbeat import Heart, is_address

    if not settings.heartbeat_url:
        return None
    if not is_address(settings.heartbeat_url):
        raise Refused(
            Sentence("HEARTBEAT_URL を読めません。"),
            remedy=Sentence("https://… の形に直すか、外してください。"),
        )
    return Heart(settings.heartbeat_url)


def mail_of(settings: Settings) -> SmtpMail | NoMail | ScreenMail:
    """By which way e-mails leave: the mail server where it is set; none where only Twilio is; else the outbox page.

    Raises Refused where SMTP_URL is malformed.
    """
    from sharemeal.outside.mail import NoMail, ScreenMail, SmtpMail
    from sharemeal.outside.smtp import server_of

    if settings.smtp_url:
        return SmtpMail(server_of(settings.smtp_url))
    return NoMail() if _names_twilio(settings) else ScreenMail()


def operator_of(settings: Settings, now: Callable[[], datetime]) -> Callable[[str, str], None] | None:
    """How the operator is written to, past the outbox: subject and text; None where no address or no mail server is set.

    Raises Refused where SMTP_URL is malformed.
    """
    from sharemeal.outside.mail import SmtpMail
    from sharemeal.outside.smtp import server_of
    from sharemeal.outside.ways import Outgoing

    if not (settings.smtp_url and settings.operator_email):
        return None
    mail = SmtpMail(server_of(settings.smtp_url))

    def tell(subject: str, text: str) -> None:
        key = secrets.token_hex(8)
        mail.send(Outgoing(settings.operator_email, subject, text, key, at=now()))

    return tell


def _names_twilio(settings: Settings) -> bool:
    """Whether anything of Twilio is set."""
    return bool(
        settings.twilio_account_sid
        or settings.twilio_auth_token
        or settings.twilio_from
        or settings.twilio_messaging_service_sid
        or settings.twilio_api_url
    )


def sms_of(settings: Settings) -> TwilioSms | ScreenSms:
    """By which way texts leave: Twilio where it is set, else only on the outbox page.

    Raises Refused when Twilio is set by halves: a text that somebody relies on must not stay on the screen.
    """
    from sharemeal.outside.sms import ScreenSms, TwilioSms

    account, token = settings.twilio_account_sid, settings.twilio_auth_token
    sender, service = settings.twilio_from, settings.twilio_messaging_service_sid
    if not _names_twilio(settings):
        return ScreenSms()
    lacking = [
        name for name, value in (("TWILIO_ACCOUNT_SID", account), ("TWILIO_AUTH_TOKEN", token)) if not value
    ]
    if not (sender or service):
        lacking.append("TWILIO_FROM")
    if lacking:
        raise Refused(
            Sentence("Twilio の設定が足りません（{names}）。", names="・".join(lacking)),
            remedy=Sentence("足りないものを入れるか、TWILIO_ で始まる設定をすべて外してください。"),
        )
    parts = urlsplit(settings.twilio_api_url)
    if settings.twilio_api_url and (parts.scheme not in ("http", "https") or not parts.netloc):
        raise Refused(
            Sentence("TWILIO_API_URL を読めません（{value}）。", value=settings.twilio_api_url),
            remedy=Sentence("https://… の形に直すか、外してください。"),
        )
    return TwilioSms(
        account, token, sender=sender, messaging_service_sid=service, api_url=settings.twilio_api_url
    )
