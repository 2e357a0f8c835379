"""Where each invitation stands is kept beside it, so that lists read no more than they show; assignments, views, zones.

The triggers are the one place that derives a status.  Whatever changes a submission, a scorecard, a decision, an
appeal, an assignment or a name updates the row of its invitation.  What time alone changes is brought up to date by
`refresh` of app/store/invitations.py.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

#: Pieces of three letters, by which a word is found inside longer ones.
PIECES = """
CREATE FUNCTION assay_pieces(said text, mark text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(array_agg(DISTINCT mark || substr(t, i, 3)), '{}')
  FROM (SELECT lower(said) AS t) AS s, generate_series(1, length(t) - 2) AS i
$$
"""
STANDING = """
CREATE FUNCTION assay_standing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  newest text;
  last text;
  done boolean;
  reported timestamptz;
  open_words text := concat_ws(' ', array_to_string(NEW.tags, ' '), NEW.challenge);
  all_words text;
BEGIN
  SELECT count(*) FILTER (WHERE state NOT IN ('failed', 'aborted')),
         (array_agg(state ORDER BY created_at DESC) FILTER (WHERE state NOT IN ('failed', 'aborted')))[1],
         (array_agg(state ORDER BY created_at DESC))[1]
    INTO NEW.spent, newest, last
    FROM submissions WHERE invitation_id = NEW.id AND kind = 'graded';
  NEW.counts_id := NULL;
  NEW.counts_band := NULL;
  IF last IS NOT NULL THEN
    NEW.counts_id := coalesce(
      (SELECT id FROM submissions WHERE id = NEW.final_submission_id AND invitation_id = NEW.id
         AND kind = 'graded' AND state NOT IN ('failed', 'aborted')),
      (SELECT id FROM submissions WHERE invitation_id = NEW.id AND kind = 'graded' AND state IN ('graded', 'ungraded')
         ORDER BY state = 'graded' DESC, created_at DESC LIMIT 1));
    SELECT g.band, g.finished_at INTO NEW.counts_band, reported FROM submissions AS s
      JOIN gradings AS g ON g.submission_id = s.id AND g.run = s.report_run WHERE s.id = NEW.counts_id;
  END IF;
  NEW.status := CASE
    WHEN EXISTS (SELECT FROM decisions WHERE invitation_id = NEW.id) THEN 'decided'
    WHEN NEW.revoked_at IS NOT NULL THEN 'withdrawn'
    WHEN newest = 'queued' THEN 'submitted'
    WHEN newest = 'grading' THEN 'grading'
    WHEN newest IS NOT NULL AND EXISTS (SELECT FROM scorecards WHERE invitation_id = NEW.id) THEN 'in-review'
    WHEN newest IS NOT NULL THEN 'graded'
    WHEN NEW.closed_at IS NOT NULL OR NEW.deadline < now() THEN 'expired'
    WHEN NEW.started_at IS NOT NULL THEN 'started'
    WHEN NEW.opened_at IS NOT NULL THEN 'opened'
    ELSE 'invited' END;
  done := NEW.status IN ('decided', 'withdrawn');
  NEW.attention := (CASE WHEN NOT done AND EXISTS (
      SELECT FROM assignments WHERE invitation_id = NEW.id AND debrief_at BETWEEN now() AND now() + interval '24 hours'
    ) THEN 16 ELSE 0 END)
    + (CASE WHEN EXISTS (
      SELECT FROM appeals WHERE invitation_id = NEW.id AND resolved_at IS NULL) THEN 8 ELSE 0 END)
    + (CASE WHEN NOT done AND last = 'failed' THEN 4 ELSE 0 END)
    + (CASE WHEN NEW.status = 'graded' AND (NEW.read_at IS NULL OR NEW.read_at < reported) THEN 2 ELSE 0 END)
    + (CASE WHEN NEW.status = 'expired' THEN 1 ELSE 0 END);
  IF TG_OP = 'INSERT' THEN
    NEW.moved_at := NEW.created_at;
  ELSIF NEW.status IS DISTINCT FROM OLD.status THEN
    NEW.moved_at := now();
  END IF;
  NEW.due_at := coalesce(NEW.deadline, '9000-01-01T00:00:00Z');
  SELECT concat_ws(' ', first_name, last_name, email, external_id, NEW.label, open_words) INTO all_words
    FROM candidates WHERE id = NEW.candidate_id;
  NEW.terms := ARRAY['org:' || NEW.org_id] || assay_pieces(all_words, '') || assay_pieces(open_words, '~')
    || (SELECT coalesce(array_agg('tag:' || tag), '{}') FROM unnest(NEW.tags) AS tag);
  RETURN NEW;
END $$
"""
TOUCH = """
CREATE FUNCTION assay_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE invitations SET status = status
    WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.invitation_id ELSE NEW.invitation_id END;
  RETURN NULL;
END $$
"""
TOUCH_GRADED = """
CREATE FUNCTION assay_touch_graded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE invitations SET status = status
    WHERE id = (SELECT invitation_id FROM submissions WHERE id = NEW.submission_id);
  RETURN NULL;
END $$
"""
TOUCH_NAMED = """
CREATE FUNCTION assay_touch_named() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE invitations SET status = status WHERE candidate_id = NEW.id;
  RETURN NULL;
END $$
"""
TRIGGERS = (
    "CREATE TRIGGER assay_standing BEFORE INSERT OR UPDATE ON invitations"
    " FOR EACH ROW EXECUTE FUNCTION assay_standing()",
    "CREATE TRIGGER assay_touch AFTER INSERT OR DELETE ON submissions FOR EACH ROW EXECUTE FUNCTION assay_touch()",
    "CREATE TRIGGER assay_touch_moved AFTER UPDATE ON submissions FOR EACH ROW"
    " WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.report_run IS DISTINCT FROM NEW.report_run)"
    " EXECUTE FUNCTION assay_touch()",
    "CREATE TRIGGER assay_touch AFTER UPDATE ON gradings FOR EACH ROW"
    " WHEN (OLD.band IS DISTINCT FROM NEW.band) EXECUTE FUNCTION assay_touch_graded()",
    "CREATE TRIGGER assay_touch AFTER UPDATE ON candidates FOR EACH ROW EXECUTE FUNCTION assay_touch_named()",
    *(
        f"CREATE TRIGGER assay_touch AFTER {when} ON {table} FOR EACH ROW EXECUTE FUNCTION assay_touch()"
        for table, when in {
            "scorecards": "INSERT OR DELETE",
            "decisions": "INSERT OR DELETE",
            "appeals": "INSERT OR UPDATE OR DELETE",
            "assignments": "INSERT OR UPDATE OR DELETE",
        }.items()
    ),
)


def upgrade() -> None:
    op.add_column("members", sa.Column("timezone", sa.Text(), server_default="UTC", nullable=False))
    for column in (
        sa.Column("status", sa.Text(), server_default="invited", nullable=False),
        sa.Column("spent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("counts_id", sa.Text()),
        sa.Column("counts_band", sa.Integer()),
        sa.Column("attention", sa.Integer(), server_default="0", nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.Column("terms", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
    ):
        op.add_column("invitations", column)
    _assignments()
    _views()
    for statement in (PIECES, STANDING, TOUCH, TOUCH_GRADED, TOUCH_NAMED, *TRIGGERS):
        op.execute(statement)
    op.execute("UPDATE invitations SET status = status")
    op.execute(
        "UPDATE invitations SET moved_at = coalesce(greatest(closed_at, revoked_at,"
        " (SELECT max(finished_at) FROM submissions WHERE invitation_id = invitations.id)), created_at)"
    )
    op.drop_index("ix_invitations_org_id", "invitations")
    op.create_index("ix_invitations_org_id", "invitations", ["org_id", "created_at", "id"])
    op.create_index("ix_invitations_candidate_id", "invitations", ["candidate_id"])
    op.create_index("ix_invitations_attention", "invitations", ["org_id", "attention", "moved_at", "id"])
    op.create_index("ix_invitations_moved_at", "invitations", ["org_id", "moved_at", "id"])
    op.create_index("ix_invitations_status", "invitations", ["org_id", "status", "moved_at", "id"])
    op.create_index("ix_invitations_challenge", "invitations", ["org_id", "challenge", "moved_at", "id"])
    op.create_index("ix_invitations_band", "invitations", ["org_id", "counts_band", "moved_at", "id"])
    op.create_index("ix_invitations_due_at", "invitations", ["org_id", "due_at", "id"])
    near = sa.text("attention >= 16")
    op.create_index("ix_invitations_debrief", "invitations", ["attention"], postgresql_where=near)
    op.create_index("ix_invitations_terms", "invitations", ["terms"], postgresql_using="gin")


def _assignments() -> None:
    op.create_table(
        "assignments",
        sa.Column("invitation_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("debrief_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("invitation_id", "member_id", name="pk_assignments"),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], "fk_assignments_invitation_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], "fk_assignments_member_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], "fk_assignments_org_id", ondelete="CASCADE"),
    )
    op.create_index("ix_assignments_member_id", "assignments", ["member_id"])
    op.create_index("ix_assignments_debrief_at", "assignments", ["debrief_at"])


def _views() -> None:
    op.create_table(
        "views",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_views"),
        sa.ForeignKeyConstraint(["org_id"], ["organisations.id"], "fk_views_org_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], "fk_views_member_id", ondelete="CASCADE"),
        sa.UniqueConstraint("member_id", "name", name="uq_views_member_id_name"),
    )
