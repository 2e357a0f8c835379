"""A human review that is overdue: when its reviewers were reminded, and that somebody has to act."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

BEFORE = "NEW.attention := "
OVERDUE = """NEW.attention := (CASE WHEN EXISTS (
      SELECT FROM human_reviews WHERE invitation_id = NEW.id AND answered_at IS NULL AND due_at < now()
    ) AND EXISTS (SELECT FROM candidates WHERE id = NEW.candidate_id AND erased_at IS NULL) THEN 32 ELSE 0 END)
    + """


def upgrade() -> None:
    op.add_column("human_reviews", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
    still_open = sa.text("answered_at IS NULL AND reminded_at IS NULL")
    op.create_index("ix_human_reviews_due_at", "human_reviews", ["due_at"], postgresql_where=still_open)
    connection = op.get_bind()
    standing = connection.scalar(sa.text("SELECT pg_get_functiondef('assay_standing'::regproc)"))
    assert standing.count(BEFORE) == 1, "migration 0009 says what attention is, in one place"
    connection.exec_driver_sql(standing.replace(BEFORE, OVERDUE))
    op.execute(
        "CREATE TRIGGER assay_touch AFTER UPDATE OR DELETE ON human_reviews FOR EACH ROW EXECUTE FUNCTION assay_touch()"
    )
