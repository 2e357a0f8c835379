"""A version of an own challenge as the API shows it, and what may be wished of a table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.store.challenges import OwnChallenge
from challenges.tables.lint.model import Finding
from graders.report.translated import restored
from graders.words import ENGLISH, Speaker


class WishBody(BaseModel):
    """What is said of a table; what is left out is proposed.  An empty `group` or `time` says that there is none."""

    model_config = ConfigDict(extra="forbid")

    target: str | None = Field(None, max_length=200)
    id: str | None = Field(None, pattern=r"^[a-z][a-z0-9-]{1,40}$")
    title: str | None = Field(None, max_length=200)
    task: Literal["binary", "multiclass", "regression"] | None = None
    metric: str | None = Field(None, max_length=60)
    positive: str | None = Field(None, max_length=200)
    group: str | None = Field(None, max_length=200)
    time: str | None = Field(None, max_length=200)
    hidden: float | None = Field(None, gt=0.04, lt=0.91)
    hidden_units: Literal["new", "known"] | None = None
    drop: list[str] | None = Field(None, max_length=2000)
    after: list[str] | None = Field(None, max_length=2000)
    pseudonym: list[str] | None = Field(None, max_length=2000)
    extra: list[str] | None = Field(None, max_length=50)
    own_packages: bool | None = None


class DefinitionBody(BaseModel):
    """The whole text of challenge.toml."""

    definition: str = Field(max_length=1_000_000)


class PublishBody(BaseModel):
    """`reason` overrides findings that stop publishing; the audit log keeps it."""

    reason: str = Field("", max_length=2000)


class ChallengeView(BaseModel):
    """One version.  `job` is what is worked at, `problem` why it came to nothing, `name` what to invite to.

    `problem_code` is the same in every release, empty where a problem has none."""

    id: str
    name: str | None
    version: int
    file: str
    state: Literal["draft", "built", "published", "retired"]
    job: str | None
    progress: str
    problem: str
    problem_code: str
    definition: str
    table: dict[str, Any] | None
    proposed: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    yardsticks: dict[str, Any] | None
    split: dict[str, Any] | None
    references: list[dict[str, Any]]
    created_at: datetime
    published_at: datetime | None


def findings_in(row: OwnChallenge, locale: str) -> list[dict[str, Any]]:
    """What the linter says of a version, in a language."""
    return [Finding.of(plain).shown(locale) for plain in row.shown.get("findings", ())]


def sayer(row: OwnChallenge, locale: str) -> Callable[[str], str]:
    """What says a sentence about the table of a version in a language."""
    speaker, made = Speaker(locale), row.shown.get("messages", {})
    return lambda text: speaker.text(restored(text, made))


def challenge_view(row: OwnChallenge) -> ChallengeView:
    shown = row.shown
    own = {name: getattr(row, name) for name in OwnChallenge.__dataclass_fields__ if name in ChallengeView.model_fields}
    return ChallengeView(
        **own,
        problem_code=shown.get("problem_code", "") if row.problem else "",
        table=shown.get("table"),
        proposed=shown.get("choices", []),
        findings=findings_in(row, ENGLISH),
        yardsticks=shown.get("yardsticks"),
        split=shown.get("split"),
        references=shown.get("references", []),
    )
