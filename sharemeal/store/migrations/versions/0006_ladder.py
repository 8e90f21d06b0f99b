"""Leases by uptime, a second way, grouped texts, hours of contacts, the ladder's minutes"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

RUNGS = {
    "call_home_minutes": 5,
    "coordinator_minutes": 15,
    "family_minutes": 60,
    "care_plaza_minutes": 90,
    "emergency_minutes": 120,
}


def upgrade() -> None:
    op.execute("UPDATE outbox SET lease_owner = NULL, lease_until = NULL")
    with op.batch_alter_table("outbox") as table:
        table.drop_column("lease_until")
    with op.batch_alter_table("outbox") as table:
        table.add_column(sa.Column("lease_until", sa.Double(), nullable=True))
        table.add_column(sa.Column("language", sa.Text(), nullable=False, server_default="ja"))
        table.add_column(sa.Column("carried_by_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("level", sa.Integer(), nullable=False, server_default="0"))
        table.create_foreign_key(
            "fk_outbox_carried_by_id_outbox", "outbox", ["carried_by_id"], ["id"], ondelete="SET NULL"
        )
        table.create_index("ix_outbox_carried_by_id", ["carried_by_id"])
    with op.batch_alter_table("outbox") as table:
        table.alter_column("language", server_default=None)
        table.alter_column("level", server_default=None)
    with op.batch_alter_table("alert_contact") as table:
        table.add_column(sa.Column("hours_from", sa.Time(), nullable=True))
        table.add_column(sa.Column("hours_to", sa.Time(), nullable=True))
        table.add_column(sa.Column("fault_code", sa.Integer(), nullable=True))
        table.add_column(sa.Column("fault_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("tested_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("service_day") as table:
        table.add_column(sa.Column("few_contacts_by", sa.LargeBinary(), nullable=True))
        table.add_column(sa.Column("few_contacts_why", sa.LargeBinary(), nullable=True))
    with op.batch_alter_table("lab") as table:
        for name, minutes in RUNGS.items():
            table.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default=str(minutes)))
    with op.batch_alter_table("lab") as table:
        for name in RUNGS:
            table.alter_column(name, server_default=None)
    _link_chains()


def _link_chains() -> None:
    """A chain held person ids; now each stands with hours and language."""
    alert = sa.table("alert", sa.column("id", sa.Integer), sa.column("chain_snapshot", sa.JSON))
    connection = op.get_bind()
    for row in connection.execute(sa.select(alert)).all():
        stored = row.chain_snapshot
        chain = json.loads(stored) if isinstance(stored, str) else stored
        linked = {
            name: [{"person_id": each} if isinstance(each, int) else each for each in chain[name]]
            for name in ("contacts", "admins")
        }
        connection.execute(sa.update(alert).where(alert.c.id == row.id).values(chain_snapshot=linked))
