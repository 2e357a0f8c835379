"""One embedded PostgreSQL for the session, a database of its own for every test that asks, real HTTP."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx2
import psycopg
import pytest

from app.platform.settings import Settings
from app.store import database, embedded
from testing.own_challenges import table_ports
from testing.site import NO_TLS, MakeSettings, Site, free_port, in_memory, new_database, own_database, running_site
from testing.waiting import SECONDS, until

#: These data outlive no crash, and no table gets so large that it is worth tidying or compiling a query for.
UNNEEDED = ("fsync", "full_page_writes", "synchronous_commit", "autovacuum", "jit")
#: A database with all tables: copying it takes a quarter of the time of making them.
MADE = "made"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with tempfile.TemporaryDirectory(dir=in_memory()) as folder, embedded.running(Path(folder) / "pg") as url:
        with psycopg.connect(url, autocommit=True) as connection:
            for name in UNNEEDED:
                connection.execute(f"ALTER SYSTEM SET {name} = off")
            connection.execute("SELECT pg_reload_conf()")
        with database.opened(new_database(url, name=MADE)):
            pass
        yield url


@pytest.fixture
def make_settings(postgres: str, tmp_path: Path) -> Iterator[MakeSettings]:
    """Settings with a home and a database of their own; quick to retry."""
    databases = ExitStack()

    def make(**changes: object) -> Settings:
        defaults: dict[str, object] = {
            "home": tmp_path / "home",
            "database_url": databases.enter_context(own_database(postgres, MADE)),
            "port": free_port(),
            "retry_seconds": 0,
            "heartbeat_seconds": 1,
            "stalled_seconds": 600,  # only who is said to be silent is, however long a busy machine keeps one waiting
            "requests_per_second": 10_000,
        }
        return Settings(**(defaults | changes))  # type: ignore[arg-type]

    with databases:
        yield make


@pytest.fixture
def make_site(make_settings: MakeSettings) -> Iterator[Callable[..., Site]]:
    """Start a service with changed settings; all are stopped at the end of the test."""
    with ExitStack() as stack:
        yield lambda **changes: stack.enter_context(running_site(make_settings(**changes)))


@pytest.fixture(scope="module")
def site(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One running service for all tests of a module that change no settings."""
    settings = Settings(
        home=tmp_path_factory.mktemp("home"),
        database_url=new_database(postgres, MADE),
        port=free_port(),
        retry_seconds=0,
        max_upload_mb=1,
        attempts=50,
        requests_per_second=10_000,
    )
    with running_site(settings) as made:
        yield made


@pytest.fixture(scope="module")
def shop(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A service that makes challenges of tables, with scripted gradings."""
    settings = Settings(
        home=tmp_path_factory.mktemp("home"),
        database_url=new_database(postgres, MADE),
        port=free_port(),
        retry_seconds=0,
        requests_per_second=10_000,
    )
    with running_site(settings, table_ports) as made:
        yield made


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty bucket, as ASSAY_BLOB_URL takes it; the AWS_ variables are those that operators set."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen([sys.executable, "-m", "localbucket", str(tmp_path / "s3"), "--port", str(port)])
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": address,
        "AWS_ALLOW_HTTP": "true",
        "AWS_DISABLE_BULK_DELETE": "true",  # localbucket has none
    }.items():
        monkeypatch.setenv(name, value)
    try:
        until(lambda: made(f"{address}/assay"))
        yield "s3://assay/one"
    finally:
        server.kill()
        server.wait(SECONDS)


def made(address: str) -> bool:
    """Whether the bucket is; False where the server does not answer yet."""
    with suppress(httpx2.ConnectError):
        return bool(httpx2.put(address, verify=NO_TLS).raise_for_status())
    return False
