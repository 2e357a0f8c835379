"""The list of gradings is read in its order, and those with a finding are found by its code.

Before, its first page looked at every grading of the organisation.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.create_index("ix_gradings_newest", "gradings", ["created_at", "submission_id"])
    op.create_index("ix_gradings_flagged", "gradings", [sa.text("(summary -> 'flagged')")], postgresql_using="gin")
