"""report.json in types: what every reader of a report is given, and what the published JSON Schema is generated from.

After a change, `python -m graders.report.schema` writes schema.json again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import GenerateJsonSchema, SkipJsonSchema

from graders.model.challenge import Section as SectionId
from graders.model.finding import Certainty, Severity, Status
from graders.model.probe import Action, Exit
from graders.model.report import Verdict
from graders.model.submission import Form

SCHEMA_VERSION = "1.5.0"
COMMITTED = Path(__file__).with_name("schema.json")

Reader = Literal["interviewer", "recruiter", "candidate"]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$")]
Percent = Annotated[float, Field(ge=0, le=100)]
Points = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
#: Lines and cells count from 1.
Ordinal = Annotated[int, Field(ge=1)]
Band = Annotated[int, Field(ge=1, le=4)]
Quote = Annotated[tuple[tuple[Ordinal, str], ...], Field(description="Source lines about the place, as [line, text].")]


class Element(BaseModel):
    """One object of the document.  It ignores names that it does not know: a later version may have added some."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    def plain(self) -> dict[str, Any]:
        """As report.json holds it.  A name that was not given stays away, as in documents of earlier versions."""
        return self.model_dump(mode="json", exclude_unset=True)


class Place(Element):
    """A place in the candidate's files; `line` counts within `cell` where there is one."""

    path: str | None
    line: Ordinal | None
    cell: Ordinal | None


class QuotedPlace(Place):
    """A place with the code that stands there."""

    quote: Quote


class SetAside(Place):
    """A part of the submission that was kept out of every run."""

    what: str


class Interval(Element):
    """A number with its 95 % interval; low and high are null where none was measured."""

    value: float | None
    low: float | None
    high: float | None


Group = Mapping[str, Interval]


class Submission(Element):
    """What was handed in."""

    id: str
    sha256: str
    form: Form
    entry: str
    files: Count = Field(description="How many files.")
    lines: Count = Field(description="Lines of Python, notebook cells included.")


class Challenge(Element):
    """What was asked, and on which data."""

    id: str
    version: str
    title: str
    data_fingerprint: str
    task: Literal["binary", "multiclass", "regression"] = Field("binary", description="Since 1.3.")
    classes: tuple[str, ...] = Field((), description="Of several classes, in the order of all tables; since 1.3.")
    unit: str = Field("", description="What the target of a regression is counted in; since 1.3.")
    group: str = Field("row", description="What rows that belong together share, such as `customer`; since 1.3.")
    own_rows: bool = Field(False, description="The candidate had rows of their own; since 1.5.")


class Package(Element):
    """A package that was laid beside those of the image."""

    name: str
    version: str
    sha256: str


class Provenance(Element):
    """What graded it, and when."""

    grader_version: str
    rubric_version: str
    image: str
    runtime: str
    seed: int
    graded_at: str
    packages: tuple[Package, ...] = Field((), description="Of the challenge and of the submission itself; since 1.4.")


class Cap(Element):
    """Why the band is held down."""

    code: Code
    why: str


class Overall(Element):
    """0 to 100 with a 95 % interval; the numbers are null only where the reader is the candidate."""

    score: Percent | None = Field(description="null only where the reader is the candidate.")
    low: Percent | None
    high: Percent | None
    band: Band
    bands: tuple[Band, ...] = Field(
        min_length=1, max_length=4, description="More than one where the interval crosses a cut."
    )
    caps: tuple[Cap, ...]


class Problem(Element):
    """Why the candidate's code could not be scored, and what to do about it."""

    code: Code
    message: str
    hint: str
    where: Place | None
    quote: Quote


class Item(Element):
    """A strength or a concern; `about` is the finding or the criterion."""

    title: str
    text: str
    about: str


class Summary(Element):
    """What a reader with one minute needs."""

    strengths: tuple[Item, ...] = Field(max_length=3)
    concerns: tuple[Item, ...] = Field(max_length=3)


class Criterion(Element):
    """points is null where the criterion is not judged: it then counts neither for nor against."""

    id: str
    title: str
    points: Points | None
    max: Points
    why: str
    findings: tuple[Code, ...]
    next: str = Field("", description="The one change that would gain most; empty where there is none.")
    gain: Points = Field(0.0, description="The points that `next` could gain.")


