"""In which language a channel is written to."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.add_column("channels", sa.Column("locale", sa.Text(), server_default="en", nullable=False))
