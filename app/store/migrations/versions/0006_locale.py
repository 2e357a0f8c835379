"""In which language a member reads pages and mails."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("members", sa.Column("locale", sa.Text(), server_default="", nullable=False))
