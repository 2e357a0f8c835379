"""The worker: takes jobs off the queue.  Jobs survive the death of a worker; every failure has an ending."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine
from typing import Any

import procrastinate
import structlog
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from sqlalchemy import Connection, text

from app import own_rows
from app.candidates import erasure
from app.challenges import jobs as making
from app.decisions import human_reviews
from app.gradings import jobs as grading
from app.gradings import preview
from app.gradings.jobs import Grader
from app.invitations import jobs as inviting
from app.live import running
from app.mail import jobs as mail
from app.news import jobs as news
from app.platform.queue import (
    BEFORE,
    CHECKS,
    LIVE,
    LIVE_RUN,
    MAIL,
    OWN,
    PUSHES,
    TABLES,
    UPKEEP,
    WEBHOOKS,
    grading_queue,
)
from app.platform.settings import Settings
from app.ports import Service
from app.reviews import debriefs
from app.shared_code import jobs as printing
from app.store import (
    bulk_actions,
    challenges,
    checks,
    gradings,
    idempotency,
    invitations,
    live,
    submissions,
    tracking,
    webhooks,
)
from app.store import news as told
from app.submissions import pushes
from app.tracking import jobs as telling
from app.webhooks import jobs
from app.worker import presence

log = structlog.get_logger(__name__)

#: Any fixed number: the advisory lock that keeps two workers from the same upkeep at once.
UPKEEP_LOCK = 7_177_002
RESTART_SECONDS = 2.0
#: What a worker that ends may take beside the grace of its jobs.
SPARE_SECONDS = 10.0
#: How often a worker looks for jobs that nobody tells it of: those to try again, and those whose lock has come free.
LOOK_SECONDS = 1.0
#: Before another try: what waits while the object store is away goes on soon after it is back.
LONGEST_WAIT = 300.0
SENDERS = 4
#: Debriefs whose runs go on at once; they share the cores.
LIVE_AT_ONCE = 4
#: A live run that failed on our side is begun once more at once.  Then two people hear of it, and may run it again.
LIVE_TRIES, LIVE_WAIT = 2, 1.0


class Backoff(BaseRetryStrategy):
    """Again at once after a worker was told to stop, otherwise after a wait that doubles up to some minutes.

    Always again: it is the task itself that gives up, so that no submission ends without a reason.
    """

    def __init__(self, settings: Settings, most: float = LONGEST_WAIT) -> None:
        self._first, self._most = settings.retry_seconds, most

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        stopped = isinstance(exception, asyncio.CancelledError)
        seconds = 0.0 if stopped else min(self._first * 2 ** min(job.attempts, 10), self._most)
        return RetryDecision(retry_in={"seconds": round(seconds)})


async def work(service: Service) -> None:
    """Grade until cancelled.  A worker that loses its database comes back when the database does."""
    while True:
        try:
            await _work(service)
        except Ended:
            log.warning("the worker has lost its database and is started again")
        except Exception:
            log.exception("the worker ended unexpectedly and is started again")
        await asyncio.sleep(RESTART_SECONDS)


async def _work(service: Service) -> None:
    grader = Grader(service)
    app = _queue(service, grader)
    async with app.open_async():
        beside = [grader.look_for_aborts(), presence.announce(service)]
        tasks = [asyncio.create_task(one) for one in (*map(_endless, _workers(app, service)), *beside)]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end(tasks, service.settings.grace_seconds + SPARE_SECONDS)
    for task in done:
        task.result()


async def end(tasks: Collection[asyncio.Task[None]], patience: float) -> None:
    """Cancel them, and again every `patience` seconds until all have ended.

    A worker of the queue that is cancelled while its database comes back may lose that: it then shows that it is alive,
    takes no job, and would never end.
    """
    while waiting := [task for task in tasks if not task.done()]:
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting, timeout=patience)
    await asyncio.gather(*tasks, return_exceptions=True)  # what they raised is told by who asks for it


class Ended(Exception):
    """A worker of the queue has ended without being told to, as it does when its database has gone."""


async def _endless(worker: Coroutine[Any, Any, None]) -> None:
    await worker
    raise Ended


def _workers(app: procrastinate.App, service: Service) -> list[Coroutine[Any, Any, None]]:
    """One worker for gradings, one for live runs, for which two people wait, one for tables, whose hours no
    candidate waits for, one for fetching what was pushed, and one for what must not wait."""
    settings = service.settings
    options: dict[str, Any] = {
        "install_signal_handlers": False,
        "delete_jobs": "successful",
        "update_heartbeat_interval": settings.heartbeat_seconds,
        "fetch_job_polling_interval": LOOK_SECONDS,
        "stalled_worker_timeout": settings.stalled_seconds,
        "shutdown_graceful_timeout": settings.grace_seconds,
    }
    # Whoever listens has a connection of its own for it.  Only who people wait for does; the others look every second.
    unheard: dict[str, Any] = options | {"listen_notify": False}
    gradable = sorted({grading_queue(challenge) for challenge in (OWN, *service.ports.challenges())})
    return [
        app.run_worker_async(queues=[CHECKS, *gradable], name="grading", concurrency=settings.slots, **options),
        app.run_worker_async(queues=[LIVE], name=LIVE, concurrency=LIVE_AT_ONCE, **options),
        app.run_worker_async(queues=[TABLES], name=TABLES, concurrency=1, **unheard),
        app.run_worker_async(queues=[PUSHES], name=PUSHES, concurrency=2, **unheard),
        app.run_worker_async(queues=[UPKEEP, WEBHOOKS, MAIL], name=UPKEEP, concurrency=SENDERS, **unheard),
    ]


def _queue(service: Service, grader: Grader) -> procrastinate.App:
    connector = procrastinate.PsycopgConnector(conninfo=service.url, min_size=1, max_size=8)
    app = procrastinate.App(connector=connector)

    @app.task(name="grade", retry=Backoff(service.settings))
    async def grade_job(submission_id: str, run: int, org_id: str) -> None:  # noqa: ARG001 - for the queue's order
        await grader.grade(submission_id, run)

    @app.task(name="check", queue=CHECKS, retry=Backoff(service.settings), pass_context=True)
    async def check_job(context: JobContext, submission_id: str) -> None:
        last = context.job is not None and context.job.attempts + 1 >= service.settings.tries
        await preview.run(service, submission_id, last=last)

    @app.task(name="challenge", queue=TABLES, retry=Backoff(service.settings), pass_context=True)
    async def challenge_job(context: JobContext, challenge_id: str) -> None:
        last = context.job is not None and context.job.attempts + 1 >= service.settings.tries
        await asyncio.to_thread(making.run, service, challenge_id, last=last)

    @app.task(name="mail", queue=MAIL, retry=Backoff(service.settings), pass_context=True)
    async def mail_job(context: JobContext, mail_id: str) -> None:
        await mail.deliver(service, mail_id, (context.job.attempts if context.job else 0) + 1)

    @app.task(name="deliver", queue=WEBHOOKS, retry=Backoff(service.settings))
    async def deliver_job(delivery_id: str, attempt: int) -> None:
        await jobs.deliver(service, delivery_id, attempt)

    @app.task(name=telling.TASK, queue=WEBHOOKS, retry=Backoff(service.settings))
    async def tell_job(order_id: str, attempt: int) -> None:
        await telling.tell(service, order_id, attempt)

    @app.task(name=news.TASK, queue=WEBHOOKS, retry=Backoff(service.settings))
    async def post_job(post_id: str, attempt: int) -> None:
        await news.deliver(service, post_id, attempt)

    _add_work_of_invitations(app, service)
    _add_live(app, service)
    every = max(1, round(service.settings.heartbeat_seconds))

    @app.periodic(cron=f"* * * * * */{every}")
    @app.task(name="upkeep", queue=UPKEEP, queueing_lock=UPKEEP)
    async def upkeep_job(timestamp: int) -> None:  # noqa: ARG001 - the queue passes it
        await upkeep(app, service)

    @app.periodic(cron="17 * * * *")
    @app.task(name="expire", queue=UPKEEP, queueing_lock="expire")
    async def expire_job(timestamp: int) -> None:  # noqa: ARG001 - the queue passes it
        await asyncio.to_thread(expire, service)

    return app


def _add_work_of_invitations(app: procrastinate.App, service: Service) -> None:
    @app.task(name="rows", queue=CHECKS, retry=Backoff(service.settings))
    async def rows_job(invitation_id: str) -> None:
        await asyncio.to_thread(own_rows.make, service, invitation_id)

    @app.task(name="fingerprints", queue=UPKEEP, retry=Backoff(service.settings))
    async def fingerprints_job(submission_id: str) -> None:
        await asyncio.to_thread(printing.run, service, submission_id)

    @app.task(name=pushes.TASK, queue=PUSHES, retry=Backoff(service.settings), pass_context=True)
    async def push_job(context: JobContext, push_id: str, commit: str) -> None:
        attempt = (context.job.attempts if context.job else 0) + 1
        await asyncio.to_thread(pushes.take, service, push_id, commit, attempt)


def _add_live(app: procrastinate.App, service: Service) -> None:
    @app.task(name=LIVE_RUN, queue=LIVE, retry=Backoff(service.settings, LIVE_WAIT), pass_context=True)
    async def live_job(context: JobContext, run: str) -> None:
        last = context.job is not None and context.job.attempts + 1 >= LIVE_TRIES
        await running.run(service, run, last=last)

    @app.task(name=BEFORE, queue=LIVE)
    async def before_job(exercise: str) -> None:
        await running.prepare(service, exercise)


def expire(service: Service) -> None:
    """Forget what has been kept long enough: candidates, files of no grading, the logs of deliveries and calls."""
    erasure.expire(service)
    grading.sweep(service, service.settings.grading_seconds)
    with service.engine.begin() as connection:
        webhooks.forget(connection)
        tracking.forget(connection)
        told.forget(connection)
        telling.look(connection, all_orders=True)
        printing.look(connection)


async def upkeep(app: procrastinate.App, service: Service) -> None:
    """Hand the jobs of dead workers to the living, and bring up to date what time changes.

    The latter in a thread: it may have a thousand reminders to queue, and a server with a worker inside answers from
    this loop.
    """
    with service.engine.begin() as connection:
        if not _alone(connection):
            return
        silence = service.settings.stalled_seconds
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=silence):
            log.warning("a worker went silent, its job is handed on", job=job.id)
            try:
                await app.job_manager.retry_job(job)
            except procrastinate.exceptions.ConnectorException:  # it has ended, or its like waits already
                log.warning("the job of a silent worker could not be handed on", job=job.id)
    await asyncio.to_thread(_bring_up_to_date, service)


def _bring_up_to_date(service: Service) -> None:
    """Close what no job will ever grade, close and remind whom a deadline concerns, forget what is over."""
    with service.engine.begin() as connection:
        if not _alone(connection):
            return
        close_orphans(connection)
        checks.close_orphans(connection)
        live.close_orphans(connection, running.OUR_FAULT)
        challenges.close_orphans(connection, gradings.OUR_FAULT)
        inviting.close_late(connection)
        inviting.remind(connection)
        invitations.refresh(connection)
        debriefs.remind(connection)
        human_reviews.remind(connection)
        telling.look(connection)
        news.gather(connection)
        presence.forget(connection)
        idempotency.forget(connection)
        bulk_actions.forget(connection)


def _alone(connection: Connection) -> bool:
    """Whether no other worker is at its upkeep until this transaction ends."""
    return bool(connection.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": UPKEEP_LOCK}))


def close_orphans(connection: Connection) -> None:
    """A grading that waits for a job that is not there fails, with the reason."""
    for submission_id, run in gradings.orphans(connection):
        row = submissions.find(connection, submission_id)
        if row is not None:
            log.error("a grading without a job was closed as failed", submission=submission_id, run=run)
            grading.failed(connection, row.owner.org_id, submission_id, run, gradings.OUR_FAULT)
