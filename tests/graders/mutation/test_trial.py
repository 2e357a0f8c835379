"""What is made of the tests' runs over planted faults: kills, alarms, budgets, and what they are worth."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from math import inf, prod
from random import Random

import pytest
from scipy.stats import beta, betabinom

from graders.catalog import BY_CODE
from graders.grade import Session, assess, observe
from graders.model.case import Case
from graders.model.challenge import Dataset
from graders.model.finding import Status
from graders.model.probe import (
    MOST_ASLEEP,
    Action,
    Exit,
    Failure,
    Probe,
    Run,
    SandboxInfo,
    Watch,
    instead,
    left_out,
    unwatched,
)
from graders.model.report import Report
from graders.model.submission import Submission
from graders.mutation import trial
from graders.mutation.plan import MOST, plan
from graders.mutation.trial import STEPS
from graders.probes.names import ProbeName
from graders.record import dump, load
from sandbox.protocol import exchange
from testing.builders import a_submission
from tests.graders.cases import finding, points, table, the_challenge
from tests.scripted import TOOLS, Candidate, ScriptedSandbox

PIPELINE = '''"""Churn."""


def train(data, model_dir):
    return features(data), window(data)


def evaluate(data):
    return {"roc_auc": 0.75}


def features(data):
    late = data[data.day > 3]
    return late.assign(a=late.x - late.y, b=late.x.shift(1)).fillna(0)


def score(data):
    total = data.x.min() + data.y.max() * 2
    return total if total > 0 else -total


def window(data):
    recent = data.tail(7)
    ratio = recent.x / recent.y
    return ratio.rolling(3).mean()


def predict(data, model_dir):
    return data[["score", "x"]].mean() + score(data)
'''
#: The same functions three times: enough places for every fault.
LONG = "\n\n".join((PIPELINE, *(PIPELINE.partition("\n\n")[2].replace("def ", f"def n{n}_") for n in (1, 2))))
LONG += f"\n\nprint({', '.join(re.findall(r'n[12]_[a-z]+', LONG))})\n"
TEST = "from pipeline import features, score\n\n\ndef test_features():\n    assert features(1) == 2\n"
ALIVE = "def test_it():\n    assert 1 + 1 == 2\n"


@pytest.fixture(scope="module")
def customers(customers: Dataset) -> Dataset:
    """Fewer rows: what tests are worth rests on none of them."""
    known, asked = customers.public.head(900), customers.hidden.head(900)
    of_known, of_asked = slice(len(known)), slice(len(asked))
    return replace(
        customers,
        public=known,
        hidden=asked,
        labels=customers.labels[of_asked],
        oracle=customers.oracle[of_asked],
        baseline=customers.baseline[of_asked],
        public_oracle=customers.public_oracle[of_known],
    )


@dataclass(frozen=True)
class Suite:
    """How a scripted test suite behaves: alone, over faults, over text that changed and nothing else."""

    alone: tuple[int, int] = (4, 4)  # tests, passed
    notices: float = 1.0  # this share of the faults
    alarms: int = 0  # of the three changes without a fault
    cpu_seconds: float = 2.0
    ended: Run | None = None  # in place of every run over a fault
    missed: tuple[int, ...] = ()
    tests: str = TEST
    pipeline: str = PIPELINE


def output(total: int, passed: int, missed: tuple[int, ...] = ()) -> str:
    listed = [{"id": f"test_a.py::test_{n}", "outcome": "passed" if n < passed else "failed"} for n in range(total)]
    files = [{"path": "pipeline.py", "lines": 20, "run": 20 - len(missed), "missed": list(missed)}]
    counts = {"total": total, "passed": passed, "failed": total - passed, "skipped": 0}
    return json.dumps({**counts, "coverage": 0.9, "files": files, "tests": listed})


def a_case(suite: Suite, dataset: Dataset, fewer: int = 0) -> Case:
    """The case in which the runs over the last `fewer` faults never came to be."""
    submission = a_submission({"pipeline.py": suite.pipeline, "tests/test_a.py": suite.tests})
    said = output(*suite.alone, suite.missed)
    alone = Run(ProbeName.TESTS, Action.TESTS, Exit.OK, cpu_seconds=suite.cpu_seconds, output=said)
    faults: list[str] = []
    texts: list[str] = []

    def over(probe: Probe) -> Run:
        faulty = "over fault" in probe.name
        seen = faults if faulty else texts
        seen.append(probe.name)
        due = int(len(seen) * suite.notices) > int((len(seen) - 1) * suite.notices)
        fails = due if faulty else len(seen) <= suite.alarms
        if faulty and suite.ended:
            return replace(suite.ended, name=probe.name)
        return Run(probe.name, Action.TESTS, Exit.OK, cpu_seconds=1.0, output=output(4, 3 if fails else 4))

    sandbox = ScriptedSandbox(Candidate(tools=TOOLS, broken={ProbeName.TESTS: alone}, over_planted=over))
    found = observe(submission, the_challenge(), dataset, sandbox, seed=3)
    runs = {run.name: run for run in found}
    case = Case(submission, the_challenge(), dataset, runs, SandboxInfo("scripted", "none"), 3, "2026-11-22T12:00:00Z")
    lost = set(faults[len(faults) - fewer :])
    return replace(case, runs={name: run for name, run in case.runs.items() if name not in lost})


def judged(suite: Suite, dataset: Dataset, fewer: int = 0) -> Report:
    return assess(a_case(suite, dataset, fewer))


def test_points_are_for_faults_noticed(customers: Dataset) -> None:
    """More kills, more points; three of five are full marks, and none is hardly worth having tests that pass."""
    found = [points(judged(Suite(notices=share), customers), "tests") or 0.0 for share in (0.0, 0.3, 0.5, 0.65, 1.0)]
    assert found == sorted(found)
    assert found[0] == pytest.approx(4 * 0.2)
    assert found[1] < found[2] < found[3] == found[4] == pytest.approx(4.0)


def test_faults_out_of_reach_count_as_missed(customers: Dataset) -> None:
    """Tests that notice every fault of the few lines they run have not noticed the others."""
    whole, part = (judged(Suite(missed=missed), customers) for missed in ((), tuple(range(10, 32))))
    assert points(part, "tests") == pytest.approx(4 * 0.2)
    assert points(whole, "tests") == pytest.approx(4.0)


def test_survivors_are_evidence_with_their_place(customers: Dataset) -> None:
    """Weak tests are shown what they missed, at file and line; good ones are not accused of the odd miss."""
    weak, good = judged(Suite(notices=0.3), customers), judged(Suite(notices=0.85), customers)
    evidence = finding(weak, "TEST002").evidence
    assert all("no test noticed" in e.what and e.where and e.where.path == "pipeline.py" for e in evidence)
    assert all(e.where.line for e in evidence if e.where)
    assert finding(good, "TEST002").status is Status.PASSED
    assert "Write the next test" in BY_CODE["TEST002"].question.ask
    rows = table(good, "faults").rows
    assert {row[2] == "no test noticed" for row in rows} == {True, False}


@pytest.mark.parametrize("alarms", [1, 3])
def test_tests_that_fail_where_only_the_text_changed_have_no_kills(alarms: int, customers: Dataset) -> None:
    """A hash of the source, a line count or a die fails with or without a fault: nothing is counted, and it is said."""
    report = judged(Suite(alarms=alarms), customers)
    assert points(report, "tests") == pytest.approx(4 * 0.2)
    assert "only the text of the code changed" in finding(report, "TEST002").evidence[0].what


def test_a_suite_that_fails_alone_earns_no_kills(customers: Dataset) -> None:
    """No fault is even tried, and the reason is given."""
    report = judged(Suite(alone=(4, 3)), customers)
    assert points(report, "tests") == pytest.approx(4 * 0.2 * 3 / 4)
    why = next(c.why for s in report.sections for c in s.criteria if c.id == "tests")
    assert "no fault they notice can be counted" in why
    assert not table(report, "faults").rows


def test_tests_that_assert_nothing_earn_nothing(customers: Dataset) -> None:
    """Passing without an assertion about the submission's own code is worth no point."""
    assert points(judged(Suite(tests=ALIVE, notices=0.0), customers), "tests") == 0.0


