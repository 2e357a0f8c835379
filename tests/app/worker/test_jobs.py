"""Jobs survive what workers do not, and every failure of ours has an ending that costs the candidate nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from procrastinate.jobs import Job
from sqlalchemy import Connection, Engine, text

from app.gradings.jobs import Grader
from app.invitations import jobs as inviting
from app.opening import opened
from app.platform import queue
from app.platform.settings import Settings
from app.store import gradings, submissions
from app.store.blobs import upload_key
from app.store.rows import State
from app.submissions import service as submit
from app.submissions.service import Upload
from app.worker import jobs
from graders.model.probe import SandboxError
from testing.fakes import fake_ports
from testing.site import MakeSettings, Site, running_site
from testing.waiting import SECONDS, until
from tests.app.support.rows import count, fall_silent, owner

UPLOAD = Upload(b"ok", "pipeline.py", "ml_pipeline")


@pytest.mark.parametrize("broken", ["enqueue_grading", "find"])
def test_a_row_and_its_job_are_committed_together_or_not_at_all(
    make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """A failure between the row and the job, or between the job and the commit, leaves neither and no blob."""

    def fail(*_: object) -> None:
        raise RuntimeError("the power went out")

    with opened(make_settings(), fake_ports) as service:
        who = owner(service.engine)
        with monkeypatch.context() as patch:
            patch.setattr(queue if broken == "enqueue_grading" else submissions, broken, fail)
            patch.setattr(submit, "new_id", lambda: "0" * 20)
            with pytest.raises(RuntimeError):
                submit.submit(service, UPLOAD, who)
        assert count(service.engine, "submissions") == 0
        assert count(service.engine, "procrastinate_jobs") == 0
        with pytest.raises(FileNotFoundError):
            service.blobs.get(upload_key("0" * 20))
        submit.submit(service, UPLOAD, who)
        assert count(service.engine, "submissions") == 1
        assert count(service.engine, "procrastinate_jobs") == 1


def test_a_failing_sandbox_is_tried_again_and_then_it_is_our_fault(make_site: Callable[..., Site]) -> None:
    """After the last try the submission is `failed`, says whose fault it was, and has no report."""
    site = make_site(tries=3)
    where = site.upload("sandbox down").headers["location"]
    seen = site.wait(where)
    assert seen["state"] == "failed"
    assert "our side" in str(seen["problem"])
    assert "No attempt was used" in str(seen["problem"])
    assert count(site.service.engine, "gradings WHERE tries = 3") == 1
    report = site.http.get(f"{where}/report", headers=site.headers)
    assert report.status_code == 409
    assert report.json()["detail"] == seen["problem"]


def test_our_failure_spends_no_attempt_of_an_invitation(make_site: Callable[..., Site]) -> None:
    """With one attempt, a failed grading leaves one; a graded submission leaves none."""
    site = make_site(tries=1, attempts=1)
    page = site.http.post(site.invitation, files={"file": ("pipeline.py", b"sandbox down")})
    assert page.status_code == 303
    until_state(site.service.engine, "failed")
    assert "1 of 1" in site.http.get(site.invitation).text
    assert site.http.post(site.invitation, files={"file": ("pipeline.py", b"ok")}).status_code == 303
    again = site.http.post(site.invitation, files={"file": ("pipeline.py", b"ok")})
    assert again.status_code == 409
    assert "All attempts of this invitation are used." in again.text


def until_state(engine: Engine, state: str) -> None:
    until(lambda: count(engine, f"submissions WHERE state = '{state}'"))


@contextmanager
def worker(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    names = (
        "home",
        "database_url",
        "blob_url",
        "heartbeat_seconds",
        "stalled_seconds",
        "retry_seconds",
        "tries",
        "grace_seconds",
    )
    values = {f"ASSAY_{name.upper()}": str(getattr(settings, name)) for name in names}
    process = subprocess.Popen([sys.executable, "-m", "tests.app.support.worker"], env=os.environ | values)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait(SECONDS)


def test_a_worker_killed_while_grading_loses_nothing(make_settings: MakeSettings, tmp_path: Path) -> None:
    """Another worker finishes the job; there is one report, and the first worker's half is not in it."""
    settings = make_settings()
    with opened(settings, fake_ports) as service:
        who = owner(service.engine)
        work = f"until {tmp_path}/killed".encode()
        row = submit.submit(service, Upload(work, "pipeline.py", "ml_pipeline"), who)
        with worker(settings) as first:
            until_state(service.engine, "grading")
            first.send_signal(signal.SIGKILL)
        fall_silent(service.engine)
        (tmp_path / "killed").touch()
        with running_site(settings):  # its own worker goes on
            until_state(service.engine, "graded")
            until_gone(service.engine)
        assert count(service.engine, f"submissions WHERE id = '{row.id}' AND report_run = 1 AND state = 'graded'") == 1
        stored = list((settings.home / "blobs").rglob("report.json"))
        assert [path.parent.name for path in stored] == ["2"]


def until_gone(engine: Engine) -> None:
    """Wait until the queue holds no grading."""
    until(lambda: count(engine, "procrastinate_jobs WHERE task_name = 'grade'") == 0)


