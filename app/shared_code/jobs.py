"""What the queue runs: the fingerprints of a work are taken once it has been graded."""

from __future__ import annotations

import structlog
from sqlalchemy import Connection

from app.intake.bounded import bounded
from app.intake.problems import Rejected
from app.platform.queue import enqueue_fingerprints
from app.ports import Service
from app.similarity import READERS
from app.store import fingerprints as store
from app.store import submissions
from app.store.blobs import upload_key
from app.store.rows import SubmissionRow
from graders.model.submission import Submission
from graders.similarity.fingerprints import Fingerprints, fingerprints
from sandbox.static_tools.bounded import OF_A_PROJECT

log = structlog.get_logger(__name__)


def run(service: Service, submission_id: str) -> None:
    """Read a submission and keep its fingerprints.  One that has gone, or cannot be read, is compared with nobody."""
    with service.reader.connect() as connection:
        row = submissions.find(connection, submission_id)
    if row is None:
        return
    try:
        _work, prints = read(service, row)
        hashes = prints.distinct.astype("<u8").tobytes()
    except (FileNotFoundError, Rejected) as no:
        log.info("a submission has no fingerprints", submission=submission_id, why=type(no).__name__)
        hashes = b""
    with service.engine.begin() as connection:
        store.keep(connection, submission_id, hashes)


def read(service: Service, row: SubmissionRow) -> tuple[Submission, Fingerprints]:
    """A submission from its upload, and its fingerprints with their places.  Raises Rejected, FileNotFoundError."""
    work = service.ports.unpack(service.blobs.get(upload_key(row.id)), row.name, service.ports.challenge(row.challenge))
    return work, bounded(READERS, OF_A_PROJECT, fingerprints, work.sources)


def look(connection: Connection) -> None:
    """Have those read that were graded before works were compared."""
    for submission_id in store.missing(connection):
        enqueue_fingerprints(connection, submission_id)
