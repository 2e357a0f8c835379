"""A submission goes in, is observed, is assessed, a report comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import ParamSpec, Protocol, TypeVar

from graders.catalog import CHECKS
from graders.checks.check import Check, judge
from graders.checks.leakage.detectors import look_at_text
from graders.checks.performance.slices import worst
from graders.debrief import debrief
from graders.facts import Facts, Told
from graders.inquiry import at_once, follow_up, on_batches, on_changes, on_identifiers
from graders.measure.answers import ungraded
from graders.measure.metrics import curves
from graders.measurements import OF_TEXT, measurements
from graders.model.case import Case, NotApplicable
from graders.model.challenge import Challenge, Dataset, Section
from graders.model.finding import Finding
from graders.model.probe import Action, Probe, Run, Sandbox, Watch, exhausted, instead, unwatched
from graders.model.report import Curves, Report, Verdicts
from graders.model.submission import Submission
from graders.mutation import trial
from graders.probes import sessions as probes
from graders.probes.names import PROBES, ProbeName
from graders.probes.seeds import seed_for
from graders.probes.shared import Shared
from graders.rubric import points
from graders.rubric.sections import Judgement
from graders.rubric.verdicts import verdicts
from graders.version import GRADER_VERSION, RUBRIC_VERSION

Session = Future[tuple[Run, ...]]
T = TypeVar("T")
P = ParamSpec("P")
#: A container more is begun for faults that take so many CPU seconds yet: it has its libraries to load.
WORTH_ANOTHER = 4.0
NO_RUNS: Mapping[str, Run] = MappingProxyType({})


class Reading(Protocol):
    """Calls a function that parses the candidate's text: where that text is hostile, in a process that can be ended."""

    def __call__(self, function: Callable[P, T], /, *args: P.args, **named: P.kwargs) -> T: ...


def here(function: Callable[P, T], /, *args: P.args, **named: P.kwargs) -> T:
    """In this process, for text of our own."""
    return function(*args, **named)


def collect(  # noqa: PLR0913
    submission: Submission,
    challenge: Challenge,
    dataset: Dataset,
    sandbox: Sandbox,
    *,
    seed: int,
    graded_at: str,
    watch: Watch = unwatched,
    cost_baseline: Mapping[str, Run] = NO_RUNS,
    reading: Reading = here,
) -> Case:
    """All that is to be known of a submission.  If the sandbox itself fails, SandboxError propagates: no case.

    `sandbox.finish` must follow, however this ends.
    `cost_baseline` is what `measure_cost_baseline` gave in the same image; without it cost is not judged.
    What to ask next and which faults to plant follows from the candidate's text, and is worked out by `reading`.
    """
    try:
        runs = observe(
            submission,
            challenge,
            dataset,
            sandbox,
            seed=seed,
            watch=watch,
            reading=reading,
            cost_baseline=cost_baseline,
        )
        return Case(submission, challenge, dataset, _by_name(runs), sandbox.info, seed, graded_at, cost_baseline)
    finally:
        sandbox.release(submission)


def expect(submission: Submission, challenge: Challenge, sandbox: Sandbox, *, seed: int) -> None:
    """Tell the sandbox what `collect` will ask first, while the rows are still read; `sandbox.finish` must follow."""
    for probe in probes.expected(challenge, seed):
        sandbox.expect(submission, probe)


def _text(case: Case) -> None:
    """Work out what follows from the text alone: whoever reads remembers it."""
    facts = Facts(case)
    look_at_text(facts)
    _ = facts.may_rest_on_chance


def _doubts(case: Case) -> list[list[Probe]]:
    facts = Facts(case)
    evaluations = [half for some in probes.by_order(follow_up(facts)) for half in probes.halves(some)]
    return [*evaluations, *probes.by_order([*on_batches(facts), *on_changes(facts), *on_identifiers(facts)])]


def _early_doubts(case: Case) -> list[Probe]:
    return at_once(Facts(case))