class Section(Element):
    """A section of the rubric; `max` sums the criteria that were judged, `weight` all of them.

    low and high are a 95 % interval; that of `code` says where an expert's grade of the same code would lie.
    """

    id: SectionId
    points: Points | None
    max: Points
    weight: Points
    low: Points | None
    high: Points | None
    criteria: tuple[Criterion, ...]


class Metrics(Element):
    """Scores by name, on hidden and on training rows and as the candidate claims them."""

    hidden: Group
    train: Group
    claimed: Group
    claimed_null: Group
    skill: Interval | None
    oracle: float | None = Field(description="The challenge's metric, on hidden rows, of the best attainable answers.")
    baseline: float | None = Field(description="The challenge's metric, on hidden rows, of its baseline.")
    metric: str = Field("roc_auc", description="The challenge's own metric; since 1.2.")
    title: str = Field("", description="How the metric is called in a sentence; since 1.3.")
    higher: bool = Field(True, description="Whether more of the metric is better; since 1.3.")
    unit: str = Field("", description="What the metric is counted in, empty for a bare number; since 1.3.")
    uninformed: float | None = Field(
        None, description="The metric, on hidden rows, of the best answers that know nothing of a row; since 1.3."
    )


class Curves(Element):
    """Points for the plots, on the hidden rows."""

    roc: tuple[tuple[Share, Share], ...]
    calibration: tuple[tuple[Share, Share, Count], ...] = Field(description="Mean prediction, observed rate, rows.")
    precision_recall: tuple[tuple[Share, Share], ...] = Field((), description="Recall, precision; since 1.1.")
    cost: tuple[tuple[Share, float], ...] = Field((), description="Threshold, cost of a thousand rows; since 1.1.")
    roc_attainable: tuple[tuple[Share, Share], ...] = Field((), description="ROC of the best ranking; since 1.2.")
    cost_range: tuple[tuple[float, float], ...] = Field(
        (), description="95 % interval of each point of `cost`; since 1.3."
    )
    confusion: tuple[tuple[Count, ...], ...] = Field(
        (), description="Hidden rows of each class, down, by predicted class, across; since 1.3."
    )
    predicted: tuple[tuple[float, float, float, float, Count], ...] = Field(
        (),
        description="By tenth of the prediction: its mean, the truth's mean, lower and upper tenth, rows; since 1.3.",
    )


Cell = str | int | float | Interval | None


class Measurement(Element):
    """A table; rows are as long as `columns`."""

    id: str = Field(pattern="^[a-z-]+$")
    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Verdicts(Element):
    """The three gates."""

    leakage: Verdict
    overfitting: Verdict
    reproducible: bool | None


class Evidence(Place):
    """Something a person can go and look at; `source` says how it was seen."""

    what: str
    certainty: Certainty
    source: str
    quote: Quote


class Guide(Element):
    """How a check detects, why it matters, how to avoid the finding."""

    detect: str
    why: str
    avoid: str


class Finding(Element):
    """What one check found."""

    code: Code
    title: str
    status: Status
    severity: Severity
    certainty: Certainty | None
    note: str
    evidence: tuple[Evidence, ...]
    evidence_left_out: Count
    question: str
    guide: Guide | None

    @property
    def flagged(self) -> bool:
        return self.status is Status.FLAGGED


class Run(Element):
    """How one run went, measured from outside."""

    name: str
    action: Action
    exit: Exit
    seconds: Points | None
    cpu_seconds: Points | None
    max_rss_mb: Points | None = Field(description="MB of 2**20 bytes.")
    message: str


class Debrief(Element):
    """One question of the interview plan."""

    code: Code
    kind: Literal["core", "evidence", "strength"] | SkipJsonSchema[None] = Field(
        None, description="Asked of everybody, because of a finding, or of what went well."
    )
    minutes: Ordinal | SkipJsonSchema[None] = None
    stake: Points = Field(0.0, description="Points lost to what the question is about.")
    question: str
    evidence: str
    strong: str
    weak: str
    where: QuotedPlace | None = None


class SourceCell(Element):
    """Lines as they are numbered in the file or cell, each cut to a bounded length."""

    cell: Ordinal | None = Field(description="The number of a notebook's cell, null for other files.")
    text: str


class SourceFile(Element):
    """One file that the candidate wrote."""

    path: str
    cells: tuple[SourceCell, ...]
    cut: bool = Field(description="Lines are left out at the end.")


