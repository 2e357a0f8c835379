"""Following an exercise live: who has it open learns at once what another did, in this process or in another one.

Each process listens to PostgreSQL on one connection, however many pages are open.  A page asks anew when it is woken,
and every BEAT seconds besides, so that a message that was lost is late and no more.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any, Self, TypeVar

import psycopg
import structlog

from app.errors import NotFound, TooMany
from app.live import service as live_service
from app.live.service import Now
from app.store import live
from app.store.database import Reads
from app.words import _

log = structlog.get_logger(__name__)
T = TypeVar("T")

#: Seconds between two looks at an exercise of which nothing is heard; half of what counts as having left.
BEAT = 10.0
#: Seconds in which changes are gathered before they are sent.
GATHER = 0.1
#: A page that still listens comes back by itself.
LONGEST = 900.0
#: Pages that follow one exercise, and all exercises of this process.
OF_ONE, IN_ALL = 12, 400
RESTART_SECONDS = 1.0


class Hub:
    """Wakes those of this process who follow an exercise."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._following: defaultdict[str, list[asyncio.Event]] = defaultdict(list)
        self._there: Counter[tuple[str, str]] = Counter()
        self._asking: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> Self:
        self._listening = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listening.cancel()
        with suppress(asyncio.CancelledError):
            await self._listening
        await asyncio.gather(*self._asking, return_exceptions=True)

    async def follow(self, reads: Reads, exercise_id: str, who: str) -> AsyncIterator[Now]:
        """An exercise now and at every change, until it ends; `who` counts as there meanwhile.

        Ask `require_room` first.
        """
        with self._woken(exercise_id) as woken, self._present(reads, exercise_id, who):
            until, before = monotonic() + LONGEST, None
            while monotonic() < until:
                woken.clear()
                try:
                    await self._asked(reads(live.arrive, exercise_id, who))
                    now = await self._asked(reads(live_service.standing_of, exercise_id))
                except (NotFound, psycopg.errors.ForeignKeyViolation):
                    return  # it was erased meanwhile
                if now != before:
                    before = now
                    yield now
                if not now.exercise.alive:
                    return
                with suppress(TimeoutError):
                    await asyncio.wait_for(woken.wait(), BEAT)
                await asyncio.sleep(GATHER)

    def require_room(self, exercise_id: str) -> None:
        """TooMany where too many pages follow this exercise, or all of this process."""
        there = len(self._following.get(exercise_id, ()))
        if there >= OF_ONE or sum(map(len, self._following.values())) >= IN_ALL:
            raise TooMany("too-many-followers", _("Too many pages are open on this. Close one and try again."))

    @contextmanager
    def _woken(self, exercise_id: str) -> Iterator[asyncio.Event]:
        following, event = self._following[exercise_id], asyncio.Event()
        following.append(event)
        try:
            yield event
        finally:
            following.remove(event)
            if not following:
                self._following.pop(exercise_id, None)

    @contextmanager
    def _present(self, reads: Reads, exercise_id: str, who: str) -> Iterator[None]:
        """Somebody with two pages has left when both are closed."""
        self._there[exercise_id, who] += 1
        try:
            yield
        finally:
            self._there[exercise_id, who] -= 1
            if not self._there[exercise_id, who]:
                del self._there[exercise_id, who]
                self._ask(self._leave(reads, exercise_id, who))

    async def _asked(self, question: Coroutine[Any, Any, T]) -> T:
        """Its answer.  A page that is closed meanwhile breaks no connection to the database: the question goes on."""
        return await asyncio.shield(self._ask(question))

    def _ask(self, question: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.get_running_loop().create_task(question)
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)
        return task

    async def _leave(self, reads: Reads, exercise_id: str, who: str) -> None:
        with suppress(Exception):  # who is not heard of for a while has left anyway
            await reads(live.leave, exercise_id, who)

    async def _listen(self) -> None:
        """Until cancelled."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
                    await connection.execute(f"LISTEN {live.CHANNEL}")
                    self._wake(*self._following)  # whatever was told before this
                    async for told in connection.notifies():
                        self._wake(told.payload)
            except psycopg.Error:
                log.warning("changes of exercises are not heard for a moment")
            await asyncio.sleep(RESTART_SECONDS)

    def _wake(self, *exercises: str) -> None:
        for exercise_id in exercises:
            for event in self._following.get(exercise_id, ()):
                event.set()
