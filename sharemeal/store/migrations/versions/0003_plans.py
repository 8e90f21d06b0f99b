"""Plans"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shortage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("portions", sa.Integer(), nullable=False),
        sa.Column("why", sa.LargeBinary(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["day_id"], ["service_day.id"], name="fk_shortage_day_id_service_day", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name="fk_shortage_household_id_household", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name="fk_shortage_lab_id_lab", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_shortage"),
    )
    op.create_index("ix_shortage_day_id", "shortage", ["day_id"])
    op.create_index("ix_shortage_household_id", "shortage", ["household_id"])
    op.create_index("ix_shortage_lab_id", "shortage", ["lab_id"])

    op.create_table(
        "sign_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("signed_by", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["day_id"], ["service_day.id"], name="fk_sign_off_day_id_service_day", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name="fk_sign_off_household_id_household", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name="fk_sign_off_lab_id_lab", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_sign_off"),
        sa.UniqueConstraint("day_id", "household_id", name="uq_sign_off_day_id_household_id"),
    )
    op.create_index("ix_sign_off_day_id", "sign_off", ["day_id"])
    op.create_index("ix_sign_off_household_id", "sign_off", ["household_id"])
    op.create_index("ix_sign_off_lab_id", "sign_off", ["lab_id"])

    op.create_table(
        "serving",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("portions", sa.Integer(), nullable=False),
        sa.Column("why", sa.LargeBinary(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["day_id"], ["service_day.id"], name="fk_serving_day_id_service_day", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name="fk_serving_household_id_household", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name="fk_serving_lab_id_lab", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offer.id"], name="fk_serving_offer_id_offer", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_serving"),
    )
    op.create_index("ix_serving_day_id", "serving", ["day_id"])
    op.create_index("ix_serving_household_id", "serving", ["household_id"])
    op.create_index("ix_serving_lab_id", "serving", ["lab_id"])
    op.create_index("ix_serving_offer_id", "serving", ["offer_id"])

    op.create_table(
        "surplus",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day_id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("portions", sa.Integer(), nullable=False),
        sa.Column("why", sa.LargeBinary(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["day_id"], ["service_day.id"], name="fk_surplus_day_id_service_day", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name="fk_surplus_lab_id_lab", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offer.id"], name="fk_surplus_offer_id_offer", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_surplus"),
    )
    op.create_index("ix_surplus_day_id", "surplus", ["day_id"])
    op.create_index("ix_surplus_lab_id", "surplus", ["lab_id"])
    op.create_index("ix_surplus_offer_id", "surplus", ["offer_id"])

    op.create_table(
        "route",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day_id", sa.Integer(), nullable=False),
        sa.Column("volunteer_id", sa.Integer(), nullable=False),
        sa.Column("starts_seconds", sa.Integer(), nullable=False),
        sa.Column("ends_seconds", sa.Integer(), nullable=False),
        sa.Column("travel_seconds", sa.Integer(), nullable=False),
        sa.Column("distance_metres", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["day_id"], ["service_day.id"], name="fk_route_day_id_service_day", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name="fk_route_lab_id_lab", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["volunteer_id"], ["volunteer.id"], name="fk_route_volunteer_id_volunteer", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_route"),
        sa.UniqueConstraint("day_id", "volunteer_id", name="uq_route_day_id_volunteer_id"),
    )
    op.create_index("ix_route_day_id", "route", ["day_id"])
    op.create_index("ix_route_lab_id", "route", ["lab_id"])
    op.create_index("ix_route_volunteer_id", "route", ["volunteer_id"])

    op.create_table(
        "stop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("route_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kitchen_id", sa.Integer(), nullable=True),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("arrives_seconds", sa.Integer(), nullable=False),
        sa.Column("begins_seconds", sa.Integer(), nullable=False),
        sa.Column("leaves_seconds", sa.Integer(), nullable=False),
        sa.Column("travel_seconds", sa.Integer(), nullable=False),
        sa.Column("distance_metres", sa.Integer(), nullable=False),
        sa.Column("why", sa.LargeBinary(), nullable=True),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name="fk_stop_household_id_household", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["kitchen_id"], ["kitchen.id"], name="fk_stop_kitchen_id_kitchen", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name="fk_stop_lab_id_lab", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["route_id"], ["route.id"], name="fk_stop_route_id_route", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_stop"),
        sa.UniqueConstraint("route_id", "position", name="uq_stop_route_id_position"),
    )
    op.create_index("ix_stop_household_id", "stop", ["household_id"])
    op.create_index("ix_stop_kitchen_id", "stop", ["kitchen_id"])
    op.create_index("ix_stop_lab_id", "stop", ["lab_id"])
    op.create_index("ix_stop_route_id", "stop", ["route_id"])

    op.create_table(
        "stop_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stop_id", sa.Integer(), nullable=False),
        sa.Column("serving_id", sa.Integer(), nullable=False),
        sa.Column("lab_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lab_id"], ["lab.id"], name="fk_stop_item_lab_id_lab", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["serving_id"], ["serving.id"], name="fk_stop_item_serving_id_serving", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["stop_id"], ["stop.id"], name="fk_stop_item_stop_id_stop", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_stop_item"),
    )
    op.create_index("ix_stop_item_lab_id", "stop_item", ["lab_id"])
    op.create_index("ix_stop_item_serving_id", "stop_item", ["serving_id"])
    op.create_index("ix_stop_item_stop_id", "stop_item", ["stop_id"])
