"""Fingerprints of candidates' code, by which works of one challenge are compared."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "fingerprints",
        sa.Column("submission_id", sa.Text(), sa.ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("org_id", sa.Text(), sa.ForeignKey("organisations.id", ondelete="CASCADE"), nullable=False),
        sa.Column("challenge", sa.Text(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    op.create_index("ix_fingerprints_challenge", "fingerprints", ["org_id", "challenge"])
