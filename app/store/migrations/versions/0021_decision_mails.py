"""Texts of mails about decisions, by organisation and language, and those that were sent."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "decision_templates",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "outcome", "locale", name="pk_decision_templates"),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], "fk_decision_templates_org_id", ondelete="CASCADE"),
    )
    op.create_table(
        "decision_mails",
        sa.Column("invitation_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("invitation_id", "version", name="pk_decision_mails"),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], "fk_decision_mails_invitation_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], "fk_decision_mails_org_id", ondelete="CASCADE"),
    )
