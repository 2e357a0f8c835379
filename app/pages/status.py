"""How a grading goes, in words for the person who waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.store.rows import Phase, State, SubmissionRow

TITLES = {
    State.QUEUED: "Waiting for its turn",
    State.GRADING: "Being graded",
    State.GRADED: "Graded",
    State.UNGRADED: "It could not be scored",
    State.FAILED: "Failed on our side",
}

SENTENCES = {
    State.QUEUED: "Your submission is safe with us. Grading starts as soon as a worker is free.",
    State.GRADING: "Your pipeline runs in a sealed container. You may close this page; nothing is lost.",
    State.GRADED: "Your pipeline ran and was assessed.",
    State.UNGRADED: "Your code ran into a problem before it could be scored. The report says which, and where.",
    State.FAILED: "",
}

#: What a probe is called to a candidate; a probe without an entry shows under its own name.
LABELS = {
    "train": "Train your model",
    "evaluate": "Run your own evaluation",
    "train again": "Train once more, to see whether it repeats",
    "evaluate on permuted labels": "Evaluate on shuffled labels",
    "predict": "Predict the hidden customers",
    "predict in parts, reordered": "Predict in another order and in parts",
    "predict training rows": "Predict rows it was trained on",
    "predict jittered training rows": "Predict slightly changed rows",
    "predict without post-outcome columns": "Predict with one source of information blanked",
    "predict again": "Predict with the second model",
    "ruff": "Read your code",
    "radon": "Measure how complex it is",
    "tests": "Run your tests",
}


@dataclass(frozen=True)
class Step:
    """One line of the timeline; `seconds` once it is done."""

    label: str
    state: str  # "done", "running" or "waiting"
    seconds: float | None = None


@dataclass(frozen=True)
class Progress:
    """Everything the status fragment shows."""

    title: str
    sentence: str
    state: State
    steps: tuple[Step, ...]

    @property
    def done(self) -> int:
        return sum(step.state == "done" for step in self.steps)


def progress(row: SubmissionRow, phases: Sequence[Phase], expected: Sequence[str]) -> Progress:
    """The timeline: what happened, what is happening and, while it goes on, what is still to come."""
    sentence = row.problem or SENTENCES[row.state]
    return Progress(TITLES[row.state], sentence, row.state, tuple(_steps(row, phases, expected)))


def _steps(row: SubmissionRow, phases: Sequence[Phase], expected: Sequence[str]) -> Iterator[Step]:
    for phase in phases:
        ended = phase.ended_at
        seconds = (ended - phase.started_at).total_seconds() if ended else None
        yield Step(LABELS.get(phase.name, phase.name), "done" if ended else "running", seconds)
    if not row.state.final:
        begun = {phase.name for phase in phases}
        yield from (Step(LABELS.get(name, name), "waiting") for name in expected if name not in begun)
