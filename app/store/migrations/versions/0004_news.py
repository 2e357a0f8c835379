"""Which members are told by mail when a candidate finishes: a mail may be to a member and about an invitation."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("members", sa.Column("news", sa.Text(), server_default="at-once", nullable=False))
    op.create_check_constraint("ck_members_news", "members", "news in ('off', 'at-once')")
    op.drop_constraint("uq_mails_invitation_id_kind_version", "mails")
    op.drop_constraint("uq_mails_member_id_kind_version", "mails")
    columns = ["invitation_id", "member_id", "kind", "version"]
    op.create_unique_constraint("uq_mails_recipient", "mails", columns, postgresql_nulls_not_distinct=True)
