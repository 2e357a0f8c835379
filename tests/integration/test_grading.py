"""The main job on real containers: references get their verdicts, by command and by service, and twice the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from app.adapters import production
from app.adapters.grading import grade_submission
from app.intake import from_path
from app.platform.settings import Settings
from app.references import disagreements
from app.rights import Role
from challenges import registry
from graders.model.challenge import Reference
from graders.model.probe import Sandbox
from graders.probes.names import PROBES
from graders.report.schema import Document
from testing.site import free_port, running_site
from tests.app.support.people import signed_in
from tests.app.support.way import decide, finish, hand_in, invite, opened, rate
from tests.browser import needs_chromium
from tests.integration.command import assay

CHALLENGE = registry.get("ml_pipeline")
#: For the reference that never ends: it has the same verdict after four seconds as after sixty.  With fewer it may wait
#: too long for a core here, as it may wait for three times its limit.
BRIEF = replace(CHALLENGE, train_limits=replace(CHALLENGE.train_limits, cpu_seconds=4.0))
NOTEBOOK = CHALLENGE.folder / "reference/notebook/pipeline.ipynb"
BY_COMMAND = "accuracy_only"

Graded = tuple[Document, list[str]]


def graded(name: str, sandbox: Sandbox, home: Path) -> Graded:
    """The report of a reference, and what began and ended."""
    challenge = BRIEF if name == "hangs" else CHALLENGE
    submission = from_path(challenge.folder / "reference" / name, challenge.packages)
    seen: list[str] = []
    artifacts = grade_submission(
        submission, challenge, sandbox, home=home, watch=lambda probe, event: seen.append(f"{probe} {event}")
    )
    return artifacts.document, seen


@pytest.fixture(scope="module")
def commanded(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Where `assay grade` writes what it finds of a reference, once; `said.txt` is what it printed."""

    def grade() -> Path:
        out = tmp_path_factory.mktemp("commanded")
        done = assay("grade", str(CHALLENGE.folder / "reference" / BY_COMMAND), "--out", str(out), home=home)
        assert done.returncode == 0, done.stderr
        (out / "said.txt").write_text(done.stdout)
        return out

    return cache(grade)


@pytest.fixture(scope="module")
def once(docker_sandbox: Sandbox, home: Path, commanded: Callable[[], Path]) -> Callable[[str], Graded]:
    """The first grading of a reference, kept for all tests; one of them is graded by the command."""

    def grade(name: str) -> Graded:
        if name != BY_COMMAND:
            return graded(name, docker_sandbox, home)
        return Document.model_validate_json((commanded() / "report.json").read_bytes()), []

    return cache(grade)


@pytest.mark.parametrize("reference", CHALLENGE.references, ids=lambda reference: reference.name)
def test_every_reference_gets_its_verdict(reference: Reference, once: Callable[[str], Graded]) -> None:
    """Status, band and findings of each reference submission are those that its challenge states."""
    document, _ = once(reference.name)
    assert disagreements(document, reference) == []
    assert {f.status for f in document.findings} <= {"flagged", "passed", "not applicable"}


def test_every_probe_begins_and_ends_once(once: Callable[[str], Graded]) -> None:
    _, seen = once("notebook")
    started, ended = (
        sorted(w.removesuffix(f" {end}") for w in seen if w.endswith(end)) for end in ("started", "ended")
    )
    assert started == ended
    assert {name: started.count(name) for name in PROBES} == dict.fromkeys(PROBES, 1)


def test_the_command_writes_three_files_and_a_summary(commanded: Callable[[], Path]) -> None:
    out = commanded()
    document = json.loads((out / "report.json").read_text())
    assert document["status"] == "graded"
    assert f"{document['overall']['score']:.0f} of 100" in (out / "said.txt").read_text()
    assert (out / "report.html").read_text().startswith("<!doctype html>")
    assert json.loads((out / "findings.sarif").read_text())["version"] == "2.1.0"


@needs_chromium
@pytest.mark.timeout(1200)  # a whole grading, on a machine that does much else
def test_the_whole_way_gives_the_same_report_again(once: Callable[[str], Graded], home: Path, browser: Browser) -> None:
    """From the invitation to the decision, the notebook graded by the service; each role reads their cut of the report.

    Two reports on the same bytes differ in nothing but times, what follows from them, and the submission's id.
    """
    first, _ = once("notebook")
    settings = Settings(home=home, port=free_port(), requests_per_second=1000)
    with running_site(settings, production.ports) as site:
        recruiter = signed_in(site, Role.RECRUITER)
        interviewer = signed_in(site, Role.INTERVIEWER, recruiter.org_id)
        page = opened(browser, recruiter, "/work")
        candidate = opened(browser, None, invite(page))
        hand_in(candidate, NOTEBOOK.name, NOTEBOOK.read_bytes())
        finish(candidate)
        expect(candidate.get_by_text("band 3 of 4")).to_be_visible()
        room = opened(browser, interviewer, "/work")
        rate(room)
        room.get_by_role("link", name="Read the report").click()
        expect(room.get_by_role("heading", name="Interview plan")).to_be_visible()
        decide(page)
        expect(page.get_by_role("row", name="Kim")).to_contain_text("Partial to strong")
        for one in (page, room, candidate):
            one.context.close()
        admin = signed_in(site, Role.ADMIN, recruiter.org_id)
        (invitation,) = admin.ask("GET", "/api/v1/invitations").json()["items"]
        document = admin.ask("GET", f"/api/v1/submissions/{invitation['final_submission']}/report").json()
    assert comparable(json.loads(first.written())) == comparable(document)


def comparable(document: dict[str, Any]) -> dict[str, Any]:
    """Without what the clock and the machine's load decide, and the id that a service gives each submission."""
    measured = {"seconds", "cpu_seconds", "max_rss_mb"}
    runs = [{key: value for key, value in run.items() if key not in measured} for run in document["runs"]]
    provenance = {key: value for key, value in document["provenance"].items() if key != "graded_at"}
    sections = [
        section | {"criteria": [c | {"why": ""} if c["id"] == "cost" else c for c in section["criteria"]]}
        for section in document["sections"]
    ]
    tables = [table for table in document["measurements"] if table["id"] != "cost"]
    told = {kind: [item for item in items if item["about"] != "cost"] for kind, items in document["summary"].items()}
    return document | {
        "submission": document["submission"] | {"id": ""},
        "runs": runs,
        "provenance": provenance,
        "sections": sections,
        "measurements": tables,
        "summary": told,
    }