TOO_LONG = Run("", Action.TESTS, Exit.TIMED_OUT, failure=Failure("CPU_LIMIT", "13 of 13"))
BUSY = Run("", Action.TESTS, Exit.TIMED_OUT, failure=Failure("WALL_LIMIT", "120 s"))
CRASH = Run("", Action.TESTS, Exit.CRASHED, failure=Failure("SIGNAL", "SIGSEGV"))


@pytest.mark.parametrize(
    ("ended", "cpu_seconds", "expected"),
    [(TOO_LONG, 2.0, 4.0), (CRASH, 2.0, 4.0), (TOO_LONG, 30.0, None), (BUSY, 2.0, None)],
    ids=["no end", "crash", "no end of slow tests", "busy machine"],
)
def test_an_end_counts_as_noticed_only_where_the_fault_made_it(
    ended: Run, cpu_seconds: float, expected: float | None, customers: Dataset
) -> None:
    """Tests that are slow by themselves have not noticed anything by running out of time, nor does a busy machine."""
    report = judged(Suite(ended=ended, cpu_seconds=cpu_seconds), customers)
    found = points(report, "tests")
    assert found == (expected if expected is None else pytest.approx(expected))


def test_too_few_faults_are_not_judged_and_not_zero(customers: Dataset) -> None:
    """When the budget is used up the criterion is left out; a fault less only widens the interval."""
    count = len(trial.kills(a_case(Suite(), customers)).tried)
    assert points(judged(Suite(), customers, fewer=count - 3), "tests") is None
    assert points(judged(Suite(notices=0.85, pipeline=LONG), customers, fewer=1), "tests") == pytest.approx(4.0)


