"""Mentions are news like the others; a mail of the old kind that has not left has nobody who would send it."""

from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.execute("DELETE FROM mails WHERE kind = 'mention' AND sent_at IS NULL")
