"""Stand-ins for intake, challenge and grading, driven by what the submission says."""

from __future__ import annotations

import hashlib
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from app.artifacts import Artifacts, Verdict
from app.intake.problems import Rejected
from app.platform.settings import Settings
from app.ports import CaseOfOtherData, Ports
from challenges.tables.definition import Definition
from graders.live.model import LiveClaim, LiveFinding, LiveOutcome, LiveTask
from graders.model.challenge import Challenge, Column, Criterion
from graders.model.packages import write_lock
from graders.model.probe import SandboxError, Watch
from graders.model.report import Overall, Problem
from graders.model.submission import Form, Location, Submission
from graders.report.document import document
from graders.report.html import render as html
from graders.report.sarif import render as sarif
from graders.words import say
from testing.builders import a_check, a_finding, a_report, an_ungraded_report
from testing.rows import no_data
from testing.waiting import until

PHASES = ("train", "predict")
NO_FOLDER = Path("/nonexistent")


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
    return {"ml_pipeline": replace(make_challenge(), equated=True)}[challenge_id]


def unpack(data: bytes, name: str, challenge: Challenge | None = None) -> Submission:  # noqa: ARG001
    """Any .py is fine but one that says it is refused; of a zip, as repositories are, its pipeline.py."""
    if name.endswith(".zip") and zipfile.is_zipfile(BytesIO(data)):
        data, name = zipfile.ZipFile(BytesIO(data)).read("pipeline.py"), "pipeline.py"
    if b"refuse me" in data or not name.endswith(".py"):
        where = Location("pipeline.py", 3)
        raise Rejected(Problem("NO_ENTRY", "There is no <b>pipeline</b>.", "Add pipeline.py.", where))
    sha256 = hashlib.sha256(data).hexdigest()
    files = {"pipeline.py": data}
    return Submission(sha256[:12], sha256, Form.SCRIPT, "pipeline.py", files, files)


def grade(submission: Submission, challenge: Challenge, watch: Watch) -> Artifacts:  # noqa: ARG001
    """Does what the submission's text asks for: `until FILE`, `sandbox down`, `crash`, `score 81`."""
    text = submission.files["pipeline.py"].decode()
    for phase in PHASES:
        watch(phase, "started")
        _held_up(text, phase)
        if "sandbox down" in text:
            raise SandboxError("no engine")
        watch(phase, "ended")
    score = float(text.split("score ")[1].split()[0]) if "score " in text else 72.0
    return artifacts(submission, text, None if "crash" in text else score)


def _held_up(text: str, phase: str = "") -> None:
    """Until the files that the text names are there; one with the name of a phase holds up that phase alone."""
    time.sleep(float(text.split("sleep ")[1].split(maxsplit=1)[0]) if "sleep " in text else 0)
    for file in (Path(words.split()[0]) for words in text.split("until ")[1:]):
        if file.name == phase or file.name not in PHASES:
            until(file.exists, seconds=500)


def preview(submission: Submission, challenge: Challenge) -> Verdict:  # noqa: ARG001
    """Waits, fails on our side or crashes as the text says."""
    text = submission.files["pipeline.py"].decode()
    _held_up(text)
    if "sandbox down" in text:
        raise SandboxError("no engine")
    return Verdict("crash" not in text, ("train     ok, 0.1 s", f"of {len(text)} bytes"))


def live(submission: Submission, challenge: Challenge, task: LiveTask) -> LiveOutcome:  # noqa: ARG001
    """Fails on our side as the text says; claims what `score` says, and finds LEAK001 where `leak` stands.

    `hangs` goes on until it is abandoned.
    """
    text = submission.files["pipeline.py"].decode()
    if "hangs" in text:
        until(lambda: submission.id in abandoned, seconds=500)
    if "sandbox down" in text or "hangs" in text:
        raise SandboxError("no engine")
    if "crash" in text:
        return LiveOutcome(
            failure=say("train raised KeyError."), hint=say("Run it first."), where="pipeline.py, line 3"
        )
    score = float(text.split("score ")[1].split()[0]) / 100 if "score " in text else 0.72
    leak = LiveFinding("LEAK001", "confirmed", say("Fitted before the split"), say("It is."), "pipeline.py", 1)
    claim = LiveClaim("roc_auc", score, score - 0.02, score + 0.02)
    return LiveOutcome(claim=claim, findings=(leak,) if "leak" in text else (), asked=("LEAK001",), seconds=0.1)


def artifacts(submission: Submission, text: str, score: float | None) -> Artifacts:
    """A whole report, drawn from testing/builders.py, whose case is the text."""
    if score is None:
        report = an_ungraded_report(findings=(a_finding("LEAK001"),))
    else:
        band = 1 + sum(score >= cut for cut in (40, 60, 80))
        report = a_report(overall=Overall(score, score - 4, score + 4, band, (band,), ()))
    made = document(report, {"LEAK001": a_check()})
    who = {"id": submission.id, "sha256": submission.sha256}
    made = made.model_copy(update={"submission": made.submission.model_copy(update=who)})
    return Artifacts(made, html(made), sarif(made), f"{submission.id} {submission.sha256} {text}".encode())


def rescore(case: bytes, challenge: Challenge) -> Artifacts:  # noqa: ARG001
    """Two points more than at first; a case that says so was made on other data."""
    submission_id, sha256, text = case.decode().split(" ", 2)
    if "other data" in text:
        raise CaseOfOtherData
    score = float(text.split("score ")[1].split()[0]) if "score " in text else 72.0
    files = {"pipeline.py": text.encode()}
    again = Submission(submission_id, sha256, Form.SCRIPT, "pipeline.py", files, files)
    return artifacts(again, text, None if "crash" in text else score + 2)


def lock(definition: Definition) -> str:
    """As if the image had all that is asked for."""
    extra = definition.packages.extra
    return write_lock((), extra) if extra else ""


def kit(challenge: Challenge) -> bytes:
    """A zip with the files that are handed out one by one too."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name in ("data/public.csv", "packages.txt"):
            made.writestr(f"{challenge.id}/{name}", f"{name} of {challenge.id}")
    return target.getvalue()


abandoned: list[str] = []
#: Rows of their own that were made and not taken away, by lot.
lots: set[str] = set()


@contextmanager
def fake_ports(settings: Settings) -> Iterator[Ports]:  # noqa: ARG001
    yield Ports(
        challenge=challenge,
        challenges=lambda: ("ml_pipeline",),
        share=lambda _challenge: None,
        forget=lambda _name: None,
        draw=lambda challenge: lots.add(challenge.lot),
        discard_lot=lambda challenge: lots.discard(challenge.lot),
        unpack=unpack,
        lock=lock,
        grade=grade,
        preview=preview,
        live=live,
        rescore=rescore,
        abandon=abandoned.append,
        sandbox=lambda: {"image": "fake", "runtime": "none"},
        phases=PHASES,
        kit=kit,
        brief=lambda challenge: f"# The rows of {challenge.lot}",
    )
