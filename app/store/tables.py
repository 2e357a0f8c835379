"""The tables of the service.  Rows are read into the frozen values of store/rows.py, never changed in place."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    func,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _moment(name: str, *, required: bool = False) -> Column[object]:
    default = func.now() if required else None
    return Column(name, DateTime(timezone=True), nullable=not required, server_default=default)


api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("prefix", Text, nullable=False, unique=True),
    Column("digest", LargeBinary, nullable=False),
    Column("label", Text, nullable=False),
    _moment("created_at", required=True),
    _moment("revoked_at"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("challenge", Text, nullable=False),
    Column("label", Text, nullable=False, server_default=""),
    Column("email", Text),
    Column("attempts", Integer, nullable=False),
    _moment("deadline"),
    _moment("created_at", required=True),
    _moment("opened_at"),
    _moment("revoked_at"),
)

submissions = Table(
    "submissions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("api_key_id", Text, ForeignKey("api_keys.id")),
    Column("invitation_id", Text, ForeignKey("invitations.id")),
    Column("challenge", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("state", Text, nullable=False, server_default="queued"),
    Column("problem", Text),
    Column("run", Integer, nullable=False, server_default="0"),
    Column("tries", Integer, nullable=False, server_default="0"),
    _moment("created_at", required=True),
    _moment("started_at"),
    _moment("finished_at"),
    CheckConstraint("num_nonnulls(api_key_id, invitation_id) = 1", name="one_owner"),
    CheckConstraint("state in ('queued', 'grading', 'graded', 'ungraded', 'failed')", name="state"),
    Index("ix_submissions_invitation_id", "invitation_id"),
    Index("ix_submissions_api_key_id", "api_key_id", "created_at"),
    Index("ix_submissions_state", "state"),
)

phases = Table(
    "phases",
    metadata,
    Column("submission_id", Text, ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True),
    Column("run", Integer, primary_key=True),
    Column("name", Text, primary_key=True),
    _moment("started_at", required=True),
    _moment("ended_at"),
)
