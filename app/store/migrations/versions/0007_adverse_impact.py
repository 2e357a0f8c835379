"""What candidates say of themselves, sealed and under a pseudonym, and the reports of adverse impact."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column(
        "organisations", sa.Column("asks_self_description", sa.Boolean(), server_default="false", nullable=False)
    )
    op.create_table(
        "self_descriptions",
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("pseudonym", name="pk_self_descriptions"),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], "fk_self_descriptions_org_id", ondelete="CASCADE"),
    )
    op.create_index("ix_self_descriptions_org_id", "self_descriptions", ["org_id"])
    op.create_table(
        "impact_reports",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("challenge", sa.Text(), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_impact_reports"),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], "fk_impact_reports_org_id", ondelete="CASCADE"),
    )
    op.create_index("ix_impact_reports_org_id", "impact_reports", ["org_id", "created_at"])
