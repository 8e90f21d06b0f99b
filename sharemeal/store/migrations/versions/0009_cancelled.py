"""Volunteers who cannot come: courses without anybody, and who took them over"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("route") as table:
        table.add_column(sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("planned_mode", sa.Text(), nullable=True))
    op.create_table(
        "cover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.Column("day_id", sa.Integer(), nullable=False),
        sa.Column("route_id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unheard", sa.Boolean(), nullable=False),
        sa.Column("concern_id", sa.Integer(), nullable=True),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name="fk_cover_lab_id_lab", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["day_id"], ["service_day.id"], name="fk_cover_day_id_service_day", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["route_id"], ["route.id"], name="fk_cover_route_id_route", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name="fk_cover_volunteer_id_volunteer", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["person.id"], name="fk_cover_entered_by_id_person", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["concern_id"], ["concern.id"], name="fk_cover_concern_id_concern", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["taken_by_id"], ["volunteer.id"], name="fk_cover_taken_by_id_volunteer", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_cover"),
    )
    for column in ("lab_id", "day_id", "route_id", "volunteer_id", "concern_id"):
        op.create_index(f"ix_cover_{column}", "cover", [column])
