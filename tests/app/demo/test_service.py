"""The demo: in all states, said of each reference whether it is as it must be, and gone in one click."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from app.demo import service as demo
from app.demo.people import APPLICANTS, RECRUITER, Stage
from app.platform.settings import Settings
from app.ports import Ports
from app.rights import Role
from app.store import audit
from app.store.record_tables import appeals
from app.store.rows import Status
from graders.model.challenge import Challenge, Reference
from graders.model.submission import Submission
from testing import fakes
from testing.site import MakeSettings, Site, running_site
from tests.app.support.people import Person, signed_in

REFERENCES = [applicant.reference for applicant in APPLICANTS if applicant.reference]
STATUS = {
    Stage.INVITED: Status.INVITED,
    Stage.STARTED: Status.STARTED,
    Stage.GRADED: Status.GRADED,
    Stage.APPEALED: Status.GRADED,
    Stage.DEBRIEF: Status.IN_REVIEW,
    Stage.DECIDED: Status.DECIDED,
}


@pytest.fixture
def demo_site(make_settings: MakeSettings, tmp_path: Path) -> Iterator[Site]:
    """A service whose challenge has the references' names; all of them must be graded, and one of them is not."""
    for name in REFERENCES:
        (tmp_path / "reference" / name).mkdir(parents=True)
        (tmp_path / "reference" / name / "pipeline.py").write_text(
            "crash" if name in ("crashes", "leaky") else "score 81"
        )
    references = tuple(Reference(name, "graded", frozenset({4})) for name in REFERENCES)
    challenge = replace(fakes.make_challenge(tmp_path), references=references)

    def unpack(data: bytes, name: str, challenge: Challenge) -> Submission:  # noqa: ARG001
        text = (tmp_path / "reference" / name.removesuffix(".zip") / "pipeline.py").read_bytes()
        return fakes.unpack(text, "pipeline.py", challenge)

    def find(_: str) -> Challenge:
        return challenge

    @contextmanager
    def ports(settings: Settings) -> Iterator[Ports]:
        with fakes.fake_ports(settings) as made:
            yield replace(made, challenge=find, unpack=unpack)

    with running_site(make_settings(), ports) as running:
        yield running


@pytest.fixture
def said(demo_site: Site, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the demo says until all is graded."""
    monkeypatch.setattr(demo, "POLL_SECONDS", 0.05)
    lines: list[str] = []
    demo.run(demo_site.service, lines.append, threading.Event())
    return lines


def admin(site: Site) -> Person:
    with site.service.engine.connect() as connection:
        org_id = demo.access.first_organisation(connection)
    assert org_id is not None
    return signed_in(site, Role.ADMIN, org_id)


def listed(person: Person) -> dict[str, str]:
    found = person.ask("GET", "/api/v1/invitations?tag=demo&limit=50").json()["items"]
    return {row["candidate"]["first_name"]: row["status"] for row in found}


def test_every_stage_is_there_and_every_verdict_is_told(demo_site: Site, said: list[str]) -> None:
    """A reference that does not get its verdict is said to."""
    person = admin(demo_site)
    assert listed(person) == {each.first_name: STATUS[each.stage] for each in APPLICANTS}
    assert [appeal["code"] for appeal in person.ask("GET", "/api/v1/appeals").json()["items"]] != []
    assert sum("as it must be" in line for line in said) == len(REFERENCES)
    wrong = [line for line in said if "NOT as it must be (status ungraded)" in line]
    assert sorted(line.split()[1] for line in wrong) == ["crashes", "leaky"]
    assert said[-1] == "Demo: 7 of 9 references got the verdict they must get.\n"
    with demo_site.service.engine.begin() as connection:
        connection.execute(update(appeals).values(code="LEAK009"))  # another finding is the first one since
    again: list[str] = []
    demo.run(demo_site.service, again.append, threading.Event())
    assert again == said, "a restart changes nothing"
    assert len(person.ask("GET", "/api/v1/appeals").json()["items"]) == 1


def test_one_click_removes_it_and_nothing_else(demo_site: Site, said: list[str]) -> None:
    assert said
    person = admin(demo_site)
    real = {"email": "kim@example.org", "first_name": "Kim", "tags": ["demo"], "external_id": "demo-real"}
    assert person.ask("POST", "/api/v1/invitations", json=real).status_code == 201
    assert "This is a demo." in person.ask("GET", "/work").text
    interviewer = signed_in(demo_site, Role.INTERVIEWER, person.org_id)
    assert interviewer.ask("POST", "/work/demo/remove").status_code == 403
    other = signed_in(demo_site, Role.ADMIN)
    assert other.ask("POST", "/work/demo/remove").status_code == 303
    assert len(listed(person)) == len(APPLICANTS), "another organisation's administrator has no demo"
    for _ in range(2):
        assert person.ask("POST", "/work/demo/remove").status_code == 303
    assert listed(person) == {"Kim": Status.INVITED}
    assert "This is a demo." not in person.ask("GET", "/work").text
    assert RECRUITER.email not in person.ask("GET", "/api/v1/members").text
    assert not [key for key in demo_site.service.blobs.keys() if key.startswith("submissions/")]  # noqa: SIM118
    with demo_site.service.engine.connect() as connection:
        actions = [entry.action for entry in audit.of_organisation(connection, person.org_id, limit=500)]
        assert isinstance(audit.verify(connection), tuple)
    assert (actions.count("demo-loaded"), actions.count("demo-removed")) == (1, 1)
