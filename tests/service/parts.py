"""Stand-ins for intake, challenge and grading, driven by what the submission says."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.artifacts import Artifacts
from app.intake.problems import Rejected
from app.service import Parts
from app.settings import Settings
from graders.model import (
    Challenge,
    Column,
    Criterion,
    Dataset,
    Form,
    Location,
    Problem,
    SandboxError,
    Submission,
    Watch,
)

PHASES = ("train", "predict")
NO_FOLDER = Path("/nonexistent")


def no_data(seed: int) -> Dataset:
    raise NotImplementedError


def make_challenge(folder: Path = NO_FOLDER) -> Challenge:
    return Challenge(
        id="ml_pipeline",
        version="1",
        title="Predict who leaves",
        columns=(Column("age", "int", "Age in years"),),
        target="churned",
        group="customer_id",
        time="snapshot_date",
        packages=frozenset({"numpy", "pandas"}),
        rubric=(
            Criterion("MODEL1", "model", 40, "Ranks hidden customers well"),
            Criterion("CODE1", "code", 25, "Reads well"),
        ),
        references=(),
        folder=folder,
        make=no_data,
    )


def challenge(challenge_id: str) -> Challenge:
    return {"ml_pipeline": make_challenge()}[challenge_id]


def unpack(data: bytes, name: str, packages: frozenset[str]) -> Submission:  # noqa: ARG001
    """Any .py is fine but one that says it is refused."""
    if b"refuse me" in data or not name.endswith(".py"):
        where = Location("pipeline.py", 3)
        raise Rejected(Problem("NO_ENTRY", "There is no <b>pipeline</b>.", "Add pipeline.py.", where))
    sha256 = hashlib.sha256(data).hexdigest()
    files = {"pipeline.py": data}
    return Submission(sha256[:12], sha256, Form.SCRIPT, "pipeline.py", files, files)


def grade(submission: Submission, challenge: Challenge, watch: Watch) -> Artifacts:
    """Does what the submission's text asks for; the report quotes it."""
    text = submission.files["pipeline.py"].decode()
    for phase in PHASES:
        watch(phase, "started")
        time.sleep(float(text.split("sleep ")[1].split()[0]) if "sleep " in text else 0)
        if "sandbox down" in text:
            raise SandboxError("no engine")
        watch(phase, "ended")
    status = "ungraded" if "crash" in text else "graded"
    document = {"status": status, "submission": {"id": submission.id}, "challenge": {"id": challenge.id}}
    return Artifacts(document, f"<!doctype html><title>{status}</title>", {"version": "2.1.0", "runs": []}, b"PK")


@contextmanager
def fake_parts(settings: Settings) -> Iterator[Parts]:  # noqa: ARG001
    yield Parts(challenge, unpack, grade, PHASES, lambda challenge: b"the kit of " + challenge.id.encode())
