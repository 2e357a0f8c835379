"""How a grading goes, in words for the person who waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from app.store.rows import Phase, State, SubmissionRow
from app.words import N_, _, number
from graders.probes.names import Stage, stage_of

TITLES = {
    State.QUEUED: N_("Waiting for its turn"),
    State.GRADING: N_("Being graded"),
    State.GRADED: N_("Graded"),
    State.UNGRADED: N_("Not scored"),
    State.FAILED: N_("Failed on our side"),
    State.ABORTED: N_("Stopped"),
}

SENTENCES = {
    State.QUEUED: N_("Your submission is safe with us. Grading starts as soon as a worker is free."),
    State.GRADING: N_("Your pipeline runs in a sealed container. You may close this page. Nothing is lost."),
    State.GRADED: N_("Your pipeline ran and was assessed."),
    State.UNGRADED: N_("Your code had a problem, so we could not score it. The feedback says what and where."),
    State.FAILED: N_("The grading failed on our side. No attempt was used. Hand in again."),
    State.ABORTED: N_("The grading was stopped. No attempt was used."),
}

STAGES = {
    Stage.PACKAGES: N_("Install packages"),
    Stage.TRAIN: N_("Train your model"),
    Stage.EVALUATE: N_("Run your own evaluation"),
    Stage.PREDICT: N_("Predict rows that it has not seen"),
    Stage.ODD_ROWS: N_("Predict odd and broken rows"),
    Stage.READ_CODE: N_("Read your code"),
    Stage.TESTS: N_("Run your tests"),
    Stage.DOUBTS: N_("Check what is in doubt"),
}


@dataclass(frozen=True)
class Step:
    """One line of the timeline.  `seconds` lie between its first beginning and its last ending, or now, where some of
    it still runs; `since` is its first beginning then."""

    title: str
    state: str  # "done", "running", "waiting", "failed", or "void": run, but to no use
    done: int
    of: int
    seconds: float | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class Progress:
    """Everything the status fragment shows.  `seconds` are those spent so far, or in all; `until` is when gradings like
    this one are usually done, None where too few are known."""

    title: str
    sentence: str
    state: State
    stages: tuple[Step, ...]
    seconds: float | None
    since: datetime | None
    until: datetime | None

    @property
    def done(self) -> int:
        return sum(stage.done for stage in self.stages)

    @property
    def of(self) -> int:
        return sum(stage.of for stage in self.stages)

    @property
    def left(self) -> float | None:
        """Seconds until it is usually done; None where it takes longer than usual, or nothing is known."""
        seconds = (self.until - datetime.now(UTC)).total_seconds() if self.until else 0.0
        return seconds if seconds > 0 else None


def progress(
    row: SubmissionRow,
    phases: Sequence[Phase],
    expected: Sequence[str],
    usual: float | None = None,
    failed: str | None = None,
) -> Progress:
    """The timeline: what happened, what is happening and, while it goes on, what is still to come.

    `usual` is how many seconds such a grading takes, as far as known;
    `failed` names the phase whose failure left nothing to score.
    """
    since = row.started_at if row.state is State.GRADING else None
    until = since + timedelta(seconds=usual) if since and usual else None
    stages = tuple(_stages(phases, () if row.state.final else expected))
    if failed:
        stages = tuple(_failed(stages, STAGES[stage_of(failed)]))
    return Progress(
        TITLES[row.state], _(row.problem or SENTENCES[row.state]), row.state, stages, _spent(row), since, until
    )


def _spent(row: SubmissionRow) -> float | None:
    if row.started_at is None or row.state is State.QUEUED:
        return None
    return ((row.finished_at or datetime.now(UTC)) - row.started_at).total_seconds()


def _stages(phases: Sequence[Phase], expected: Sequence[str]) -> Iterator[Step]:
    """In the order of STAGES, those that have a phase which began or is to come."""
    begun = {phase.name: phase for phase in phases}
    names = list(dict.fromkeys((*begun, *expected)))
    for stage, title in STAGES.items():
        mine = [name for name in names if stage_of(name) is stage]
        if mine:
            yield _summed(title, [begun[name] for name in mine if name in begun], len(mine))


def _failed(stages: Sequence[Step], title: str) -> Iterator[Step]:
    """The stage of this title has failed; without its outcome those after it came to nothing."""
    after = False
    for step in stages:
        failing = step.title == title
        yield replace(step, state="failed" if failing else "void" if after else step.state)
        after = after or failing


def _summed(title: str, begun: Sequence[Phase], of: int) -> Step:
    done = sum(phase.ended_at is not None for phase in begun)
    if not begun:
        return Step(title, "waiting", 0, of)
    first = min(phase.started_at for phase in begun)
    last = max(phase.ended_at or datetime.now(UTC) for phase in begun)
    seconds = (last - first).total_seconds()
    return Step(title, "done", done, of, seconds) if done == of else Step(title, "running", done, of, seconds, first)


def lasting(seconds: float) -> str:
    """A stretch of time for reading: `3.2 s`, `48 s`, `2 min 5 s`, `1 h 10 min`."""
    whole = round(seconds)
    if seconds < 10:
        return number(f"{seconds:.1f} s")
    if whole < 60:
        return f"{whole} s"
    size, unit, part = (60, "min", "s") if whole < 3600 else (3600, "h", "min")
    rest = whole % size // (size // 60)
    return f"{whole // size} {unit}" + (f" {rest} {part}" if rest else "")
