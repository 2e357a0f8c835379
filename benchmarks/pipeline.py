"""Server time of the list of candidates: `python -m benchmarks.pipeline [candidates]`, 100,000 unless said otherwise.

One server process with an embedded PostgreSQL, filled by `testing.crowd`.  Each page is asked for by one recruiter,
one request after another; the time is from the request sent to the last byte, on this machine.  The same pages are
asked for with 1,000 candidates first, so that what grows with the number of candidates shows.  Takes some minutes.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

import httpx2

from app.platform.settings import Settings
from app.rights import Role
from app.store import access, database, members
from app.store.members import NewMember
from app.web.auth import COOKIE
from benchmarks.service import running
from testing.crowd import crowd

FEW, MANY, TIMES, MOST_MS = 1_000, 100_000, 15, 30
PAGES = {
    "first page": "/work",
    "needs attention": "/work?attention=true",
    "by status": "/work?status=graded",
    "by band": "/work?band=4",
    "by tag": "/work?tag=berlin",
    "next deadline first": "/work?sort=deadline",
    "last change first": "/work?sort=moved",
    "a name": "/work?q=okafor",
    "one person": "/work?q=person777.",
    "nobody of that name": "/work?q=zzyzx",
    "open appeals": "/work?appeal=true",
    "API, first page": "/api/v1/invitations",
}


@contextmanager
def filled(people: int, *, regraded: bool = False, metrics_port: int = 0) -> Iterator[tuple[httpx2.Client, Path]]:
    """(a recruiter, the home) of a new service with so many candidates; `regraded` as in testing/crowd.py."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), metrics_port) as http,
        database.database_url(Settings(home=Path(folder) / "home")) as url,
        database.opened(url) as engine,
    ):
        with engine.begin() as connection:
            org_id = access.first_organisation(connection) or ""
            recruiter = members.add_member(connection, org_id, NewMember("r@example.org", "R", Role.RECRUITER))
            session = members.open_session(connection, recruiter)
        began = time.perf_counter()
        crowd(engine, org_id, recruiter, people, regraded=regraded)
        print(f"{people} candidates were made in {time.perf_counter() - began:.0f} s", flush=True)
        del http.headers["Authorization"]
        http.headers["Cookie"] = f"{COOKIE}={session}"
        yield http, Path(folder)


def main(many: int) -> None:
    found: dict[int, dict[str, list[float]]] = {}
    for people in (FEW, many):
        with filled(people) as (http, _):
            found[people] = {name: times(http, path) for name, path in PAGES.items()}
            found[people]["the hundredth page"] = times(http, _page(http, 100))
            found[people]["preview of 500 reminders"] = _previews(http)
    print(f"| page | {FEW}: median ms | {many}: median ms | 95 % ms |\n|---|---|---|---|")
    for name, took in found[many].items():
        missed = "" if median(took) <= MOST_MS else " missed"
        tail = quantiles(took, n=20)[18]
        print(f"| {name} | {median(found[FEW][name]):.1f} | {median(took):.1f}{missed} | {tail:.1f} |")


def times(http: httpx2.Client, path: str) -> list[float]:
    """Milliseconds of one answer after another, without the first."""
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        answer = http.get(path)
        took.append(1000 * (time.perf_counter() - began))
        assert answer.status_code == 200, answer.text
    return took[3:]


def _previews(http: httpx2.Client) -> list[float]:
    """What reminding 500 candidates would do; its median is not among those of MOST_MS."""
    query, ids = "/api/v1/invitations?limit=100&status=started", list[str]()
    while query and len(ids) < 500:
        answer = http.get(query)
        ids += [row["id"] for row in answer.json()["items"]]
        query = answer.links["next"]["url"] if "next" in answer.links else ""
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        answer = http.post("/api/v1/invitations/actions?dry_run=true", json={"action": "remind", "invitations": ids})
        took.append(1000 * (time.perf_counter() - began))
        assert len(answer.json()["will"]) + len(answer.json()["left_out"]) == len(ids), answer.text
    return took[3:]


def _page(http: httpx2.Client, number: int) -> str:
    """The path of a later page of the API's list; the last one where there are fewer."""
    path = "/api/v1/invitations?limit=50"
    for _ in range(number - 1):
        following = http.get(path).headers.get("link", "")
        if not following:
            break
        path = following.split(">")[0][1:]
    return path


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MANY)
