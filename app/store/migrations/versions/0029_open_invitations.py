"""No list and no upkeep looks at more invitations than it shows or changes.

Who may still hand something in is found by the deadline; who is due first has an order for those too who may not know
when timers end; and a status or a band has the order of what needs somebody.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

SHOWN_DUE = "(CASE WHEN (minutes IS NULL) THEN due_at ELSE TIMESTAMPTZ '9000-01-01 00:00:00+00' END)"


def upgrade() -> None:
    still_open = sa.text("closed_at IS NULL AND revoked_at IS NULL")
    op.create_index("ix_invitations_open", "invitations", ["deadline"], postgresql_where=still_open)
    op.create_index("ix_invitations_shown_due", "invitations", ["org_id", sa.text(SHOWN_DUE), "id"])
    for name, column in (("status", "status"), ("band", "counts_band")):
        order = ["org_id", column, "attention", "moved_at", "id"]
        op.create_index(f"ix_invitations_{name}_attention", "invitations", order)
