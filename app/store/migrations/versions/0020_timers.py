"""A timer that runs from a candidate's own start: for a challenge, and as each invitation has it."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "timers",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("challenge", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("pauses", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pause_minutes", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("org_id", "challenge", name="pk_timers"),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], "fk_timers_org_id", ondelete="CASCADE"),
    )
    for column in (
        sa.Column("minutes", sa.Integer()),
        sa.Column("pauses", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pause_minutes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pauses_taken", sa.Integer(), server_default="0", nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True)),
    ):
        op.add_column("invitations", column)