def _over_faults(case: Case) -> list[Probe]:
    facts = Facts(case)
    tests = case.runs.get(ProbeName.TESTS)
    return trial.session(case.submission, case.challenge, tests, case.seed, lambda: facts.planted)


def measure_cost_baseline(
    reference: Submission, challenge: Challenge, dataset: Dataset, sandbox: Sandbox
) -> Mapping[str, Run]:
    """What training, evaluating and timed calls of the challenge's reference use: the measure of all cost."""
    try:
        counted = sandbox.start(reference, probes.cost_baseline_session(challenge, dataset)).result()
        if counted[0].model is None:
            return NO_RUNS
        called = sandbox.start(reference, [probes.timed(challenge, dataset, 0, counted[0].model)]).result()
        return _by_name((*counted, *called))
    finally:
        sandbox.finish(reference)


def _by_name(runs: tuple[Run, ...]) -> dict[str, Run]:
    """Without the models, which no check reads and which are large."""
    return {run.name: replace(run, model=None) for run in runs}


def observe(  # noqa: PLR0913
    submission: Submission,
    challenge: Challenge,
    dataset: Dataset,
    sandbox: Sandbox,
    *,
    seed: int,
    watch: Watch = unwatched,
    reading: Reading = here,
    cost_baseline: Mapping[str, Run] = NO_RUNS,
) -> tuple[Run, ...]:
    """Put the probes to the submission, and then what settles the doubts that their answers leave.

    Nothing that has seen labels is there where hidden rows are.  Two sessions go on at a time, so that both cores are
    busy: train that counts, evaluate, and what its answers call for; train once more, then the tests.  Predict begins
    when one of the two is done, and the other helps it.
    """
    sessions = _Sessions(submission, challenge, dataset, sandbox, seed, watch, reading, cost_baseline)
    try:
        return tuple(sorted(sessions.runs(), key=_order))
    finally:
        sessions.cancel()


