"""An exercise of a debrief, opened as an interviewer does."""

from __future__ import annotations

from typing import Any

import httpx2

from testing.site import Site
from testing.waiting import until
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


def until_run(site: Site, token: str) -> dict[str, Any]:
    """The newest run of an exercise, once it has ended."""

    def newest() -> dict[str, Any]:
        run: dict[str, Any] = site.http.get(f"/api/v1/l/{token}").json()["runs"][-1]
        return run

    return until(newest, lambda run: run["state"] in ("done", "failed"))
