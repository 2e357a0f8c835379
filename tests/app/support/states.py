"""An organisation with a candidate in every state, and a member of every role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from app.rights import Role
from app.shared_code import jobs as shared_code
from app.store import invitations
from app.store.rows import State
from app.store.tables import submissions
from testing.site import Site
from testing.waiting import until
from tests.app.support import impact, live
from tests.app.support.candidates import Invited, close, graded
from tests.app.support.people import Person, signed_in
from tests.app.support.works import COPY, WORK

LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh-Cholmondeley"
LEVELS = ("explanation", "trade-offs", "monitoring", "fairness", "flaws", "collaboration")


@dataclass(frozen=True)
class House:
    """`links` has the path of a candidate's link by the state they are in."""

    members: Mapping[Role, Person]
    links: Mapping[str, str]
    ids: Mapping[str, str]


def house(site: Site) -> House:
    """One of each, made as people make them."""
    admin = signed_in(site)
    roles = {role: admin if role is Role.ADMIN else signed_in(site, role, admin.org_id) for role in Role}
    recruiter = roles[Role.RECRUITER]
    draft = admin.ask("GET", "/api/v1/notices/draft?challenge=ml_pipeline&profile=eu").json()
    assert admin.ask("POST", "/api/v1/notices", json=draft).is_success
    made = {state: _invited(recruiter, state) for state in ("invited", "opened", "started", "expired", "withdrawn")}
    made |= {state: _graded(recruiter, state, text) for state, text in GRADED.items()}
    timer = {"minutes": 120, "pauses": 2, "pause_minutes": 15}
    assert admin.ask("PUT", "/api/v1/timers/ml_pipeline", json=timer).is_success
    made |= {state: _invited(recruiter, state) for state in ("timed", "running", "paused")}
    assert admin.ask("DELETE", "/api/v1/timers/ml_pipeline").is_success
    for state, steps in (("running", ("start",)), ("paused", ("start", "pause"))):
        for step in steps:
            assert site.http.post(f"/api/v1{made[state].link}/{step}").is_success
    site.http.get(made["opened"].link)
    site.http.get(made["started"].link + "/starter-kit.zip")
    with site.service.engine.begin() as connection:
        late = datetime.now(UTC) - timedelta(days=1)
        invitations.change(connection, made["expired"].id, deadline=late)
        soon = datetime.now(UTC) + timedelta(days=3)
        invitations.change(connection, made["opened"].id, deadline=soon)
        running = {"state": State.GRADING, "finished_at": None, "report_run": None}
        connection.execute(update(submissions).where(submissions.c.id == made["grading"].submission).values(running))
    recruiter.ask("POST", f"/api/v1/invitations/{made['withdrawn'].id}/withdraw")
    for state in ("feedback", "appealed", "answered", "in-review", "decided", "crashed", "rejected"):
        close(recruiter, made[state])
    appeals = [_appealed(recruiter, made[state]) for state in ("appealed", "answered")]
    answer = {"resolution": "upheld", "answer": "You are right."}
    assert recruiter.ask("POST", f"/api/v1/appeals/{appeals[1]}/answer", json=answer).is_success
    for state, level in (("in-review", 3), ("decided", 1)):
        _rated(signed_in(site, Role.INTERVIEWER, admin.org_id), made[state], level)
        _rated(signed_in(site, Role.INTERVIEWER, admin.org_id), made[state], 3)
    decision = {"outcome": "advance", "rationale": "Explains every step."}
    assert recruiter.ask("POST", f"/api/v1/invitations/{made['decided'].id}/decision", json=decision).is_success
    text = {"subject": "{organisation}: {title}", "body": "Hello {first_name}."}
    assert admin.ask("PUT", "/api/v1/decision-templates/advance/en", json=text).is_success
    for state in ("graded", "feedback"):
        shared_code.run(site.service, made[state].submission)
    _possessions(admin, made["decided"])
    _rejected(recruiter, made["rejected"])
    assert admin.ask("PATCH", "/api/v1/organisation", json={"asks_self_description": True}).is_success
    impact.report(admin)
    site.http.put(f"/api/v1{made['decided'].link}/self-description", json={"sex": "female"})
    links = {name: one.link for name, one in made.items()} | {"changing": _changed_live(admin, made["in-review"])}
    return House(roles, links, {name: one.id for name, one in made.items()})


