"""The one place where challenge, hidden data, sandbox and judgement meet; used by worker and command line."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec, Self, TypeVar

from app.adapters import cost_baseline
from app.adapters.packages import with_extra
from app.artifacts import Artifacts
from challenges import vault
from graders.catalog import BY_CODE
from graders.facts import Memory, remembering
from graders.grade import assess, collect, expect
from graders.model.case import Case
from graders.model.challenge import Challenge, Dataset
from graders.model.probe import Sandbox, SandboxError, Watch, unwatched
from graders.model.submission import Submission
from graders.record import dump, load
from graders.report.document import document
from graders.report.html import render as html
from graders.report.sarif import render as sarif
from graders.report.sources import colours
from sandbox.static_tools.bounded import Bounds, ForkServer, Overrun, beside

T = TypeVar("T")
P = ParamSpec("P")
#: Judging a case takes some seconds.
BOUNDS = Bounds(cpu_seconds=120, memory_mb=2048, seconds=600)
JUDGES = ForkServer("app.adapters.loaded")
TOO_MUCH = "reading the submission took more than its bounds"
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
        reference = cost_baseline.load(common, rows, sandbox, home)
        with Reader(submission, challenge, dataset) as reader:
            case = collect(
                submission,
                challenge,
                dataset,
                sandbox,
                seed=own,
                graded_at=datetime.now(UTC).isoformat(timespec="seconds"),
                watch=watch,
                cost_baseline=reference,
                reading=reader,
            )
            return reader.judged(case)
    finally:
        sandbox.finish(submission)


def rescore(case: bytes, challenge: Challenge, *, home: Path) -> Artifacts:
    """The report of a stored case by today's rules; nothing is run.  OtherData where it was made on other data."""
    return judged(case, challenge, vault.load(challenge, home))


def judged(case: bytes, challenge: Challenge, dataset: Dataset) -> Artifacts:
    """What `judge` gives, in a process of its own, with what earlier ones worked out of the same rows."""
    recall(challenge, dataset)
    artifacts, more = bounded(judge, case, challenge, dataset, frozenset(dataset.known))
    keep(more, challenge, dataset)
    return artifacts


def recall(challenge: Challenge, dataset: Dataset) -> None:
    """Put beside the rows what earlier judgements have worked out of them."""
    known = _known.get(_rows(challenge, dataset), {})
    dataset.known.update({(name, challenge): value for name, value in known.items()})


def keep(more: Mapping[str, Any], challenge: Challenge, dataset: Dataset) -> None:
    """For the next judgement that rests on the same rows."""
    key = _rows(challenge, dataset)
    if more:
        while len(_known) >= MOST_KNOWN:
            _known.pop(next(iter(_known)), None)
        _known[key] = {**_known.get(key, {}), **more}


def _rows(challenge: Challenge, dataset: Dataset) -> tuple[str, ...]:
    return challenge.id, str(challenge.version), challenge.lot, dataset.fingerprint


def bounded(function: Callable[P, T], /, *args: P.args, **named: P.kwargs) -> T:
    """What `function` returns, worked out where no text of the candidate's can hold up more than itself."""
    try:
        return JUDGES.call(BOUNDS, function, *args, **named)
    except Overrun:
        raise SandboxError(TOO_MUCH) from None


class Reader:
    """All reading of one grading, in one process: submission and rows are handed over once, and nothing is read twice.

    It remembers what it has worked out, and of which runs.
    """

    def __init__(self, submission: Submission, challenge: Challenge, dataset: Dataset) -> None:
        recall(challenge, dataset)
        self._rows = challenge, dataset
        self._had = frozenset(dataset.known)
        self._session = JUDGES.session(BOUNDS, submission, challenge, dataset)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def __call__(self, function: Callable[P, T], /, *args: P.args, **named: P.kwargs) -> T:
        """As `bounded`."""
        try:
            return self._session.call(remembered, function, *args, **named)
        except Overrun:
            raise SandboxError(TOO_MUCH) from None

    def judged(self, case: Case) -> Artifacts:
        """The report of the whole case: what `judged` gives."""
        artifacts, more = self(judge, dump(case), *self._rows, self._had)
        keep(more, *self._rows)
        return artifacts


#: What a process has worked out for the one submission that it reads.
_memory = Memory()


def remembered(function: Callable[P, T], /, *args: P.args, **named: P.kwargs) -> T:
    with remembering(_memory):
        return function(*args, **named)


def judge(
    case: bytes, challenge: Challenge, dataset: Dataset, had: Collection[tuple[str, Challenge]]
) -> tuple[Artifacts, dict[str, Any]]:
    """A case's report in all its forms, and what was worked out of the rows alone beside what the caller had."""
    loaded = load(case, challenge, dataset)
    coloured = beside(partial(colours, loaded.submission))
    page = document(assess(loaded, beside), BY_CODE)
    more = {name: value for (name, of), value in dataset.known.items() if (name, of) not in had}
    return Artifacts(page, html(page, colours=coloured()), sarif(page), case), more


def seed(submission: Submission, fingerprint: str, secret: int) -> int:
    """48 bits, the same for the same bytes on the same data, so that grading twice gives one report.

    Without the vault's `secret` nobody can work it out, and no submission can try all there are while it runs.
    """
    text = f"{submission.sha256} {fingerprint} {secret}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")
