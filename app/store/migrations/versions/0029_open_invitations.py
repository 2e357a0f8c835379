"""Whoever may still hand something in is found by the deadline, without looking at everybody else."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    still_open = sa.text("closed_at IS NULL AND revoked_at IS NULL")
    op.create_index("ix_invitations_open", "invitations", ["deadline"], postgresql_where=still_open)
