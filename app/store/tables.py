"""People, invitations and submissions.  Rows are read into the frozen values of store/rows.py, never changed in place.

Everything belongs to one organisation: each query of a member's or a key's request names its `org_id`.
What is kept about them (decisions, share links, webhooks, the audit log) lies in store/record_tables.py.
"""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def moment(name: str, *, required: bool = False) -> Column[object]:
    """A time with its zone; a required one is that of the insert."""
    default = func.now() if required else None
    return Column(name, DateTime(timezone=True), nullable=not required, server_default=default)


def org() -> Column[str]:
    """The organisation a row belongs to."""
    return Column("org_id", Text, ForeignKey("organisations.id", ondelete="CASCADE"), nullable=False)


#: `feedback` is what candidates see after the close; `hide_until_locked` keeps ratings and total from an
#: interviewer until the own scorecard is locked; `retention_days` counts from the decision;
#: `asks_self_description`: candidates may say their sex and race, for reports of adverse impact;
#: `live`: debriefs may have candidates change their work.
organisations = Table(
    "organisations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("feedback", Text, nullable=False, server_default="findings"),
    Column("hide_until_locked", Boolean, nullable=False, server_default=text("true")),
    Column("blind", Boolean, nullable=False, server_default=text("false")),
    Column("retention_days", Integer, nullable=False, server_default="180"),
    Column("self_extension_hours", Integer, nullable=False, server_default="72"),
    Column("asks_self_description", Boolean, nullable=False, server_default=text("false")),
    Column("profile", Text, nullable=False, server_default="none"),
    Column("live", Boolean, nullable=False, server_default=text("true")),
    Column("own_rows", ARRAY(Text), nullable=False, server_default="{}"),  # challenges, without their versions
    moment("created_at", required=True),
    CheckConstraint("feedback in ('nothing', 'band', 'findings')", name="feedback"),
)

