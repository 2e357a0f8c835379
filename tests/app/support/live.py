"""An exercise of a debrief, opened as an interviewer does."""

from __future__ import annotations

import time

import httpx2

from testing.site import Site
from tests.app.support.candidates import Invited
from tests.app.support.people import Person


def opened(member: Person, invited: Invited, kind: str = "fit-inside") -> httpx2.Response:
    """Open the task of this kind; the answer has the exercise with the candidate's link as `url`."""
    where = f"/api/v1/invitations/{invited.id}/live"
    tasks = member.ask("GET", where).json()["tasks"]
    key = next(task["key"] for task in tasks if task["kind"] == kind)
    made = member.ask("POST", where, json={"key": key})
    assert made.status_code == 201, made.text
    return made


def token(exercise: httpx2.Response) -> str:
    """The token of the candidate's link."""
    return str(exercise.json()["url"]).rpartition("/")[2]


def until_run(site: Site, token: str, seconds: float = 30) -> dict[str, object]:
    """The newest run of an exercise, once it has ended."""
    until = time.monotonic() + seconds
    while True:
        newest: dict[str, object] = site.http.get(f"/api/v1/l/{token}").json()["runs"][-1]
        if newest["state"] in ("done", "failed"):
            return newest
        assert time.monotonic() < until, newest
        time.sleep(0.05)
