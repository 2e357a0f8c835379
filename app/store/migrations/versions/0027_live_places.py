"""Whose cursor stands where in a line of a live exercise, and runs that the candidate has stopped."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.add_column("live_presence", sa.Column("character", sa.Integer()))
    for name in ("ck_live_runs_state", "ck_live_runs_ck_live_runs_state"):  # by the naming of the metadata, twice
        op.execute(f"ALTER TABLE live_runs DROP CONSTRAINT IF EXISTS {name}")
    states = "state in ('queued', 'running', 'done', 'failed', 'stopped')"
    op.execute(f"ALTER TABLE live_runs ADD CONSTRAINT ck_live_runs_state CHECK ({states})")
