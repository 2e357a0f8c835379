"""Putting jobs on the queue, in a transaction that somebody else commits; app/worker/jobs.py takes them off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import procrastinate
from procrastinate.jobs import Job
from sqlalchemy import Connection, text

UPKEEP, WEBHOOKS, MAIL, CHECKS, PUSHES = "upkeep", "webhooks", "mail", "checks", "pushes"
#: Reading tables and making challenges of them; and gradings of these challenges, which every worker can run.
TABLES, OWN = "tables", "own"
#: Changes that are made live, in a debrief: two people wait for each, so workers keep a lane for them beside gradings.
LIVE, LIVE_RUN, BEFORE = "live", "live.run", "live.before"
#: What a regrade's priority lies below that of every candidate who waits.
REGRADES = -1_000_000_000

#: Never opened: it only knows how to put a job on a connection.
_deferrer = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())


def grading_queue(challenge: str) -> str:
    """The queue that workers listen to who can run this challenge; names of shipped ones have an underscore."""
    return f"grading.{challenge if '_' in challenge else OWN}"


def defer(connection: Connection, task: str, queue: str, *, options: dict[str, Any] | None = None, **args: Any) -> None:
    """Add a job to the transaction of `connection`: both are committed, or neither.

    `options` are procrastinate's: lock, priority, schedule_in ({"seconds": n}), queueing_lock.
    """
    driver = connection.connection.driver_connection
    _deferrer.configure_task(task, queue=queue, connection=driver, **(options or {})).defer(**args)


def defer_all(connection: Connection, task: str, queue: str, jobs: Sequence[Mapping[str, Any]]) -> None:
    """Add a job for each of these arguments to the transaction of `connection`."""
    driver = connection.connection.driver_connection
    if jobs:
        _deferrer.configure_task(task, queue=queue, connection=driver).batch_defer(*map(dict, jobs))


def put_off(connection: Connection, task: str, name: str, values: Sequence[str], seconds: int) -> None:
    """Let jobs of a task that wait, and whose argument `name` is one of these values, begin so much later."""
    query = text(
        "UPDATE procrastinate_jobs SET scheduled_at = now() + make_interval(secs => :seconds)"
        " WHERE task_name = :task AND status = 'todo' AND args->>:name = ANY(:values)"
    )
    connection.execute(query, {"task": task, "name": name, "values": list(values), "seconds": seconds})


def priority(connection: Connection, org_id: str, *, regrade: bool) -> int:
    """Where a new grading of this organisation stands: the higher the sooner.

    Fair queueing by start times (Goyal, Vin and Cheng 1996) with gradings of equal length: each organisation's jobs
    are numbered one after another, a new one from no earlier than what is waiting now.  One that queues a hundred
    takes turns with the others, and nobody can keep it waiting for ever.
    """
    base = REGRADES if regrade else 0
    query = text(
        "SELECT coalesce(min(-priority + :base), 0), max(-priority + :base) FILTER (WHERE args->>'org_id' = :org)"
        " FROM procrastinate_jobs WHERE task_name = 'grade' AND status = 'todo'"
        " AND (priority <= :regrades) = :regrade"
    )
    values = {"base": base, "org": org_id, "regrades": REGRADES, "regrade": regrade}
    now, last = connection.execute(query, values).one()
    return int(base - (now if last is None else last + 1))


#: No queue is counted further.
MOST_AHEAD = 100


def ahead(connection: Connection, lock: str, task: str = "grade") -> int | None:
    """How many jobs of this task will begin before that with this lock, at most MOST_AHEAD; None where none waits.

    The lock of a grading is the submission's id.
    """
    query = text(
        "SELECT (SELECT count(*) FROM (SELECT FROM procrastinate_jobs AS other"
        " WHERE other.queue_name = mine.queue_name AND other.status = 'todo' AND other.task_name = :task"
        " AND (other.priority, -other.id) > (mine.priority, -mine.id) LIMIT :most) AS sooner)"
        " FROM procrastinate_jobs AS mine WHERE mine.lock = :lock AND mine.status = 'todo'"
        " AND mine.task_name = :task ORDER BY mine.id LIMIT 1"
    )
    count = connection.scalar(query, {"lock": lock, "task": task, "most": MOST_AHEAD})
    return None if count is None else int(count)


def enqueue_check(connection: Connection, submission_id: str) -> None:
    """Queue one check.  It takes seconds and each candidate has one at a time, so it goes before all gradings."""
    defer(connection, "check", CHECKS, options={"lock": submission_id, "priority": 1}, submission_id=submission_id)


def live_lock(exercise_id: str) -> str:
    """The lock of an exercise's runs: there is one at a time."""
    return f"live-{exercise_id}"


def enqueue_live(connection: Connection, exercise_id: str, run_id: str) -> None:
    """Queue one run of an exercise."""
    defer(connection, LIVE_RUN, LIVE, options={"lock": live_lock(exercise_id)}, run=run_id)


def enqueue_before(connection: Connection, exercise_id: str) -> None:
    """Queue the run of a work as it was handed in, with which all runs of its exercise are compared."""
    defer(connection, BEFORE, LIVE, options={"lock": live_lock(exercise_id), "priority": 1}, exercise=exercise_id)


def enqueue_rows(connection: Connection, invitation_ids: Sequence[str]) -> None:
    """Queue the making of candidates' own rows.  It takes seconds each, so it goes before gradings."""
    for invitation_id in invitation_ids:
        defer(connection, "rows", CHECKS, options={"lock": invitation_id, "priority": 1}, invitation_id=invitation_id)


def enqueue_challenge(connection: Connection, challenge_id: str) -> None:
    """Queue the work that a version of an own challenge waits for."""
    defer(connection, "challenge", TABLES, options={"lock": challenge_id}, challenge_id=challenge_id)


def enqueue_fingerprints(connection: Connection, submission_id: str) -> None:
    """Queue the reading of a graded submission's fingerprints; nobody waits for it."""
    defer(connection, "fingerprints", UPKEEP, submission_id=submission_id)


def enqueue_grading(
    connection: Connection, org_id: str, challenge: str, submission_id: str, run: int, *, regrade: bool = False
) -> None:
    """Queue one grading.  The lock is the submission's id: it is never graded twice at once."""
    enqueue_gradings(connection, org_id, [(challenge, submission_id, run)], regrade=regrade)


def enqueue_gradings(
    connection: Connection, org_id: str, wanted: Sequence[tuple[str, str, int]], *, regrade: bool
) -> None:
    """Queue many at once, each a challenge, a submission and its run; the first one stands first."""
    first = priority(connection, org_id, regrade=regrade)
    jobs = [
        Job(
            queue=grading_queue(challenge),
            task_name="grade",
            lock=submission_id,
            queueing_lock=None,
            priority=first - place,
            task_kwargs={"submission_id": submission_id, "run": run, "org_id": org_id},
        )
        for place, (challenge, submission_id, run) in enumerate(wanted)
    ]
    _deferrer.job_manager.batch_defer_jobs(jobs, connection=connection.connection.driver_connection)
