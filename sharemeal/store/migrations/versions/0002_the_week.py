"""The week"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "service_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fixed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fixed_by", sa.Text(), nullable=True),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name="fk_service_day_lab_id_lab", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_service_day"),
        sa.UniqueConstraint("lab_id", "service_date", name="uq_service_day_lab_id_service_date"),
    )
    op.create_index("ix_service_day_lab_id", "service_day", ["lab_id"])

    op.create_table(
        "solve_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal", sa.LargeBinary(), nullable=True),
        sa.Column("trace", sa.JSON(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name="fk_solve_run_lab_id_lab", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_solve_run"),
    )
    op.create_index("ix_solve_run_lab_id", "solve_run", ["lab_id"])
    op.create_index("ix_solve_run_service_date", "solve_run", ["service_date"])

    op.create_table(
        "decline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name="fk_decline_household_id_household", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name="fk_decline_lab_id_lab", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_decline"),
        sa.UniqueConstraint("household_id", "service_date", name="uq_decline_household_id_service_date"),
    )
    op.create_index("ix_decline_household_id", "decline", ["household_id"])
    op.create_index("ix_decline_lab_id", "decline", ["lab_id"])
    op.create_index("ix_decline_service_date", "decline", ["service_date"])

    op.create_table(
        "offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("kitchen_id", sa.Integer(), nullable=False),
        sa.Column("dish", sa.Text(), nullable=False),
        sa.Column("meal_count", sa.Integer(), nullable=False),
        sa.Column("allergens", sa.Text(), nullable=True),
        sa.Column("texture", sa.Integer(), nullable=False),
        sa.Column("ready_seconds", sa.Integer(), nullable=False),
        sa.Column("surplus_kg", sa.Numeric(precision=6, scale=2), nullable=True),
        sa.Column("surplus_measured", sa.Boolean(), nullable=False),
        sa.Column("uses_surplus", sa.Boolean(), nullable=False),
        sa.Column("local_percent", sa.Integer(), nullable=True),
        sa.Column("employment_hours", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["kitchen_id"], ["kitchen.id"], name="fk_offer_kitchen_id_kitchen", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name="fk_offer_lab_id_lab", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_offer"),
        sa.UniqueConstraint(
            "lab_id",
            "service_date",
            "kitchen_id",
            "dish",
            name="uq_offer_lab_id_service_date_kitchen_id_dish",
        ),
    )
    op.create_index("ix_offer_kitchen_id", "offer", ["kitchen_id"])
    op.create_index("ix_offer_lab_id", "offer", ["lab_id"])
    op.create_index("ix_offer_service_date", "offer", ["service_date"])

    op.create_table(
        "duty_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("can_serve", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name="fk_duty_answer_lab_id_lab", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteer.id"],
            name="fk_duty_answer_volunteer_id_volunteer",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_duty_answer"),
        sa.UniqueConstraint("volunteer_id", "service_date", name="uq_duty_answer_volunteer_id_service_date"),
    )
    op.create_index("ix_duty_answer_lab_id", "duty_answer", ["lab_id"])
    op.create_index("ix_duty_answer_service_date", "duty_answer", ["service_date"])
    op.create_index("ix_duty_answer_volunteer_id", "duty_answer", ["volunteer_id"])

    op.create_table(
        "familiar_face",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["household.id"],
            name="fk_familiar_face_household_id_household",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["lab_id"], ["lab.id"], name="fk_familiar_face_lab_id_lab", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteer.id"],
            name="fk_familiar_face_volunteer_id_volunteer",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_familiar_face"),
        sa.UniqueConstraint(
            "volunteer_id", "household_id", name="uq_familiar_face_volunteer_id_household_id"
        ),
    )
    op.create_index("ix_familiar_face_household_id", "familiar_face", ["household_id"])
    op.create_index("ix_familiar_face_lab_id", "familiar_face", ["lab_id"])
    op.create_index("ix_familiar_face_volunteer_id", "familiar_face", ["volunteer_id"])

    op.create_table(
        "pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("kitchen_id", sa.Integer(), nullable=True),
        sa.Column("volunteer_id", sa.Integer(), nullable=True),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name="fk_pause_household_id_household", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["kitchen_id"], ["kitchen.id"], name="fk_pause_kitchen_id_kitchen", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name="fk_pause_lab_id_lab", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name="fk_pause_volunteer_id_volunteer", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_pause"),
    )
    op.create_index("ix_pause_household_id", "pause", ["household_id"])
    op.create_index("ix_pause_kitchen_id", "pause", ["kitchen_id"])
    op.create_index("ix_pause_lab_id", "pause", ["lab_id"])
    op.create_index("ix_pause_volunteer_id", "pause", ["volunteer_id"])

    op.create_table(
        "pin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("only_on", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name="fk_pin_household_id_household", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name="fk_pin_lab_id_lab", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name="fk_pin_volunteer_id_volunteer", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_pin"),
    )
    op.create_index("ix_pin_household_id", "pin", ["household_id"])
    op.create_index("ix_pin_lab_id", "pin", ["lab_id"])
    op.create_index("ix_pin_volunteer_id", "pin", ["volunteer_id"])
