"""What is executed: the calls put to a submission, what each gave, and the sandbox that makes them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Protocol

from graders.model.arrays import FloatArray
from graders.model.challenge import Limits
from graders.model.contract import BINARY, Contract
from graders.model.submission import Location, Submission
from graders.words import say

if TYPE_CHECKING:
    import pandas as pd


class Action(StrEnum):
    TRAIN = "train"
    EVALUATE = "evaluate"
    PREDICT = "predict"
    TESTS = "tests"
    RUFF = "ruff"
    RADON = "radon"


#: Which actions may share a container: one that saw labels never meets one that saw hidden rows.
SIDES: Mapping[Action, str] = {
    Action.TRAIN: "labelled",
    Action.EVALUATE: "labelled",
    Action.PREDICT: "unlabelled",
    Action.TESTS: "tools",
    Action.RUFF: "tools",
    Action.RADON: "tools",
}


#: Rows that equal an earlier one, each with that one.
Copies = tuple[tuple[int, int], ...]


@dataclass(frozen=True, eq=False)
class Probe:
    """One call put to the submission, in a process of its own (but see `after`).

     `data` are the rows the candidate's function receives.  `model` is what an earlier train run left (opaque bytes).
     `batches` are the sizes of consecutive parts in which `data` is handed to `predict`, one call each; empty means all
     at once.  A `traced` train or evaluate leaves an account of what it did with which rows as the run's `output` (see
     graders/checks/leakage/trace.py); `traced` tests count lines by marks in the code, and end with a failure where the
     marks may have missed some (see sandbox/harness/marks.py).  When an `essential` probe does not end well, the rest
     of its session is skipped.  Of a `timed` probe the CPU time of each call comes back, and the machine's pace: never
     of one with hidden rows, which could be spelt out in it.  `planted` texts are loaded in place of the submission's
     own modules, which stay on the disk; tests over them end with the first failure, and those in the files named
     `first` come first.  `contract` says what the answer must be.
    What follows the rows of a traced call is told the `copies` among them: rows that equal an earlier one in every
    column, each with that one; None where they are not known.  Where its claim is not `sought`, nothing that the
    submission worked out by hand is tried for it once evaluate has returned.
    Two probes have the same order of sets where they have the same `hash_seed`.  With `other_rounding` libraries add
    numbers up in another order.  With `row_by_row` some steps of scikit-learn that work on all rows of a call together
    get them one by one (see sandbox/harness/row_by_row.py).
    A call of predict that may come `after` another may be made in its process, where that comes right before it in the
    session and both ask the same model alike: it then finds what the first has left in memory.
    A probe is not begun where its session has used `within` CPU seconds, nor where `unless` says so of the session's
    runs so far; one over its `budget` of seconds, working or asleep, counts as a run that met the limit.
    """

    name: str
    action: Action
    data: pd.DataFrame | None = None
    model: bytes | None = None
    seed: int = 0
    hash_seed: int = 0
    batches: tuple[int, ...] = ()
    limits: Limits = field(default_factory=Limits)
    essential: bool = False
    timed: bool = False
    traced: bool = False
    copies: Copies | None = None
    sought: bool = True
    other_rounding: bool = False
    row_by_row: bool = False
    contract: Contract = BINARY
    planted: Mapping[str, bytes] = field(default_factory=dict)
    first: tuple[str, ...] = ()
    after: str = ""
    within: float = math.inf
    unless: Callable[[Sequence[Run]], bool] | None = None
    budget: float = math.inf


#: After so many probes of one side that ended at a limit by the candidate's doing, no other of that side is run.
PATIENCE = 2
#: So many seconds runs of one side may sleep in all; after that no other of that side is run.
MOST_ASLEEP = 60.0


class Exit(StrEnum):
    """How a run ended.  All but OK are the candidate's; a fault of ours raises SandboxError instead."""

    OK = "ok"
    CRASHED = "crashed"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    NO_ANSWER = "ended without an answer"
    BAD_OUTPUT = "bad output"
    TOO_LARGE = "too large"


@dataclass(frozen=True)
class Failure:
    """Why a run did not end well.  `kind` is a stable code (see sandbox/protocol/failure.py) or the name of a built-in
    exception; `message` is the candidate's text and hostile, or a sentence of ours; `frames` are the places
    in the candidate's files, outermost first."""

    kind: str
    message: str
    frames: tuple[Location, ...] = ()