def test_a_worker_told_to_stop_hands_its_grading_back(make_settings: MakeSettings, tmp_path: Path) -> None:
    """SIGTERM ends it within its grace, and the interrupted grading counts as no try."""
    settings = make_settings(grace_seconds=0, tries=1)
    with opened(settings, fake_ports) as service:
        work = f"until {tmp_path}/stopped".encode()
        submit.submit(service, Upload(work, "pipeline.py", "ml_pipeline"), owner(service.engine))
        with worker(settings) as first:
            until_state(service.engine, "grading")
            first.send_signal(signal.SIGTERM)
            until_state(service.engine, "queued")
            (tmp_path / "stopped").touch()
            assert first.wait(SECONDS) == 0
        assert count(service.engine, "submissions WHERE state = 'queued'") == 1
        with running_site(settings):  # its own worker goes on
            until_state(service.engine, "graded")


def test_a_result_that_comes_late_is_dropped(make_settings: MakeSettings) -> None:
    """Once a second grading has begun, the first may not write its ending any more."""
    with opened(make_settings(), fake_ports) as service:
        row = submit.submit(service, UPLOAD, owner(service.engine))
        with service.engine.begin() as connection:
            first, second = (gradings.begin(connection, row.id, 1) for _ in range(2))
            assert first is not None
            assert second is not None
            late = gradings.finish(connection, first, {"state": State.GRADED})
            current = gradings.finish(connection, second, {"state": State.UNGRADED})
            assert late is None
            assert current is not None
            assert gradings.begin(connection, row.id, 1) is None


def test_a_submission_that_kills_its_workers_is_given_up(make_settings: MakeSettings) -> None:
    """Gradings that were begun and never ended count as tries, so that nothing goes round for ever."""
    with opened(make_settings(tries=2), fake_ports) as service:
        row = submit.submit(service, UPLOAD, owner(service.engine))
        with service.engine.begin() as connection:
            for _ in range(2):
                gradings.begin(connection, row.id, 1)
        asyncio.run(Grader(service).grade(row.id, 1))
        assert count(service.engine, "submissions WHERE state = 'failed' AND problem IS NOT NULL") == 1


@pytest.mark.parametrize(
    ("fault", "attempts", "seconds"),
    [
        (SandboxError(), 0, 10),
        (SandboxError(), 2, 40),
        (SandboxError(), 99, 300),
        (asyncio.CancelledError(), 3, 0),
    ],
)
def test_the_wait_before_another_try(fault: BaseException, attempts: int, seconds: int) -> None:
    """It doubles with every fault of ours, up to five minutes; a worker that was only told to stop costs no wait."""
    job = Job(id=1, queue="q", lock=None, queueing_lock=None, task_name="grade", attempts=attempts)
    before = datetime.now(UTC)
    decision = jobs.Backoff(Settings(retry_seconds=10)).get_retry_decision(exception=fault, job=job)
    wait = timedelta(seconds=seconds)
    assert decision.retry_at is not None
    assert before + wait <= decision.retry_at <= datetime.now(UTC) + wait


def test_a_submission_that_lost_its_job_is_closed_not_stuck(make_settings: MakeSettings) -> None:
    """Upkeep closes what no job will ever grade, and leaves alone what waits for one."""
    with opened(make_settings(), fake_ports) as service:
        who = owner(service.engine)
        lost, waiting = (submit.submit(service, UPLOAD, who) for _ in range(2))
        with service.engine.begin() as connection:
            connection.execute(text("DELETE FROM procrastinate_jobs WHERE lock = :id"), {"id": lost.id})
            queue.enqueue_live(connection, "0123abcd", "4567cdef")  # a run of another kind, which has no number
            jobs.close_orphans(connection)
            assert [str(submissions.find(connection, s.id).state) for s in (lost, waiting)] == [  # type: ignore[union-attr]
                "failed",
                "queued",
            ]


def test_one_submission_is_graded_once_at_a_time(make_site: Callable[..., Site], tmp_path: Path) -> None:
    """Two jobs of one submission never run together: the second finds nothing left to do."""
    site = make_site(slots=2)
    where = site.upload(f"until {tmp_path}/enqueued").headers["location"]
    with site.service.engine.begin() as connection:
        queue.enqueue_grading(connection, "", "ml_pipeline", where.rsplit("/", 1)[-1], 1)
    (tmp_path / "enqueued").touch()
    site.wait(where)
    until_gone(site.service.engine)
    assert count(site.service.engine, "gradings WHERE begun = 1") == 1


def test_upkeep_holds_nobody_up(make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server with a worker inside answers from the loop, so what takes time for many candidates is not done on it."""

    def remind(_: Connection) -> None:
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        reminded.append(True)

    async def none(**_: object) -> list[Job]:
        return []

    reminded: list[bool] = []
    monkeypatch.setattr(inviting, "remind", remind)
    queue_of_nothing: Any = SimpleNamespace(job_manager=SimpleNamespace(get_stalled_jobs=none))
    with opened(make_settings(), fake_ports) as service:
        asyncio.run(jobs.upkeep(queue_of_nothing, service))
    assert reminded == [True]


def test_a_worker_that_loses_its_cancellation_is_cancelled_again() -> None:
    """As one of the queue does whose database comes back at that moment: it would never end, and take no job."""

    async def loses_one() -> None:
        for _ in range(2):
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()

    async def fails() -> None:
        raise ValueError

    async def inside() -> list[bool]:
        tasks = [asyncio.create_task(one()) for one in (loses_one, fails)]
        await asyncio.sleep(0)
        await jobs.end(tasks, 0.01)
        return [task.done() for task in tasks]

    assert asyncio.run(inside()) == [True, True]
