"""The main job on real containers: references get their verdicts, and grading twice says the same."""

from __future__ import annotations

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


def test_grading_twice_gives_the_same_report(
    once: Callable[[str], Graded], docker_sandbox: Sandbox, home: Path
) -> None:
    """Two reports on the same bytes differ in nothing but what the clock and the machine's load decide."""
    (first, seen), (second, seen_again) = once("notebook"), graded("notebook", docker_sandbox, home)
    assert without_times(first) == without_times(second)
    ends = ("started", "ended")
    for told in (seen, seen_again):
        started, ended = (sorted(w.removesuffix(f" {end}") for w in told if w.endswith(end)) for end in ends)
        assert started == ended
        assert {name: started.count(name) for name in PROBES} == dict.fromkeys(PROBES, 1)


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
