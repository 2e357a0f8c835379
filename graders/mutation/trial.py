"""The candidate's tests over planted faults: which runs are asked for, and what came of them."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from math import comb, inf

from graders.measure.problems import machine_was_slow
from graders.model.case import Case, NotApplicable
from graders.model.challenge import Challenge
from graders.model.finding import Evidence
from graders.model.probe import Action, Exit, Probe, Run, left_out, overslept
from graders.model.submission import Submission
from graders.mutation.plan import Plan, Planted, plan
from graders.probes.names import ProbeName
from graders.probes.seeds import seed_for
from graders.probes.sessions import COMPARED_ORDER, in_order
from graders.source import tools
from graders.source.sources import is_test
from graders.source.tools import TestResults
from graders.words import say

#: Faults are tried in steps up to these, each with a change without a fault; none once it is settled what the tests
#: are worth.
STEPS = (5, 8)
#: With fewer faults tried nothing is said of the tests, unless there were no more to try.
FEWEST = 4
#: A run over a fault may take so many times what the tests take without one, and some seconds.
PATIENCE, SPARE_SECONDS = 4.0, 5.0
#: Only tests that are so much faster without the fault have noticed it by not coming to an end.
FAR_BELOW = 3.0
#: Tests that notice less than this share of all faults are weak (3 of 5, as the rubric has it).
ENOUGH = 0.6
#: No other fault is tried where all of them would be worth full marks with this probability.
SURE = 0.85
#: Tests are called weak only where all faults would be worth full marks with no higher probability than this.
DOUBTFUL = 0.2


@dataclass(frozen=True)
class Tried:
    """One change of the code that the tests were run over, and the test that failed first, "" where none did."""

    planted: Planted
    noticed: bool
    by: str = ""


@dataclass(frozen=True)
class End:
    """What the end of one run says of the tests, as in Tried."""

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

    def without(self, aside: frozenset[str]) -> Kills:
        """The same without what tests of these names noticed: they look at the text, and not at what it does."""
        tried = (replace(one, noticed=one.noticed and _test_of(one.by) not in aside) for one in self.tried)
        return replace(self, tried=tuple(tried)) if aside else self

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
    def weak(self) -> bool:
        """Whether all faults would hardly be worth full marks, whatever was seen of those tried."""
        chance = chance_of_enough(self.noticed, len(self.tried), len(self.plan.faults), self.plan.reached)
        return self.counts and chance <= DOUBTFUL


def _test_of(failure: str) -> str:
    """The function of a test by pytest's name for it: `tests/test_a.py::TestB::test_c[1]`."""
    return failure.rpartition("::")[2].partition("[")[0]


@dataclass(frozen=True)
class Settled:
    """Whether the runs of a session show what the tests are worth, so that no other fault need be tried.

    `faults` and `unchanged` are the names of the probes that may have been run, and `alone` is the run without a fault.
    """

    faults: frozenset[str]
    unchanged: frozenset[str]
    reached: float
    alone: Run
    seconds: float  # of the processor, allowed for one run

    def __call__(self, runs: Sequence[Run]) -> bool:
        tried, unchanged = (
            [end.noticed for run in runs if run.name in names and (end := _end(run, self.alone, self.seconds))]
            for names in (self.faults, self.unchanged)
        )
        return len(tried) >= FEWEST and (
            overslept(runs)
            or any(unchanged)
            or chance_of_enough(sum(tried), len(tried), len(self.faults), self.reached) >= SURE
        )


def chance_of_enough(noticed: int, tried: int, most: int, reached: float = 1.0) -> float:
    """The probability that all `most` faults would be worth full marks, after those `tried`.

    Where every share of faults that are noticed is as likely beforehand, the number noticed of those left follows the
    beta-binomial distribution, whose terms are here whole numbers.
    """
    left, missed = most - tried, tried - noticed
    enough = (more for more in range(left + 1) if reached * (noticed + more) / most >= ENOUGH)
    ways = sum(comb(noticed + more, more) * comb(missed + left - more, left - more) for more in enough)
    return ways / comb(most + 1, left)


def session(
    submission: Submission,
    challenge: Challenge,
    run: Run | None,
    secret: int,
    planned: Callable[[], Plan] | None = None,
) -> list[Probe]:
    """Runs over the faults, after a run of the tests that went well; none where it did not.

    Each step has a change without a fault.  What fails after so many runs, whatever they are over, cannot tell where
    that is: it is as likely at any place among the faults of its step, and is run wherever one of these was.
    """
    if run is None or not run.ok:
        return []
    try:
        suite = tools.parse_tests(run)
    except NotApplicable:
        return []
    if not suite.steady or not suite.passed:
        return []
    found = planned() if planned else plan(submission, suite.missed, secret)
    faults, unchanged = (frozenset(map(name, planted)) for planted in (found.faults, found.unchanged))
    settled = Settled(faults, unchanged, found.reached, replace(run, log=""), allowed(challenge, run))
    make = partial(_probe, submission, challenge, run)
    asked: list[Probe] = []
    for number, (first, last) in enumerate(pairwise((0, *STEPS))):
        probes = [make(fault, unless=settled, within=challenge.fault_seconds) for fault in found.faults[first:last]]
        if not probes or number >= len(found.unchanged):
            break
        at = seed_for(secret, f"place {number} 0") % (len(probes) + 1)
        if at:  # without that run nothing can be said of those before it
            needless = partial(_none_of, frozenset(probe.name for probe in probes))
            control = make(found.unchanged[number], unless=needless, within=inf)
        else:
            control = make(found.unchanged[number], unless=settled, within=challenge.fault_seconds)
        asked += [*probes[:at], control, *probes[at:]]
    return in_order(COMPARED_ORDER, secret, asked)


