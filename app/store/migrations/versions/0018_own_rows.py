"""Rows of their own for each candidate, where an organisation wants it so for a challenge."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    own_rows: sa.Column[list[str]] = sa.Column(
        "own_rows", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False
    )
    op.add_column("organisations", own_rows)
    op.add_column("invitations", sa.Column("lot", sa.Text(), server_default="", nullable=False))
    op.add_column("invitations", sa.Column("rows_made_at", sa.DateTime(timezone=True), nullable=True))
