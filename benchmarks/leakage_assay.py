"""Assay as a tool for benchmarks.leakage: all its looks at leaks and nothing else, on fixed rows, without isolation."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from app.intake import from_path
from benchmarks.kept import KeptSandbox
from benchmarks.leakage import CODES, Flag, Said, Tool
from benchmarks.leakage_corpus import tables
from benchmarks.leakage_corpus.corpus import LeakCase
from graders.catalog import BY_CODE
from graders.checks.check import judge
from graders.facts import Facts
from graders.grade import observe
from graders.measure.answers import ungraded
from graders.model.case import Case
from graders.model.challenge import Challenge, Dataset
from graders.model.finding import Finding, Status
from graders.model.probe import Action, Probe, Run, Sandbox
from graders.model.submission import Submission
from graders.probes import sessions as probes
from graders.probes.names import PROBES, ProbeName
from sandbox.host.local import LocalSandbox

SEED, DATA_SEED = 11, 7
#: The training rows in a process of their own.
BY_THEMSELVES = f"{ProbeName.PREDICT_PUBLIC} by themselves"
BARE = (ProbeName.TRAIN, ProbeName.EVALUATE)
ASKED = frozenset(
    {*BARE, ProbeName.PREDICT}
    | {ProbeName.PREDICT_PARTS, ProbeName.PREDICT_PUBLIC, ProbeName.PREDICT_CHANGED}
    | {ProbeName.PREDICT_FRESH, ProbeName.PREDICT_TIMED}  # what tells ties from other rows is compared with them
)
#: Asked for other things as well: whether the claim is made again, the hidden score, the train score, single rows, and
#: times.
SHARED = frozenset(
    {ProbeName.EVALUATE_AGAIN, ProbeName.PREDICT, ProbeName.PREDICT_PARTS, ProbeName.PREDICT_PUBLIC}
    | {ProbeName.PREDICT_FRESH, ProbeName.PREDICT_TIMED}
)


@contextmanager
def opened(runs: Path) -> Iterator[Tool]:
    """Assay with a sandbox of its own.  Runs are kept in `runs`: judged otherwise, they need not be made again."""
    made = cache(lambda name: tables.challenge(name).make(DATA_SEED))
    with LocalSandbox() as box:
        kept = KeptSandbox(box, runs, _about_leaks)

        def look(leak: LeakCase) -> Said:
            challenge, dataset = tables.challenge(leak.challenge), made(leak.challenge)
            submission = from_path(leak.location, challenge.packages)
            runs = observe(submission, challenge, dataset, kept, seed=SEED)
            answers = {run.name: run for run in runs}
            evaluate = probes.evaluation(ProbeName.EVALUATE, dataset.public, challenge, SEED)
            (plain,) = kept.start(submission, [replace(evaluate, traced=False)]).result()
            known = _known(submission, challenge, dataset, answers[ProbeName.TRAIN], kept)
            used = Used(runs, answers[ProbeName.TRAIN].cpu_seconds, plain.cpu_seconds, known)
            return said(Case(submission, challenge, dataset, answers, kept.info, SEED, ""), used)

        yield look


def _known(submission: Submission, challenge: Challenge, dataset: Dataset, train: Run, sandbox: Sandbox) -> float:
    """CPU seconds of predicting the training rows alone: changed ones share a process with them."""
    asked = probes.predict_session(challenge, dataset, SEED, [train])
    public = [replace(probe, name=BY_THEMSELVES) for probe in asked if probe.name == ProbeName.PREDICT_PUBLIC]
    (run,) = sandbox.start(submission, public).result()
    return run.cpu_seconds


def _about_leaks(probe: Probe) -> bool:
    first = {name for name in PROBES if name not in ASKED}
    return probe.name not in first and probe.action in (Action.TRAIN, Action.EVALUATE, Action.PREDICT)


@dataclass(frozen=True)
class Used:
    """CPU seconds of all runs, of train, and of two that are made for this comparison alone: an evaluate that nobody
    watched, and a predict of the training rows by themselves."""

    runs: Sequence[Run]
    train: float
    evaluate: float
    known: float

    def beyond(self, names: Container[str], shared: float = 0.0) -> float:
        """Those of these names that neither the bare runs nor `shared` ones take, as a multiple of the bare ones."""
        bare = self.train + self.evaluate
        used = sum(run.cpu_seconds for run in self.runs if run.name in names)
        return round((used - shared - bare) / bare, 3)


def said(case: Case, used: Used) -> Said:
    """What the checks find in a case; ValueError where it is ungraded or a check broke."""
    if (why := ungraded(case)) is not None:
        raise ValueError(f"ungraded: {why}")
    facts = Facts(case)
    findings = [judge(BY_CODE[code], facts) for code in CODES]
    if broken := [f"{found.code} {found.note}" for found in findings if found.status is Status.BROKEN]:
        raise ValueError(f"broken: {broken}")
    notes = {f.code: f.note for f in findings if f.note}
    # of the evaluate that counts, what watching adds; of the training rows, what changed ones beside them add
    alone = set(case.runs) - SHARED | {ProbeName.PREDICT_PUBLIC}
    return Said(tuple(sorted(set(flags(findings)))), used.beyond(case.runs), notes, used.beyond(alone, used.known))


def flags(findings: Iterable[Finding]) -> Iterator[Flag]:
    """One for each piece of evidence of a flagged finding."""
    for found in findings:
        for item in found.evidence:
            where = "" if item.where is None else str(item.where)
            yield Flag(found.code, item.certainty.value, item.source, where, item.what)
