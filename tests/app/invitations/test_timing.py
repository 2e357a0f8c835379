"""The timer: begun by the candidate, paused as allowed, stretched for one person, ended by the server."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
from sqlalchemy import func

from app.rights import Role
from app.store import invitations
from testing.site import Site
from tests.app.support.people import Person, signed_in

BASE = "/api/v1/invitations"
TIMER = "/api/v1/timers/ml_pipeline"
HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def admin(site: Site) -> Person:
    person = signed_in(site)
    assert person.ask("PUT", TIMER, json={"minutes": 120, "pauses": 1, "pause_minutes": 30}).status_code == 200
    return person


class Timed:
    """Somebody who is invited under a timer."""

    def __init__(self, recruiter: Person, **terms: object) -> None:
        self.site = recruiter.site
        made = recruiter.ask("POST", BASE, json={"email": "kim@example.org"} | terms)
        assert made.status_code == 201, made.text
        self.id, self.view = made.json()["id"], made.json()
        self.link = "/i/" + made.json()["link"].rpartition("/i/")[2]

    def ask(self, method: str, path: str = "", **more: Any) -> Any:
        return self.site.http.request(method, f"/api/v1{self.link}{path}", **more)

    def do(self, path: str) -> dict[str, Any]:
        answer = self.ask("POST", path)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def hand_in(self) -> str:
        """The code of the refusal, or that it was accepted."""
        answer = self.ask("POST", "/submissions", files={"file": ("pipeline.py", b"ok")})
        return "accepted" if answer.status_code == 202 else str(answer.json()["type"]).rpartition(":")[2]

    def let_pass(self, minutes: float) -> None:
        """As if so much time had passed for this invitation."""
        past = timedelta(minutes=minutes)
        names = ("deadline", "started_at", "paused_until")
        with self.site.service.engine.begin() as connection:
            moved = {name: invitations.invitations.c[name] - past for name in names}
            invitations.change(connection, self.id, **moved)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def minutes_left(view: dict[str, Any]) -> float:
    return (at(view["deadline"]) - datetime.now(UTC)).total_seconds() / 60


def test_the_task_is_not_shown_before_the_own_start_and_ends_with_the_time(admin: Person) -> None:
    """What happens is said before; the start is the candidate's, once; the server ends it; late is as a deadline is."""
    kim = Timed(admin, due_at=(datetime.now(UTC) + timedelta(days=3)).isoformat())
    before = kim.site.http.get(kim.link).text
    assert ("Before you start" in before, "2 h" in before, "Start now" in before) == (True, True, True)
    assert ("Download the starter kit" in before, 'name="file"' in before) == (False, False)
    assert kim.site.http.get(f"{kim.link}/starter-kit.zip").status_code == 409
    assert kim.hand_in() == "not-started"
    unsure = kim.site.http.post(f"{kim.link}/start", headers=HERE)
    assert (unsure.status_code, kim.ask("GET").json()["started_at"]) == (409, None)
    started = kim.site.http.post(f"{kim.link}/start", data={"sure": "yes"}, headers=HERE, follow_redirects=False)
    assert started.status_code == 303
    view = kim.ask("GET").json()
    assert 119 < minutes_left(view) <= 120
    assert kim.do("/start")["deadline"] == view["deadline"]
    running = kim.site.http.get(kim.link).text
    assert ("Your time runs" in running, 'name="file"' in running) == (True, True)
    assert view["extension_hours"] is None
    assert kim.site.http.get(f"{kim.link}/starter-kit.zip").status_code == 200
    assert kim.hand_in() == "accepted"
    kim.let_pass(121)
    assert (kim.hand_in(), kim.ask("GET").json()["closed"]) == ("deadline-passed", True)
    assert kim.ask("POST", "/pause").status_code == 409


def test_a_csv_gives_each_row_its_own_minutes(admin: Person) -> None:
    """Without a number the challenge's own, 0 none; pauses stay as the challenge has them."""
    table = "email,minutes\nkim@example.org,45\nlee@example.org,0\nada@example.org,\n"
    made = admin.ask("POST", f"{BASE}/bulk", content=table.encode())
    assert made.status_code == 200, made.text
    timers = [admin.ask("GET", f"{BASE}/{row['invitation']}").json()["timer"] for row in made.json()["rows"]]
    assert [timer and (timer["minutes"], timer["pauses"]) for timer in timers] == [(45, 1), None, (120, 1)]


