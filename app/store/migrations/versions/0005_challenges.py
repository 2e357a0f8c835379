"""A company's own challenges: a row for each version, from the upload of its table to its retirement."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "challenges",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("job", sa.Text()),
        sa.Column("progress", sa.Text(), server_default="", nullable=False),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.Column("definition", sa.Text(), server_default="", nullable=False),
        sa.Column("shown", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_challenges"),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], "fk_challenges_org_id", ondelete="CASCADE"),
        sa.UniqueConstraint("name", name="uq_challenges_name"),
        sa.CheckConstraint("state in ('draft', 'built', 'published', 'retired')", "ck_challenges_state"),
        sa.CheckConstraint("job in ('read', 'propose', 'build', 'revise', 'lint')", "ck_challenges_job"),
    )
    op.create_index("ix_challenges_org_id", "challenges", ["org_id"])
