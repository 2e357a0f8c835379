"""One of everything that an organisation can have, for the test that nobody else finds it.

Each part of the service adds its own kind of object here.
"""

from __future__ import annotations

from testing.site import Site
from tests.app.support import candidates, impact, live
from tests.app.support.people import Person


def everything(site: Site, owner: Person) -> list[str]:
    """Make one object of each kind as `owner`; their ids."""
    member = owner.ask("POST", "/api/v1/members", json={"email": f"m-{owner.org_id}@example.org", "role": "recruiter"})
    key = owner.ask("POST", "/api/v1/keys", json={"label": "k", "scopes": ["read"]})
    submission = owner.ask("POST", "/api/v1/submissions", files={"file": ("pipeline.py", b"ok")})
    made = [member, key, submission]
    assert all(answer.is_success for answer in made), [answer.text for answer in made]
    site.wait(submission.headers["location"], headers=owner.headers)
    many = owner.ask("POST", "/api/v1/regrades", json={"kind": "rescore", "reason": "r", "filter": {}})
    made.append(many)
    site.wait(f"{submission.headers['location']}/reports/2", headers=owner.headers)
    invited = candidates.graded(owner)
    candidates.close(owner, invited)
    objection = {"submission_id": invited.submission, "code": "LEAK001", "words": "It is not so."}
    appeal = site.http.post(f"{invited.api}/appeals", json=objection).json()["id"]
    share = owner.ask("POST", f"/api/v1/submissions/{invited.submission}/shares", json={"reader": "recruiter"})
    mark = {"run": 1, "code": "LEAK001", "words": "It is not so."}
    dispute = owner.ask("POST", f"/api/v1/submissions/{invited.submission}/disputes", json=mark)
    webhook = owner.ask("POST", "/api/v1/webhooks", json={"url": "https://hooks.invalid/", "events": ["webhook.test"]})
    delivery = owner.ask("POST", f"{webhook.headers['location']}/test")
    view = owner.ask("POST", "/api/v1/views", json={"name": "v", "query": "status=graded"})
    system = owner.ask("POST", "/api/v1/tracking-systems", json={"kind": "greenhouse"})
    room = {"kind": "slack", "name": "#hiring", "url": "https://hooks.invalid/x", "events": ["finished"]}
    channel = owner.ask("POST", "/api/v1/channels", json=room)
    post = owner.ask("POST", f"{channel.headers['location']}/test")
    made += [webhook, delivery, view, system, channel, post]
    decision = {"outcome": "hold", "rationale": "To be talked about."}
    assert owner.ask("POST", f"/api/v1/invitations/{invited.id}/decision", json=decision).is_success
    comment = owner.ask("POST", f"/api/v1/invitations/{invited.id}/comments", json={"words": "Well done."})
    tags = {"action": "tag", "invitations": [invited.id], "add_tags": ["seen"]}
    made += [comment, owner.ask("POST", "/api/v1/invitations/actions", json=tags)]
    made.append(live.opened(owner, invited))
    report = impact.report(owner)
    draft = owner.ask("GET", "/api/v1/notices/draft?challenge=ml_pipeline&profile=eu").json()
    made.append(owner.ask("POST", "/api/v1/notices", json=draft))
    rejected = candidates.graded(owner, email="rejected@example.org", profile="eu")
    no = {"outcome": "reject", "rationale": "It is not enough."}
    assert owner.ask("POST", f"/api/v1/invitations/{rejected.id}/decision", json=no).is_success
    made.append(site.http.post(f"{rejected.api}/human-reviews", json={"words": "It is."}))
    person = owner.ask("GET", f"/api/v1/invitations/{invited.id}").json()["candidate"]["id"]
    known = [person, owner.member_id, invited.id, invited.submission, appeal, share.json()["id"], dispute.json()["id"]]
    return [*known, report, *(str(answer.json()["id"]) for answer in made)]
