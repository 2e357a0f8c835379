"""What members and channels are told of, one by one or together; each member chooses by event."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

NOW = sa.text("now()")
#: What somebody who wanted no mail chose, in the new form.
OFF = """{"finished": "off", "appeal": "off", "failed": "off"}"""


def upgrade() -> None:
    for name in ("ck_members_news", "ck_members_ck_members_news"):  # by the naming of the metadata, twice
        op.execute(f"ALTER TABLE members DROP CONSTRAINT IF EXISTS {name}")
    op.alter_column("members", "news", server_default=None)
    chosen = f"CASE news WHEN 'off' THEN '{OFF}'::jsonb ELSE '{{}}'::jsonb END"
    op.alter_column("members", "news", type_=postgresql.JSONB(), postgresql_using=chosen, server_default="{}")
    op.create_table(
        "channels",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.LargeBinary(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("events", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_channels"),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], "fk_channels_org_id", ondelete="CASCADE"),
        sa.CheckConstraint("kind in ('slack', 'teams', 'mattermost')", "ck_channels_kind"),
    )
    op.create_index("ix_channels_org_id", "channels", ["org_id"])
    op.create_table(
        "posts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("problem", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True)),
        sa.Column("delivered_at", sa.DateTime(timezone=True)),
        sa.Column("given_up_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_posts"),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], "fk_posts_org_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], "fk_posts_channel_id", ondelete="CASCADE"),
    )
    op.create_index("ix_posts_channel_id", "posts", ["channel_id", "created_at"])
    op.create_table(
        "news_items",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("invitation_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text()),
        sa.Column("channel_id", sa.Text()),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_news_items"),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], "fk_news_items_org_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], "fk_news_items_invitation_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], "fk_news_items_member_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], "fk_news_items_channel_id", ondelete="CASCADE"),
        sa.CheckConstraint("num_nonnulls(member_id, channel_id) = 1", "ck_news_items_one_recipient"),
        sa.UniqueConstraint(
            *("invitation_id", "event", "version", "member_id", "channel_id"),
            name="uq_news_items_once",
            postgresql_nulls_not_distinct=True,
        ),
    )
    waiting = sa.text("message_id IS NULL")
    op.create_index("ix_news_items_due_at", "news_items", ["due_at"], postgresql_where=waiting)
    op.create_index("ix_news_items_message_id", "news_items", ["message_id"])
