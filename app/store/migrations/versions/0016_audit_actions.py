"""What an organisation has done is looked up by action, so that first steps read no log."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_index("ix_audit_log_action", "audit_log", ["org_id", "action"])
