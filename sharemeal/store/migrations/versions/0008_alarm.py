"""System alarms, and the indexes by which the auditor asks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_alarm"),
    )
    op.create_index(
        "uq_alarm_standing",
        "alarm",
        ["kind"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_alert_open",
        "alert",
        ["next_step_at", "ack_expires_at", "opened_at"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_expected_visit_open",
        "expected_visit",
        ["due_at", "day_id"],
        sqlite_where=sa.text("closed_at IS NULL AND raised_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL AND raised_at IS NULL"),
    )
    op.drop_index("ix_expected_visit_due_at", "expected_visit")
    op.create_index("ix_service_day_state", "service_day", ["state"])
    op.create_index("ix_outbox_accepted_at", "outbox", ["accepted_at"])
    op.create_index(
        "ix_audit_entry_unlinked",
        "audit_entry",
        ["seq"],
        sqlite_where=sa.text("hash IS NULL"),
        postgresql_where=sa.text("hash IS NULL"),
    )
