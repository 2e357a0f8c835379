"""Connections that are asked one prepared statement after another, with as little around it as libpq allows.

A cursor of psycopg sets up its waiting, its parameters and its plan anew for each statement, which takes longer than
PostgreSQL's answer does.  Here the loop watches a connection for as long as it is at hand.
"""

from __future__ import annotations

import asyncio
from typing import Any, Self

from psycopg import AsyncConnection, OperationalError, pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.rows import TupleRow
from sqlalchemy import Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg


class Statement:
    """A query as the server takes it, written once: columns by their position, values by the names of its gaps."""

    def __init__(self, query: Select[Any]) -> None:
        compiled = query.compile(dialect=PGDialect_psycopg(paramstyle="numeric_dollar"))  # type: ignore[no-untyped-call]
        self.text, names = str(compiled).encode(), compiled.positiontup or []
        dumped = Transformer()
        fixed = dumped.dump_sequence([compiled.params[name] for name in names], [PyFormat.TEXT] * len(names))
        #: The type of each gap, 0 where the server finds it from the query; what does not change is sent as it lies.
        self.types = dumped.types or ()
        self.gaps = [(name, (value, pq.Format.TEXT)) for name, value in zip(names, fixed, strict=True)]


class Line(AsyncConnection[TupleRow]):
    """One connection; between `watch` and `unwatch` nobody else may use it.

    It commits each statement, and asks none while another is on its way.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._names: dict[Statement, bytes] = {}
        self._values = Transformer(self)
        self._arrived: asyncio.Future[None] | None = None
        self._watched = -1  # the socket, which libpq forgets once the connection is lost

    def watch(self) -> Self:
        """Have the loop read what the server says."""
        self._watched = self.pgconn.socket
        asyncio.get_running_loop().add_reader(self._watched, self._read)
        return self

    def unwatch(self) -> Self:
        if self._watched >= 0:
            asyncio.get_running_loop().remove_reader(self._watched)
            self._watched = -1
        return self

    async def ask(self, statement: Statement, values: dict[str, object]) -> list[tuple[Any, ...]]:
        """The rows of a statement.  OperationalError where the connection is gone or the server refuses.

        Whatever is raised, the connection is in no state to be asked again.
        """
        name = self._names.get(statement)
        if name is None:
            name = b"line_%d" % len(self._names)
            self.pgconn.send_prepare(name, statement.text, statement.types)
            await self._answer(pq.ExecStatus.COMMAND_OK)
            self._names[statement] = name
        given = [_said(values[gap]) if gap in values else fixed for gap, fixed in statement.gaps]
        said, formats = [value for value, _ in given], [form for _, form in given]
        self.pgconn.send_query_prepared(name, said, formats, pq.Format.BINARY)
        found = await self._answer(pq.ExecStatus.TUPLES_OK)
        self._values.set_pgresult(found)
        return self._values.load_rows(0, found.ntuples, tuple)

    async def _answer(self, wanted: pq.ExecStatus) -> pq.abc.PGresult:
        """What the server says to what was sent, once all of it is there."""
        if self.pgconn.flush():  # the socket of an idle connection takes a statement at once
            raise OperationalError("a statement could not be sent")
        found = None
        while True:
            while self.pgconn.is_busy():
                self._arrived = asyncio.get_running_loop().create_future()
                await self._arrived
            result = self.pgconn.get_result()
            if result is None:
                break
            found = result
        if found is None or found.status != wanted:
            code = found.error_field(pq.DiagnosticField.SQLSTATE) if found else None
            raise OperationalError(f"a statement was refused: {(code or b'').decode()}")
        return found

    def _read(self) -> None:
        try:
            self.pgconn.consume_input()
            done = not self.pgconn.is_busy()
        except OperationalError as error:
            self.unwatch().pgconn.finish()
            if self._arrived is not None and not self._arrived.done():
                self._arrived.set_exception(error)
            return
        if done and self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)


def _said(value: object) -> tuple[bytes | None, pq.Format]:
    """A value of a gap: bytes as they are, a text or a number as its text; the server knows which type is meant."""
    if value is None or isinstance(value, bytes):
        return value, pq.Format.BINARY
    return str(value).encode(), pq.Format.TEXT
