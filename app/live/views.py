"""What is sent about exercises of a debrief, and seen of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from difflib import unified_diff
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from app.store.live import Exercise, LiveFile, LiveRun
from app.words import language, spoken
from graders.live.kinds import KINDS
from graders.live.model import LiveDifference, LiveOutcome, LiveTask
from graders.live.patch import MOST_BYTES
from graders.words import Speaker, Text

FilePath = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
PREDICTION_MAX = 2000
#: So many lines of a difference are shown.
MOST_LINES = 400


class LiveIn(BaseModel):
    """Which task to open: `key` of one that is on offer."""

    model_config = ConfigDict(extra="forbid")

    key: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class KindsIn(BaseModel):
    """The kinds of task that all debriefs of a challenge use."""

    model_config = ConfigDict(extra="forbid")

    kinds: list[Annotated[str, StringConstraints(max_length=60)]] = Field(min_length=1, max_length=60)


class Draft(BaseModel):
    """A file as it is typed, the version it was read in, and the prediction."""

    model_config = ConfigDict(extra="forbid")

    path: FilePath
    version: int = Field(ge=0, le=2**31 - 2)
    text: Annotated[str, StringConstraints(max_length=MOST_BYTES, pattern=r"^[^\x00]*$")]
    prediction: Annotated[str, StringConstraints(max_length=PREDICTION_MAX, pattern=r"^[^\x00]*$")] = ""


class Place(BaseModel):
    """A line of a file, and the character before which a cursor stands; without a line, the file."""

    model_config = ConfigDict(extra="forbid")

    path: FilePath
    line: int | None = Field(None, ge=1, le=1_000_000)
    character: int | None = Field(None, ge=1, le=1_000_000)


class VersionView(BaseModel):
    """The version of a file from now on."""

    version: int


class TaskView(BaseModel):
    """A task: what to do in one sentence, what to predict, what counts as done, and where to begin."""

    key: str
    kind: str
    about: str
    sentence: str
    predicts: str
    done: str
    path: str
    line: int | None


class KindView(BaseModel):
    """A kind of task, whether debriefs of the challenge use it, and how many candidates were given one."""

    kind: str
    title: str
    used: bool
    candidates: int


class LiveRunView(BaseModel):
    """One run.  `patch` is a unified diff to the work as it was handed in; `difference` holds both outcomes.

    `state` is queued, running, done, stopped or failed; the candidate stops a run, and failed is our fault, as
    `problem` says.
    """

    id: str
    number: int
    prediction: str
    patch: str
    state: str
    problem: str | None
    outcome: dict[str, Any] | None
    difference: dict[str, Any] | None
    seconds: float | None
    created_at: AwareDatetime
    finished_at: AwareDatetime | None


class LiveFileView(BaseModel):
    """A file as it is typed; `changed` where it is not as it was handed in."""

    path: str
    text: str
    version: int
    changed: bool


class ExerciseView(BaseModel):
    """A task that was opened.  `url` is the candidate's link, for members while it works."""

    id: str
    invitation_id: str
    submission_id: str
    task: TaskView
    prediction: str
    alive: bool
    url: str | None
    created_at: AwareDatetime
    expires_at: AwareDatetime
    ended_at: AwareDatetime | None


class ExerciseDetail(ExerciseView):
    files: list[LiveFileView]
    runs: list[LiveRunView]


class ChoiceView(BaseModel):
    """What can be opened for a candidate.  `without` are kinds of the challenge for which this work gives no task."""

    kinds: list[str]
    tasks: list[TaskView]
    without: list[str]
    opened: list[ExerciseView]


def said(value: Any) -> Any:
    """A value of graders/live with its sentences in the reader's language, as JSON holds it."""
    return _said(value, Speaker(language()))


def _said(value: Any, speaker: Speaker) -> Any:
    if isinstance(value, Text):
        return speaker.text(value)
    if hasattr(value, "__dataclass_fields__"):
        return {part.name: _said(getattr(value, part.name), speaker) for part in fields(value)}
    if isinstance(value, tuple | list):
        return [_said(part, speaker) for part in value]
    return value


def task_view(task: LiveTask) -> TaskView:
    shown = {name: value for name, value in said(task).items() if name in TaskView.model_fields}
    return TaskView(**shown, key=task.key)


def outcome(plain: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A stored outcome for its reader."""
    told: dict[str, Any] | None = said(LiveOutcome.of(plain)) if plain else None
    return told


def difference(plain: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A stored difference for its reader."""
    told: dict[str, Any] | None = said(LiveDifference.of(plain)) if plain else None
    return told


def diff(originals: Mapping[str, str], changed: Mapping[str, str]) -> str:
    """What was changed, as a unified diff of at most MOST_LINES lines."""
    lines: list[str] = []
    for path, text in sorted(changed.items()):
        pair = (originals.get(path, "").splitlines(), text.splitlines())
        lines += unified_diff(*pair, path, path, "", "", 2, "")
    return "\n".join(lines[:MOST_LINES] + (["…"] if len(lines) > MOST_LINES else []))


def kind_title(kind: str) -> str:
    """What a kind of task is called; one that there is no more by its name."""
    return spoken(KINDS[kind]) if kind in KINDS else kind


def exercise_view(exercise: Exercise, url: str | None = None) -> ExerciseView:
    """An exercise; `url` for members alone."""
    shown = ("id", "invitation_id", "submission_id", "prediction", "alive", "created_at", "expires_at", "ended_at")
    task = task_view(LiveTask.of(exercise.task))
    return ExerciseView(**{name: getattr(exercise, name) for name in shown}, task=task, url=url)


def exercise_detail(
    exercise: Exercise, files: Iterable[LiveFile], runs: Iterable[LiveRun], url: str | None = None
) -> ExerciseDetail:
    """An exercise with its files and runs."""
    files = list(files)
    originals = {file.path: file.original for file in files}
    return ExerciseDetail(
        **exercise_view(exercise, url).model_dump(),
        files=[LiveFileView(path=f.path, text=f.text, version=f.version, changed=f.changed) for f in files],
        runs=[run_view(run, originals) for run in runs],
    )


def run_view(run: LiveRun, originals: Mapping[str, str]) -> LiveRunView:
    """A run for either reader: both see the same."""
    same = ("id", "number", "prediction", "state", "problem", "seconds", "created_at", "finished_at")
    return LiveRunView(
        **{name: getattr(run, name) for name in same},
        patch=diff(originals, run.patch),
        outcome=outcome(run.outcome),
        difference=difference(run.difference),
    )
