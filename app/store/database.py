"""The door to PostgreSQL: an engine, and its tables brought up to date."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

import structlog
from alembic import command
from alembic.config import Config
from psycopg import OperationalError
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from app.platform.settings import Settings
from app.store import embedded
from app.store.lines import Line, Statement

log = structlog.get_logger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"
#: Any fixed number: the advisory lock under which tables are made and the first key is issued.
SETUP_LOCK = 7_177_001
#: Seconds to wait for a connection for one quick row.
PATIENCE = 1.0
#: Connections of an engine at most, and how many of them it keeps once they were needed.
MOST, KEPT = 30, 10
#: Connections that stay at hand: taking one from the pool and giving it back costs half of a quick query.
READY = 4

P = ParamSpec("P")
T = TypeVar("T")


def connect(url: str, kept: int = KEPT) -> Engine:
    """An engine over psycopg 3 for a `postgresql://` URL, which keeps so many connections that nobody needs."""
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=kept,
        max_overflow=MOST - kept,
        pool_pre_ping=True,
        hide_parameters=True,  # what people wrote stays out of messages and logs
    )


class Reads:
    """Functions of the store that read, awaited on the event loop: no thread, one round trip a query, no transaction.

    Threads that wait for the interpreter's lock cost more than such a query does.
    """

    def __init__(self, url: str) -> None:
        driver = make_url(url).set(drivername="postgresql+psycopg")
        self._engine = create_async_engine(
            driver, pool_size=10, max_overflow=20, isolation_level="AUTOCOMMIT", hide_parameters=True
        )
        self._bare = AsyncConnectionPool(
            libpq_url(url), connection_class=Line, min_size=1, max_size=20, open=False, kwargs={"autocommit": True}
        )
        self._ready: list[Line] = []
        self._loop: asyncio.AbstractEventLoop | None = None  # which watches the lines

    async def __call__(self, ask: Callable[Concatenate[Connection, P], T], *args: P.args, **options: P.kwargs) -> T:
        """What `ask(connection, ...)` gives; every statement of it stands by itself."""
        try:
            return await self._once(ask, *args, **options)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            return await self._once(ask, *args, **options)  # the connection had died while it lay idle

    async def _once(self, ask: Callable[Concatenate[Connection, P], T], *args: P.args, **options: P.kwargs) -> T:
        async with self._engine.connect() as connection:
            return await connection.run_sync(ask, *args, **options)

    async def rows(self, statement: Statement, **values: object) -> list[tuple[Any, ...]] | None:
        """The rows of one statement, from libpq itself: SQLAlchemy takes twice as long as PostgreSQL does.

        None where the database cannot be asked in this way: ask in the ordinary one.
        """
        if asyncio.get_running_loop() is not self._loop:  # nobody here would hear the answer
            return None
        try:
            line = self._ready.pop() if self._ready else (await self._bare.getconn(PATIENCE)).watch()
        except OperationalError:  # no connection within PATIENCE
            return None
        kept = False
        try:
            rows = await line.ask(statement, values)
            kept = len(self._ready) < READY
        except OperationalError as fault:  # the connection died while it lay idle, or the tables have changed since
            log.warning("a quick row is asked for in the ordinary way", fault=str(fault))
            await line.unwatch().close()  # the pool makes another
            return None
        finally:
            if kept:
                self._ready.append(line)
            else:
                await self._bare.putconn(line.unwatch())
        return rows

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        await self._bare.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        while self._ready:
            await self._bare.putconn(self._ready.pop().unwatch())
        await self._bare.close()
        await self._engine.dispose()


def libpq_url(url: str) -> str:
    """The same database for those who speak to libpq directly."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def migrate(engine: Engine) -> None:
    """Bring the tables up to date; of several processes that start at once, one does it and the others wait."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": SETUP_LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def database_url(settings: Settings) -> Iterator[str]:
    """The URL that was set, or that of the embedded server, which runs as long as somebody needs it."""
    if settings.database_url:
        yield settings.database_url
        return
    with embedded.running(settings.prepare_home() / "postgres") as url:
        yield url


@contextmanager
def opened(url: str, kept: int = KEPT) -> Iterator[Engine]:
    """An engine on up-to-date tables, closed at the end; `kept` as in `connect`."""
    engine = connect(url, kept)
    try:
        migrate(engine)
        yield engine
    finally:
        engine.dispose()
