"""The candidate's tests over planted faults: which runs are asked for, and what came of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from math import inf, sqrt

from graders.measure.problems import machine_was_slow
from graders.model.case import Case, NotApplicable
from graders.model.challenge import Challenge
from graders.model.finding import Evidence
from graders.model.probe import Action, Probe, Run, overslept
from graders.model.submission import Submission
from graders.mutation.plan import SESSIONS, STEPS, Plan, Planted, plan
from graders.probes import sessions as probes
from graders.probes.names import ProbeName
from graders.probes.seeds import seed_for
from graders.source import tools
from graders.source.sources import is_test
from graders.source.tools import TestResults
from graders.words import say

#: With fewer faults tried nothing is said of the tests, unless there were no more to try.
FEWEST = 5
#: A run over a fault may take so many times what the tests take without one, and some seconds.
PATIENCE, SPARE_SECONDS = 4.0, 5.0
#: CPU seconds of tests that are worth a second core, and loading the libraries there.
SLOW_TESTS = 3.0
#: Only tests that are so much faster without the fault have noticed it by not coming to an end.
FAR_BELOW = 3.0
#: Tests that notice less than this share of all faults are weak (3 of 5, as the rubric has it).
ENOUGH = 0.6


@dataclass(frozen=True)
class Tried:
    """One change of the code that the tests were run over, and the test that failed first, "" where none did."""

    planted: Planted
    noticed: bool
    by: str = ""


@dataclass(frozen=True)
class Kills:
    """What the tests noticed; `tried` and `alarms` are those whose end says something.

    `alarms` are changes that change no behaviour, and at which the tests failed all the same: where there is one,
    failing says nothing about faults.
    """

    suite: TestResults
    plan: Plan
    tried: tuple[Tried, ...] = ()
    alarms: tuple[Tried, ...] = ()

    @property
    def noticed(self) -> int:
        return sum(one.noticed for one in self.tried)

    @property
    def counts(self) -> bool:
        """Whether a failing test says that something was noticed."""
        return not self.alarms and self.suite.steady

    @property
    def share(self) -> float:
        """Estimated share of all faults that are noticed: those in reach, times those noticed of the tried."""
        return self.plan.reached * self.noticed / len(self.tried) if self.tried and self.counts else 0.0

    @property
    def surely_enough(self) -> bool:
        """Whether the share lies above what earns full marks by a standard error: more faults change nothing.

        The bound is Wilson's (1927), which leaves room for a miss where none was seen.
        """
        if not self.tried:
            return False
        count, rate = len(self.tried), self.noticed / len(self.tried)
        spread = sqrt(rate * (1 - rate) / count + 1 / (4 * count**2))
        return self.plan.reached * (rate + 1 / (2 * count) - spread) / (1 + 1 / count) >= ENOUGH


def sessions(submission: Submission, challenge: Challenge, run: Run | None, secret: int) -> list[list[Probe]]:
    """Runs over the first faults, after a run of the tests that went well; none where it did not."""
    if run is None or not run.ok:
        return []
    try:
        suite = tools.parse_tests(run)
    except NotApplicable:
        return []
    if not suite.steady or not suite.passed:
        return []
    make = partial(_probe, submission, challenge, run)
    return _step(0, plan(submission, suite.missed, secret), make, run, secret, challenge.fault_seconds)


def further(case: Case) -> list[list[Probe]]:
    """The next faults where those so far leave open what the tests are worth; none where they settle it."""
    try:
        found = kills(case)
    except NotApplicable:
        return []
    asked = sum(name(planted) in case.runs for planted in found.plan.faults)
    if asked not in STEPS or not found.counts or found.surely_enough:  # between steps the time was over
        return []
    runs = [run for run in case.runs.values() if run.action is Action.TESTS and run.name != ProbeName.TESTS]
    left = case.challenge.fault_seconds - sum(run.cpu_seconds for run in runs)
    if overslept(runs) or left <= 0:
        return []
    alone = case.runs[ProbeName.TESTS]
    make = partial(_probe, case.submission, case.challenge, alone)
    return _step(STEPS.index(asked) + 1, found.plan, make, alone, case.seed, left)


def _step(
    step: int, found: Plan, make: Callable[[float, Planted], Probe], alone: Run, secret: int, left: float
) -> list[list[Probe]]:
    """Sessions over the faults of one step, with a change without a fault in each, for `left` CPU seconds in all.

    What fails after so many runs, whatever they are over, cannot tell where that change is: it is as likely at any
    place among the faults.
    """
    faults = found.faults[slice(*(0, *STEPS, None)[step : step + 2])]
    shared = probes.halves(faults) if alone.cpu_seconds > SLOW_TESTS else [list(faults)]
    without = found.unchanged[SESSIONS * step :]
    asked: list[list[Probe]] = []
    for number, (some, unchanged) in enumerate(zip(shared, without, strict=False)):
        at = seed_for(secret, f"place {step} {number}") % (len(some) + 1)
        session = map(partial(make, left / len(shared)), [*some[:at], unchanged, *some[at:]])
        asked.append(probes.in_order(probes.COUNTED_ORDER, secret, session))
    return asked if faults else []


def _probe(submission: Submission, challenge: Challenge, alone: Run, within: float, planted: Planted) -> Probe:
    """The submission's tests over changed code; `alone` was the run without a fault."""
    most = challenge.tool_limits
    limits = replace(
        most, cpu_seconds=allowed(challenge, alone), seconds=min(most.seconds, PATIENCE * (alone.used + SPARE_SECONDS))
    )
    first = likely_to_notice(submission, planted)
    within = within if planted.faulty else inf  # without that run nothing can be said of the others
    return Probe(name(planted), Action.TESTS, planted=planted.files, first=first, within=within, limits=limits)


