"""Every way of looking for leaks, put to one case."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from graders.checks.leakage import inside, interference, outside
from graders.checks.leakage.interference import Choice
from graders.checks.leakage.signal import Look, Source, blinded
from graders.checks.leakage.static.look import look as look_at_source
from graders.checks.leakage.static.machine import Columns
from graders.checks.leakage.trace import Trace, read
from graders.measure.examine import claims, run_of
from graders.measure.scoring import SAME
from graders.model.case import Case, NotApplicable
from graders.model.probe import Run
from graders.probes import sessions

UNEXPLAINED = "evaluate does not make the claim that counts when it is watched on the same rows"


@lru_cache(maxsize=1)  # every leakage check looks at the same case, one after another
def looks(case: Case) -> tuple[Look, ...]:
    """What each source says, the surest first."""
    asked = case.challenge
    columns = Columns(asked.target, asked.group, asked.time)
    return (outside.look(case), interfered(case), _inside(case), look_at_source(case.submission, columns))


def trace_of(case: Case, name: str) -> Trace:
    """The account of a traced probe; NotApplicable where there is none that can be read."""
    return _read(run_of(case, name), len(case.dataset.public))


@lru_cache(maxsize=4)
def _read(run: Run, rows: int) -> Trace:
    return read(run.output, rows)


@lru_cache(maxsize=1)  # what to change, and what the change did, both begin with it
def choice_of(case: Case) -> Choice:
    """The held-out rows that interference changes; NotApplicable where none are known."""
    trace = trace_of(case, sessions.EVALUATE_AGAIN)
    return interference.choose(trace, case.dataset.public, case.challenge, case.seed)


def interfered(case: Case) -> Look:
    """What two runs say that differ only in held-out features.

    A difference counts once a third run, equal to the first, has shown none: evaluate then does the same each time.
    """
    try:
        seen = _compared(case, sessions.EVALUATE_PERTURBED)
        if seen.signals and _compared(case, sessions.EVALUATE_STEADY).signals:
            raise NotApplicable("evaluate fits other values each time it runs on the same rows")
    except NotApplicable as why:
        return blinded(Source.INTERFERENCE, interference.CODES, why)
    return seen


def differs(case: Case) -> bool:
    """Whether changed held-out rows changed what was fitted, so that it remains to be seen if anything else did."""
    try:
        return bool(_compared(case, sessions.EVALUATE_PERTURBED).signals)
    except NotApplicable:
        return False


def _compared(case: Case, name: str) -> Look:
    plain, other = trace_of(case, sessions.EVALUATE_AGAIN), trace_of(case, name)
    return interference.look(plain, other, choice_of(case), case.challenge, case.submission.locate)


def _inside(case: Case) -> Look:
    """What the watched run shows; where its account does not explain the claim that counts, it clears nothing."""
    watched = sessions.EVALUATE_WATCHED if sessions.EVALUATE_WATCHED in case.runs else sessions.EVALUATE_AGAIN
    try:
        trace = trace_of(case, watched)
    except NotApplicable as why:
        return blinded(Source.INSIDE, inside.CODES, why)
    found = inside.look(trace, case.dataset.public, case.challenge, case.submission.locate)
    counted, seen = claims(case, (sessions.EVALUATE, watched))
    if abs(seen - counted) <= SAME:
        return found
    seen_leaks = frozenset(signal.code for signal in found.signals)
    unseen = found.able - seen_leaks
    blind = {**found.blind, **dict.fromkeys(unseen, UNEXPLAINED)}
    return replace(found, able=seen_leaks, blind=blind, prevented=unseen)


def claims_differ(case: Case) -> bool:
    """Whether the watched run with another seed claims something else than the run that counts."""
    found = claims(case, (sessions.EVALUATE, sessions.EVALUATE_AGAIN))
    return len(found) == 2 and abs(found[0] - found[1]) > SAME


def explained(case: Case) -> bool:
    """Whether a watched run on the same rows made the very claim that counts."""
    inside_look = looks(case)[2]
    return UNEXPLAINED not in inside_look.blind.values() and bool(inside_look.able)