def test_a_pause_stops_the_clock_and_the_work(admin: Person) -> None:
    """As often and as long as is allowed; ended early, what is left of it is lost; else it ends by itself."""
    kim = Timed(admin)
    assert kim.ask("POST", "/pause").json()["type"].endswith("not-started")
    kim.do("/start")
    kim.let_pass(20)
    paused = kim.do("/pause")
    assert 129 < minutes_left(paused) <= 130
    assert kim.do("/pause")["timer"]["pauses_taken"] == 1
    page = kim.site.http.get(kim.link).text
    assert ("Your time stands still" in page, 'name="file"' in page) == (True, False)
    assert kim.hand_in() == "paused"
    kim.let_pass(10)
    assert 99 < minutes_left(kim.do("/resume")) <= 100.1
    assert kim.hand_in() == "accepted"
    assert kim.ask("POST", "/pause").json()["type"].endswith("no-pause-left")


def test_a_pause_that_is_forgotten_is_over_by_itself(admin: Person) -> None:
    kim = Timed(admin)
    kim.do("/start")
    kim.do("/pause")
    kim.let_pass(31)
    view = kim.ask("GET").json()
    assert view["timer"]["paused_until"] is None
    assert 118 < minutes_left(view) <= 119
    assert kim.do("/resume")["deadline"] == view["deadline"]
    assert kim.hand_in() == "accepted"


def test_an_accommodation_stretches_the_time_and_interviewers_see_nothing_of_it(admin: Person) -> None:
    """Before the start and after it, never shorter then; not in the API nor on a page that interviewers read."""
    kim = Timed(admin, time_multiplier=1.5)
    assert kim.ask("GET").json()["timer"]["minutes"] == 180
    put = lambda value: admin.ask("PUT", f"{BASE}/{kim.id}/accommodation", json={"time_multiplier": value})  # noqa: E731
    assert put(2.0).json()["timer"]["minutes"] == 240
    kim.do("/start")
    assert put(1.0).json()["type"].endswith("started")
    assert 299 < minutes_left(put(2.5).json()) <= 300
    admin.ask("POST", f"{BASE}/{kim.id}/extend", json={"hours": 1, "reason_code": "accommodation"})
    interviewer = signed_in(admin.site, Role.INTERVIEWER, admin.org_id)
    view = interviewer.ask("GET", f"{BASE}/{kim.id}").json()
    hidden = ("time_multiplier", "timer", "deadline", "deadline_local", "extensions")
    assert {name: view[name] for name in hidden} == dict.fromkeys(hidden)
    for person, seen in ((interviewer, False), (admin, True)):
        page = person.ask("GET", f"/work/c/{kim.id}").text
        assert ("a disability or other need" in page, "5 h from" in page) == (seen, seen)
    assert interviewer.ask("PUT", f"{BASE}/{kim.id}/accommodation", json={"time_multiplier": 3}).status_code == 403
    log = admin.ask("GET", "/work/audit").text
    assert "invitation accommodated" in log
    assert "2.5" not in re.sub(r"\d\d:\d\d:\d\d\.\d+", "", log)  # but for the moments, which have all digits


def test_terms_are_those_of_the_invitation(admin: Person) -> None:
    """A timer that is changed or removed later changes none that exists; an invitation may have its own, or none."""
    kim = Timed(admin)
    assert Timed(admin, email="no@example.org", minutes=0).view["timer"] is None
    assert Timed(admin, email="own@example.org", minutes=60).view["timer"]["minutes"] == 60
    assert admin.ask("GET", "/api/v1/timers").json()[0]["minutes"] == 120
    assert admin.ask("DELETE", TIMER).status_code == 204
    assert (admin.ask("DELETE", TIMER).status_code, admin.ask("GET", "/api/v1/timers").json()) == (404, [])
    assert kim.ask("GET").json()["timer"]["minutes"] == 120
    later = Timed(admin, email="later@example.org")
    assert later.view["timer"] is None
    assert later.ask("POST", "/start").json()["type"].endswith("no-timer")
    assert admin.ask("PUT", "/api/v1/timers/nothing", json={"minutes": 5}).status_code == 404
    assert admin.ask("PUT", TIMER, json={"minutes": 5, "pauses": 2}).status_code == 422


