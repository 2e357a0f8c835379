"""One grading from its beginning to its end: a report, another try (by raising), given up, or stopped on request."""

from __future__ import annotations

import asyncio
import threading
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import product

import structlog
from sqlalchemy import Connection

from app.artifacts import CASE, HTML, JSON, MESSAGES, SARIF, Artifacts
from app.gradings.notify import notify
from app.gradings.summary import facts
from app.intake.problems import Rejected
from app.mail import service as mailing
from app.news import service as news
from app.own_rows import graded_on
from app.platform import metrics
from app.platform.queue import enqueue_fingerprints
from app.ports import CaseOfOtherData, Service
from app.store import gradings, submissions
from app.store.blobs import of_submission, result_key, upload_key
from app.store.rows import Grading, State, SubmissionRow
from app.words import N_
from graders.model.probe import SandboxError, Watch
from graders.probes.names import stage_of
from graders.report import translated

log = structlog.get_logger(__name__)

FILES = (JSON, HTML, SARIF, CASE, MESSAGES)
LOOK_SECONDS = 1.0
OTHER_DATA = N_("The stored case was made on other data than this worker holds; ask for a regrade instead.")
REFUSED_NOW = "Accepted when it was handed in, the upload is refused by today's rules: {}. Nobody was graded."
OTHER_VERSIONS = "It was to be made with the versions of an earlier report, and the worker that took it has another {}."


class Stopped(Exception):
    """This grading is no longer wanted: aborted, erased, or taken over by another worker."""


class OtherVersions(Exception):
    """The report was made with other versions than it was asked to be; holds their names."""


@dataclass(eq=False)
class Running:
    """A grading that this process has begun; `stop` is set when its result is no longer wanted."""

    row: SubmissionRow
    grading: Grading
    stop: threading.Event = field(default_factory=threading.Event)


class Grader:
    """Grades what it is handed, and stops what has been aborted meanwhile."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._running: set[Running] = set()

    async def grade(self, submission_id: str, run: int) -> None:
        """Raises where it is to be tried again."""
        running = await asyncio.to_thread(self._begin, submission_id, run)
        if running is None:
            return
        self._running.add(running)
        try:
            async with asyncio.timeout(self._service.settings.grading_seconds):
                artifacts = await asyncio.to_thread(_make, self._service, running)
            await asyncio.to_thread(_finish, self._service, running, artifacts)
        except asyncio.CancelledError:
            _requeue(self._service, running.grading, tried=False)
            raise
        except Exception as fault:
            if not await asyncio.to_thread(self._settled, running, fault):
                raise
        finally:
            self._running.discard(running)
            self._stop(running)

    async def look_for_aborts(self) -> None:
        """Until cancelled: end what somebody has aborted, or what another worker has taken over."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            for running in tuple(self._running):
                try:
                    await asyncio.to_thread(self._look, running)
                except Exception:
                    log.exception("whether a grading is still wanted could not be read")
                    break

    def _look(self, running: Running) -> None:
        if running.stop.is_set():  # it goes on until it notices, and may have begun another container meanwhile
            self._service.ports.abandon(running.row.id)
        elif not self._wanted(running.grading):
            log.info("a grading is stopped", submission=running.row.id, run=running.grading.run)
            self._stop(running)

    def _begin(self, submission_id: str, run: int) -> Running | None:
        with self._service.engine.begin() as connection:
            grading = gradings.begin(connection, submission_id, run)
            row = submissions.find(connection, submission_id) if grading else None
            if grading is None or row is None:
                return None
            if grading.begun == 1:
                notify(connection, row.owner.org_id, "grading.started", grading)
        running = Running(row, grading)
        if grading.tries > self._service.settings.tries:  # its workers died without a word
            _end(self._service, running, gradings.OUR_FAULT)
            return None
        return running

    def _wanted(self, grading: Grading) -> bool:
        with self._service.reader.connect() as connection:
            now = gradings.find(connection, grading.submission_id, grading.run)
        return now is not None and (now.begun, now.state) == (grading.begun, State.GRADING)

    def _settled(self, running: Running, fault: Exception) -> bool:
        """Whether a grading that failed has come to its end; False where it is to be tried again."""
        grading = running.grading
        if running.stop.is_set():
            _discard(self._service, grading, (grading.begun,))
            return True
        why = hopeless(fault)
        if why is not None:
            _end(self._service, running, why)
            return True
        metrics.FAULTS.labels(type(fault).__name__).inc()
        log.warning("grading failed on our side", submission=running.row.id, run=grading.run, fault=told(fault))
        if self._service.blobs.away(fault):  # no fault of this grading, however long it lasts
            _requeue(self._service, grading, tried=False)
            return False
        if grading.tries >= self._service.settings.tries:
            _end(self._service, running, gradings.OUR_FAULT)
            return True
        _requeue(self._service, grading, tried=True)
        return False

    def _stop(self, running: Running) -> None:
        """End its containers; one that has ended already has none."""
        if not running.stop.is_set():
            running.stop.set()
            self._service.ports.abandon(running.row.id)


def hopeless(fault: Exception) -> str | None:
    """Why another try would end the same way; None where it might not."""
    match fault:
        case CaseOfOtherData():
            return OTHER_DATA
        case OtherVersions():
            return OTHER_VERSIONS.format(fault)
        case Rejected():  # its words may quote the candidate
            return REFUSED_NOW.format(fault.problem.code)
    return None


def told(fault: Exception) -> str:
    """What happened, for the log: any message but the sandbox's own may quote the candidate, so only its place."""
    if isinstance(fault, SandboxError):
        return f"SandboxError: {fault}"
    place = traceback.extract_tb(fault.__traceback__)[-1]
    return f"{type(fault).__name__} at {place.filename}:{place.lineno}"


