"""People who sign in, their links, code attempts and server-side sessions."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text, func, select
from sqlalchemy.orm import Mapped, Session, deferred, mapped_column, relationship, undefer_group

from sharemeal.people import Role
from sharemeal.store.audit import Personal
from sharemeal.store.base import Base, LabOwned
from sharemeal.store.columns import Coded, EncryptedText, Keyed, UtcDateTime


class Person(Personal, LabOwned, Base):
    """Somebody with a role. ``kitchen_id`` says for which kitchen; a volunteer's row points here.

    People of the city and of the system belong to no lab.
    """

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_role", "lab_id", "role"),)
    personal = ("name", "reading", "phone", "email")

    id: Mapped[int] = mapped_column(primary_key=True)
    lab_id: Mapped[int | None] = mapped_column(  # type: ignore[assignment]
        ForeignKey("lab.id", ondelete="CASCADE"), index=True
    )
    role: Mapped[Role] = mapped_column(Coded(Role))
    kitchen_id: Mapped[int | None] = mapped_column(ForeignKey("kitchen.id", ondelete="CASCADE"))
    name: Mapped[str] = deferred(mapped_column(EncryptedText), group="personal")
    reading: Mapped[str | None] = deferred(mapped_column(EncryptedText), group="personal")
    phone: Mapped[str | None] = deferred(mapped_column(EncryptedText), group="personal")
    email: Mapped[str | None] = deferred(mapped_column(EncryptedText), group="personal")
    phone_index: Mapped[str | None] = mapped_column(Keyed, index=True)
    email_index: Mapped[str | None] = mapped_column(Keyed, unique=True)
    password: Mapped[str | None] = deferred(mapped_column(Text))
    uniquifier: Mapped[str] = mapped_column(Text, unique=True, default=lambda: secrets.token_hex(16))
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(Text, default="ja")


class SignInLink(LabOwned, Base):
    """A link to sign in with: token and code are kept as hashes only.

    ``service_date`` is the day a route or day link lives for; a staff link has none and is used once.
    ``device_hash`` is the device that the first POST bound.
    """

    __tablename__ = "sign_in_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    lab_id: Mapped[int | None] = mapped_column(  # type: ignore[assignment]
        ForeignKey("lab.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(Text, unique=True)
    code_hash: Mapped[str] = mapped_column(Text)
    service_date: Mapped[date | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_until: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    device_hash: Mapped[str | None] = mapped_column(Text)
    person: Mapped[Person] = relationship()


class CodeAttempt(Base):
    """One try of a code or a password, counted by what was tried (a link, an address), never by its value."""

    __tablename__ = "code_attempt"
    __table_args__ = (Index("ix_code_attempt_subject", "subject", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    succeeded: Mapped[bool]


class WebSession(Base):
    """A browser's session, kept here so that it can be ended at once. The cookie holds only the unhashed id."""

    __tablename__ = "web_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    id_hash: Mapped[str] = mapped_column(Text, unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    values: Mapped[str] = mapped_column(EncryptedText)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FormPost(Base):
    """A form that was taken once; sending it again leads to the same place and changes nothing."""

    __tablename__ = "form_post"

    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[str] = mapped_column(Text, unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    location: Mapped[str] = mapped_column(Text)


def of_role(session: Session, role: Role, *, with_names: bool = False) -> list[Person]:
    """The active people of a role inside the fence, oldest first."""
    query = select(Person).where(Person.role == role, Person.active).order_by(Person.id)
    return list(session.scalars(query.options(undefer_group("personal")) if with_names else query))


def by_email(session: Session, email: str) -> Person | None:
    """The active person of that (normal) e-mail address, found without any address standing in clear."""
    return session.scalars(select(Person).where(Person.email_index == email, Person.active)).first()


def link_of_token(session: Session, token_hash: str, *, to_change: bool = False) -> SignInLink | None:
    """The link whose token has this hash; ``to_change`` keeps others from changing it meanwhile."""
    query = select(SignInLink).where(SignInLink.token_hash == token_hash)
    if to_change:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).first()


def wrong_tries_since(session: Session, subject: str, since: datetime) -> int:
    """How often a code or password was tried in vain since then, and since it last fitted."""
    fitted = select(func.max(CodeAttempt.id)).where(CodeAttempt.subject == subject, CodeAttempt.succeeded)
    query = select(func.count()).where(
        CodeAttempt.subject == subject,
        CodeAttempt.at > since,
        CodeAttempt.id > func.coalesce(fitted.scalar_subquery(), 0),
    )
    return session.scalar(query) or 0


def open_session(session: Session, id_hash: str, now: datetime) -> WebSession | None:
    """The browser's session of this id, unless it has ended or expired."""
    query = select(WebSession).where(
        WebSession.id_hash == id_hash, WebSession.ended_at.is_(None), WebSession.expires_at > now
    )
    return session.scalars(query).first()