def likely_to_notice(submission: Submission, planted: Planted) -> tuple[str, ...]:
    """All test files, those first that speak of the changed function most, then of its module, then short ones."""
    modules = "|".join(re.escape(path.rpartition("/")[2].removesuffix(".py")) for path in (planted.path,))
    words = [re.compile(rf"\b(?:{word})\b".encode()) for word in (re.escape(planted.function), modules)]
    files = {path: data for path, data in submission.runnable.items() if path.endswith(".py") and is_test(path)}

    def rank(path: str) -> tuple[int, int, int, str]:
        by_name, by_module = (len(word.findall(files[path])) for word in words)
        return -by_name * bool(planted.function), -by_module, len(files[path]), path

    return tuple(sorted(files, key=rank))


def name(planted: Planted) -> str:
    kind = ProbeName.TESTS_OVER_FAULT if planted.faulty else ProbeName.TESTS_OVER_NO_FAULT
    return kind.keyed(planted.key)


def allowed(challenge: Challenge, run: Run) -> float:
    """CPU seconds of one run over a fault."""
    return min(challenge.tool_limits.cpu_seconds, PATIENCE * run.cpu_seconds + SPARE_SECONDS)


def kills(case: Case) -> Kills:
    """What came of it; NotApplicable where too few faults were tried to say anything, or the tests did not run."""
    suite = tools.test_results(case)
    if not suite.steady or not suite.passed:
        return Kills(suite, Plan((), (), 0, 0.0))
    found = plan(case.submission, suite.missed, case.seed)
    if not found.places:
        raise NotApplicable(say("there is no place in the code where a fault could be planted"))
    tried, unchanged = (tuple(_tried(case, planted)) for planted in (found.faults, found.unchanged))
    if len(tried) < min(FEWEST, len(found.faults)) or (found.faults and not unchanged):
        raise NotApplicable(
            say(
                "the time for planted faults was enough for {tried} of {faults}",
                tried=len(tried),
                faults=len(found.faults),
            )
        )
    return Kills(suite, found, tried, tuple(one for one in unchanged if one.noticed))


def _tried(case: Case, planted: tuple[Planted, ...]) -> Iterator[Tried]:
    """Those whose run ended in a way that says something."""
    for one in planted:
        run = case.runs.get(name(one))
        if run is not None and not machine_was_slow(run):
            yield from _ended(case, one, run)


def _ended(case: Case, planted: Planted, run: Run) -> Iterator[Tried]:
    if _not_run(run):  # it shows nothing, and that is the tests' doing
        yield Tried(planted, False)
    elif run.ok:
        try:
            suite = tools.parse_tests(run)
        except NotApplicable:
            return
        if suite.total:
            yield Tried(planted, suite.failed > 0, suite.first_failure)
    elif run.failure is not None and run.failure.kind == "CPU_LIMIT":
        alone = case.runs[ProbeName.TESTS]
        if FAR_BELOW * alone.cpu_seconds <= allowed(case.challenge, alone):
            yield Tried(planted, True, "no end in time")
    else:
        yield Tried(planted, True, say("the run ended: {exit}", exit=run.exit.value))


def _not_run(run: Run) -> bool:
    """Whether no run was made, as those before it had slept so long."""
    return run.failure is not None and run.failure.kind == "WALL_LIMIT" and not run.seconds


def weaknesses(kills: Kills) -> Iterator[Evidence]:
    """What speaks against the tests: they fail as they are, they fail at nothing, or they miss faults."""
    for one in kills.alarms:
        what = say(
            "the tests fail where only the text of the code changed ({planted}): {by}",
            planted=one.planted.what,
            by=one.by,
        )
        yield Evidence(say("{what}; what they notice of faults was not counted", what=what), one.planted.where)
    if kills.tried and not kills.alarms and kills.share < ENOUGH:
        for one in kills.tried:
            if not one.noticed:
                yield Evidence(
                    say("a planted fault {planted}: no test noticed", planted=one.planted.what), one.planted.where
                )