@pytest.fixture
def long(customers: Dataset, monkeypatch: pytest.MonkeyPatch) -> Case:
    """A case with all the faults there may be, and one plan for all secrets, since a plan takes its time."""
    case = a_case(Suite(pipeline=LONG), customers)
    found = trial.kills(case).plan
    assert len(found.faults) == MOST
    monkeypatch.setattr(trial, "plan", lambda *_: found)
    return case


def session_of(case: Case, secret: int = 3, fault_seconds: float = 60.0) -> list[Probe]:
    challenge = replace(case.challenge, fault_seconds=fault_seconds)
    return trial.session(case.submission, challenge, case.runs[ProbeName.TESTS], secret)


def run_over(
    session: list[Probe], fails: Callable[[int, bool], bool], cpu_seconds: float = 1.0
) -> tuple[list[str], list[bool]]:
    """The names of the runs, and whether each was over a fault; `fails` is asked with the run's number from 0 on and
    whether it is over a fault."""
    names: list[str] = []

    def run(probe: Probe) -> Run:
        names.append(probe.name)
        passed = 4 - fails(len(names) - 1, "over fault" in probe.name)
        return Run(probe.name, Action.TESTS, Exit.OK, cpu_seconds=cpu_seconds, output=output(4, passed))

    exchange.session(session, run, unwatched)
    return names, ["over fault" in name for name in names]


def test_the_budget_of_the_challenge_bounds_the_session(long: Case) -> None:
    """One run may use no more than a few times what the tests take alone, and each step has one change without a
    fault, which is run wherever a fault of its step was."""
    session = session_of(long)
    assert {probe.limits.cpu_seconds for probe in session} == {4 * 2.0 + 5}
    assert [probe.within for probe in session if "over fault" in probe.name] == [60.0] * STEPS[-1]
    for spent in range(1, STEPS[-1] + len(STEPS) + 1):
        names, faulty = run_over(session_of(long, fault_seconds=spent), lambda *_: False)
        begun = sum(faulty.count(True) > first for first in (0, *STEPS[:-1]))
        assert faulty.count(False) in (begun, begun + 1)
        assert len(names) <= spent + 1


def test_a_change_without_a_fault_may_have_any_place(long: Case) -> None:
    """Whoever fails after so many runs is as likely to meet it as any fault."""
    for first, last in zip((0, *STEPS), STEPS, strict=False):
        places = set()
        for secret in range(60):
            faulty = ["over fault" in probe.name for probe in session_of(long, secret)]
            step = faulty[first + STEPS.index(last) : last + STEPS.index(last) + 1]
            assert step.count(False) == 1
            places.add(step.index(False))
        assert places == set(range(last - first + 1))


