"""The candidate's tests over planted faults: which runs are asked for, and what came of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from graders import probes
from graders.model import Action, Case, Challenge, Evidence, NotApplicable, Probe, Run, Submission
from graders.mutation.plan import Plan, Planted, plan
from graders.problems import machine_was_slow
from graders.quality import tools
from graders.quality.tools import TestResults

#: With fewer faults tried nothing is said of the tests, unless there were no more to try.
FEWEST = 5
#: A run over a fault may take so many times what the tests take without one, and some seconds.
PATIENCE, SPARE_SECONDS = 4.0, 5.0
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


def sessions(submission: Submission, challenge: Challenge, run: Run | None) -> list[list[Probe]]:
    """Two sessions of runs over changed code, after a run of the tests that went well; none where it did not."""
    if run is None or not run.ok:
        return []
    try:
        suite = tools.parse_tests(run)
    except NotApplicable:
        return []
    if not suite.steady or not suite.passed:
        return []
    found = plan(submission, suite.missed)
    within = challenge.fault_seconds / 2
    limits = replace(challenge.tool_limits, cpu_seconds=allowed(challenge, run))
    made = [Probe(name(p), Action.TESTS, planted=p.files, within=within, limits=limits) for p in _ordered(found)]
    return [half for half in (made[::2], made[1::2]) if half]


def name(planted: Planted) -> str:
    return f"{probes.TESTS} over {'fault' if planted.faulty else 'no fault'} {planted.key}"


def allowed(challenge: Challenge, run: Run) -> float:
    """CPU seconds of one run over a fault."""
    return min(challenge.tool_limits.cpu_seconds, PATIENCE * run.cpu_seconds + SPARE_SECONDS)


def _ordered(found: Plan) -> list[Planted]:
    """The unchanged ones first, one in each session, so that no time is too short for them."""
    return [*found.unchanged, *found.faults]


def kills(case: Case) -> Kills:
    """What came of it; NotApplicable where too few faults were tried to say anything, or the tests did not run."""
    suite = tools.test_results(case)
    if not suite.steady or not suite.passed:
        return Kills(suite, Plan((), (), 0, 0.0))
    found = plan(case.submission, suite.missed)
    if not found.places:
        raise NotApplicable("there is no place in the code where a fault could be planted")
    tried, unchanged = (tuple(_tried(case, planted)) for planted in (found.faults, found.unchanged))
    if len(tried) < min(FEWEST, len(found.faults)) or (found.faults and not unchanged):
        raise NotApplicable(f"the time for planted faults was enough for {len(tried)} of {len(found.faults)}")
    return Kills(suite, found, tried, tuple(one for one in unchanged if one.noticed))


def _tried(case: Case, planted: tuple[Planted, ...]) -> Iterator[Tried]:
    """Those whose run ended in a way that says something."""
    for one in planted:
        run = case.runs.get(name(one))
        if run is not None and not machine_was_slow(run):
            yield from _ended(case, one, run)


def _ended(case: Case, planted: Planted, run: Run) -> Iterator[Tried]:
    if run.ok:
        try:
            suite = tools.parse_tests(run)
        except NotApplicable:
            return
        if suite.total:
            yield Tried(planted, suite.failed > 0, suite.first_failure)
    elif run.failure is not None and run.failure.kind == "CPU_LIMIT":
        alone = case.runs[probes.TESTS]
        if FAR_BELOW * alone.cpu_seconds <= allowed(case.challenge, alone):
            yield Tried(planted, True, "no end in time")
    else:
        yield Tried(planted, True, f"the run ended: {run.exit.value}")


def weaknesses(case: Case) -> Iterator[Evidence]:
    """What speaks against the tests: they fail as they are, they fail at nothing, or they miss faults."""
    found = kills(case)
    for one in found.alarms:
        what = f"the tests fail where only the text of the code changed ({one.planted.what}): {one.by}"
        yield Evidence(f"{what}; what they notice of faults was not counted", one.planted.where)
    if found.tried and not found.alarms and found.share < ENOUGH:
        for one in found.tried:
            if not one.noticed:
                yield Evidence(f"a planted fault {one.planted.what}: no test noticed", one.planted.where)