@dataclass(eq=False)
class _Sessions:
    """The sessions of one submission so far, by what they are about, and what follows those that have not ended."""

    submission: Submission
    challenge: Challenge
    dataset: Dataset
    sandbox: Sandbox
    seed: int
    watch: Watch
    reading: Reading
    cost_baseline: Mapping[str, Run]
    labelled: list[Session] = field(default_factory=list)  # the first two train
    testing: list[Session] = field(default_factory=list)
    trying: list[Session] = field(default_factory=list)
    predicting: list[Session] = field(default_factory=list)
    doubting: list[Session] = field(default_factory=list)
    held: list[Probe] = field(default_factory=list)  # until the container of the tests is free
    trials: trial.Trials = field(default_factory=trial.Trials)
    calls: Shared = field(default_factory=Shared)
    waiting: dict[Session, tuple[Callable[[], None], ...]] = field(default_factory=dict)
    not_run: list[Run] = field(default_factory=list)

    def runs(self) -> list[Run]:
        """Those of all sessions, once nothing more is to be asked."""
        train, again = self.counted[:1], probes.repeated_session(self.challenge, self.dataset, self.seed)
        self.start(self.labelled, train, self.evaluate, self.look, self.doubt)
        self.start(self.labelled, again, self.test, self.look, self.doubt)
        self.reading(_text, self.so_far([]))  # while containers start
        while self.waiting:
            done = wait(self.waiting, return_when=FIRST_COMPLETED).done
            for session in [session for session in self.waiting if session in done]:
                session.result()
                for then in self.waiting.pop(session):
                    if not any(then in others for others in self.waiting.values()):
                        then()
            self.help()
        over_faults = self.trials.counted(_ended(self.trying))
        return [*self.not_run, *_ended(self.labelled + self.testing), *over_faults, *self._later()]

    def _later(self) -> list[Run]:
        return [*self.calls.counted(_ended(self.predicting)), *_ended(self.doubting)]

    def cancel(self) -> None:
        for session in (*self.labelled, *self.testing, *self.trying, *self.predicting, *self.doubting):
            session.cancel()

    def start(self, kind: list[Session], asked: Sequence[Probe], *then: Callable[[], None]) -> None:
        """Begin a session; each of `then` is called when all that wait for it have ended."""
        kind.append(self.sandbox.start(self.submission, asked, self.watch))
        self.waiting[kind[-1]] = then

    def so_far(self, kind: list[Session], later: Sequence[Run] = ()) -> Case:
        runs = _by_name((*_ended(kind), *later))
        asked = self.submission, self.challenge, self.dataset
        return Case(*asked, runs, self.sandbox.info, self.seed, "", self.cost_baseline)

    @property
    def counted(self) -> list[Probe]:
        """Train, then evaluate."""
        return probes.counted_session(self.challenge, self.dataset, self.seed)

    @property
    def trained(self) -> tuple[Run, ...]:
        """The runs of train, the one that counts first."""
        return _ended(self.labelled[:2])

    def evaluate(self) -> None:
        """In the container of the train that counts.

        Not where train has slept all the time there is for both, nor where both runs of it have met a limit: nobody is
        graded then, and evaluate would most likely meet it once watched and once plain.
        """
        (train,), (_, *evaluate), again = self.labelled[0].result(), self.counted, self.labelled[1]
        if train.limited and again in self.waiting:
            self.waiting[again] = (self.evaluate, *self.waiting[again])
            return
        trained = [train, *again.result()] if train.limited else [train]
        if exhausted(trained):
            self.not_run.append(instead(evaluate[0], trained))
        else:
            self.start(self.labelled, evaluate, self.look, self.doubt)

    def look(self) -> None:
        """Ask what evaluate's answers call for, and predict when they call for nothing more.

        What needs the tests' order of sets waits for their container, where the libraries are loaded in that order.
        """
        if self.held:
            return
        case = self.so_far(self.labelled)
        evaluated, runs = case.runs.get(ProbeName.EVALUATE), tuple(case.runs.values())
        if evaluated and evaluated.ok:
            if asked := self.reading(_early_doubts, case):
                compared = seed_for(self.seed, probes.COMPARED_ORDER) if self._will_plant else None
                for some in probes.by_order(asked):
                    if some[0].hash_seed == compared:
                        self.held = some
                    else:
                        self.start(self.labelled, some, self.look, self.doubt)
                return
            if exhausted(runs) and ProbeName.EVALUATE_NULL not in case.runs:
                null = probes.evaluation(ProbeName.EVALUATE_NULL, self.dataset.public, self.challenge, self.seed)
                self.not_run.append(instead(null, runs))
        self.predict(probes.COUNTED_ORDER)

    def test(self) -> None:
        """In the container of the second train, since the tests have its order of sets."""
        self.start(self.testing, probes.tools_session(self.challenge, self.seed), self.plant)

    @property
    def _will_plant(self) -> bool:
        """Whether the tests have not ended."""
        return not self.testing or any(self.plant in then for then in self.waiting.values())

    def plant(self) -> None:
        """Put faults before the tests, after what has been held for their container."""
        if self.held:
            asked, self.held = self.held, []
            self.start(self.labelled, asked, self.look, self.doubt, self.plant)
            return
        case = self.so_far(self.testing)
        if asked := self.reading(_over_faults, case):
            self.trials = trial.Trials(asked, case.runs[ProbeName.TESTS].cpu_seconds)
            self.start(self.trying, self.trials.session(), self.tried)
        else:
            self.tried()

    def tried(self) -> None:
        """Nothing more is asked of the tests, whose container is left to predict."""
        self.predict(probes.COMPARED_ORDER)

    def predict(self, order: str) -> None:
        """Put rows without labels before the models, or help who does; what has held such rows serves nothing else.

        `order` is the order of sets of the container that is free.
        """
        if not all(session.done() for session in self.labelled[:2]) or not self.trained[0].ok:
            return
        if not self.predicting:
            models = [run for run in self.trained if run.model is not None]
            self.calls = Shared(probes.predict_session(self.challenge, self.dataset, self.seed, models))
        elif not self.calls.left:
            return
        self.start(self.predicting, self.calls.session(seed_for(self.seed, order)), self.doubt)

    def doubt(self) -> None:
        """Ask what evaluate and predict have left in doubt."""
        if self.held:
            return
        case = self.so_far(self.labelled, self._later())
        model = {run.name: run for run in self.trained if run.name == ProbeName.TRAIN}
        case = replace(case, runs={**case.runs, **model})  # doubts may be put to it once more
        asked = self.reading(_doubts, case)
        runs = [run for run in case.runs.values() if run.action is Action.PREDICT]
        if exhausted(runs):
            self.not_run += [instead(probe, runs) for some in asked for probe in some if probe.action is Action.PREDICT]
            asked = [some for some in asked if some[0].action is not Action.PREDICT]
        for some in asked:
            self.start(self.doubting, some, self.doubt)

    def help(self) -> None:
        """Begin another session over faults where the first is all that is left."""
        if list(self.waiting) == self.trying[:1] != [] and self.trials.seconds_left > WORTH_ANOTHER:
            self.start(self.trying, self.trials.session(), self.tried)