#: What may tell a run by its number fails at these; the runs without a fault are at drawn places among them.
BY_NUMBER = {
    "the first four": set(range(4)),
    "all but the first six": set(range(6, 10)),
    "all but the first three": set(range(3, 10)),
    "every other": set(range(0, 10, 2)),
    "four of the first five": {0, 1, 2, 4},
    "two, then two": {0, 1, 6, 7},
    "the last five": set(range(5, 10)),
    "all": set(range(10)),
}
#: No choice of runs escapes in more cases than this; benchmarks/planted.py looks at all of them.
ESCAPES = 1 / 3


def by_places(case: Case) -> list[list[Probe]]:
    """A session for each place that the runs without a fault may have: all are as likely."""
    found: dict[tuple[bool, ...], list[Probe]] = {}
    for secret in range(400):
        session = session_of(case, secret)
        found.setdefault(tuple("over fault" in probe.name for probe in session), session)
    assert len(found) == prod(last - first + 1 for first, last in pairwise((0, *STEPS)))
    return list(found.values())


@pytest.mark.parametrize("failing", BY_NUMBER.values(), ids=BY_NUMBER)
def test_who_fails_by_the_number_of_the_run_seldom_earns_full_marks(failing: set[int], long: Case) -> None:
    """Two of the six places of a run without a fault lie behind the four faults that are enough."""
    escaped, sessions = 0, by_places(long)
    for session in sessions:
        _, faulty = run_over(session, lambda number, _: number in failing)
        caught = any(number in failing for number, fault in enumerate(faulty) if not fault)
        noticed = sum(number in failing for number, fault in enumerate(faulty) if fault)
        escaped += not caught and noticed >= trial.ENOUGH * faulty.count(True)
    assert escaped <= ESCAPES * len(sessions)


PASSED = Run("", Action.TESTS, Exit.OK, cpu_seconds=1.0, output=output(4, 4))


class Worker:
    """One of the sessions that share the runs over faults, a step at a time."""

    def __init__(self, probes: list[Probe], end: Callable[[Probe], Run]) -> None:
        self._probes, self.end = iter(probes), end
        self._running: Probe | None = None
        self.runs: list[Run] = []

    def step(self) -> bool:
        """End the run that goes on, or begin the next; False where there is none."""
        if self._running is not None:
            self.runs.append(self.end(self._running))
            self._running = None
            return True
        self._running = next((probe for probe in self._probes if not left_out(probe, self.runs)), None)
        return self._running is not None


@pytest.mark.parametrize("joined", [0, 4, 8])
@pytest.mark.parametrize("failing", BY_NUMBER.values(), ids=BY_NUMBER)
def test_who_counts_the_runs_of_one_container_earns_no_more_where_there_are_two(
    failing: set[int], joined: int, long: Case
) -> None:
    """The second container begins after some runs of the first, and each counts from nought."""
    escaped, sessions = 0, by_places(long)
    for session in sessions:
        trials = trial.Trials(session)
        lanes: list[Worker] = []
        for _ in range(2):
            lane = Worker(trials.session(), lambda probe: replace(PASSED, name=probe.name))
            lane.end = partial(_by_number, lane, failing)
            lanes.append(lane)
        turns = 0
        while lanes[0].step() | (turns >= 2 * joined and lanes[1].step()):
            turns += 1
        runs = trials.counted(run for lane in lanes for run in lane.runs)
        failed = {run.name: run.output != PASSED.output for run in runs}
        noticed = [failed[name] for name in failed if "over fault" in name]
        caught = any(failed[name] for name in failed if "over fault" not in name)
        escaped += not caught and sum(noticed) >= trial.ENOUGH * len(noticed)
    assert escaped <= ESCAPES * len(sessions)


def _by_number(lane: Worker, failing: set[int], probe: Probe) -> Run:
    return replace(PASSED, name=probe.name, output=output(4, 4 - (len(lane.runs) in failing)))


