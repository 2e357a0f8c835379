"""Workers say that they live and what they can run; whoever wants to know reads it here."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app.platform.secrets import new_id
from app.ports import Service
from app.store.record_tables import workers

log = structlog.get_logger(__name__)

FORGOTTEN = timedelta(days=1)


@dataclass(frozen=True)
class Worker:
    """`can` is {"challenges": [...], "image": ..., "runtime": ..., "slots": n}; the image is unknown at first."""

    id: str
    host: str
    can: dict[str, Any]
    started_at: datetime
    seen_at: datetime


async def announce(service: Service) -> None:
    """Until cancelled; a worker that cannot announce itself still works."""
    worker_id = new_id()
    try:
        while True:
            try:
                await asyncio.to_thread(_say, service, worker_id)
            except Exception as fault:
                log.warning("the worker could not announce itself", fault=type(fault).__name__)
            await asyncio.sleep(service.settings.heartbeat_seconds)
    finally:
        with service.engine.begin() as connection:
            connection.execute(delete(workers).where(workers.c.id == worker_id))


def _say(service: Service, worker_id: str) -> None:
    ports = service.ports
    can = {"challenges": sorted(ports.challenges()), "slots": service.settings.slots, **ports.sandbox()}
    new = insert(workers).values(id=worker_id, host=socket.gethostname(), can=can)
    with service.engine.begin() as connection:
        connection.execute(new.on_conflict_do_update(index_elements=["id"], set_={"can": can, "seen_at": func.now()}))


def alive(connection: Connection, silence: float) -> list[Worker]:
    """Those heard of in the last `silence` seconds, by host."""
    lately = workers.c.seen_at > func.now() - timedelta(seconds=silence)
    query = select(workers).where(lately).order_by(workers.c.host, workers.c.started_at)
    return [Worker(**row._mapping) for row in connection.execute(query)]


def forget(connection: Connection) -> None:
    """Drop those that died long ago."""
    connection.execute(delete(workers).where(workers.c.seen_at < func.now() - FORGOTTEN))