def _make(service: Service, running: Running) -> Artifacts:
    row, grading = running.row, running.grading
    challenge = graded_on(service, row)
    if grading.reason == gradings.RESCORE:
        return service.ports.rescore(_case(service, row), challenge)
    data = service.blobs.get(upload_key(row.id))
    unpacked = service.ports.unpack(data, row.name, challenge)
    return service.ports.grade(replace(unpacked, id=row.id), challenge, _watch(service, running))


def _case(service: Service, row: SubmissionRow) -> bytes:
    """The stored case of the report that counts."""
    with service.reader.connect() as connection:
        counting = gradings.find(connection, row.id, row.report_run or 0)
    assert counting is not None  # only what has a report can be rescored
    return service.blobs.get(result_key(row.id, counting.run, counting.begun, CASE))


def _watch(service: Service, running: Running) -> Watch:
    """Records phases as they pass; a status that cannot be written spoils no grading."""
    grading = running.grading

    def watch(name: str, event: str) -> None:
        if running.stop.is_set():
            raise Stopped
        note = submissions.phase_started if event == "started" else submissions.phase_ended
        try:
            with service.engine.begin() as connection:
                seconds = note(connection, grading.submission_id, grading.run, name)
        except Exception:
            log.exception("a phase could not be recorded", submission=grading.submission_id, phase=name)
        else:
            if seconds is not None:
                metrics.PHASE_SECONDS.labels(stage_of(name)).observe(seconds)

    return watch


def _finish(service: Service, running: Running, artifacts: Artifacts) -> None:
    grading, found = running.grading, facts(artifacts.document)
    _require_versions(grading, found)
    kept = {CASE: artifacts.case, MESSAGES: translated.written(artifacts.document)}
    for name, data in {**artifacts.files(), **kept}.items():
        service.blobs.put(result_key(grading.submission_id, grading.run, grading.begun, name), data)
    with service.engine.begin() as connection:
        done = gradings.finish(connection, grading, found)
        if done is not None:
            _tell(connection, running.row.owner.org_id, done)
            mailing.ended(connection, done)
            news.ended(connection, done)
            if grading.reason == gradings.FIRST and running.row.owner.invitation_id:
                enqueue_fingerprints(connection, grading.submission_id)
    nothing = range(1, grading.begun) if done else (grading.begun,)
    _discard(service, grading, nothing)
    _count(artifacts)
    log.info("graded" if done else "a late result was dropped", submission=running.row.id, run=grading.run)


def _require_versions(grading: Grading, versions: Mapping[str, object]) -> None:
    other = [name.replace("_", " ") for name, asked in grading.versions.items() if asked not in (None, versions[name])]
    if other:
        raise OtherVersions(", ".join(other))


def _tell(connection: Connection, org_id: str, grading: Grading) -> None:
    """The events of a grading that ended with a report."""
    notify(connection, org_id, "grading.completed", grading, band=grading.band)
    if grading.reason == gradings.FIRST:
        notify(connection, org_id, "report.ready", grading, band=grading.band)


def _count(artifacts: Artifacts) -> None:
    metrics.GRADINGS.labels(artifacts.status).inc()
    for run in artifacts.document.runs:
        metrics.ENDINGS.labels(run.exit.value).inc()


def _discard(service: Service, grading: Grading, beginnings: Iterable[int]) -> None:
    """Remove what beginnings that came to nothing had written; nobody could see it, so a failure is only logged."""
    for begun, name in product(beginnings, FILES):
        try:
            service.blobs.delete(result_key(grading.submission_id, grading.run, begun, name))
        except FileNotFoundError:
            continue
        except Exception:
            log.exception("a file of an unfinished grading could not be removed", submission=grading.submission_id)


def sweep(service: Service, seconds: float, days: int = 2) -> int:
    """Remove what beginnings that came to nothing left in the store; returns how many files.

    A worker that dies, or that finds no store, removes nothing.  Of the last `days`, but for the last `seconds`, in
    which some worker may still be writing.
    """
    with service.reader.connect() as connection:
        ended = gradings.begun_in_vain(connection, timedelta(days=days), timedelta(seconds=seconds))
    left = []
    for grading in ended:
        keep = {result_key(grading.submission_id, grading.run, grading.begun, name) for name in FILES}
        written = service.blobs.keys(f"{of_submission(grading.submission_id)}/{grading.run}")
        left += [key for key in written if not (grading.state.reported and key in keep)]
    for key in left:
        service.blobs.delete(key)
    if left:
        log.info("files of unfinished gradings were removed", count=len(left))
    return len(left)


def _requeue(service: Service, grading: Grading, *, tried: bool) -> None:
    with service.engine.begin() as connection:
        gradings.requeue(connection, grading, tried=tried)
    _discard(service, grading, (grading.begun,))


def _end(service: Service, running: Running, problem: str) -> None:
    """Close it as failed: given up by us."""
    grading = running.grading
    with service.engine.begin() as connection:
        failed(connection, running.row.owner.org_id, grading.submission_id, grading.run, problem)
    _discard(service, grading, range(1, grading.begun + 1))


def failed(connection: Connection, org_id: str, submission_id: str, run: int, problem: str) -> None:
    """Close a grading that came to nothing, and say so."""
    ended = gradings.end(connection, submission_id, run, State.FAILED, problem)
    if ended is not None:
        notify(connection, org_id, "grading.failed", ended)
        mailing.ended(connection, ended)
        news.ended(connection, ended)