class Message(Element):
    """A sentence as the catalogue has it, and what fills its gaps: words, numbers, or further messages.

    A number may be NaN, such as a correlation with answers that are all the same: messages are not written as JSON.
    """

    model_config = ConfigDict(allow_inf_nan=True)

    id: str
    plural: str = ""
    values: Mapping[str, int | float | str | tuple[Message, ...]] = Field({})


def _conditions(schema: dict[str, Any]) -> None:
    """What types alone do not say: graded goes with a score and no problem, and only candidates see no score.

    Documents before the first release had no measurements; they are read, and no other may lack them.
    """
    schema["required"].append("measurements")
    number = {"properties": {name: {"type": "number"} for name in ("score", "low", "high")}}
    schema["allOf"] = [
        {
            "if": {"properties": {"status": {"const": "graded"}}},
            "then": {"properties": {"overall": {"type": "object"}, "problem": {"type": "null"}}},
            "else": {"properties": {"overall": {"type": "null"}, "problem": {"type": "object"}}},
        },
        {
            "if": {"not": {"properties": {"reader": {"const": "candidate"}}, "required": ["reader"]}},
            "then": {"properties": {"overall": {"anyOf": [{"type": "null"}, number]}}},
        },
    ]


class Document(Element):
    """What grading one submission gave.

    The names here are fixed within a major version; more may be added.  Text that stems from the candidate has been
    cleaned of control characters and cut to a bounded length, and is still to be escaped.
    """

    model_config = ConfigDict(title="Assay report", json_schema_extra=_conditions)

    schema_version: str = Field(pattern=r"^1\.\d+\.\d+$")
    status: Literal["graded", "ungraded"] = Field(
        description="ungraded: the candidate's code could not be scored, and `problem` says why."
    )
    submission: Submission
    challenge: Challenge
    provenance: Provenance
    overall: Overall | None = Field(description="0 to 100 with a 95 % interval; null when ungraded.")
    problem: Problem | None
    summary: Summary
    sections: tuple[Section, ...]
    metrics: Metrics
    curves: Curves
    measurements: tuple[Measurement, ...] = Field(
        (), description="Everything measured beyond the score, as tables; one without rows says in its note why."
    )
    verdicts: Verdicts
    findings: tuple[Finding, ...] = Field(description="Every check appears exactly once.")
    runs: tuple[Run, ...]
    debrief: tuple[Debrief, ...]
    levels: tuple[str, ...] = Field((), description="What any answer is rated by, level 1 first; since 1.1.")
    sources: tuple[SourceFile, ...] = Field(
        (),
        description="What the candidate wrote, outputs left out, bounded; files that findings point to first; "
        "since 1.1.",
    )
    set_aside: tuple[SetAside, ...]
    reader: Reader = Field(
        "interviewer", description="Whom the document was cut for; absent where nothing was left out. Since 1.1."
    )
    messages: Mapping[str, tuple[Message, ...]] = Field(
        {},
        exclude=True,  # they are longer than all the rest, and only a translation needs them
        description="By English text, the messages it was made of: what another language is made from.",
    )

    @property
    def flagged(self) -> tuple[Finding, ...]:
        """What is held against the submission."""
        return tuple(finding for finding in self.findings if finding.flagged)

    def written(self) -> bytes:
        """The bytes of report.json."""
        return json.dumps(self.plain(), indent=2, ensure_ascii=False).encode()


class _WithoutTitles(GenerateJsonSchema):
    """A title that only repeats the name of a field tells nobody anything."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


@lru_cache
def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) that every report.json of this version meets."""
    made = Document.model_json_schema(schema_generator=_WithoutTitles)
    del made["properties"]["messages"], made["$defs"]["Message"]  # they are not written
    made["$defs"] = {_name(title): each for title, each in made["$defs"].items()}
    text = re.sub(r"(?<=#/\$defs/)\w+", lambda match: _name(match[0]), json.dumps(made))
    return {"$schema": GenerateJsonSchema.schema_dialect, "$id": "urn:assay:schema:report:1", **json.loads(text)}


def _name(title: str) -> str:
    """A definition's name as it has been published from the first: with a small letter."""
    return title[0].lower() + title[1:]


if __name__ == "__main__":
    COMMITTED.write_text(json.dumps(json_schema(), indent=2) + "\n", "utf-8")
