"""Assay as a tool for benchmarks.leakage: all its looks at leaks and nothing else, on fixed rows, without isolation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from app.intake import from_path
from benchmarks.forking import ForkingSandbox
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
from graders.model.finding import Finding, Status
from graders.model.probe import Action, Probe
from graders.probes.names import PROBES, ProbeName

SEED, DATA_SEED = 11, 7
BARE = (ProbeName.TRAIN, ProbeName.EVALUATE)
ASKED = frozenset(
    {*BARE, ProbeName.EVALUATE_AGAIN, ProbeName.PREDICT}
    | {ProbeName.PREDICT_PARTS, ProbeName.PREDICT_PUBLIC, ProbeName.PREDICT_CHANGED, ProbeName.PREDICT_REKEYED}
    | {ProbeName.PREDICT_FRESH, ProbeName.PREDICT_TIMED}  # what tells ties from other rows is compared with them
)
#: Asked for other things as well: the hidden score, the train score, single rows, and times.
SHARED = frozenset(
    {ProbeName.PREDICT, ProbeName.PREDICT_PARTS, ProbeName.PREDICT_PUBLIC}
    | {ProbeName.PREDICT_FRESH, ProbeName.PREDICT_TIMED}
)


@contextmanager
def opened(runs: Path) -> Iterator[Tool]:
    """Assay with a sandbox of its own.  Runs are kept in `runs`: judged otherwise, they need not be made again."""
    made = cache(lambda name: tables.challenge(name).make(DATA_SEED))
    with ForkingSandbox() as box:
        kept = KeptSandbox(box, runs, _about_leaks)

        def look(leak: LeakCase) -> Said:
            challenge, dataset = tables.challenge(leak.challenge), made(leak.challenge)
            submission = from_path(leak.location, challenge.packages)
            answers = {run.name: run for run in observe(submission, challenge, dataset, kept, seed=SEED)}
            return said(Case(submission, challenge, dataset, answers, kept.info, SEED, ""))

        yield look


def _about_leaks(probe: Probe) -> bool:
    first = {name for name in PROBES if name not in ASKED}
    return probe.name not in first and probe.action in (Action.TRAIN, Action.EVALUATE, Action.PREDICT)


def said(case: Case) -> Said:
    """What the checks find in a case; ValueError where it is ungraded or a check broke."""
    if (why := ungraded(case)) is not None:
        raise ValueError(f"ungraded: {why}")
    facts = Facts(case)
    findings = [judge(BY_CODE[code], facts) for code in CODES]
    if broken := [f"{found.code} {found.note}" for found in findings if found.status is Status.BROKEN]:
        raise ValueError(f"broken: {broken}")
    notes = {f.code: f.note for f in findings if f.note}
    return Said(tuple(sorted(set(flags(findings)))), extra(case), notes, alone(case))


def flags(findings: Iterable[Finding]) -> Iterator[Flag]:
    """One for each piece of evidence of a flagged finding."""
    for found in findings:
        for item in found.evidence:
            where = "" if item.where is None else str(item.where)
            yield Flag(found.code, item.certainty.value, item.source, where, item.what)


def extra(case: Case) -> float:
    """CPU seconds of all runs but the first train and evaluate, as a multiple of these two."""
    return _multiple(case, {name: run.cpu_seconds for name, run in case.runs.items() if name not in BARE})


def alone(case: Case) -> float:
    """The same for what is asked for leaks alone; of the second evaluate, which shows whether the claim is reproduced,
    that is what watching it adds."""
    used = {name: run.cpu_seconds for name, run in case.runs.items() if name not in {*BARE, *SHARED}}
    used[ProbeName.EVALUATE_AGAIN] -= min(used[ProbeName.EVALUATE_AGAIN], case.runs[ProbeName.EVALUATE].cpu_seconds)
    return _multiple(case, used)


def _multiple(case: Case, used: Mapping[str, float]) -> float:
    return round(sum(used.values()) / sum(case.runs[name].cpu_seconds for name in BARE), 3)
