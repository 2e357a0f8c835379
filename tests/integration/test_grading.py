"""The main job on real containers: references get their verdicts, and grading twice says the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app.adapters.grading import grade_submission
from app.intake import from_path
from app.references import disagreements
from challenges import registry
from graders.model.challenge import Reference
from graders.model.probe import Sandbox
from graders.probes.names import PROBES
from graders.report.schema import Document
from tests.integration.command import assay

CHALLENGE = registry.get("ml_pipeline")
#: For the reference that never ends: it has the same verdict after four seconds as after sixty.
BRIEF = replace(CHALLENGE, train_limits=replace(CHALLENGE.train_limits, cpu_seconds=4.0))


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
def once(docker_sandbox: Sandbox, home: Path) -> Callable[[str], Graded]:
    """The first grading of a reference, kept for all tests."""
    return cache(lambda name: graded(name, docker_sandbox, home))


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


def test_the_command_gives_the_same_report_again(once: Callable[[str], Graded], home: Path, tmp_path: Path) -> None:
    """Two reports on the same bytes differ in nothing but what the clock and the machine's load decide.

    The command leaves report.json, report.html and findings.sarif, and a summary with the score.
    """
    first, _ = once("notebook")
    done = assay("grade", str(CHALLENGE.folder / "reference" / "notebook"), "--out", str(tmp_path / "out"), home=home)
    assert done.returncode == 0, done.stderr
    document = json.loads((tmp_path / "out/report.json").read_text())
    assert document["status"] == "graded"
    assert f"{document['overall']['score']:.0f} of 100" in done.stdout
    assert (tmp_path / "out/report.html").read_text().startswith("<!doctype html>")
    assert json.loads((tmp_path / "out/findings.sarif").read_text())["version"] == "2.1.0"
    assert without_times(json.loads(first.written())) == without_times(document)


def without_times(document: dict[str, Any]) -> dict[str, Any]:
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
        "runs": runs,
        "provenance": provenance,
        "sections": sections,
        "measurements": tables,
        "summary": told,
    }
