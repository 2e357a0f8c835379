"""What candidates push is handed in where they said so."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "pushes",
        sa.Column("invitation_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_commit", sa.Text()),
        sa.Column("last_at", sa.DateTime(timezone=True)),
        sa.Column("last_submission", sa.Text()),
        sa.Column("problem", sa.Text()),
        sa.PrimaryKeyConstraint("invitation_id", name="pk_pushes"),
        sa.UniqueConstraint("id", name="uq_pushes_id"),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], "fk_pushes_org_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitations.id"], "fk_pushes_invitation_id", ondelete="CASCADE"),
        sa.CheckConstraint("kind in ('graded', 'check')", name="ck_pushes_kind"),
    )