@pytest.mark.parametrize("notices", [0.0, 0.5, 0.7, 0.85, 1.0])
@pytest.mark.parametrize("alarms", [False, True])
@pytest.mark.parametrize("fault_seconds", [7.0, 60.0])
def test_sessions_that_share_the_faults_find_what_one_finds(
    notices: float, alarms: bool, fault_seconds: float, long: Case
) -> None:
    """Whoever runs what, and whenever: the same runs count, and none is made twice."""
    for secret in range(12):
        session = session_of(long, secret, fault_seconds)
        noticed = Random(secret)  # noqa: S311
        fails = {probe.name: noticed.random() < notices if "over fault" in probe.name else alarms for probe in session}

        def end(probe: Probe, fails: dict[str, bool] = fails) -> Run:
            return Run(probe.name, Action.TESTS, Exit.OK, cpu_seconds=1.0, output=output(4, 4 - fails[probe.name]))

        alone = [run.name for run in exchange.session(session, end, unwatched)]
        trials = trial.Trials(session)
        workers, turns = [Worker(trials.session(), end) for _ in range(2)], Random(-secret)  # noqa: S311
        going = list(workers)
        while going:
            worker = turns.choice(going)
            if not worker.step():
                going.remove(worker)
        made = [run for worker in workers for run in worker.runs]
        assert [run.name for run in trials.counted(made)] == alone
        assert len({run.name for run in made}) == len(made)


def test_whoever_is_done_first_helps_with_the_faults(customers: Dataset) -> None:
    """While a session over faults goes on, another begins; what counts is what one session gives."""
    suite = Suite(pipeline=LONG)
    expected = [name for name in a_case(suite, customers).runs if "over " in name]

    class Slow(ScriptedSandbox):
        """The first session over faults gets no further than its third run, until there is another."""

        def start(self, submission: Submission, probes: Sequence[Probe], watch: Watch = unwatched) -> Session:
            if not probes[0].planted:
                return super().start(submission, probes, watch)
            if not going:
                self.sessions.append(tuple(probes))
                worker = Worker(list(probes), over)
                for _ in range(5):
                    worker.step()
                going.append((Future(), worker))
                return going[0][0]
            (first, worker), later = going.pop(), super().start(submission, probes, watch)
            while worker.step():
                pass
            first.set_result(tuple(worker.runs))
            return later

    going: list[tuple[Session, Worker]] = []
    submission = a_submission({"pipeline.py": suite.pipeline, "tests/test_a.py": suite.tests})
    said = output(*suite.alone)
    alone = Run(ProbeName.TESTS, Action.TESTS, Exit.OK, cpu_seconds=suite.cpu_seconds, output=said)

    def over(probe: Probe) -> Run:
        passed = 3 if "over fault" in probe.name else 4
        return Run(probe.name, Action.TESTS, Exit.OK, cpu_seconds=4.0, output=output(4, passed))

    sandbox = Slow(Candidate(tools=TOOLS, broken={ProbeName.TESTS: alone}, over_planted=over))
    runs = observe(submission, the_challenge(), customers, sandbox, seed=3)
    assert [run.name for run in runs if "over " in run.name] == expected
    assert sum(bool(session[0].planted) for session in sandbox.sessions) == 2


def test_a_session_out_of_time_runs_its_change_without_a_fault() -> None:
    """Otherwise nothing could be said of the faults before it."""
    spent = Run("", Action.TESTS, Exit.OK, cpu_seconds=20.0)
    probes = [Probe(f"{number}", Action.TESTS, within=within) for number, within in enumerate((30.0, 30.0, 30.0, inf))]
    runs = exchange.session(probes, lambda probe: replace(spent, name=probe.name), unwatched)
    assert [run.name for run in runs] == ["0", "1", "3"]


def test_a_record_holds_what_the_kills_rest_on(customers: Dataset) -> None:
    """Written down and read again, the same faults have the same fate."""
    case = a_case(Suite(notices=0.5), customers)
    again = load(dump(case), case.challenge, case.dataset)
    assert trial.kills(again).tried == trial.kills(case).tried
    assert assess(again).sections == assess(case).sections


