"""The round: visits, concerns, batches"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "lab", sa.Column("remind_kitchens_time", sa.Time(), nullable=False, server_default="10:00:00")
    )
    op.add_column("lab", sa.Column("confirm_time", sa.Time(), nullable=False, server_default="17:00:00"))
    op.add_column(
        "lab", sa.Column("rests_on_holidays", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.add_column("lab", sa.Column("closed_days", sa.Text(), nullable=False, server_default=""))
    op.add_column("lab", sa.Column("open_days", sa.Text(), nullable=False, server_default=""))
    op.add_column("service_day", sa.Column("started_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("service_day", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("service_day", sa.Column("closed_by", sa.Text(), nullable=True))
    op.add_column("service_day", sa.Column("called_off_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("service_day", sa.Column("called_off_why", sa.LargeBinary(), nullable=True))
    op.add_column(
        "service_day", sa.Column("heat_alert", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_heartbeat"),
    )
    op.create_table(
        "day_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name="fk_day_step_lab_id_lab", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_day_step"),
        sa.UniqueConstraint("lab_id", "service_date", "step", name="uq_day_step_lab_id_service_date_step"),
    )
    op.create_index("ix_day_step_lab_id", "day_step", ["lab_id"])
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("meal_count", sa.Integer(), nullable=False),
        sa.Column("cooked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name="fk_batch_lab_id_lab", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offer.id"], name="fk_batch_offer_id_offer", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_batch"),
        sa.UniqueConstraint("offer_id", name="uq_batch_offer_id"),
    )
    op.create_index("ix_batch_lab_id", "batch", ["lab_id"])
    op.create_table(
        "meal_tally",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("cooked", sa.Integer(), nullable=False),
        sa.Column("handed", sa.Integer(), nullable=False),
        sa.Column("left_there", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("lost", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("cooked = handed + left_there + returned + lost", name="ck_meal_tally_adds_up"),
        sa.CheckConstraint(
            "handed >= 0 AND left_there >= 0 AND returned >= 0 AND lost >= 0",
            name="ck_meal_tally_no_negative",
        ),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name="fk_meal_tally_lab_id_lab", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offer.id"], name="fk_meal_tally_offer_id_offer", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_meal_tally"),
        sa.UniqueConstraint("offer_id", name="uq_meal_tally_offer_id"),
    )
    op.create_index("ix_meal_tally_lab_id", "meal_tally", ["lab_id"])
    op.create_table(
        "pickup_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_uuid", sa.Text(), nullable=False),
        sa.Column("stop_id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("portions", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lab_id"], ["lab.id"], name="fk_pickup_count_lab_id_lab", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offer.id"], name="fk_pickup_count_offer_id_offer", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["person.id"], name="fk_pickup_count_reporter_id_person", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["stop_id"], ["stop.id"], name="fk_pickup_count_stop_id_stop", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_pickup_count"),
        sa.UniqueConstraint(
            "lab_id", "client_uuid", "offer_id", name="uq_pickup_count_lab_id_client_uuid_offer_id"
        ),
    )
    op.create_index("ix_pickup_count_lab_id", "pickup_count", ["lab_id"])
    op.create_index("ix_pickup_count_offer_id", "pickup_count", ["offer_id"])
    op.create_index("ix_pickup_count_stop_id", "pickup_count", ["stop_id"])
    op.create_table(
        "concern",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("volunteer_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("why", sa.LargeBinary(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("next_look_on", sa.Text(), nullable=True),
        sa.Column("memo", sa.LargeBinary(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_as", sa.Text(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("carried_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["day_id"], ["service_day.id"], name="fk_concern_day_id_service_day", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["person.id"], name="fk_concern_ended_by_id_person", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name="fk_concern_household_id_household", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name="fk_concern_lab_id_lab", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["person.id"], name="fk_concern_owner_id_person", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name="fk_concern_volunteer_id_volunteer", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_concern"),
    )
    op.create_index("ix_concern_day_id", "concern", ["day_id"])
    op.create_index("ix_concern_household_id", "concern", ["household_id"])
    op.create_index("ix_concern_lab_id", "concern", ["lab_id"])
    op.create_index("ix_concern_open", "concern", ["lab_id", "ended_at"])
    op.create_index("ix_concern_volunteer_id", "concern", ["volunteer_id"])
    op.create_table(
        "check_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_uuid", sa.Text(), nullable=False),
        sa.Column("day_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("stop_id", sa.Integer(), nullable=True),
        sa.Column("reporter_id", sa.Integer(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("means", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("codes", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("concern_id", sa.Integer(), nullable=True),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["concern_id"], ["concern.id"], name="fk_check_in_concern_id_concern", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["day_id"], ["service_day.id"], name="fk_check_in_day_id_service_day", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["person.id"], name="fk_check_in_entered_by_id_person", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name="fk_check_in_household_id_household", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name="fk_check_in_lab_id_lab", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["person.id"], name="fk_check_in_reporter_id_person", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["stop_id"], ["stop.id"], name="fk_check_in_stop_id_stop", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_check_in"),
        sa.UniqueConstraint("lab_id", "client_uuid", name="uq_check_in_lab_id_client_uuid"),
    )
    op.create_index("ix_check_in_concern_id", "check_in", ["concern_id"])
    op.create_index("ix_check_in_day_id", "check_in", ["day_id"])
    op.create_index("ix_check_in_household_id", "check_in", ["household_id"])
    op.create_index("ix_check_in_lab_id", "check_in", ["lab_id"])
    op.create_index("ix_check_in_log", "check_in", ["lab_id", "received_at", "id"])
    op.create_index("ix_check_in_reporter_id", "check_in", ["reporter_id"])
    op.create_index("ix_check_in_stop_id", "check_in", ["stop_id"])
    op.create_table(
        "expected_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day_id", sa.Integer(), nullable=False),
        sa.Column("whose", sa.Text(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("stop_id", sa.Integer(), nullable=True),
        sa.Column("volunteer_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("concern_id", sa.Integer(), nullable=True),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["concern_id"], ["concern.id"], name="fk_expected_visit_concern_id_concern", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["day_id"], ["service_day.id"], name="fk_expected_visit_day_id_service_day", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["household.id"],
            name="fk_expected_visit_household_id_household",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["lab_id"], ["lab.id"], name="fk_expected_visit_lab_id_lab", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["stop_id"], ["stop.id"], name="fk_expected_visit_stop_id_stop", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteer.id"],
            name="fk_expected_visit_volunteer_id_volunteer",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_expected_visit"),
        sa.UniqueConstraint(
            "day_id",
            "whose",
            "household_id",
            "stop_id",
            name="uq_expected_visit_day_id_whose_household_id_stop_id",
        ),
    )
    op.create_index("ix_expected_visit_concern_id", "expected_visit", ["concern_id"])
    op.create_index("ix_expected_visit_day_id", "expected_visit", ["day_id"])
    op.create_index("ix_expected_visit_due_at", "expected_visit", ["due_at"])
    op.create_index("ix_expected_visit_household_id", "expected_visit", ["household_id"])
    op.create_index("ix_expected_visit_lab_id", "expected_visit", ["lab_id"])
    op.create_index("ix_expected_visit_stop_id", "expected_visit", ["stop_id"])
    op.create_index("ix_expected_visit_volunteer_id", "expected_visit", ["volunteer_id"])
