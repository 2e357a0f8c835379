"""A candidate who was invited and has handed in, for tests of what comes after."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func

from app.store import invitations
from tests.app.support.people import Person


@dataclass(frozen=True)
class Invited:
    """An invitation's id, the path of its link, and the submission that was graded."""

    id: str
    link: str
    submission: str

    @property
    def api(self) -> str:
        """Where the candidate's own part of the API starts."""
        return "/api/v1" + self.link


def graded(recruiter: Person, text: str = "ok", email: str = "kim@example.org", **more: object) -> Invited:
    """Invite somebody as `recruiter`, hand in as them, and wait for the report."""
    site = recruiter.site
    made = recruiter.ask("POST", "/api/v1/invitations", json={"email": email} | more).json()
    link = "/i/" + made["link"].rpartition("/i/")[2]
    files = {"file": ("pipeline.py", text.encode())}
    sent = site.http.post(link, files=files, headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False)
    submission = sent.headers["location"].rpartition("/")[2]
    site.wait(f"/api/v1/submissions/{submission}", headers=recruiter.headers)
    return Invited(made["id"], link, submission)


def close(recruiter: Person, invited: Invited) -> None:
    """The invitation takes nothing more; from now on its candidate may see what was judged."""
    with recruiter.site.service.engine.begin() as connection:
        invitations.change(connection, invited.id, closed_at=func.now())
