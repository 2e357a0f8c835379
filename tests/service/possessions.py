"""One of everything that an organisation can have, for the test that nobody else finds it.

Each part of the service adds its own kind of object here.
"""

from __future__ import annotations

from tests.service.people import Person
from tests.service.site import Site


def everything(site: Site, owner: Person) -> list[str]:
    """Make one object of each kind as `owner`; their ids."""
    member = owner.ask("POST", "/api/v1/members", json={"email": f"m-{owner.org_id}@example.org", "role": "recruiter"})
    key = owner.ask("POST", "/api/v1/keys", json={"label": "k", "scopes": ["read"]})
    submission = owner.ask("POST", "/api/v1/submissions", files={"file": ("pipeline.py", b"ok")})
    invitation = owner.ask("POST", "/api/v1/invitations", json={"email": "kim@example.org"})
    made = [member, key, submission, invitation]
    assert all(answer.is_success for answer in made), [answer.text for answer in made]
    site.wait(submission.headers["location"], headers=owner.headers)
    many = owner.ask("POST", "/api/v1/regrades", json={"kind": "rescore", "reason": "r", "filter": {}})
    made.append(many)
    site.wait(f"{submission.headers['location']}/reports/2", headers=owner.headers)
    return [owner.member_id, *(str(answer.json()["id"]) for answer in made)]
