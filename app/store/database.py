"""The door to PostgreSQL: an engine, and its tables brought up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, make_url, text

from app.platform.settings import Settings
from app.store import embedded

MIGRATIONS = Path(__file__).parent / "migrations"
#: Any fixed number: the advisory lock under which tables are made and the first key is issued.
SETUP_LOCK = 7_177_001


def connect(url: str) -> Engine:
    """An engine over psycopg 3 for a `postgresql://` URL."""
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=10,
        max_overflow=20,
        pool_pre_ping=True,
        hide_parameters=True,  # what people wrote stays out of messages and logs
    )


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
def opened(url: str) -> Iterator[Engine]:
    """An engine on up-to-date tables, closed at the end."""
    engine = connect(url)
    try:
        migrate(engine)
        yield engine
    finally:
        engine.dispose()