@dataclass(frozen=True, eq=False)
class Run:
    """What one probe gave, as measured from outside the candidate's process.

    predictions: float64 that keep the contract, shape (rows,), or (rows, classes) with a column a class; for predict.
    claims: finite numbers by name, with at least the metric's; for evaluate.
    model: what `train` saved, opaque; never to be interpreted outside a container.
    output: JSON text, at most 4 MB: of a tool for tests, ruff and radon, of the tracer for a traced probe
        (empty where it has nothing to say).
    log: what was printed, bounded; text of the candidate, and for predict never shown to one.
    saved_mb: what `train` saved, in MB.
    call_seconds: CPU seconds of each call of a timed probe, told by the candidate's own process.
    pace: CPU seconds of a fixed piece of work of ours just before and after a timed probe; 0 where none was done.
    watched: whether it was traced; None in records of old, in which the evaluate that counts was not.
    by_chance: whether evaluate drew from the global generators or asked for fresh entropy, as its own process tells;
        None where it does not.
    waited: seconds in which it was ready to run and others had the core; None where nobody counted.
    """

    name: str
    action: Action
    exit: Exit
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    max_rss_mb: float = 0.0
    predictions: FloatArray | None = None
    claims: Mapping[str, float] = field(default_factory=dict)
    model: bytes | None = None
    output: str = ""
    failure: Failure | None = None
    log: str = ""
    saved_mb: float = 0.0
    call_seconds: tuple[float, ...] = ()
    pace: float = 0.0
    waited: float | None = None
    watched: bool | None = None
    by_chance: bool | None = None

    @property
    def ok(self) -> bool:
        return self.exit is Exit.OK

    @property
    def worked(self) -> float:
        """Seconds of the processor, or all seconds where these were not counted."""
        return self.cpu_seconds or self.seconds

    @property
    def used(self) -> float:
        """Seconds in which it worked or slept: all but the wait for a core, where that was counted."""
        if self.waited is None:
            return self.worked
        return max(self.cpu_seconds, self.seconds - self.waited)

    @property
    def asleep(self) -> float:
        """Seconds in which it neither worked nor waited for a core; 0 where nobody counted the waiting."""
        return 0.0 if self.waited is None else max(self.used - self.cpu_seconds, 0.0)

    @property
    def prevented(self) -> bool:
        """Whether the candidate's code kept this run from giving an answer: our faults raise, and the wall clock may
        be the machine's where nobody counted how long the run waited for a core."""
        slow = self.failure is not None and self.failure.kind == "WALL_LIMIT" and self.waited is None
        return not self.ok and not slow

    @property
    def limited(self) -> bool:
        """Whether it ended at a limit by the candidate's doing."""
        return self.prevented and self.exit in (Exit.TIMED_OUT, Exit.OUT_OF_MEMORY)

    def repeated(self, probe: Probe) -> Run:
        """What counts for a probe that is not run, as this one and another of its kind had ended at a limit."""
        kind = self.failure.kind if self.failure else "CPU_LIMIT"
        message = say("not run, as {patience} others of its kind had ended at a limit", patience=PATIENCE)
        return Run(probe.name, probe.action, self.exit, failure=Failure(kind, message), waited=self.waited)


def left_out(probe: Probe, runs: Sequence[Run]) -> bool:
    """Whether a session with these runs so far goes on without this probe."""
    if probe.unless is not None and probe.unless(runs):
        return True
    return sum(run.worked for run in runs) >= probe.within


def not_run(probe: Probe, runs: Sequence[Run]) -> Run | None:
    """What counts for a probe for which the runs of its side so far have left nothing; None where it is to be run.

    A planted fault may meet limits.
    """
    if sum(run.used for run in runs) >= probe.budget:
        return over_budget(probe)
    if overslept(runs) or (exhausted(runs) and not probe.planted):
        return instead(probe, runs)
    return None


def over_budget(probe: Probe) -> Run:
    """What counts for a probe that is not run, as those before it have used up the budget of all."""
    message = say(
        "not run, as others had used the {budget:g} seconds there are for all calls of {action}",
        budget=probe.budget,
        action=probe.action,
    )
    return Run(probe.name, probe.action, Exit.TIMED_OUT, failure=Failure("CPU_LIMIT", message))


def overslept(runs: Iterable[Run]) -> bool:
    """Whether runs of one side have slept longer together than any honest ones."""
    return sum(run.asleep for run in runs) > MOST_ASLEEP


def exhausted(runs: Sequence[Run]) -> bool:
    """Whether so many runs of one side met limits, or slept so long together, that no other of that side is run."""
    return sum(run.limited for run in runs) >= PATIENCE or overslept(runs)


def instead(probe: Probe, runs: Sequence[Run]) -> Run:
    """What counts for a probe that is not run, as those of its side before it were exhausted."""
    if not overslept(runs):
        return [run for run in runs if run.limited][-1].repeated(probe)
    message = say("not run, as others of its kind had slept more than {seconds:g} seconds", seconds=MOST_ASLEEP)
    return Run(probe.name, probe.action, Exit.TIMED_OUT, failure=Failure("WALL_LIMIT", message), waited=0.0)


@dataclass(frozen=True)
class SandboxInfo:
    """What the runs ran on, for the report's provenance."""

    image: str
    runtime: str


Watch = Callable[[str, Literal["started", "ended"]], None]  # (name of the probe, what happened to it)


def unwatched(name: str, event: Literal["started", "ended"]) -> None:
    """The Watch of whoever does not care."""


class SandboxError(Exception):
    """The sandbox itself failed: nobody is graded, no attempt is spent, the work may be tried again."""


class Sandbox(Protocol):
    """Where untrusted code runs.  sandbox/testing/conformance.py holds what every implementation must do."""

    @property
    def info(self) -> SandboxInfo: ...

    def start(
        self, submission: Submission, probes: Sequence[Probe], watch: Watch = unwatched
    ) -> Future[tuple[Run, ...]]:
        """Run `probes` one after another, each in a fresh process that finds nothing of any other, but for the one that
        it may come `after`; one Run for each that was reached (see Probe.essential).  No container serves two
        submissions, none that has held unlabelled rows serves another call, and none is left when the submission's last
        call has ended.

        The future raises SandboxError when the fault is ours.  Probes of two sides (see SIDES) in one call
        raise ValueError at once.
        """
        ...

    def expect(self, submission: Submission, probe: Probe) -> None:
        """Soon a session will be asked for that begins like this one, whose rows are not known yet: whatever it takes
        to run it may be begun.  `finish` must follow, whatever happens in between."""
        ...

    def release(self, submission: Submission) -> None:
        """No more sessions of it will come: what is kept for one begins to end now, not only after a while."""
        ...

    def finish(self, submission: Submission) -> None:
        """Release it, and return when nothing of it is left."""
        ...
