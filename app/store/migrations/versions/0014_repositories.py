"""Which commit of which repository a submission was taken from, and how it came to be."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "repositories",
        sa.Column("submission_id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("commit", sa.Text(), nullable=False),
        sa.Column("steps", postgresql.JSONB(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("submission_id", name="pk_repositories"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], "fk_repositories_submission_id", ondelete="CASCADE"
        ),
    )
