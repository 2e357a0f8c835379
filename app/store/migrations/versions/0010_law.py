"""Profiles of jurisdiction: notices and who read them, letters, human reviews, legal holds."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def _id(name: str, to: str, on: str = "CASCADE", *, nullable: bool = False, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), sa.ForeignKey(f"{to}.id", ondelete=on), nullable=nullable, primary_key=key)


def _at(name: str, *, required: bool = False) -> sa.Column[object]:
    default = sa.text("now()") if required else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=not required)


def upgrade() -> None:
    op.add_column("organisations", sa.Column("profile", sa.Text(), server_default="none", nullable=False))
    op.create_table(
        "notices",
        sa.Column("id", sa.Text(), primary_key=True),
        _id("org_id", "organisations"),
        sa.Column("challenge", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _id("member_id", "members", "SET NULL", nullable=True),
        _at("created_at", required=True),
        sa.UniqueConstraint("org_id", "challenge", "profile", "version", name="uq_notices_version"),
    )
    op.add_column("invitations", sa.Column("profile", sa.Text(), server_default="none", nullable=False))
    op.add_column("invitations", _id("notice_id", "notices", "SET NULL", nullable=True))
    op.create_table(
        "notice_readings",
        _id("invitation_id", "invitations", key=True),
        _id("notice_id", "notices", key=True),
        _at("shown_at", required=True),
        _at("read_at"),
    )
    op.create_table(
        "letters",
        _id("invitation_id", "invitations", key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        _id("org_id", "organisations"),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        _at("review_until"),
        _at("created_at", required=True),
        _at("shown_at"),
    )
    op.create_table(
        "human_reviews",
        sa.Column("id", sa.Text(), primary_key=True),
        _id("org_id", "organisations"),
        _id("invitation_id", "invitations"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("answer", sa.Text()),
        _id("member_id", "members", "SET NULL", nullable=True),
        _at("created_at", required=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        _at("answered_at"),
        sa.UniqueConstraint("invitation_id", "version", name="uq_human_reviews_version"),
        sa.CheckConstraint("outcome in ('stands', 'changed')", name="ck_human_reviews_outcome"),
    )
    op.create_index("ix_human_reviews_org_id", "human_reviews", ["org_id", "created_at"])
    op.create_table(
        "legal_holds",
        sa.Column("id", sa.Text(), primary_key=True),
        _id("org_id", "organisations"),
        _id("candidate_id", "candidates"),
        sa.Column("reason", sa.Text(), nullable=False),
        _at("created_at", required=True),
        _at("ended_at"),
        _at("erasure_asked_at"),
    )
    op.create_index("ix_legal_holds_candidate_id", "legal_holds", ["candidate_id"])