GRADED = {
    "grading": "score 50",
    "graded": f"# score 81\n{WORK}",
    "feedback": f"# score 88\n{COPY}",
    "appealed": "score 55",
    "answered": "score 60",
    "in-review": "score 72",
    "decided": "score 91",
    "rejected": "score 31",
    "crashed": "crash",
    "failed": "sandbox down",
}


def _invited(recruiter: Person, state: str) -> Invited:
    body = {"email": f"{state}@example.org", "first_name": state.title(), "last_name": LONG, "tags": ["berlin"]}
    body |= {"profile": "eu"} if state == "opened" else {}
    made = recruiter.ask("POST", "/api/v1/invitations", json=body).json()
    return Invited(made["id"], "/i/" + made["link"].rpartition("/i/")[2], "")


def _graded(recruiter: Person, state: str, text: str) -> Invited:
    law = {"profile": "eu"} if state == "rejected" else {}
    return graded(recruiter, text, f"{state}@example.org", first_name=state.title(), last_name="Okafor", **law)


def _appealed(recruiter: Person, one: Invited) -> str:
    objection = {"submission_id": one.submission, "code": "LEAK001", "words": "It is fitted inside the folds."}
    made = recruiter.site.http.post(f"{one.api}/appeals", json=objection)
    assert made.is_success, made.text
    return str(made.json()["id"])


def _rejected(recruiter: Person, one: Invited) -> None:
    """With a letter, and the wish for a human review."""
    decision = {"outcome": "reject", "rationale": "The split ignores time."}
    assert recruiter.ask("POST", f"/api/v1/invitations/{one.id}/decision", json=decision).is_success
    assert recruiter.site.http.post(f"{one.api}/human-reviews", json={"words": "It does not."}).is_success


def _rated(interviewer: Person, one: Invited, level: int) -> None:
    card = {f"level-{name}": str(level) for name in LEVELS} | {"do": "lock"}
    interviewer.ask("POST", f"/work/c/{one.id}/debrief", data=card)
    assert interviewer.ask("POST", f"/work/c/{one.id}/debrief", data={"sure": "yes"}).status_code == 303


def _changed_live(admin: Person, one: Invited) -> str:
    """The path of a candidate's page in a debrief, where a change has been run."""
    token = live.token(live.opened(admin, one))
    draft = {"path": "pipeline.py", "version": 0, "text": "# score 66\nleak = 1\n", "prediction": "It falls."}
    assert admin.site.http.put(f"/api/v1/l/{token}/draft", json=draft).is_success
    assert admin.site.http.post(f"/api/v1/l/{token}/runs").is_success
    live.until_run(admin.site, token)
    return f"/l/{token}"


def _possessions(admin: Person, one: Invited) -> None:
    """A share link, a second report beside the first, a webhook with a delivery, a key, a member shut out."""
    admin.ask("POST", f"/api/v1/submissions/{one.submission}/shares", json={"reader": "recruiter"})
    admin.ask("POST", f"/api/v1/submissions/{one.submission}/regrades", json={"kind": "rescore", "reason": "new"})
    hook = {"url": "https://hooks.invalid/assay/" + "a" * 120, "events": ["report.ready", "decision.recorded"]}
    webhook = admin.ask("POST", "/api/v1/webhooks", json=hook)
    admin.ask("POST", f"{webhook.headers['location']}/test")
    room = {"kind": "teams", "name": "Hiring " + "a" * 80, "url": "https://hooks.invalid/x", "events": ["finished"]}
    channel = admin.ask("POST", "/api/v1/channels", json=room)
    admin.ask("POST", f"{channel.headers['location']}/test")
    ats = {"kind": "ashby", "their_key": "k", "domain": "ashby." + "a" * 60 + ".example"}
    system = admin.ask("POST", "/api/v1/tracking-systems", json=ats).json()
    headers = {"Authorization": f"Bearer {system['key']}"}
    where = "/" + system["addresses"]["assessment.list"].split("/", 3)[3]
    admin.site.http.post(where, headers=headers, json={})
    admin.ask("POST", "/api/v1/keys", json={"label": "tracking system", "scopes": ["read", "invite"]})
    out = admin.ask("POST", "/api/v1/members", json={"email": f"{LONG}@example.org".lower(), "role": "interviewer"})
    admin.ask("PATCH", f"/api/v1/members/{out.json()['id']}", json={"disabled": True})
    until(lambda: admin.ask("GET", f"/work/c/{one.id}/gradings/2").is_success)