members = Table(
    "members",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    Column("email", Text, nullable=False, unique=True),  # in lower case
    Column("name", Text, nullable=False, server_default=""),
    Column("role", Text, nullable=False),
    Column("password", Text),  # argon2; none before the welcome link was used, or with single sign-on
    Column("oidc_subject", Text, unique=True),
    Column("link_version", Integer, nullable=False, server_default="1"),
    moment("created_at", required=True),
    moment("disabled_at"),
    Column("timezone", Text, nullable=False, server_default="UTC"),  # in which they are shown times
    Column("news", JSONB, nullable=False, server_default="{}"),  # event -> at-once, daily or off, where they chose
    Column("locale", Text, nullable=False, server_default=""),  # empty: as the browser asks
    CheckConstraint("role in ('admin', 'recruiter', 'interviewer')", name="role"),
    Index("ix_members_org_id", "org_id"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("member_id", Text, ForeignKey("members.id", ondelete="CASCADE"), nullable=False),
    moment("created_at", required=True),
    moment("seen_at", required=True),
    moment("expires_at", required=True),
    Index("ix_sessions_member_id", "member_id"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    Column("prefix", Text, nullable=False, unique=True),
    Column("digest", LargeBinary, nullable=False),
    Column("label", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("created_by", Text, ForeignKey("members.id", ondelete="SET NULL")),
    moment("created_at", required=True),
    moment("used_at"),
    moment("revoked_at"),
    Index("ix_api_keys_org_id", "org_id"),
)

candidates = Table(
    "candidates",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    Column("email", Text),  # in lower case
    Column("first_name", Text, nullable=False, server_default=""),
    Column("last_name", Text, nullable=False, server_default=""),
    Column("external_id", Text),
    Column("timezone", Text, nullable=False, server_default="UTC"),
    Column("locale", Text, nullable=False, server_default="en"),
    moment("created_at", required=True),
    moment("erased_at"),
    UniqueConstraint("org_id", "email", name="uq_candidates_org_id_email"),
    UniqueConstraint("org_id", "external_id", name="uq_candidates_org_id_external_id"),
)

#: What candidates are told before they are assessed, of one challenge under one profile of jurisdiction; never changed.
notices = Table(
    "notices",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    Column("challenge", Text, nullable=False),
    Column("profile", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("member_id", Text, ForeignKey("members.id", ondelete="SET NULL")),
    moment("created_at", required=True),
    UniqueConstraint("org_id", "challenge", "profile", "version", name="uq_notices_version"),
)

#: When an invitation is due, as far as whoever may not know when a timer ends is told (app/store/invitations.py).
#: As PostgreSQL writes it, so that Alembic finds it the same.
SHOWN_DUE = """(
CASE
    WHEN minutes IS NULL THEN due_at
    ELSE '9000-01-01 00:00:00+00'::timestamp with time zone
END)"""
#: `profile` is the jurisdiction's, with the notice that went along.
#: `attempts` counts graded submissions.  `link_version` is part of the signed link: raising it revokes the old one.
#: What stands from `status` to `terms` is derived by triggers (migration 0009) and never written: `counts_id` is the
#: submission that counts and `counts_band` its band, `attention` a sum of store/rows.py's Attention, `terms` what a
#: search finds it by.
invitations = Table(
    "invitations",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    Column("candidate_id", Text, ForeignKey("candidates.id", ondelete="CASCADE"), nullable=False),
    Column("challenge", Text, nullable=False),
    Column("label", Text, nullable=False, server_default=""),
    Column("tags", ARRAY(Text), nullable=False, server_default="{}"),
    Column("attempts", Integer, nullable=False),
    Column("time_multiplier", Float, nullable=False, server_default="1"),
    Column("link_version", Integer, nullable=False, server_default="1"),
    Column("created_by", Text, ForeignKey("members.id", ondelete="SET NULL")),
    Column("final_submission_id", Text),
    Column("profile", Text, nullable=False, server_default="none"),
    Column("notice_id", Text, ForeignKey("notices.id", ondelete="SET NULL")),
    Column("lot", Text, nullable=False, server_default=""),  # names their own rows; empty: everybody's
    moment("rows_made_at"),
    moment("deadline"),
    moment("created_at", required=True),
    moment("sent_at"),
    moment("opened_at"),
    moment("started_at"),
    moment("closed_at"),
    moment("revoked_at"),
    Column("minutes", Integer),  # from the candidate's own start; none: no timer
    Column("pauses", Integer, nullable=False, server_default="0"),
    Column("pause_minutes", Integer, nullable=False, server_default="0"),
    Column("pauses_taken", Integer, nullable=False, server_default="0"),
    moment("paused_until"),  # the deadline is later already by the whole pause
    moment("reminders_off_at"),  # when the candidate asked for no more of them
    moment("read_at"),  # when a member last opened the report
    Column("status", Text, nullable=False, server_default="invited"),
    Column("spent", Integer, nullable=False, server_default="0"),
    Column("counts_id", Text),
    Column("counts_band", Integer),
    Column("attention", Integer, nullable=False, server_default="0"),
    moment("moved_at", required=True),  # when the status last changed
    moment("due_at", required=True),  # the deadline, or far ahead where there is none
    Column("terms", postgresql.ARRAY(Text), nullable=False, server_default="{}"),
    ForeignKeyConstraint(
        ["final_submission_id"],
        ["submissions.id"],
        name="fk_invitations_final_submission_id",
        use_alter=True,
        ondelete="SET NULL",
    ),
    UniqueConstraint("org_id", "challenge", "candidate_id", name="uq_invitations_org_id_challenge_candidate_id"),
    Index("ix_invitations_org_id", "org_id", "created_at", "id"),
    Index("ix_invitations_candidate_id", "candidate_id"),
    Index("ix_invitations_attention", "org_id", "attention", "moved_at", "id"),
    Index("ix_invitations_moved_at", "org_id", "moved_at", "id"),
    Index("ix_invitations_status", "org_id", "status", "moved_at", "id"),
    Index("ix_invitations_challenge", "org_id", "challenge", "moved_at", "id"),
    Index("ix_invitations_band", "org_id", "counts_band", "moved_at", "id"),
    Index("ix_invitations_due_at", "org_id", "due_at", "id"),
    Index("ix_invitations_shown_due", "org_id", text(SHOWN_DUE), "id"),
    Index("ix_invitations_status_attention", "org_id", "status", "attention", "moved_at", "id"),
    Index("ix_invitations_band_attention", "org_id", "counts_band", "attention", "moved_at", "id"),
    Index("ix_invitations_open", "deadline", postgresql_where=text("closed_at IS NULL AND revoked_at IS NULL")),
    Index("ix_invitations_debrief", "attention", postgresql_where=text("attention >= 16")),
    Index("ix_invitations_terms", "terms", postgresql_using="gin"),
)

#: How long candidates have for a challenge from their own start, and how often and long they may pause.
timers = Table(
    "timers",
    metadata,
    Column("org_id", Text, ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("challenge", Text, primary_key=True),
    Column("minutes", Integer, nullable=False),
    Column("pauses", Integer, nullable=False, server_default="0"),
    Column("pause_minutes", Integer, nullable=False, server_default="0"),
)

#: Who debriefs whom, and when.  `version` counts changes of the time, for calendars and reminders.
assignments = Table(
    "assignments",
    metadata,
    Column("invitation_id", Text, ForeignKey("invitations.id", ondelete="CASCADE"), primary_key=True),
    Column("member_id", Text, ForeignKey("members.id", ondelete="CASCADE"), primary_key=True),
    org(),
    moment("debrief_at"),
    Column("version", Integer, nullable=False, server_default="1"),
    moment("created_at", required=True),
    Index("ix_assignments_member_id", "member_id"),
    Index("ix_assignments_debrief_at", "debrief_at"),
)

#: What was done with many invitations at once, and what there was before, so that it can be undone for a while.
bulk_actions = Table(
    "bulk_actions",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("before", JSONB, nullable=False),  # [{"invitation": id, ...}]: what the action changed of each
    moment("created_at", required=True),
    moment("undone_at"),
    Index("ix_bulk_actions_org_id", "org_id", "created_at"),
)

#: A list of candidates that a member keeps under a name; `query` is the query string of its page.
views = Table(
    "views",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    Column("member_id", Text, ForeignKey("members.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),
    moment("created_at", required=True),
    UniqueConstraint("member_id", "name", name="uq_views_member_id_name"),
)

extensions = Table(
    "extensions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("invitation_id", Text, ForeignKey("invitations.id", ondelete="CASCADE"), nullable=False),
    Column("member_id", Text, ForeignKey("members.id", ondelete="SET NULL")),  # none: the candidate's own
    Column("reason_code", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    moment("old_deadline"),
    moment("new_deadline"),
    moment("created_at", required=True),
    Index("ix_extensions_invitation_id", "invitation_id"),
)

#: What was handed in, by exactly one of a key, an invitation or a member.  `kind` is `graded` or `check` (public data
#: only, spends nothing).  `state` and `run` tell of the first grading; each grading has a row of its own in `gradings`,
#: and `report_run` names the one whose report counts.
submissions = Table(
    "submissions",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    Column("api_key_id", Text, ForeignKey("api_keys.id")),
    Column("invitation_id", Text, ForeignKey("invitations.id", ondelete="CASCADE")),
    Column("member_id", Text, ForeignKey("members.id")),
    Column("kind", Text, nullable=False, server_default="graded"),
    Column("challenge", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("state", Text, nullable=False, server_default="queued"),
    Column("problem", Text),
    Column("run", Integer, nullable=False, server_default="0"),
    Column("report_run", Integer),
    moment("created_at", required=True),
    moment("started_at"),
    moment("finished_at"),
    CheckConstraint("num_nonnulls(api_key_id, invitation_id, member_id) = 1", name="one_owner"),
    CheckConstraint("state in ('queued', 'grading', 'graded', 'ungraded', 'failed', 'aborted')", name="state"),
    CheckConstraint("kind in ('graded', 'check')", name="kind"),
    Index("ix_submissions_invitation_id", "invitation_id"),
    Index("ix_submissions_org_id", "org_id", "created_at"),
    Index("ix_submissions_state", "state"),
)

#: One grading and, once it has a report, the versions it was made with; before that, those it must be made with, null
#: where any will do.  `begun` counts its beginnings, those cut short
#: too: only the latest may write an ending, and its files lie under (submission, run, begun) among the blobs.
#: `summary` repeats what lists need of the report: see app/gradings/summary.py.  `batch` joins those asked at once.
gradings = Table(
    "gradings",
    metadata,
    Column("submission_id", Text, ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True),
    Column("run", Integer, primary_key=True),
    Column("reason", Text, nullable=False),  # first, regrade, rescore
    Column("state", Text, nullable=False),
    Column("begun", Integer, nullable=False, server_default="0"),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("problem", Text),
    Column("requested_by", Text),
    Column("batch", Text),
    Column("image", Text),
    Column("challenge_version", Text),
    Column("data_fingerprint", Text),
    Column("grader_version", Text),
    Column("rubric_version", Text),
    Column("band", Integer),
    Column("summary", JSONB),
    moment("created_at", required=True),
    moment("started_at"),
    moment("finished_at"),
    CheckConstraint("reason in ('first', 'regrade', 'rescore')", name="reason"),
    CheckConstraint("state in ('queued', 'grading', 'graded', 'ungraded', 'failed', 'aborted')", name="state"),
    Index("ix_gradings_state", "state"),
    Index("ix_gradings_batch", "batch"),
    Index("ix_gradings_newest", "created_at", "submission_id"),
    Index("ix_gradings_flagged", text("(summary -> 'flagged')"), postgresql_using="gin"),
)

phases = Table(
    "phases",
    metadata,
    Column("submission_id", Text, ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True),
    Column("run", Integer, primary_key=True),
    Column("name", Text, primary_key=True),
    moment("started_at", required=True),
    moment("ended_at"),
)

#: By what works of one challenge are compared: each hash once, sorted, unsigned 64-bit, little-endian.
fingerprints = Table(
    "fingerprints",
    metadata,
    Column("submission_id", Text, ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True),
    org(),
    Column("challenge", Text, nullable=False),
    Column("hashes", LargeBinary, nullable=False),
    moment("created_at", required=True),
    Index("ix_fingerprints_challenge", "org_id", "challenge"),
)
