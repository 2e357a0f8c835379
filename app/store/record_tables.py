"""What is kept about invitations and reports: decisions, reviews, share links, webhooks, mail, the audit log."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.store.tables import metadata, moment, org


def _invitation() -> Column[str]:
    return Column("invitation_id", Text, ForeignKey("invitations.id", ondelete="CASCADE"), nullable=False)


def _submission() -> Column[str]:
    return Column("submission_id", Text, ForeignKey("submissions.id", ondelete="CASCADE"), nullable=False)


def _member(name: str = "member_id", *, required: bool = True) -> Column[str]:
    return Column(name, Text, ForeignKey("members.id"), nullable=not required)


#: A person's decision.  Rows are only added; the newest counts, and its `version` is the ETag.
decisions = Table(
    "decisions",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    _invitation(),
    _member(),
    Column("version", Integer, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("rationale", Text, nullable=False),
    moment("created_at", required=True),
    CheckConstraint("outcome in ('advance', 'hold', 'reject', 'withdrawn')", name="outcome"),
    UniqueConstraint("invitation_id", "version", name="uq_decisions_invitation_id_version"),
)

#: One interviewer's ratings: {dimension: level 1 to 4} and notes by question; closed for ever once locked.
scorecards = Table(
    "scorecards",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    _invitation(),
    _member(),
    Column("ratings", JSONB, nullable=False, server_default="{}"),
    Column("notes", JSONB, nullable=False, server_default="{}"),
    moment("created_at", required=True),
    moment("changed_at", required=True),
    moment("locked_at"),
    UniqueConstraint("invitation_id", "member_id", name="uq_scorecards_invitation_id_member_id"),
)

#: What members write to each other about a candidate; `mentions` are the members who were told.
comments = Table(
    "comments",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    _invitation(),
    _member(),
    Column("words", Text, nullable=False),
    Column("mentions", ARRAY(Text), nullable=False, server_default="{}"),
    moment("created_at", required=True),
    Index("ix_comments_invitation_id", "invitation_id", "created_at"),
)

#: A candidate's objection to a finding.
appeals = Table(
    "appeals",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    _invitation(),
    _submission(),
    Column("run", Integer, nullable=False),
    Column("code", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("resolution", Text),
    Column("answer", Text),
    _member("resolved_by", required=False),
    moment("created_at", required=True),
    moment("resolved_at"),
    CheckConstraint("resolution in ('upheld', 'rejected')", name="resolution"),
    Index("ix_appeals_org_id", "org_id", "created_at"),
    Index("ix_appeals_invitation_id", "invitation_id"),
)

#: An interviewer's mark that a finding is wrong; it changes no report.
disputes = Table(
    "disputes",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    _submission(),
    Column("run", Integer, nullable=False),
    Column("code", Text, nullable=False),
    _member(),
    Column("words", Text, nullable=False),
    moment("created_at", required=True),
    moment("withdrawn_at"),
    Index("ix_disputes_org_id", "org_id", "created_at"),
    Index("ix_disputes_submission_id", "submission_id"),
)

#: A signed link to one report as one reader sees it.
share_links = Table(
    "share_links",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    _submission(),
    Column("reader", Text, nullable=False),
    Column("passcode", Text),  # argon2
    Column("created_by", Text, nullable=False),
    moment("created_at", required=True),
    moment("expires_at", required=True),
    moment("revoked_at"),
    CheckConstraint("reader in ('recruiter', 'interviewer', 'candidate')", name="reader"),
    Index("ix_share_links_submission_id", "submission_id"),
)

share_views = Table(
    "share_views",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("link_id", Text, ForeignKey("share_links.id", ondelete="CASCADE"), nullable=False),
    Column("address", Text, nullable=False),
    Column("agent", Text, nullable=False, server_default=""),
    moment("created_at", required=True),
    Index("ix_share_views_link_id", "link_id"),
)

#: Its signing secret is derived from our own key, its id and `secret_version`, and stored nowhere; while a rotation
#: lasts, until `old_until`, deliveries carry the signatures of both versions.
webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    Column("url", Text, nullable=False),
    Column("events", ARRAY(Text), nullable=False),  # empty: all
    Column("secret_version", Integer, nullable=False, server_default="1"),
    moment("old_until"),
    moment("created_at", required=True),
    moment("disabled_at"),
    Index("ix_webhooks_org_id", "org_id"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    Column("webhook_id", Text, ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    Column("event_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("status", Integer),
    Column("problem", Text),
    moment("created_at", required=True),
    moment("attempted_at"),
    moment("delivered_at"),
    moment("given_up_at"),
    Index("ix_deliveries_webhook_id", "webhook_id", "created_at"),
)

#: Where a submission was taken from, where it was a git repository or a bundle: the commit is fixed.  `steps` is how it
#: came to be, one object a commit; `whole` whether that is all of it.
repositories = Table(
    "repositories",
    metadata,
    Column("submission_id", Text, ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True),
    Column("address", Text, nullable=False),  # empty for a bundle
    Column("ref", Text, nullable=False),
    Column("commit", Text, nullable=False),
    Column("steps", JSONB, nullable=False),
    Column("whole", Boolean, nullable=False),
)

#: A room of Slack, Teams or Mattermost that messages go to.  Its address is a secret, so it is sealed; `host` is shown.
channels = Table(
    "channels",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("url", LargeBinary, nullable=False),
    Column("host", Text, nullable=False),
    Column("events", ARRAY(Text), nullable=False),
    Column("locale", Text, nullable=False, server_default="en"),
    moment("created_at", required=True),
    moment("disabled_at"),
    CheckConstraint("kind in ('slack', 'teams', 'mattermost')", name="kind"),
    Index("ix_channels_org_id", "org_id"),
)

#: One message to a channel; without news it is a test.
posts = Table(
    "posts",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    Column("channel_id", Text, ForeignKey("channels.id", ondelete="CASCADE"), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("status", Integer),
    Column("problem", Text),
    moment("created_at", required=True),
    moment("attempted_at"),
    moment("delivered_at"),
    moment("given_up_at"),
    Index("ix_posts_channel_id", "channel_id", "created_at"),
)

#: That something happened to an invitation, for one member or one channel; due at once or with the day's digest.
#: Several that are due go into one message: a row of `mails` or of `posts`, by `message_id`.
news_items = Table(
    "news_items",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    _invitation(),
    Column("member_id", Text, ForeignKey("members.id", ondelete="CASCADE")),
    Column("channel_id", Text, ForeignKey("channels.id", ondelete="CASCADE")),
    Column("event", Text, nullable=False),
    Column("version", Integer, nullable=False),  # which of its kind, for the same invitation
    Column("message_id", Text),
    moment("created_at", required=True),
    moment("due_at", required=True),
    CheckConstraint("num_nonnulls(member_id, channel_id) = 1", name="one_recipient"),
    UniqueConstraint(
        *("invitation_id", "event", "version", "member_id", "channel_id"),
        name="uq_news_items_once",
        postgresql_nulls_not_distinct=True,
    ),
    Index("ix_news_items_due_at", "due_at", postgresql_where=text("message_id IS NULL")),
    Index("ix_news_items_message_id", "message_id"),
)

#: A tracking system (an ATS) that an organisation connected.  The key that it calls us with is derived from our own
#: key, its id and `key_version`, and stored nowhere; the version before works until `old_until`.  `seen_version` is the
#: one it called with last.  `their_key` is what its own API asks of us, sealed.
tracking_systems = Table(
    "tracking_systems",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    Column("kind", Text, nullable=False),  # the name of an adapter of app/tracking
    Column("domain", Text, nullable=False),  # hosts that may be told anything: this one and those below it
    Column("tells", Text, nullable=False, server_default="nothing"),
    Column("days", Integer),  # until the deadline of whom it orders; none: no deadline
    Column("key_version", Integer, nullable=False, server_default="1"),
    Column("seen_version", Integer),
    Column("their_key", LargeBinary),
    moment("old_until"),
    moment("created_at", required=True),
    moment("seen_at"),
    moment("disabled_at"),
    CheckConstraint("tells in ('nothing', 'band', 'points')", name="tells"),
    Index("ix_tracking_systems_org_id", "org_id"),
)

#: One candidate whom a tracking system asked us to assess.  `news` is what it is to hear, `told` what it has heard;
#: `stamp` is the time of the last message in milliseconds, which has to grow.
orders = Table(
    "orders",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    Column("system_id", Text, ForeignKey("tracking_systems.id", ondelete="CASCADE"), nullable=False),
    _invitation(),
    Column("remote_id", Text, nullable=False),
    Column("callback", Text, nullable=False, server_default=""),
    Column("profile", Text, nullable=False, server_default=""),
    Column("news", Text, nullable=False, server_default=""),
    Column("told", Text, nullable=False, server_default=""),
    Column("stamp", BigInteger, nullable=False, server_default="0"),
    Column("problem", Text),
    moment("created_at", required=True),
    moment("told_at"),
    moment("given_up_at"),
    moment("cancelled_at"),
    Index("ix_orders_invitation_id", "invitation_id"),
    Index(
        "uq_orders_remote",
        *("system_id", "remote_id"),
        unique=True,
        postgresql_where=text("cancelled_at IS NULL"),
    ),
)

#: Every call between a tracking system and us, without what was in it.
exchanges = Table(
    "exchanges",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    Column("system_id", Text, ForeignKey("tracking_systems.id", ondelete="CASCADE"), nullable=False),
    Column("ours", Boolean, nullable=False),  # whether we called
    Column("call", Text, nullable=False),
    Column("status", Integer),
    Column("problem", Text),
    moment("created_at", required=True),
    Index("ix_exchanges_system_id", "system_id", "created_at"),
)

#: One mail of a kind; `version` counts what makes another of the same kind due, such as an extension.  Its text is made
#: when it is sent, and kept nowhere.
mails = Table(
    "mails",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    Column("invitation_id", Text, ForeignKey("invitations.id", ondelete="CASCADE")),
    Column("member_id", Text, ForeignKey("members.id", ondelete="CASCADE")),
    Column("kind", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("problem", Text),
    moment("created_at", required=True),
    moment("sent_at"),
    moment("given_up_at"),
    UniqueConstraint(
        *("invitation_id", "member_id", "kind", "version"),
        name="uq_mails_recipient",
        postgresql_nulls_not_distinct=True,
    ),
)

#: Append-only; each row's hash covers its content and the hash before it (`assay audit verify`).
audit_log = Table(
    "audit_log",
    metadata,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("at", Text, nullable=False),  # as it was hashed, RFC 3339
    Column("org_id", Text),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),  # JSON as it was hashed
    Column("previous", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False, unique=True),
    Index("ix_audit_log_org_id", "org_id", "seq"),
    Index("ix_audit_log_subject", "subject"),
    Index("ix_audit_log_action", "org_id", "action"),
)

#: Wrong guesses at passwords and passcodes, for as long as they count.
failures = Table(
    "failures",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("key", LargeBinary, nullable=False),
    moment("created_at", required=True),
    Index("ix_failures_key", "key", "created_at"),
    Index("ix_failures_created_at", "created_at"),
)

#: The first answer to a POST with an Idempotency-Key, given again to its repetitions.
idempotency = Table(
    "idempotency",
    metadata,
    Column("caller", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request", LargeBinary, nullable=False),  # digest of method, path and body
    Column("status", Integer),  # none while the first request is being answered
    Column("headers", JSONB),
    Column("body", LargeBinary),
    moment("created_at", required=True),
)

#: Who works, and what each can run: {"challenges": [...], "image": ..., "runtime": ..., "slots": n}.
workers = Table(
    "workers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("host", Text, nullable=False),
    Column("can", JSONB, nullable=False),
    moment("started_at", required=True),
    moment("seen_at", required=True),
)

#: A version of a company's own challenge.  `name` is what invitations call it, from when it is built.  `job` is what is
#: being worked at, `progress` how far, `problem` why it came to nothing.  `definition` is the text of challenge.toml;
#: `shown` what pages show of table, proposal, findings, yardsticks and references.
challenges = Table(
    "challenges",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    Column("name", Text, unique=True),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("file", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("job", Text),
    Column("progress", Text, nullable=False, server_default=""),
    Column("problem", Text, nullable=False, server_default=""),
    Column("definition", Text, nullable=False, server_default=""),
    Column("shown", JSONB, nullable=False, server_default="{}"),
    moment("created_at", required=True),
    moment("published_at"),
    CheckConstraint("state in ('draft', 'built', 'published', 'retired')", name="state"),
    CheckConstraint("job in ('read', 'propose', 'build', 'revise', 'lint')", name="job"),
    Index("ix_challenges_org_id", "org_id"),
)

#: What a candidate says of their own sex and race or ethnicity, of one organisation.  The pseudonym is made of the
#: candidate's id with this installation's secret, so the database alone does not say whose it is; nor when, but a day.
self_descriptions = Table(
    "self_descriptions",
    metadata,
    Column("pseudonym", Text, primary_key=True),
    org(),
    Column("sealed", LargeBinary, nullable=False),
    Column("day", Date, nullable=False),
    Index("ix_self_descriptions_org_id", "org_id"),
)

#: Figures of groups as they were when it was made, see app/impact/figures.py; nobody can be told from them.
impact_reports = Table(
    "impact_reports",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    Column("challenge", Text, nullable=False),
    Column("figures", JSONB, nullable=False),
    moment("created_at", required=True),
    Index("ix_impact_reports_org_id", "org_id", "created_at"),
)

#: When a candidate was first shown the notice of their invitation, and when they said that they have read it.
notice_readings = Table(
    "notice_readings",
    metadata,
    Column("invitation_id", Text, ForeignKey("invitations.id", ondelete="CASCADE"), primary_key=True),
    Column("notice_id", Text, ForeignKey("notices.id", ondelete="CASCADE"), primary_key=True),
    moment("shown_at", required=True),
    moment("read_at"),
)

#: What a rejected candidate was told of the decision of this version.  An erasure leaves the digest as a proof.
letters = Table(
    "letters",
    metadata,
    Column("invitation_id", Text, ForeignKey("invitations.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True),
    org(),
    Column("profile", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    moment("review_until"),
    moment("created_at", required=True),
    moment("shown_at"),
)

#: A candidate's wish that each push to a branch is handed in, or checked; and what became of the last one.
pushes = Table(
    "pushes",
    metadata,
    Column("invitation_id", Text, ForeignKey("invitations.id", ondelete="CASCADE"), primary_key=True),
    Column("id", Text, nullable=False, unique=True),  # in the address that the git server calls
    org(),
    Column("url", Text, nullable=False),
    Column("branch", Text, nullable=False),
    Column("kind", Text, nullable=False),
    moment("created_at", required=True),
    Column("last_commit", Text),
    moment("last_at"),
    Column("last_submission", Text),
    Column("problem", Text),
    CheckConstraint("kind in ('graded', 'check')", name="kind"),
)

#: What an organisation writes to candidates about a decision of this outcome, with placeholders.
decision_templates = Table(
    "decision_templates",
    metadata,
    Column("org_id", Text, ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("outcome", Text, primary_key=True),
    Column("locale", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
)

#: What was mailed about the decision of this version, once; an erasure empties it.
decision_mails = Table(
    "decision_mails",
    metadata,
    Column("invitation_id", Text, ForeignKey("invitations.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True),
    org(),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    moment("created_at", required=True),
)

#: A rejected candidate's wish that a person look again at the decision of this version.
human_reviews = Table(
    "human_reviews",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    _invitation(),
    Column("version", Integer, nullable=False),
    Column("words", Text, nullable=False),
    Column("outcome", Text),
    Column("answer", Text),
    Column("member_id", Text, ForeignKey("members.id", ondelete="SET NULL")),
    moment("created_at", required=True),
    Column("due_at", DateTime(timezone=True), nullable=False),
    moment("answered_at"),
    moment("reminded_at"),  # when its reviewers heard that it is overdue
    CheckConstraint("outcome in ('stands', 'changed')", name="outcome"),
    UniqueConstraint("invitation_id", "version", name="uq_human_reviews_version"),
    Index("ix_human_reviews_org_id", "org_id", "created_at"),
    Index(
        "ix_human_reviews_due_at",
        "due_at",
        postgresql_where=text("answered_at IS NULL AND reminded_at IS NULL"),
    ),
)

#: While a hold has not ended, nothing of its candidate is erased; `erasure_asked_at` is when somebody wished it.
legal_holds = Table(
    "legal_holds",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    Column("candidate_id", Text, ForeignKey("candidates.id", ondelete="CASCADE"), nullable=False),
    Column("reason", Text, nullable=False),
    moment("created_at", required=True),
    moment("ended_at"),
    moment("erasure_asked_at"),
    Index("ix_legal_holds_candidate_id", "candidate_id"),
)

#: Which kinds of task the debriefs of a challenge use; without a row USUAL_KINDS of app/live/service.py.
live_kinds = Table(
    "live_kinds",
    metadata,
    Column("org_id", Text, ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True),
    Column("challenge", Text, primary_key=True),
    Column("kinds", ARRAY(Text), nullable=False),
)

#: A task of a debrief that a candidate answers by changing their own work.  `task` is a LiveTask, `before` the outcome
#: of the work as it was handed in, once it is known.  The candidate's link is signed and stored nowhere.
live_exercises = Table(
    "live_exercises",
    metadata,
    Column("id", Text, primary_key=True),
    org(),
    _invitation(),
    _submission(),
    _member(),
    Column("task", JSONB, nullable=False),
    Column("prediction", Text, nullable=False, server_default=""),
    Column("before", JSONB),
    moment("created_at", required=True),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    moment("ended_at"),
    Index("ix_live_exercises_invitation_id", "invitation_id", "created_at"),
    Index("ix_live_exercises_submission_id", "submission_id"),
)

#: A file of an exercise as it was and as it is typed; `version` counts its changes.
live_files = Table(
    "live_files",
    metadata,
    Column("exercise_id", Text, ForeignKey("live_exercises.id", ondelete="CASCADE"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("original", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default="0"),
    moment("changed_at"),
)

#: One run of a change: `patch` has the changed files, {path: text}; `outcome` and `difference` are of graders/live.
live_runs = Table(
    "live_runs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("exercise_id", Text, ForeignKey("live_exercises.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("prediction", Text, nullable=False),
    Column("patch", JSONB, nullable=False),
    Column("state", Text, nullable=False, server_default="queued"),
    Column("problem", Text),
    Column("outcome", JSONB),
    Column("difference", JSONB),
    Column("seconds", Float),
    moment("created_at", required=True),
    moment("started_at"),
    moment("finished_at"),
    CheckConstraint("state in ('queued', 'running', 'done', 'failed', 'stopped')", name="state"),
    UniqueConstraint("exercise_id", "number", name="uq_live_runs_number"),
)

#: Who has an exercise open, and where they are in it.  `who` is `candidate`, or the id of a member.
live_presence = Table(
    "live_presence",
    metadata,
    Column("exercise_id", Text, ForeignKey("live_exercises.id", ondelete="CASCADE"), primary_key=True),
    Column("who", Text, primary_key=True),
    Column("path", Text, nullable=False, server_default=""),
    Column("line", Integer),
    Column("character", Integer),
    moment("seen_at", required=True),
)
