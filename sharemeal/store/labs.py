"""Labs and their rules."""

from __future__ import annotations

from datetime import date, datetime, time  # noqa: F401  (SQLAlchemy resolves LabRules' annotations in this module)

from sqlalchemy import Text, Time, select
from sqlalchemy.orm import Mapped, Session, composite, mapped_column

from sharemeal.labs import LabRules
from sharemeal.store.base import Base, FenceBroken
from sharemeal.store.columns import TextSet


class Lab(Base):
    """リビングラボ: the tenant."""

    __tablename__ = "lab"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    rules: Mapped[LabRules] = composite(
        LabRules,
        mapped_column("zone_name", Text),
        mapped_column("weekday"),
        mapped_column("cutoff_days_before"),
        mapped_column("cutoff_time", Time),
        mapped_column("patience_minutes"),
        mapped_column("volunteer_margin_minutes"),
        mapped_column("door_seconds"),
        mapped_column("pickup_seconds"),
        mapped_column("familiarity_weight_seconds"),
        mapped_column("change_weight_seconds"),
        mapped_column("remind_kitchens_time", Time),
        mapped_column("confirm_time", Time),
        mapped_column("rests_on_holidays"),
        mapped_column("closed_days", TextSet),
        mapped_column("open_days", TextSet),
        mapped_column("call_home_minutes"),
        mapped_column("coordinator_minutes"),
        mapped_column("family_minutes"),
        mapped_column("care_plaza_minutes"),
        mapped_column("emergency_minutes"),
    )


def all_labs(session: Session) -> list[Lab]:
    """Every lab, by slug."""
    return list(session.scalars(select(Lab).order_by(Lab.slug)))


def by_slug(session: Session, slug: str) -> Lab | None:
    """The lab of that slug."""
    return session.scalars(select(Lab).where(Lab.slug == slug)).first()


def fenced(session: Session) -> Lab:
    """The lab that this session is fenced to. Raises FenceBroken for a session of all labs."""
    lab = session.get(Lab, session.info["fence"]) if isinstance(session.info["fence"], int) else None
    if lab is None:
        raise FenceBroken("this needs a session of one lab")
    return lab


def for_writing(session: Session) -> Lab:
    """The session's lab as it is now, locked, so that of two changes at once none is lost."""
    query = select(Lab).where(Lab.id == fenced(session).id).with_for_update(key_share=True)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def today(session: Session, now: datetime) -> date:
    """The calendar day at ``now`` where the session's lab is."""
    return fenced(session).rules.today(now)