def test_a_conftest_that_fails_is_not_the_absence_of_tests(customers: Dataset) -> None:
    """It is named with its error; nothing says that there is no test."""
    error = {"id": "tests/conftest.py", "message": "ModuleNotFoundError: absent", "conftest": True}
    said = {"total": 1, "passed": 0, "skipped": 0, "coverage": 0, "collection_errors": [error]}
    case = a_case(Suite(), customers)
    run = Run(ProbeName.TESTS, Action.TESTS, Exit.OK, output=json.dumps(said))
    report = assess(replace(case, runs={**case.runs, ProbeName.TESTS: run}))
    assert finding(report, "TEST001").status is Status.PASSED
    (evidence, *_) = finding(report, "TEST002").evidence
    assert evidence.what == "no test runs, since tests/conftest.py cannot be loaded (ModuleNotFoundError: absent)"
    (judged,) = (c for s in report.sections for c in s.criteria if c.id == "tests")
    assert judged.points == 0
    assert judged.why.startswith("No test runs, since tests/conftest.py")


NO_RESULTS = ('{"total": 4}', '{"total": 4, "passed": 4, "coverage": 1, "files": [{"path": 1}, 2]}', "[]", "{")


@pytest.mark.parametrize("said", NO_RESULTS)
def test_what_is_no_result_starts_no_trial(said: str) -> None:
    """Over output that our collector would not write no fault is planted."""
    run = Run(ProbeName.TESTS, Action.TESTS, Exit.OK, output=said)
    assert trial.session(a_submission(), the_challenge(), run, 1) == []


@pytest.mark.parametrize(("notices", "tried"), [(1.0, 4), (0.85, 5), (0.75, 8), (0.5, 8), (0.0, 8)])
def test_no_more_faults_are_tried_than_settle_what_the_tests_are_worth(
    notices: float, tried: int, customers: Dataset
) -> None:
    """What is surely worth full marks is settled early; of the others all eight are tried."""
    case = a_case(Suite(notices=notices, pipeline=LONG), customers)
    assert len(trial.kills(case).tried) == tried
    assert len([name for name in case.runs if "over no fault" in name]) == sum(
        tried > first for first in (0, *STEPS[:-1])
    )


def test_after_a_failure_without_a_fault_no_more_faults_are_tried(long: Case) -> None:
    """They would not count, however they ended."""
    _, faulty = run_over(session_of(long), lambda _, fault: not fault)
    assert faulty.count(True) <= STEPS[0]
    assert faulty.count(False) == 1


@pytest.mark.parametrize("most", [3, 5, 11, 15])
@pytest.mark.parametrize("reached", [1.0, 0.8, 0.5])
def test_the_chance_of_full_marks_is_of_the_beta_binomial_distribution(most: int, reached: float) -> None:
    """Summed by SciPy, from a share of which nothing is known beforehand."""
    for tried in range(most):
        for noticed in range(tried + 1):
            left = betabinom(most - tried, noticed + 1, tried - noticed + 1)
            full = [more for more in range(most - tried + 1) if reached * (noticed + more) / most >= trial.ENOUGH]
            expected = sum(left.pmf(more) for more in full)
            assert trial.chance_of_enough(noticed, tried, most, reached) == pytest.approx(expected)
    assert [trial.chance_of_enough(noticed, most, most, 1.0) for noticed in range(most + 1)] == [
        noticed / most >= trial.ENOUGH for noticed in range(most + 1)
    ]


@pytest.mark.parametrize("reached", [1.0, 0.8, 0.7])
def test_whoever_is_called_weak_is_so_with_a_higher_probability_than_by_fifteen_faults(reached: float) -> None:
    """Below so many of fifteen tests were called weak; each end of fewer has a posterior beyond the least of those."""

    def weak(noticed: int, tried: int) -> float:
        """The probability that too few of all faults there could be are noticed."""
        return float(beta(noticed + 1, tried - noticed + 1).cdf(min(trial.ENOUGH / reached, 1.0)))

    before = [noticed for noticed in range(MOST + 1) if reached * noticed / MOST < trial.ENOUGH]
    least = min(weak(noticed, MOST) for noticed in before)
    for tried in range(trial.FEWEST, STEPS[-1] + 1):
        for noticed in range(tried + 1):
            if trial.chance_of_enough(noticed, tried, MOST, reached) <= trial.DOUBTFUL:
                assert weak(noticed, tried) > least


