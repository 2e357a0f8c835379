"""The queue: one job is one grading.  Jobs survive the death of a worker; every failure has an ending."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import procrastinate
import structlog
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from sqlalchemy import Connection, text

from app.artifacts import CASE, HTML, JSON, SARIF, Artifacts
from app.service import Service
from app.settings import Settings
from app.store import submissions
from app.store.blobs import result_key, upload_key
from app.store.rows import State, SubmissionRow
from graders.model import SandboxError, Watch

log = structlog.get_logger(__name__)

GRADING, UPKEEP = "grading", "upkeep"
#: Any fixed number: the advisory lock that keeps two workers from the same upkeep at once.
UPKEEP_LOCK = 7_177_002
RESTART_SECONDS = 2.0
FILES = (JSON, HTML, SARIF)

#: Never opened: it only knows how to put a job on a connection that somebody else commits.
_enqueuer = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())


def enqueue(connection: Connection, submission_id: str) -> None:
    """Add the grading of a submission to the transaction of `connection`: both are committed, or neither.

    The lock is the submission's id: it is never graded twice at once.
    """
    driver = connection.connection.driver_connection
    job = _enqueuer.configure_task("grade", queue=GRADING, lock=submission_id, connection=driver)
    job.defer(submission_id=submission_id)


class Backoff(BaseRetryStrategy):
    """Again at once after a worker was told to stop, otherwise after a wait that doubles.

    Always again: it is the task itself that gives up, so that no submission ends without a reason.
    """

    def __init__(self, settings: Settings) -> None:
        self._first = settings.retry_seconds

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        stopped = isinstance(exception, asyncio.CancelledError)
        seconds = 0.0 if stopped else self._first * 2 ** min(job.attempts, 10)
        return RetryDecision(retry_in={"seconds": round(seconds)})


async def work(service: Service) -> None:
    """Grade until cancelled.  A worker that loses its database comes back when the database does."""
    while True:
        try:
            await _work(service)
        except Exception:
            log.exception("the worker ended unexpectedly and is started again")
        await asyncio.sleep(RESTART_SECONDS)


async def _work(service: Service) -> None:
    app = _queue(service)
    settings = service.settings
    options: dict[str, Any] = {
        "install_signal_handlers": False,
        "delete_jobs": "successful",
        "update_heartbeat_interval": settings.heartbeat_seconds,
        "stalled_worker_timeout": settings.stalled_seconds,
        "shutdown_graceful_timeout": settings.grace_seconds,
    }
    async with app.open_async(), asyncio.TaskGroup() as group:
        grading = app.run_worker_async(queues=[GRADING], name=GRADING, concurrency=settings.slots, **options)
        upkeep = app.run_worker_async(queues=[UPKEEP], name=UPKEEP, **options)
        for worker in (grading, upkeep):
            group.create_task(worker)


def _queue(service: Service) -> procrastinate.App:
    connector = procrastinate.PsycopgConnector(conninfo=service.url, min_size=1, max_size=8)
    app = procrastinate.App(connector=connector)

    @app.task(name="grade", queue=GRADING, retry=Backoff(service.settings))
    async def grade_job(submission_id: str) -> None:
        await grade(service, submission_id)

    every = max(1, round(service.settings.heartbeat_seconds))

    @app.periodic(cron=f"* * * * * */{every}")
    @app.task(name="upkeep", queue=UPKEEP, queueing_lock=UPKEEP)
    async def upkeep_job(timestamp: int) -> None:  # noqa: ARG001 - the queue passes it
        await upkeep(app, service)

    return app


async def grade(service: Service, submission_id: str) -> None:
    """Grade one submission to its end: a report, another try (by raising), or given up by us."""
    row = await asyncio.to_thread(_begin, service, submission_id)
    if row is None:
        return
    try:
        artifacts = await asyncio.to_thread(_grade, service, row)
        await asyncio.to_thread(_finish, service, row, artifacts)
    except asyncio.CancelledError:
        _requeue(service, row, tried=False)
        raise
    except Exception as fault:
        log.warning("grading failed on our side", submission=row.id, run=row.run, fault=_told(fault))
        if row.tries >= service.settings.tries:
            await asyncio.to_thread(_give_up, service, row)
            return
        _requeue(service, row, tried=True)
        raise


def _told(fault: Exception) -> str:
    """What happened, for the log: any message but the sandbox's own may quote the candidate, so only its place."""
    if isinstance(fault, SandboxError):
        return f"SandboxError: {fault}"
    place = traceback.extract_tb(fault.__traceback__)[-1]
    return f"{type(fault).__name__} at {place.filename}:{place.lineno}"


async def upkeep(app: procrastinate.App, service: Service) -> None:
    """Hand the jobs of dead workers to the living, and close what no job will ever grade."""
    with service.engine.begin() as connection:
        if not connection.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": UPKEEP_LOCK}):
            return
        silence = service.settings.stalled_seconds
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silence):
            log.warning("a worker went silent, its job is handed on", job=job.id)
            await app.job_manager.retry_job(job)
        if lost := submissions.give_up_orphans(connection):
            log.error("submissions without a job were closed as failed", count=lost)


def _begin(service: Service, submission_id: str) -> SubmissionRow | None:
    with service.engine.begin() as connection:
        row = submissions.begin(connection, submission_id)
    if row is not None and row.tries > service.settings.tries:  # its workers died without a word
        _give_up(service, row)
        return None
    return row


def _grade(service: Service, row: SubmissionRow) -> Artifacts:
    challenge = service.parts.challenge(row.challenge)
    data = service.blobs.get(upload_key(row.id))
    unpacked = service.parts.unpack(data, row.name, challenge.packages)
    return service.parts.grade(replace(unpacked, id=row.id), challenge, _watch(service, row))


def _watch(service: Service, row: SubmissionRow) -> Watch:
    """Records phases as they pass; a status that cannot be written spoils no grading."""

    def watch(name: str, event: str) -> None:
        note = submissions.phase_started if event == "started" else submissions.phase_ended
        try:
            with service.engine.begin() as connection:
                note(connection, row.id, row.run, name)
        except Exception:
            log.exception("a phase could not be recorded", submission=row.id, phase=name)

    return watch


def _finish(service: Service, row: SubmissionRow, artifacts: Artifacts) -> None:
    for name, data in {**artifacts.files(), CASE: artifacts.case}.items():
        service.blobs.put(result_key(row.id, row.run, name), data)
    with service.engine.begin() as connection:
        kept = submissions.finish(connection, row.id, row.run, State(artifacts.status))
    _discard(service, row, range(1, row.run) if kept else (row.run,))
    log.info("graded" if kept else "a late result was dropped", submission=row.id, run=row.run)


def _discard(service: Service, row: SubmissionRow, runs: Iterable[int]) -> None:
    """Remove what gradings that came to nothing had written; nobody could see it, so a failure is only logged."""
    for run in runs:
        for name in (*FILES, CASE):
            try:
                service.blobs.delete(result_key(row.id, run, name))
            except FileNotFoundError:
                continue
            except Exception:
                log.exception("a file of an unfinished grading could not be removed", submission=row.id, run=run)


def _requeue(service: Service, row: SubmissionRow, *, tried: bool) -> None:
    with service.engine.begin() as connection:
        submissions.requeue(connection, row.id, row.run, tried=tried)


def _give_up(service: Service, row: SubmissionRow) -> None:
    with service.engine.begin() as connection:
        submissions.give_up(connection, row.id)
    _discard(service, row, range(1, row.run + 1))
