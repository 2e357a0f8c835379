"""One preview (to candidates: a check) from its beginning to its verdict.  Of the upload only the verdict is kept."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import replace

import structlog

from app.artifacts import Verdict
from app.gradings.jobs import told
from app.own_rows import graded_on
from app.ports import Service
from app.store import checks
from app.store.blobs import upload_key, verdict_key
from app.store.gradings import OUR_FAULT
from app.store.rows import State, SubmissionRow

log = structlog.get_logger(__name__)


async def run(service: Service, submission_id: str, *, last: bool) -> None:
    """Raises where it is to be tried again; at the `last` try a fault of ours is said and closes it."""
    row = await asyncio.to_thread(_begin, service, submission_id)
    if row is None:
        return
    try:
        async with asyncio.timeout(service.settings.grading_seconds):
            verdict = await asyncio.to_thread(_run, service, row)
        await asyncio.to_thread(_finish, service, row, verdict)
    except Exception as fault:
        log.warning("a preview failed on our side", submission=submission_id, fault=told(fault))
        if not last:
            raise
        await asyncio.to_thread(_give_up, service, submission_id)
    finally:
        await asyncio.to_thread(service.ports.abandon, submission_id)


def verdict(service: Service, row: SubmissionRow) -> Verdict | None:
    """What a check said; None before its end, and where it failed on our side."""
    if not row.state.reported:
        return None
    found = json.loads(service.blobs.get(verdict_key(row.id)))
    return Verdict(found["ok"], tuple(found["lines"]))


def _begin(service: Service, submission_id: str) -> SubmissionRow | None:
    with service.engine.begin() as connection:
        return checks.begin(connection, submission_id)


def _run(service: Service, row: SubmissionRow) -> Verdict:
    challenge = graded_on(service, row)
    unpacked = service.ports.unpack(service.blobs.get(upload_key(row.id)), row.name, challenge)
    return service.ports.preview(replace(unpacked, id=row.id), challenge)


def _finish(service: Service, row: SubmissionRow, verdict: Verdict) -> None:
    said = json.dumps({"ok": verdict.ok, "lines": verdict.lines}, ensure_ascii=False)
    service.blobs.put(verdict_key(row.id), said.encode("utf-8", "replace"))
    with service.engine.begin() as connection:
        checks.end(connection, row.id, State.GRADED if verdict.ok else State.UNGRADED)
    _drop(service, row.id)


def _give_up(service: Service, submission_id: str) -> None:
    with service.engine.begin() as connection:
        checks.end(connection, submission_id, State.FAILED, OUR_FAULT)
    _drop(service, submission_id)


def _drop(service: Service, submission_id: str) -> None:
    with suppress(FileNotFoundError):
        service.blobs.delete(upload_key(submission_id))
