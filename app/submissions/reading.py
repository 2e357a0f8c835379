"""Reading a submission and its report, and following it while it is graded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from app.errors import NotFound
from app.owned import owned
from app.ports import Service
from app.store import gradings, submissions
from app.store.blobs import result_key
from app.store.rows import Owner, Phase, SubmissionRow

POLL_SECONDS = 0.5
#: A browser that still listens comes back by itself; one that has gone silently is let go.
FOLLOW_SECONDS = 900.0


def status(service: Service, submission_id: str, owner: Owner) -> tuple[SubmissionRow, list[Phase]]:
    """A submission with the phases of its current grading; NotFound where it is not `owner`'s."""
    with service.reader.connect() as connection:
        row = owned(submissions.find, connection, submission_id, owner)
        return row, submissions.phases_of(connection, row)


def result(service: Service, row: SubmissionRow, name: str) -> bytes:
    """One file of the report of a submission that counts, whole; NotFound where there is none."""
    with service.reader.connect() as connection:
        found = gradings.find(connection, row.id, row.report_run or 0)
    if found is None:
        raise NotFound
    return service.blobs.get(result_key(row.id, found.run, found.begun, name))


async def follow(
    service: Service, submission_id: str, owner: Owner
) -> AsyncIterator[tuple[SubmissionRow, list[Phase]]]:
    """The submission's status now and at every change, until it is final.

    The rows are polled, so that it makes no difference which machine grades.
    """
    seen = None
    for _ in range(round(FOLLOW_SECONDS / POLL_SECONDS)):
        now = await asyncio.to_thread(status, service, submission_id, owner)
        if now != seen:
            seen = now
            yield now
        if now[0].state.final:
            return
        await asyncio.sleep(POLL_SECONDS)
