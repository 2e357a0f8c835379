"""When a candidate took the task along, or tried it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("invitations", sa.Column("started_at", sa.DateTime(timezone=True), nullable=True))