def test_no_list_tells_when_a_timer_ends(admin: Person) -> None:
    """Who may not invite finds nobody by it, gets no order from it, and no file or cursor has it."""
    late = (datetime.now(UTC) + timedelta(days=9)).isoformat()
    kim, plain = Timed(admin, email="kim@example.org"), Timed(admin, email="p@example.org", minutes=0, due_at=late)
    kim.do("/start")
    interviewer = signed_in(admin.site, Role.INTERVIEWER, admin.org_id)
    soon = (datetime.now(UTC) + timedelta(days=1)).isoformat().replace("+", "%2B")

    def ids(person: Person, query: str) -> list[str]:
        return [row["id"] for row in person.ask("GET", f"{BASE}?{query}").json()["items"]]

    assert ids(admin, f"due_before={soon}") == [kim.id]
    assert ids(interviewer, f"due_before={soon}") == ids(interviewer, "due_before=2000-01-01") == []
    assert ids(admin, "sort=deadline") == [kim.id, plain.id]
    assert ids(interviewer, "sort=deadline") == [plain.id, kim.id]
    first = interviewer.ask("GET", f"{BASE}?sort=deadline&limit=1")
    assert [row["id"] for row in interviewer.ask("GET", first.links["next"]["url"]).json()["items"]] == [kim.id]
    key = admin.ask("POST", "/api/v1/keys", json={"label": "k", "scopes": ["export"]}).json()["key"]
    rows = admin.site.http.get("/api/v1/exports/candidates.json", headers={"Authorization": f"Bearer {key}"}).json()
    assert {row["email"]: bool(row["deadline"]) for row in rows} == {"kim@example.org": False, "p@example.org": True}
    assert all(row["deadline"] for row in admin.ask("GET", "/api/v1/exports/candidates.json").json())


def test_the_page_of_a_challenge_sets_its_timer(site: Site) -> None:
    admin, page = signed_in(site), "/work/challenges/ml_pipeline"
    form = {"minutes": "90", "pauses": "2", "pause_minutes": "15"}
    assert admin.ask("POST", f"{page}/timer", data=form | {"minutes": "no"}).status_code == 422
    assert admin.ask("POST", f"{page}/timer", data=form).status_code == 303
    assert "90 minutes" in admin.ask("GET", page).text
    assert "Save the timer" not in signed_in(site, Role.RECRUITER, admin.org_id).ask("GET", page).text
    assert admin.ask("POST", f"{page}/timer", data={"do": "remove"}).status_code == 303
    assert "90 minutes" not in admin.ask("GET", page).text


def test_the_calendar_follows_the_timer(admin: Person) -> None:
    """One entry that start, pause and end of a pause move, each with a higher SEQUENCE."""
    kim = Timed(admin, due_at=(datetime.now(UTC) + timedelta(days=3)).isoformat())
    numbers = []
    for step in ("", "/start", "/pause", "/resume"):
        if step:
            kim.do(step)
        entry = icalendar.Calendar.from_ical(kim.site.http.get(f"{kim.link}/deadline.ics").content).walk("VEVENT")[0]
        numbers.append(int(entry["SEQUENCE"]))
        assert ("Start by" in entry["SUMMARY"]) == (step == "")
    assert numbers == sorted(set(numbers))
    with kim.site.service.engine.connect() as connection:
        query = "SELECT kind FROM mails WHERE invitation_id = %s ORDER BY created_at"
        kinds = list(connection.exec_driver_sql(query, (kim.id,)).scalars())
    assert kinds == ["invitation", "started"]


def test_whoever_did_not_start_in_time_expires_as_anybody(admin: Person) -> None:
    kim = Timed(admin, due_at=(datetime.now(UTC) + timedelta(days=3)).isoformat())
    with kim.site.service.engine.begin() as connection:
        invitations.change(connection, kim.id, deadline=func.now() - timedelta(minutes=1))
    assert kim.ask("POST", "/start").json()["type"].endswith("closed")
    assert admin.ask("GET", f"{BASE}/{kim.id}").json()["status"] == "expired"
