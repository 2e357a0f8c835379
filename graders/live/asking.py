"""What a live run puts to changed code: only the probes that its task needs, on public rows alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace

from graders.facts import Facts
from graders.grade import NO_RUNS, Reading, here
from graders.inquiry import at_once, follow_up, on_batches, on_changes
from graders.live import faults
from graders.live.faults import Fault
from graders.live.model import READ, TESTS
from graders.model.case import Case
from graders.model.challenge import Challenge, Dataset
from graders.model.probe import Action, Probe, Run, Sandbox
from graders.model.submission import Submission
from graders.probes import sessions as probes
from graders.probes.names import ProbeName, Stage

#: What a task may ask for, by name, with the calls of predict that each adds.
PREDICTS: Mapping[str, frozenset[ProbeName]] = {
    "evaluate": frozenset({ProbeName.PREDICT, ProbeName.PREDICT_PUBLIC}),
    "leaks": frozenset({ProbeName.PREDICT, ProbeName.PREDICT_PARTS, ProbeName.PREDICT_PUBLIC}),
    "columns": frozenset({
        ProbeName.PREDICT, ProbeName.PREDICT_PUBLIC, ProbeName.PREDICT_CHANGED, ProbeName.PREDICT_SHUFFLED,
    }),
    "again": frozenset({ProbeName.PREDICT, ProbeName.PREDICT_AGAIN}),
    "odd rows": frozenset({
        ProbeName.PREDICT_FRESH, ProbeName.PREDICT_CHANGED,
        *(name for name in ProbeName if name.stage is Stage.ODD_ROWS),
    }),
    "batches": frozenset({
        ProbeName.PREDICT, ProbeName.PREDICT_PARTS, ProbeName.PREDICT_FRESH, ProbeName.PREDICT_TIMED,
    }),
    "times": frozenset({ProbeName.PREDICT, ProbeName.PREDICT_PARTS, ProbeName.PREDICT_FRESH, ProbeName.PREDICT_TIMED}),
}  # fmt: skip
RUNS = (READ, TESTS, *PREDICTS)
#: The order of sets of all runs but those that are made again: that of containers kept warm, which load nothing anew.
WARM_ORDER = 0


@dataclass(frozen=True)
class Asked:
    """`runs` are names of RUNS; `fault` is what is planted for the tests, `column` that of which the task speaks."""

    runs: tuple[str, ...]
    fault: Fault = ()
    column: str = ""

    @property
    def calls(self) -> frozenset[ProbeName]:
        """All calls of predict."""
        return frozenset[ProbeName]().union(*(PREDICTS.get(run, ()) for run in self.runs))


def ask(  # noqa: PLR0913
    asked: Asked,
    submission: Submission,
    challenge: Challenge,
    rows: Dataset,
    sandbox: Sandbox,
    *,
    seed: int,
    reading: Reading = here,
    cost_baseline: Mapping[str, Run] = NO_RUNS,
) -> Case:
    """The case of a changed submission on `rows`, which `live_rows` gave; SandboxError where the fault is ours.

    Where train fails nothing else is run, and where evaluate does, nothing that is compared with it.
    """
    sessions = _Sessions(sandbox, Case(submission, challenge, rows, {}, sandbox.info, seed, "", cost_baseline))
    try:
        sessions.start(_tools(asked, sessions.empty))
        if asked.calls:
            _run(asked, sessions, reading)
        case = sessions.case()
        return replace(case, runs={name: replace(run, model=None) for name, run in case.runs.items()})
    finally:
        sessions.cancel()
        sandbox.finish(submission)


class _Sessions:
    """Sessions of one submission, and the case of what they gave."""

    def __init__(self, sandbox: Sandbox, empty: Case) -> None:
        self.empty = empty
        self._sandbox = sandbox
        self._started: list[Future[tuple[Run, ...]]] = []

    def start(self, asked: Sequence[Probe], *, again: bool = False) -> Future[tuple[Run, ...]]:
        """A session of these probes, `again` with another order of sets; of none it has ended at once."""
        if not asked:
            nothing: Future[tuple[Run, ...]] = Future()
            nothing.set_result(())
            return nothing
        ordered = asked if again else [replace(probe, hash_seed=WARM_ORDER) for probe in asked]
        self._started.append(self._sandbox.start(self.empty.submission, ordered))
        return self._started[-1]

    def case(self, *, without_models: bool = False) -> Case:
        """Once all that was started has ended."""
        runs = [run for session in self._started for run in session.result()]
        return replace(self.empty, runs={run.name: replace(run, model=None) if without_models else run for run in runs})

    def drop(self, *sessions: Future[tuple[Run, ...]]) -> None:
        """What these give is of no use any more, and is not waited for."""
        for session in sessions:
            session.cancel()
        self._started = [session for session in self._started if session not in sessions]

    def cancel(self) -> None:
        for session in self._started:
            session.cancel()


def _run(asked: Asked, sessions: _Sessions, reading: Reading) -> None:
    """Train and predict in one lane, evaluate in the other, and what the task compares them with."""
    challenge, rows, seed = sessions.empty.challenge, sessions.empty.dataset, sessions.empty.seed
    train, *evaluate = probes.counted_session(challenge, rows, seed)
    training, evaluating = sessions.start([train]), sessions.start(evaluate)
    repeated = probes.repeated_session(challenge, rows, seed)
    repeated.append(probes.evaluation(ProbeName.EVALUATE_AGAIN, rows.public, challenge, seed))
    comparing = sessions.start(repeated if "again" in asked.runs else [], again=True)
    (trained,) = training.result()
    if not trained.ok:
        sessions.drop(evaluating, comparing)
        return
    again = [run for run in comparing.result() if run.action is Action.TRAIN]
    calls = probes.predict_session(challenge, rows, seed, (trained, *again))
    sessions.start([probe for probe in calls if probe.name in asked.calls])
    *_, evaluated = evaluating.result()
    if not evaluated.ok:
        return
    if "leaks" in asked.runs:
        while early := reading(_early, sessions.case(without_models=True)):
            sessions.start(early)
        for half in probes.halves(reading(_doubts, sessions.case(without_models=True))):
            sessions.start(half)
    if "batches" in asked.runs:
        while on_rows := on_batches(Facts(sessions.case())):
            sessions.start(on_rows)
    if "columns" in asked.runs:
        sessions.start(on_changes(Facts(sessions.case())))


def _early(case: Case) -> list[Probe]:
    return _of_leaks(at_once(Facts(case)))


def _doubts(case: Case) -> list[Probe]:
    return _of_leaks(follow_up(Facts(case)))


def _of_leaks(asked: list[Probe]) -> list[Probe]:
    """Without what tells whether a claim is made again, which is a task of its own."""
    return [probe for probe in asked if probe.name != ProbeName.EVALUATE_AGAIN]


def _tools(asked: Asked, case: Case) -> list[Probe]:
    """Ruff and radon, the tests, and the tests over the planted fault and over a change without one."""
    wanted: dict[str, str] = {ProbeName.RUFF: READ, ProbeName.RADON: READ, ProbeName.TESTS: TESTS}
    found = [probe for probe in probes.tools_session(case.challenge, case.seed) if wanted[probe.name] in asked.runs]
    over = faults.over(case.submission, case.challenge, asked.fault, case.seed) if asked.fault else []
    return [*found, *over]
