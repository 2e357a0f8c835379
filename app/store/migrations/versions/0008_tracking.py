"""Tracking systems that are connected, whom they ask us to assess, and a log of the calls."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

NOW = sa.text("now()")


def upgrade() -> None:
    op.create_table(
        "tracking_systems",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("tells", sa.Text(), server_default="nothing", nullable=False),
        sa.Column("days", sa.Integer()),
        sa.Column("key_version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("seen_version", sa.Integer()),
        sa.Column("their_key", sa.LargeBinary()),
        sa.Column("old_until", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True)),
        sa.Column("disabled_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_tracking_systems"),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], "fk_tracking_systems_org_id", ondelete="CASCADE"),
        sa.CheckConstraint("tells in ('nothing', 'band', 'points')", "ck_tracking_systems_tells"),
    )
    op.create_index("ix_tracking_systems_org_id", "tracking_systems", ["org_id"])
    op.create_table(
        "orders",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("system_id", sa.Text(), nullable=False),
        sa.Column("invitation_id", sa.Text(), nullable=False),
        sa.Column("remote_id", sa.Text(), nullable=False),
        sa.Column("callback", sa.Text(), server_default="", nullable=False),
        sa.Column("profile", sa.Text(), server_default="", nullable=False),
        sa.Column("news", sa.Text(), server_default="", nullable=False),
        sa.Column("told", sa.Text(), server_default="", nullable=False),
        sa.Column("stamp", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("problem", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.Column("given_up_at", sa.DateTime(timezone=True)),
        sa.Column("cancelled_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], "fk_orders_org_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["system_id"], ["tracking_systems.id"], "fk_orders_system_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitations.id"], "fk_orders_invitation_id", ondelete="CASCADE"),
    )
    op.create_index("ix_orders_invitation_id", "orders", ["invitation_id"])
    standing = sa.text("cancelled_at IS NULL")
    op.create_index("uq_orders_remote", "orders", ["system_id", "remote_id"], unique=True, postgresql_where=standing)
    op.create_table(
        "exchanges",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("system_id", sa.Text(), nullable=False),
        sa.Column("ours", sa.Boolean(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("problem", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_exchanges"),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], "fk_exchanges_org_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["system_id"], ["tracking_systems.id"], "fk_exchanges_system_id", ondelete="CASCADE"),
    )
    op.create_index("ix_exchanges_system_id", "exchanges", ["system_id", "created_at"])
