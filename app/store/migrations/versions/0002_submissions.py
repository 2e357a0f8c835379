"""API keys, invitations, submissions and the phases of their gradings."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _api_keys()
    _invitations()
    _submissions()
    _phases()


def _moment(name: str, *, required: bool = False) -> sa.Column[object]:
    default = sa.func.now() if required else None
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not required, server_default=default)


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("prefix", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        _moment("created_at", required=True),
        _moment("revoked_at"),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("prefix", name="uq_api_keys_prefix"),
    )


def _invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("challenge", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False, server_default=""),
        sa.Column("email", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        _moment("deadline"),
        _moment("created_at", required=True),
        _moment("opened_at"),
        _moment("revoked_at"),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.UniqueConstraint("digest", name="uq_invitations_digest"),
    )


def _submissions() -> None:
    states = "state in ('queued', 'grading', 'graded', 'ungraded', 'failed')"
    op.create_table(
        "submissions",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("api_key_id", sa.Text, sa.ForeignKey("api_keys.id", name="fk_submissions_api_key_id")),
        sa.Column("invitation_id", sa.Text, sa.ForeignKey("invitations.id", name="fk_submissions_invitation_id")),
        sa.Column("challenge", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="queued"),
        sa.Column("problem", sa.Text),
        sa.Column("run", sa.Integer, nullable=False, server_default="0"),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        _moment("created_at", required=True),
        _moment("started_at"),
        _moment("finished_at"),
        sa.PrimaryKeyConstraint("id", name="pk_submissions"),
        sa.CheckConstraint("num_nonnulls(api_key_id, invitation_id) = 1", name="ck_submissions_one_owner"),
        sa.CheckConstraint(states, name="ck_submissions_state"),
    )
    op.create_index("ix_submissions_invitation_id", "submissions", ["invitation_id"])
    op.create_index("ix_submissions_api_key_id", "submissions", ["api_key_id", "created_at"])
    op.create_index("ix_submissions_state", "submissions", ["state"])


def _phases() -> None:
    submission = sa.ForeignKey("submissions.id", name="fk_phases_submission_id", ondelete="CASCADE")
    op.create_table(
        "phases",
        sa.Column("submission_id", sa.Text, submission, nullable=False),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        _moment("started_at", required=True),
        _moment("ended_at"),
        sa.PrimaryKeyConstraint("submission_id", "run", "name", name="pk_phases"),
    )
