"""Candidates may ask for no more reminders."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("invitations", sa.Column("reminders_off_at", sa.DateTime(timezone=True)))