def _ended(sessions: Iterable[Session]) -> tuple[Run, ...]:
    return tuple(run for session in sessions for run in session.result())


def _order(run: Run) -> int:
    """The place of its probe in the list of all; what settles a doubt comes last."""
    return PROBES.index(run.name) if run.name in PROBES else len(PROBES)


class Beside(Protocol):
    """Begins a piece of work, on another core where there is one; what it gives is had by calling what is returned."""

    def __call__(self, work: Callable[[], T], /) -> Callable[[], T]: ...


def in_turn(work: Callable[[], T], /) -> Callable[[], T]:
    """Nothing is begun: it is worked out here when it is asked for."""
    return work


#: What is worked out beside the estimates of the metric: what rests on text, on tests and on odd rows.
BESIDE: frozenset[Section] = frozenset({"code", "production"})


def _is_beside(check: Check) -> bool:
    return check.family in BESIDE or check.verdict == "leakage"


def _half(facts: Facts, *, graded: bool) -> tuple[dict[str, Finding], dict[str, Judgement], Told]:
    found = _found(facts, _is_beside)
    return found, points.beside(facts, tuple(found.values()), BESIDE) if graded else {}, facts.tell()


def _meanwhile(facts: Facts) -> None:
    """Work out, while the other half goes on, what needs none of it; it is then known."""
    measurements(facts, without=OF_TEXT)
    with suppress(NotApplicable):
        worst(facts)


def _found(facts: Facts, wanted: Callable[[Check], bool]) -> dict[str, Finding]:
    return {check.code: judge(check, facts) for check in CHECKS if wanted(check)}


def assess(case: Case, beside: Beside = in_turn) -> Report:
    """Judge a case.  Pure: the same case gives the same report, however much of it is worked out `beside` the rest."""
    facts, why = Facts(case), ungraded(case)
    theirs = beside(partial(_half, facts, graded=why is None))
    found = _found(facts, lambda check: check.family == "performance")
    if why is None:
        _meanwhile(facts)
    half, criteria, told = theirs()
    facts.hear(told)
    found |= half
    found |= _found(facts, lambda check: check.code not in found)
    findings = tuple(found[check.code] for check in CHECKS)
    report = partial(Report, case=case, findings=findings, grader_version=GRADER_VERSION, rubric_version=RUBRIC_VERSION)
    if why is not None:
        return report(
            problem=why,
            overall=None,
            sections=(),
            metrics={},
            verdicts=Verdicts("not judged", "not judged", None),
            debrief=debrief(case, findings, ()),
            curves=Curves(),
        )
    judged = points.sections(facts, findings, criteria)
    results = tuple(section.result for section in judged)
    total = points.overall(judged, facts.measured, findings)
    return report(
        problem=None,
        overall=total,
        sections=results,
        metrics=facts.measured.table(),
        verdicts=verdicts(findings),
        debrief=debrief(case, findings, results, total),
        curves=curves(facts.scored, case.dataset.oracle, case.challenge.use),
        measurements=measurements(facts),
    )
