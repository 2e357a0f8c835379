"""A page of gradings does not look at all that there are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Select, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from app.opening import opened
from app.store import reports
from app.store.paging import Paging
from app.store.reports import Filter
from app.store.tables import gradings
from testing.fakes import fake_ports
from testing.site import MakeSettings

ORG = "a" * 20


@pytest.fixture
def connection(make_settings: MakeSettings) -> Iterator[Connection]:
    """A database that sorts or reads a whole table only where it has to."""
    with opened(make_settings(), fake_ports) as service, service.engine.begin() as connection:
        connection.execute(text("SET LOCAL enable_sort = off"))
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        yield connection


def plan(connection: Connection, query: Select[tuple[object, ...]]) -> str:
    asked = query.compile(dialect=PGDialect_psycopg(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]
    return "\n".join(connection.exec_driver_sql(f"EXPLAIN {asked}").scalars())


@pytest.mark.parametrize("only", [Filter(), Filter(band=4, counts=True), Filter(counts=False)])
def test_the_newest_gradings_are_read_in_their_order(connection: Connection, only: Filter) -> None:
    query = Paging(50).of(reports.listed(ORG, only), gradings.c.created_at, gradings.c.submission_id)
    assert "Sort" not in plan(connection, query)
