"""The one place where challenge, hidden data, sandbox and judgement meet; used by worker and command line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from app.adapters import cost_baseline
from app.adapters.packages import with_extra
from app.artifacts import Artifacts
from challenges import vault
from graders.catalog import BY_CODE
from graders.grade import assess, collect, expect
from graders.model.challenge import Challenge, Dataset
from graders.model.probe import Sandbox, SandboxError, Watch, unwatched
from graders.model.submission import Submission
from graders.record import dump, load
from graders.report.document import document
from graders.report.html import render as html
from graders.report.sarif import render as sarif
from sandbox.static_tools.bounded import Bounds, ForkServer, Overrun

T = TypeVar("T")
P = ParamSpec("P")
#: Judging a case takes some seconds.
BOUNDS = Bounds(cpu_seconds=120, memory_mb=2048, seconds=600)
JUDGES = ForkServer("app.adapters.loaded")
#: By challenge and rows what judging has worked out of the rows alone, of the last few.
MOST_KNOWN = 4
_known: dict[tuple[str, ...], Mapping[str, Any]] = {}


def grade_submission(
    submission: Submission,
    challenge: Challenge,
    sandbox: Sandbox,
    *,
    home: Path,
    watch: Watch = unwatched,
) -> Artifacts:
    """Grade a submission on the hidden data kept under `home`.  SandboxError: nobody was graded."""
    submission = with_extra(submission, challenge)
    own = seed(submission, vault.named(challenge, home), vault.seed(challenge, home))
    try:
        expect(submission, challenge, sandbox, seed=own)
        dataset = vault.load(challenge, home)
        common = replace(challenge, lot="")  # what the reference costs is measured once, on everybody's rows
        rows = vault.load(common, home) if challenge.lot else dataset
        case = collect(
            submission,
            challenge,
            dataset,
            sandbox,
            seed=own,
            graded_at=datetime.now(UTC).isoformat(timespec="seconds"),
            watch=watch,
            cost_baseline=cost_baseline.load(common, rows, sandbox, home),
            reading=bounded,
        )
        return judged(dump(case), challenge, dataset)
    finally:
        sandbox.finish(submission)


def rescore(case: bytes, challenge: Challenge, *, home: Path) -> Artifacts:
    """The report of a stored case by today's rules; nothing is run.  OtherData where it was made on other data."""
    return judged(case, challenge, vault.load(challenge, home))


def judged(case: bytes, challenge: Challenge, dataset: Dataset) -> Artifacts:
    """What `judge` gives, in a process of its own, with what earlier ones worked out of the same rows."""
    key = (challenge.id, challenge.version, challenge.lot, dataset.fingerprint)
    dataset.known.update({(name, challenge): value for name, value in _known.get(key, {}).items()})
    artifacts, more = bounded(judge, case, challenge, dataset)
    if more:
        while len(_known) >= MOST_KNOWN:
            _known.pop(next(iter(_known)), None)
        _known[key] = {**_known.get(key, {}), **more}
    return artifacts


def bounded(function: Callable[P, T], /, *args: P.args, **named: P.kwargs) -> T:
    """What `function` returns, worked out where no text of the candidate's can hold up more than itself."""
    try:
        return JUDGES.call(BOUNDS, function, *args, **named)
    except Overrun:
        raise SandboxError("reading the submission took more than its bounds") from None


def judge(case: bytes, challenge: Challenge, dataset: Dataset) -> tuple[Artifacts, dict[str, Any]]:
    """A case's report in all its forms, and what was worked out of the rows alone that was not known before."""
    before = set(dataset.known)
    report = assess(load(case, challenge, dataset))
    page = document(report, BY_CODE)
    more = {name: value for (name, of), value in dataset.known.items() if (name, of) not in before}
    return Artifacts(page, html(page), sarif(page), case), more


def seed(submission: Submission, fingerprint: str, secret: int) -> int:
    """48 bits, the same for the same bytes on the same data, so that grading twice gives one report.

    Without the vault's `secret` nobody can work it out, and no submission can try all there are while it runs.
    """
    text = f"{submission.sha256} {fingerprint} {secret}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")
