"""The main job on real containers: references get their verdicts, and grading twice says the same."""

from __future__ import annotations

from dataclasses import replace
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

CHALLENGE = registry.get("ml_pipeline")
#: For the reference that never ends: it has the same verdict after eight seconds as after sixty.
BRIEF = replace(CHALLENGE, train_limits=replace(CHALLENGE.train_limits, cpu_seconds=8.0))


def graded(name: str, sandbox: Sandbox, home: Path, seen: list[str] | None = None) -> Document:
    challenge = BRIEF if name == "hangs" else CHALLENGE
    submission = from_path(challenge.folder / "reference" / name, challenge.packages)
    watched = [] if seen is None else seen
    artifacts = grade_submission(
        submission, challenge, sandbox, home=home, watch=lambda probe, event: watched.append(f"{probe} {event}")
    )
    return artifacts.document


@pytest.mark.parametrize("reference", CHALLENGE.references, ids=lambda reference: reference.name)
def test_every_reference_gets_its_verdict(reference: Reference, docker_sandbox: Sandbox, home: Path) -> None:
    """Status, band and findings of each reference submission are those that its challenge states."""
    document = graded(reference.name, docker_sandbox, home)
    assert disagreements(document, reference) == []
    assert {f.status for f in document.findings} <= {"flagged", "passed", "not applicable"}


def test_grading_twice_gives_the_same_report(docker_sandbox: Sandbox, home: Path) -> None:
    """Two reports on the same bytes differ in nothing but what the clock and the machine's load decide."""
    seen: list[str] = []
    first, second = (without_times(graded("notebook", docker_sandbox, home, seen)) for _ in range(2))
    assert first == second
    ends = ("started", "ended")
    started, ended = (sorted(w.removesuffix(f" {end}") for w in seen if w.endswith(end)) for end in ends)
    assert started == ended
    assert {name: started.count(name) for name in PROBES} == dict.fromkeys(PROBES, 2)


def without_times(graded: Document) -> dict[str, Any]:
    document = graded.plain()
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
