"""Putting jobs on the queue, in a transaction that somebody else commits; app/jobs.py takes them off."""

from __future__ import annotations

from typing import Any

import procrastinate
from sqlalchemy import Connection

MAIL, CHECKS = "mail", "checks"

#: Never opened: it only knows how to put a job on a connection.
_deferrer = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())


def defer(connection: Connection, task: str, queue: str, *, options: dict[str, Any] | None = None, **args: Any) -> None:
    """Add a job to the transaction of `connection`: both are committed, or neither.

    `options` are procrastinate's: lock, priority, schedule_in ({"seconds": n}), queueing_lock.
    """
    driver = connection.connection.driver_connection
    _deferrer.configure_task(task, queue=queue, connection=driver, **(options or {})).defer(**args)
