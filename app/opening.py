"""The service opened: settings -> store -> ports.  What only works off the queue needs no more, and loads no routes."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from app.platform.secrets import Keyring
from app.platform.settings import Settings
from app.ports import Ports, Service
from app.store import database
from app.store.blobs import blobs

OpenPorts = Callable[[Settings], AbstractContextManager[Ports]]


@contextmanager
def production_ports(settings: Settings) -> Iterator[Ports]:
    """The real intake, challenges and sandbox."""
    from app.adapters.production import ports  # noqa: PLC0415 - seconds of imports that only a running service needs

    if settings.embedded_worker:  # it runs and judges, and what that takes is loaded before requests come
        from app.adapters.live import run_live  # noqa: F401, PLC0415
        from sandbox.host.docker import DockerSandbox  # noqa: F401, PLC0415
    with ports(settings) as made:
        # What has been loaded stays.  A full collection that looked at it all would hold up every answer for 200 ms.
        gc.collect()
        gc.freeze()
        yield made


@contextmanager
def opened(
    settings: Settings, ports: OpenPorts = production_ports, connections: int = database.KEPT
) -> Iterator[Service]:
    """The service with its database up to date; everything is closed again at the end.  It keeps `connections`."""
    with (
        database.database_url(settings) as url,
        database.opened(url, connections) as engine,
        ports(settings) as made,
    ):
        keys = Keyring(settings.secret_key())
        yield Service(settings, engine, database.libpq_url(url), blobs(settings), made, keys)
