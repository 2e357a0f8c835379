"""A running service, as tests talk to it."""

from __future__ import annotations

import secrets
import shutil
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass

import httpx2
import psycopg
import uvicorn
from fastapi import FastAPI
from sqlalchemy import make_url

from app.main import create_app
from app.platform.settings import Settings
from app.ports import Ports, Service
from app.web.heads import TimedHeads
from testing.fakes import fake_ports
from testing.waiting import SECONDS, until

MakeSettings = Callable[..., Settings]
MakePorts = Callable[[Settings], AbstractContextManager[Ports]]

#: Reading the certificates of this machine takes longer than most tests of a service.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
#: Free bytes for the databases of all processes of tests.
ROOM = 4 << 30


@dataclass(frozen=True)
class Site:
    """A running service and the secrets of its first start."""

    app: FastAPI
    settings: Settings
    http: httpx2.Client
    key: str
    invitation: str

    @property
    def service(self) -> Service:
        found: Service = self.app.state.service
        return found

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def upload(self, text: str = "ok", name: str = "pipeline.py", **more: object) -> httpx2.Response:
        files = {"file": (name, text.encode())}
        return self.http.post("/api/v1/submissions", files=files, headers=self.headers, **more)  # type: ignore[arg-type]

    def wait(
        self, location: str, *states: str, seconds: float = SECONDS, headers: Mapping[str, str] | None = None
    ) -> dict[str, object]:
        """Poll a submission until it is in one of `states` (or any final one)."""
        wanted = states or ("graded", "ungraded", "failed")

        def read() -> dict[str, object]:
            seen: dict[str, object] = self.http.get(location, headers=headers or self.headers).json()
            return seen

        return until(read, lambda seen: seen["state"] in wanted, seconds=seconds)


@contextmanager
def running_site(settings: Settings, ports: MakePorts = fake_ports) -> Iterator[Site]:
    said: list[str] = []
    app = create_app(settings, ports, said.append)
    config = uvicorn.Config(app, http=TimedHeads, port=settings.port, log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the service did not start"
        time.sleep(0.01)
    base = f"http://{settings.host}:{settings.port}"
    with httpx2.Client(base_url=base, timeout=SECONDS, verify=NO_TLS) as http:
        yield Site(app, settings, http, *secrets_in("".join(said)))
    server.should_exit = True
    thread.join(SECONDS)


def many_at_once(site: Site) -> httpx2.Client:
    """A client that sends as much at once as it is asked to."""
    unbounded = httpx2.Limits(max_connections=None)
    return httpx2.Client(base_url=site.http.base_url, timeout=SECONDS, limits=unbounded, verify=NO_TLS)


def secrets_in(greeting: str) -> tuple[str, str]:
    """The key and the invitation's path out of what the first start says; empty on a later start."""
    words = greeting.split()
    key = next((word for word in words if word.startswith("assay_")), "")
    link = next((word for word in words if "/i/" in word), "")
    return key, link[link.find("/i/") :] if link else ""


def new_database(postgres: str, template: str = "template1", name: str = "") -> str:
    """A database of its own, empty unless a template is named."""
    name = name or f"test_{secrets.token_hex(6)}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        # Files are copied: writing each page to the log as well takes half as much time again.
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    return make_url(postgres).set(database=name).render_as_string()


@contextmanager
def own_database(postgres: str, template: str = "template1") -> Iterator[str]:
    """The same until the end."""
    url = new_database(postgres, template)
    yield url
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")


def in_memory() -> str | None:
    """A folder of memory where the system has room in one: each database is some ten megabytes, in 300 files."""
    with suppress(OSError):
        if shutil.disk_usage("/dev/shm").free > ROOM:  # noqa: S108 - names in it are drawn
            return "/dev/shm"  # noqa: S108
    return None


def free_port() -> int:
    """A port that the kernel gives to nobody else while this process lives; a server that reuses addresses takes it."""
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind(("127.0.0.1", 0))
    port: int = kept.getsockname()[1]
    kept.detach()  # stays bound
    return port
