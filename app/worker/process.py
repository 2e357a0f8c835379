"""A worker as a process of its own."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress

from app.opening import OpenPorts, opened, production_ports
from app.platform import log, metrics
from app.platform.settings import Settings
from app.ports import Service
from app.worker import jobs

#: A worker has few threads, and a database has connections for a hundred.
CONNECTIONS = 4


def run_worker(settings: Settings, ports: OpenPorts = production_ports) -> None:
    """Run one more worker until told to stop."""
    log.configure(settings)
    with opened(settings, ports, CONNECTIONS) as service, metrics.served(settings, service.engine):
        asyncio.run(_work_until_told(service))


async def _work_until_told(service: Service) -> None:
    worker = asyncio.create_task(jobs.work(service))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, worker.cancel)
    with suppress(asyncio.CancelledError):
        await worker
