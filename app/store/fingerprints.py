"""Fingerprints of the code that candidates handed in, by which their works of one challenge are compared."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, exists, literal, select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from app.store.rows import State
from app.store.tables import fingerprints, submissions

#: So many works of earlier versions are read in one go.
MOST_MISSING = 200


@dataclass(frozen=True)
class Kept:
    """What is kept of one work: each hash once, sorted, as unsigned 64-bit integers in little-endian order."""

    invitation_id: str
    submission_id: str
    hashes: bytes


def keep(connection: Connection, submission_id: str, hashes: bytes) -> None:
    """Keep those of a submission, unless it has been erased meanwhile; what is kept already stays."""
    known = select(submissions.c.id, submissions.c.org_id, submissions.c.challenge, literal(hashes))
    known = known.where(submissions.c.id == submission_id)
    added = insert(fingerprints).from_select(["submission_id", "org_id", "challenge", "hashes"], known)
    connection.execute(added.on_conflict_do_nothing())


def of_challenge(connection: Connection, org_id: str, challenge: str) -> list[Kept]:
    """Of every candidate of an organisation the work that was handed in last."""
    query = (
        select(submissions.c.invitation_id, submissions.c.id, fingerprints.c.hashes)
        .join(fingerprints, fingerprints.c.submission_id == submissions.c.id)
        .where(fingerprints.c.org_id == org_id, fingerprints.c.challenge == challenge)
        .where(submissions.c.invitation_id.is_not(None))
        .ext(distinct_on(submissions.c.invitation_id))
        .order_by(submissions.c.invitation_id, submissions.c.created_at.desc(), submissions.c.id)
    )
    return [Kept(*row) for row in connection.execute(query)]


def missing(connection: Connection) -> list[str]:
    """Candidates' graded submissions that have none yet, the newest first."""
    kept = exists().where(fingerprints.c.submission_id == submissions.c.id)
    query = (
        select(submissions.c.id)
        .where(submissions.c.invitation_id.is_not(None), submissions.c.kind == "graded")
        .where(submissions.c.state == State.GRADED, ~kept)
        .order_by(submissions.c.created_at.desc())
        .limit(MOST_MISSING)
    )
    return list(connection.scalars(query))