def test_a_case_kept_with_all_its_faults_is_judged_by_all_of_them(long: Case) -> None:
    """Fifteen were tried once, with three runs without one: each still counts, and so does what is said of them."""
    found = trial.kills(long).plan
    changes = (*found.faults, *found.unchanged)
    passed = {trial.name(one): replace(PASSED, name=trial.name(one)) for one in changes}
    failed = {name: replace(run, output=output(4, 3)) for name, run in passed.items()}
    eight = {trial.name(one): failed[trial.name(one)] for one in found.faults[:8]}
    nine = {trial.name(one): failed[trial.name(one)] for one in found.faults[:9]}
    weak, enough = (trial.kills(replace(long, runs=long.runs | passed | some)) for some in (eight, nine))
    assert (len(weak.tried), weak.noticed, weak.weak) == (MOST, 8, True)
    assert (enough.share, enough.weak) == (trial.ENOUGH, False)
    late = {name: failed[name] for name in [trial.name(found.unchanged[-1])]}
    assert trial.kills(replace(long, runs=long.runs | passed | nine | late)).alarms


def test_half_of_eight_is_no_reason_to_call_tests_weak(long: Case) -> None:
    """They get the points of it, and nobody says more; three of eight is one."""
    found = trial.kills(long).plan
    runs = {name: run for name, run in long.runs.items() if "over fault" not in name}
    passed = {trial.name(one): replace(PASSED, name=trial.name(one)) for one in found.faults[: STEPS[-1]]}
    for noticed, said in ((4, False), (3, True)):
        failed = {name: replace(passed[name], output=output(4, 3)) for name in list(passed)[:noticed]}
        kills = trial.kills(replace(long, runs=runs | passed | failed))
        assert (kills.noticed, len(kills.tried)) == (noticed, STEPS[-1])
        assert bool(list(trial.weaknesses(kills))) == said


def test_no_session_begins_what_the_end_of_another_may_settle(long: Case) -> None:
    """While the last of four faults goes on that may all be noticed, the other session begins no fifth, and ends."""

    def end(probe: Probe) -> Run:
        return replace(PASSED, name=probe.name, output=output(4, 4 - ("over fault" in probe.name)))

    for secret in range(20):
        trials = trial.Trials(session_of(long, secret), 1.0)
        first, other = (Worker(trials.session(), end) for _ in range(2))
        assert trials.seconds_left == trial.FEWEST + 1
        first.step()
        while other.step():
            pass
        while first.step():
            pass
        made = [run.name for run in first.runs + other.runs]
        assert sorted(made) == sorted(run.name for run in trials.counted(first.runs + other.runs))
        assert sum("over fault" in name for name in made) == trial.FEWEST


def test_tests_that_speak_of_the_changed_function_come_first() -> None:
    """Then those that speak of its module; every test file is named."""
    tests = {"tests/test_a.py": "import other\n", "tests/test_b.py": "import pipeline\n", "test_c.py": "score(1)\n"}
    submission = a_submission({"pipeline.py": PIPELINE, **tests})
    found = plan(submission, {"pipeline.py": frozenset()}, 1)
    (fault, *_) = [fault for fault in found.faults if fault.what.endswith(" in score")]
    assert trial.likely_to_notice(submission, fault) == ("test_c.py", "tests/test_b.py", "tests/test_a.py")


def test_tests_that_sleep_are_not_seen_less_of(customers: Dataset) -> None:
    """What was not run as they slept too long was not noticed; nobody escapes by being slow."""
    slept = [Run("", Action.TESTS, Exit.OK, seconds=MOST_ASLEEP + 1, waited=0.0)]
    ended = instead(Probe("", Action.TESTS), slept)
    report = judged(Suite(ended=ended), customers)
    assert points(report, "tests") == pytest.approx(4 * 0.2)
    assert finding(report, "TEST002").flagged
    probes = [Probe(f"fault {number}", Action.TESTS, planted={"a.py": b""}) for number in range(3)]
    assert [run.ok for run in exchange.session(probes, lambda _: slept[0], unwatched)] == [True, False, False]
