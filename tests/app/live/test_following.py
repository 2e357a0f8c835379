"""Following an exercise: a change by another process is heard at once, it ends by itself, and pages are bounded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from app.errors import TooMany
from app.live import following
from app.live.following import Hub
from app.live.service import Now
from app.ports import Service
from app.rights import Role
from app.store import live as store
from app.store.database import Reads
from app.store.live import CANDIDATE
from testing.site import Site
from testing.waiting import SECONDS, until
from tests.app.support import live
from tests.app.support.candidates import graded
from tests.app.support.people import signed_in
from tests.app.support.rows import count


@pytest.fixture(scope="module")
def exercise_id(site: Site) -> str:
    admin = signed_in(site)
    interviewer = signed_in(site, Role.INTERVIEWER, admin.org_id)
    return str(live.opened(interviewer, graded(admin, "x = 1\n")).json()["id"])


@asynccontextmanager
async def listening(service: Service) -> AsyncIterator[tuple[Hub, Reads]]:
    """It listens, as does the service itself."""
    others = listeners(service)
    async with Reads(service.url) as reads, Hub(service.url) as hub:
        await asyncio.to_thread(until, lambda: listeners(service) > others)
        yield hub, reads


def listeners(service: Service) -> int:
    """Connections to this database whose last words were that they listen."""
    said = f"datname = current_database() AND query = 'LISTEN {store.CHANNEL}'"
    return count(service.engine, f"pg_stat_activity WHERE {said}")


def elsewhere(service: Service, change: Callable[..., object], *values: object) -> None:
    """A change as another process makes it."""
    with service.engine.begin() as connection:
        change(connection, *values)


def test_a_change_is_heard_long_before_the_next_look(
    site: Site, exercise_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who comes, where they point, and who leaves; the end of an exercise ends the following of it."""
    monkeypatch.setattr(following, "BEAT", 4 * SECONDS)

    async def follow() -> None:
        async with listening(site.service) as (hub, reads):
            one = hub.follow(reads, exercise_id, CANDIDATE)
            first = await anext(one)
            assert [present.who for present in first.present] == [CANDIDATE]

            async def heard(change: Callable[..., object], *values: object) -> Now:
                await asyncio.to_thread(elsewhere, site.service, change, exercise_id, *values)
                return await asyncio.wait_for(anext(one), SECONDS)

            pointed = await heard(store.point, CANDIDATE, "pipeline.py", 7, 3)
            assert (pointed.present[0].line, pointed.present[0].character) == (7, 3)
            assert (await heard(store.predict, "It rises.")).exercise.prediction == "It rises."
            assert not (await heard(store.end)).exercise.alive
            with pytest.raises(StopAsyncIteration):
                await anext(one)
            async with asyncio.timeout(SECONDS):
                while await reads(store.present, exercise_id):
                    await asyncio.sleep(0.05)

    asyncio.run(follow())


def test_pages_are_bounded(site: Site, exercise_id: str) -> None:
    """One more than OF_ONE is refused, and what was refused is taken when another has left."""

    async def follow() -> None:
        async with listening(site.service) as (hub, _):
            with hub._woken(exercise_id):
                pages = [hub._woken(exercise_id) for _ in range(following.OF_ONE - 1)]
                for page in pages:
                    hub.require_room(exercise_id)
                    page.__enter__()
                with pytest.raises(TooMany):
                    hub.require_room(exercise_id)
                pages[0].__exit__(None, None, None)
                hub.require_room(exercise_id)

    asyncio.run(follow())
