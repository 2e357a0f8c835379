"""The audit log tells what happened, and shows when somebody changed what it tells."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text

from app.store import audit, database
from testing.site import new_database


@pytest.fixture
def engine(postgres: str) -> Iterator[Engine]:
    with database.opened(new_database(postgres)) as made:
        yield made


def write(engine: Engine, *numbers: int) -> None:
    for number in numbers:
        with engine.begin() as connection:
            audit.record(connection, "member:a", "did", f"thing:{number}", org_id="org", number=number)


def test_what_was_recorded_is_told_newest_first(engine: Engine) -> None:
    """Page by page, to its own organisation alone."""
    write(engine, 1, 2, 3)
    with engine.connect() as connection:
        newest = audit.of_organisation(connection, "org", limit=2)
        assert [entry.subject for entry in newest] == ["thing:3", "thing:2"]
        assert [e.subject for e in audit.of_organisation(connection, "org", before=newest[-1].seq)] == ["thing:1"]
        assert audit.of_organisation(connection, "another") == []


def test_entries_written_at_once_make_one_chain(engine: Engine) -> None:
    """Whoever comes second waits for the first."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: write(engine, number), range(24)))
    with engine.connect() as connection:
        found = audit.verify(connection)
    assert not isinstance(found, audit.Broken)
    assert found[0] == 24


def test_an_entry_of_what_was_undone_is_undone_too(engine: Engine) -> None:
    """It belongs to the transaction of what it tells of."""
    with engine.connect() as connection:
        audit.record(connection, "system", "did", "thing:1")
        connection.rollback()
        assert audit.verify(connection) == (0, audit.START)


@pytest.mark.parametrize(
    ("change", "seq", "why"),
    [
        ("UPDATE audit_log SET actor = 'member:b' WHERE seq = 2", 2, "content"),
        ("UPDATE audit_log SET detail = '{}' WHERE seq = 3", 3, "content"),
        ("DELETE FROM audit_log WHERE seq = 2", 3, "missing"),
        ("UPDATE audit_log SET hash = sha256('x') WHERE seq = 1", 1, "content"),
        ("UPDATE audit_log SET previous = sha256('x') WHERE seq = 3", 3, "missing"),
    ],
)
def test_a_change_shows_where_it_was_made(engine: Engine, change: str, seq: int, why: str) -> None:
    """Whatever part of an entry it is."""
    write(engine, 1, 2, 3)
    with engine.begin() as connection:
        connection.execute(text(change))
        found = audit.verify(connection)
    assert isinstance(found, audit.Broken)
    assert found.seq == seq
    assert why in found.why
