"""What candidates change live in a debrief: exercises, their files and runs, who is there; and the policies of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"

NOW = sa.text("now()")


def _moment(name: str, *, required: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=NOW if required else None, nullable=not required)


def upgrade() -> None:
    op.add_column("organisations", sa.Column("live", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.create_table(
        "live_kinds",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("challenge", sa.Text(), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "challenge", name="pk_live_kinds"),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], "fk_live_kinds_org_id", ondelete="CASCADE"),
    )
    op.create_table(
        "live_exercises",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("invitation_id", sa.Text(), nullable=False),
        sa.Column("submission_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("task", postgresql.JSONB(), nullable=False),
        sa.Column("prediction", sa.Text(), server_default="", nullable=False),
        sa.Column("before", postgresql.JSONB()),
        _moment("created_at", required=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _moment("ended_at"),
        sa.PrimaryKeyConstraint("id", name="pk_live_exercises"),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], "fk_live_exercises_org_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], "fk_live_exercises_invitation_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], "fk_live_exercises_submission_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], "fk_live_exercises_member_id"),
    )
    op.create_index("ix_live_exercises_invitation_id", "live_exercises", ["invitation_id", "created_at"])
    op.create_index("ix_live_exercises_submission_id", "live_exercises", ["submission_id"])
    op.create_table(
        "live_files",
        sa.Column("exercise_id", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        _moment("changed_at"),
        sa.PrimaryKeyConstraint("exercise_id", "path", name="pk_live_files"),
        sa.ForeignKeyConstraint(
            ["exercise_id"], ["live_exercises.id"], "fk_live_files_exercise_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "live_runs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("exercise_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("prediction", sa.Text(), nullable=False),
        sa.Column("patch", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("problem", sa.Text()),
        sa.Column("outcome", postgresql.JSONB()),
        sa.Column("difference", postgresql.JSONB()),
        sa.Column("seconds", sa.Float()),
        _moment("created_at", required=True),
        _moment("started_at"),
        _moment("finished_at"),
        sa.PrimaryKeyConstraint("id", name="pk_live_runs"),
        sa.ForeignKeyConstraint(["exercise_id"], ["live_exercises.id"], "fk_live_runs_exercise_id", ondelete="CASCADE"),
        sa.CheckConstraint("state in ('queued', 'running', 'done', 'failed')", "ck_live_runs_state"),
        sa.UniqueConstraint("exercise_id", "number", name="uq_live_runs_number"),
    )
    op.create_table(
        "live_presence",
        sa.Column("exercise_id", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), server_default="", nullable=False),
        sa.Column("line", sa.Integer()),
        _moment("seen_at", required=True),
        sa.PrimaryKeyConstraint("exercise_id", "who", name="pk_live_presence"),
        sa.ForeignKeyConstraint(
            ["exercise_id"], ["live_exercises.id"], "fk_live_presence_exercise_id", ondelete="CASCADE"
        ),
    )
