"""One live run from its beginning to its end: what the change did, or that we failed.  Gradings stand back for it.

What the work gives as it was handed in is run in the same way, once for each exercise, and compared with.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

import structlog

from app.gradings.jobs import told
from app.intake.problems import Rejected
from app.own_rows import graded_on
from app.platform import metrics
from app.ports import Service
from app.store import audit, live, submissions
from app.store.audit import SYSTEM
from app.store.blobs import upload_key
from app.store.live import Exercise, LiveRun
from app.store.rows import SubmissionRow
from app.words import N_
from graders.live import patch
from graders.live.difference import difference
from graders.live.model import LiveDifference, LiveFinding, LiveOutcome, LiveTask, plain
from graders.model.challenge import Challenge
from graders.model.submission import Submission
from graders.words import Message, text_of

log = structlog.get_logger(__name__)

OUR_FAULT = N_("The run failed on our side. Nothing of it counts. Run it again.")
CHANGE = "change.zip"
#: Seconds between two looks whether a run was stopped.
LOOK = 0.5


@dataclass(frozen=True)
class Begun:
    """A run that has begun, with what it is about."""

    exercise: Exercise
    run: LiveRun
    row: SubmissionRow


async def run(service: Service, run_id: str, *, last: bool) -> None:
    """Raises where it is to be tried again; at the `last` try a fault of ours is said and closes it."""
    begun = await asyncio.to_thread(_begin, service, run_id)
    if begun is None:
        return
    started = time.monotonic()
    stopping = asyncio.create_task(_end_if_stopped(service, run_id))
    try:
        async with asyncio.timeout(service.settings.grading_seconds):
            found = await asyncio.to_thread(_make, service, begun)
        await asyncio.to_thread(_finish, service, begun, found, time.monotonic() - started)
    except Exception as fault:
        if not await asyncio.to_thread(_goes, service, run_id):
            return  # it was stopped, and its containers were ended
        metrics.FAULTS.labels(type(fault).__name__).inc()
        log.warning("a live run failed on our side", run=run_id, fault=told(fault))
        if not last:
            raise
        await asyncio.to_thread(_give_up, service, run_id)
    finally:
        stopping.cancel()
        for abandoned in (run_id, begun.exercise.id):
            await asyncio.to_thread(service.ports.abandon, abandoned)


async def _end_if_stopped(service: Service, run_id: str) -> None:
    """End the containers of a run once somebody has stopped it.  Until cancelled: it may start another one."""
    while True:
        await asyncio.sleep(LOOK)
        if not await asyncio.to_thread(_goes, service, run_id):
            await asyncio.to_thread(service.ports.abandon, run_id)


def _goes(service: Service, run_id: str) -> bool:
    with service.reader.connect() as connection:
        return live.goes(connection, run_id)


async def prepare(service: Service, exercise_id: str) -> None:
    """Run the work as it was handed in while its task is read; where that fails, the first run tries again."""
    try:
        async with asyncio.timeout(service.settings.grading_seconds):
            await asyncio.to_thread(_prepare, service, exercise_id)
    except Exception as fault:
        log.warning("the work before a change could not be run", exercise=exercise_id, fault=told(fault))
    finally:
        await asyncio.to_thread(service.ports.abandon, exercise_id)


def _begin(service: Service, run_id: str) -> Begun | None:
    with service.engine.begin() as connection:
        found = live.begin(connection, run_id)
        row = submissions.find(connection, found[0].submission_id) if found else None
    return Begun(*found, row) if found and row else None


def _prepare(service: Service, exercise_id: str) -> None:
    with service.reader.connect() as connection:
        exercise = live.find(connection, exercise_id)
        row = submissions.find(connection, exercise.submission_id) if exercise else None
    if exercise is not None and row is not None and exercise.before is None:
        challenge = graded_on(service, row)
        _before(service, exercise, _unpacked(service, row, challenge), challenge)


def _make(service: Service, begun: Begun) -> LiveDifference:
    exercise, row = begun.exercise, begun.row
    challenge = graded_on(service, row)
    work = _unpacked(service, row, challenge)
    before = _before(service, exercise, work, challenge)
    texts = patch.texts(work)
    after = _after(service, begun, work, challenge) if begun.run.patch else before
    return difference(before, after, texts, {**texts, **begun.run.patch})


def _unpacked(service: Service, row: SubmissionRow, challenge: Challenge) -> Submission:
    return service.ports.unpack(service.blobs.get(upload_key(row.id)), row.name, challenge)


def _before(service: Service, exercise: Exercise, work: Submission, challenge: Challenge) -> LiveOutcome:
    """What the work gives as it was handed in, from the exercise or run now and kept there."""
    if exercise.before is not None:
        return LiveOutcome.of(exercise.before)
    found = service.ports.live(replace(work, id=exercise.id), challenge, LiveTask.of(exercise.task))
    with service.engine.begin() as connection:
        live.keep_before(connection, exercise.id, plain(found))
    return found


def _after(service: Service, begun: Begun, work: Submission, challenge: Challenge) -> LiveOutcome:
    """What the changed work gives; it goes through intake as every upload does."""
    try:
        changed = service.ports.unpack(patch.upload(work, begun.run.patch), CHANGE, challenge)
    except Rejected as refused:
        problem = refused.problem
        failure, hint = (text_of([Message(str(text), {})]) for text in (problem.message, problem.hint))
        return LiveOutcome(failure=failure, hint=hint, where=str(problem.where or ""))
    return service.ports.live(replace(changed, id=begun.run.id), challenge, LiveTask.of(begun.exercise.task))


def _finish(service: Service, begun: Begun, found: LiveDifference, seconds: float) -> None:
    exercise, run = begun.exercise, begun.run
    with service.engine.begin() as connection:
        if not live.finish(connection, run.id, plain(found.after), plain(found), seconds):
            return
        subject = f"invitation:{exercise.invitation_id}"
        told = {"exercise_id": exercise.id, "run": run.number, "seconds": round(seconds, 1)}
        ended = {"gone": _codes(found.gone), "new": _codes(found.new), "failed": found.after.failure is not None}
        audit.record_all(connection, SYSTEM, "live-ran", {subject: told | ended}, org_id=exercise.org_id)


def _codes(findings: Iterable[LiveFinding]) -> list[str]:
    return [finding.code for finding in findings]


def _give_up(service: Service, run_id: str) -> None:
    with service.engine.begin() as connection:
        live.fail(connection, run_id, OUR_FAULT)
