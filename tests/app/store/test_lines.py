"""Connections that are asked prepared statements with nothing around them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import psycopg
from sqlalchemy import ARRAY, Integer, LargeBinary, Text, bindparam, cast, func, literal, select, text

from app.platform import secrets
from app.store import access, database, members, reports
from app.store.database import READY, Reads
from app.store.lines import Statement
from testing.site import new_database
from testing.waiting import until

T = TypeVar("T")
SAID = Statement(
    select(
        bindparam("word", type_=Text),
        bindparam("number", type_=Integer),
        cast(bindparam("raw"), LargeBinary),
        func.now() - literal(timedelta(minutes=5)),
        func.array_append(cast(literal(["é"]), ARRAY(Text)), "b"),
    )
)
WHO = Statement(select(func.pg_backend_pid()))
SLOW = Statement(select(func.pg_sleep(0.2), func.pg_backend_pid()))
SHARE = Statement(select(literal(6) / bindparam("by", type_=Integer)))


def asked(url: str, ask: Callable[[Reads], Awaitable[T]]) -> T:
    """What `ask` gives, on a loop of its own."""

    async def inside() -> T:
        async with Reads(url) as reads:
            return await ask(reads)

    return asyncio.run(inside())


def test_values_come_back_as_they_were_given(postgres: str) -> None:
    """Texts, numbers, bytes and nothing; a moment and an array, whose types the query fixes."""

    async def ask(reads: Reads) -> list[object]:
        given = {"word": "naïve 'quoted'", "number": 7, "raw": bytes(range(256))}
        return [await reads.rows(SAID, **given), await reads.rows(SAID, word=None, number=None, raw=None)]

    full, empty = asked(new_database(postgres), ask)
    assert isinstance(full, list)
    assert isinstance(empty, list)
    assert full[0][:3] == ("naïve 'quoted'", 7, bytes(range(256)))
    assert isinstance(full[0][3], datetime)
    assert full[0][4] == ["é", "b"]
    assert empty[0][:3] == (None, None, None)


def test_it_knows_a_key_as_the_ordinary_way_does(postgres: str) -> None:
    """The statements of the product, which other tests reach by a way that would hide that these are refused."""
    url = new_database(postgres)
    with database.opened(url) as engine, engine.begin() as connection:
        org_id = members.add_organisation(connection, "One")
        key = access.issue_key(connection, org_id, "key")
        connection.execute(text("UPDATE api_keys SET used_at = now()"))  # else it is time to note that it is in use

    async def ask(reads: Reads) -> list[object]:
        prefix = secrets.key_prefix(key)
        return [
            await reads.rows(access.KEY, prefix=prefix),
            await reads.rows(reports.WITH_KEY, prefix=prefix, submission_id="", run=None),
            await reads.rows(access.KEY, prefix="00000000"),
        ]

    alone, beside, nobody = asked(url, ask)
    assert isinstance(alone, list)
    assert isinstance(beside, list)
    known = access.known_key(alone[0], key)
    assert known is not None
    assert known.org_id == org_id
    assert known == access.known_key(reports.parted(beside, access.ALIVE)[0], key)
    assert nobody == []


def test_a_connection_is_kept_and_asked_again(postgres: str) -> None:
    """As many as are needed at once, and no more than READY beyond that."""

    async def ask(reads: Reads) -> tuple[set[object], set[object]]:
        many = await asyncio.gather(*(reads.rows(SLOW) for _ in range(2 * READY)))
        after = [await reads.rows(WHO) for _ in range(2 * READY)]
        return {rows[0][1] for rows in many if rows}, {rows[0][0] for rows in after if rows}

    at_once, alone = asked(new_database(postgres), ask)
    assert len(at_once) == 2 * READY
    assert len(alone) == 1


def test_what_dies_while_it_lies_idle_is_replaced(postgres: str) -> None:
    """Nothing is answered from it, and it does not keep the loop busy."""
    url = new_database(postgres)

    async def ask(reads: Reads) -> tuple[object, object, object]:
        first = await reads.rows(WHO)
        with psycopg.connect(url, autocommit=True) as other:
            ended = other.execute(
                "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ).fetchall()
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid, _ in ended))
        await asyncio.sleep(0.1)  # the loop hears of it
        tried = [await reads.rows(WHO) for _ in range(4)]
        return first, tried[0], tried[-1]

    first, dead, again = asked(url, ask)
    assert dead is None
    assert again
    assert again != first


def test_a_statement_that_fails_gives_none_and_the_next_is_answered(postgres: str) -> None:
    """Whoever asked then asks in the ordinary way, which says what is wrong."""

    async def ask(reads: Reads) -> list[object]:
        return [await reads.rows(SHARE, by=0), await reads.rows(SHARE, by=2)]

    assert asked(new_database(postgres), ask) == [None, [(3,)]]


def test_tables_that_change_are_no_reason_to_fail(postgres: str) -> None:
    """A server that runs while another migrates has plans that PostgreSQL refuses from then on."""
    url = new_database(postgres)
    everything = Statement(select(text("*")).select_from(text("kept")))
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("CREATE TABLE kept AS SELECT 1 AS one")

        async def ask(reads: Reads) -> list[object]:
            before = await reads.rows(everything)
            other.execute("ALTER TABLE kept ALTER COLUMN one TYPE text")
            return [before, await reads.rows(everything), await reads.rows(everything)]

        assert asked(url, ask) == [[(1,)], None, [("1",)]]


def test_another_loop_is_told_to_ask_in_the_ordinary_way(postgres: str) -> None:
    """A line is heard by the loop that opened it; on any other the answer would never arrive."""

    async def ask(reads: Reads) -> list[object]:
        here = await reads.rows(WHO)
        elsewhere = await asyncio.to_thread(lambda: asyncio.run(reads.rows(WHO)))
        return [here, elsewhere]

    here, elsewhere = asked(new_database(postgres), ask)
    assert here is not None
    assert elsewhere is None