class Trials:
    """Runs over faults that sessions share, each of which takes the next that nobody has taken.

    Which runs count follows from the order of all probes, as if one session had made them.  While the end of one is not
    known yet, a session takes another only where that is needed even if the tests notice whatever is run meanwhile:
    what would settle all is then waited for by the session that has it, and this one ends.  `seconds` of the processor
    are what one run is expected to take as long as none has ended.
    """

    def __init__(self, probes: Sequence[Probe] = (), seconds: float = 0.0) -> None:
        self._probes, self._expected = tuple(probes), seconds
        self._lock = threading.Lock()
        self._taken: set[str] = set()
        self._runs: dict[str, Run] = {}
        self._decided = 0  # so many of the first probes
        self._counted: list[Run] = []  # the runs among these

    def session(self) -> list[Probe]:
        """Probes for one session more."""
        return [replace(probe, unless=partial(self._passed, at), within=inf) for at, probe in enumerate(self._probes)]

    def counted(self, runs: Iterable[Run]) -> list[Run]:
        """Those of the runs of all sessions that one session would have made, in its order."""
        with self._lock:
            self._decide(runs)
            return self._counted

    @property
    def seconds_left(self) -> float:
        """CPU seconds of the runs that are needed in any case and not taken, were they as long as those that ended."""
        with self._lock:
            expected = self._used / len(self._runs) if self._runs else self._expected
            return len(self._needed() - self._taken) * expected

    @property
    def _used(self) -> float:
        return sum(run.worked for run in self._runs.values())

    def _passed(self, at: int, runs: Sequence[Run]) -> bool:
        """Whether a session with these runs so far leaves this probe out; otherwise it has taken it."""
        with self._lock:
            self._decide(runs)
            probe = self._probes[at]
            # all that has been taken comes before it: it is too late for it however those end that go on
            if at < self._decided or probe.name in self._taken or self._used >= probe.within:
                return True
            if probe.name not in self._needed():
                return True
            self._taken.add(probe.name)
            return False

    def _needed(self) -> set[str]:
        """What is run however those end that go on: the fewest are run where the tests notice every fault."""
        runs, needed = list(self._counted), set()
        for probe in self._probes[self._decided :]:
            if not left_out(probe, runs):
                needed.add(probe.name)
                runs.append(self._runs.get(probe.name) or _noticing(probe))
        return needed

    def _decide(self, runs: Iterable[Run]) -> None:
        """Go on until a probe is needed whose run has not ended."""
        self._runs |= {run.name: run for run in runs}
        for probe in self._probes[self._decided :]:
            if not left_out(probe, self._counted):
                if probe.name not in self._runs:
                    return
                self._counted.append(self._runs[probe.name])
            self._decided += 1


def _noticing(probe: Probe) -> Run:
    """A run as if the tests noticed a fault, where there is one."""
    faulty = probe.name.startswith(ProbeName.TESTS_OVER_FAULT)
    return Run(probe.name, probe.action, Exit.CRASHED if faulty else Exit.OK)


def _none_of(names: frozenset[str], runs: Sequence[Run]) -> bool:
    return not any(run.name in names for run in runs)


def _probe(
    submission: Submission,
    challenge: Challenge,
    alone: Run,
    planted: Planted,
    unless: Callable[[Sequence[Run]], bool],
    within: float,
) -> Probe:
    """The submission's tests over changed code; `alone` was the run without a fault."""
    most = challenge.tool_limits
    limits = replace(
        most, cpu_seconds=allowed(challenge, alone), seconds=min(most.seconds, PATIENCE * (alone.used + SPARE_SECONDS))
    )
    return Probe(
        name(planted),
        Action.TESTS,
        planted=planted.files,
        first=likely_to_notice(submission, planted),
        within=within,
        unless=unless,
        limits=limits,
    )


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


def kills(case: Case, planned: Callable[[], Plan] | None = None) -> Kills:
    """What came of it; NotApplicable where too few faults were tried to say anything, or the tests did not run."""
    suite = tools.test_results(case)
    if not suite.steady or not suite.passed:
        return Kills(suite, Plan((), (), 0, 0.0))
    found = planned() if planned else plan(case.submission, suite.missed, case.seed)
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
    alone = case.runs[ProbeName.TESTS]
    for change in planted:
        run = case.runs.get(name(change))
        if run is not None and (end := _end(run, alone, allowed(case.challenge, alone))):
            yield Tried(change, end.noticed, end.by)


def _end(run: Run, alone: Run, seconds: float) -> End | None:
    """What the end of a run says; None where it says nothing."""
    if machine_was_slow(run):
        return None
    if _not_run(run):  # it shows nothing, and that is the tests' doing
        return End(False)
    if run.ok:
        try:
            suite = tools.parse_tests(run)
        except NotApplicable:
            return None
        return End(suite.failed > 0, suite.first_failure) if suite.total else None
    if run.failure is not None and run.failure.kind == "CPU_LIMIT":
        return End(True, "no end in time") if FAR_BELOW * alone.cpu_seconds <= seconds else None
    return End(True, say("the run ended: {exit}", exit=run.exit.value))


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
    if kills.tried and not kills.alarms and kills.weak:
        for one in kills.tried:
            if not one.noticed:
                yield Evidence(
                    say("a planted fault {planted}: no test noticed", planted=one.planted.what), one.planted.where
                )
