"""What the linter looks at, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from challenges.tables import folds
from challenges.tables.definition import Definition
from challenges.tables.folds import Measured, Sample
from challenges.tables.packed import Rows
from challenges.tables.table import Note
from challenges.tables.yardsticks import Yardsticks
from graders.model.later import pd
from graders.report.translated import restored, stored
from graders.words import ENGLISH, Speaker, Text, listed, say

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """columns: those it is about.  evidence: sentences with numbers and 95 % intervals.  An error stops publishing.

    Its sentences are English that `say` has made, so that they can be said in another language.
    """

    code: str
    level: Level
    title: str
    evidence: tuple[str, ...]
    why: str
    do: str
    columns: tuple[str, ...] = ()

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Finding:
        """What `plain` gave."""
        made = plain.get("messages", {})
        words = {name: restored(plain[name], made) for name in ("title", "why", "do")}
        evidence = tuple(restored(line, made) for line in plain["evidence"])
        return cls(plain["code"], plain["level"], evidence=evidence, columns=tuple(plain["columns"]), **words)

    def plain(self) -> dict[str, Any]:
        """As plain values, with what its sentences were made of."""
        words = {name: str(getattr(self, name)) for name in ("title", "why", "do")}
        plain = {"code": self.code, "level": self.level, "columns": list(self.columns), **words}
        return {**plain, "evidence": list(map(str, self.evidence)), "messages": stored(self)}

    def shown(self, locale: str = ENGLISH) -> dict[str, Any]:
        """As plain values in a language."""
        speaker = Speaker(locale)
        words = {name: speaker.text(getattr(self, name)) for name in ("title", "why", "do")}
        evidence = [speaker.text(line) for line in self.evidence]
        return {"code": self.code, "level": self.level, "columns": list(self.columns), "evidence": evidence, **words}


@dataclass(frozen=True, eq=False)
class Subject:
    """A challenge and its rows with the target; `in_order` are some as the file had them, where that is known."""

    definition: Definition
    public: Rows
    hidden: Rows
    in_order: Sample | None = None
    notes: tuple[Note, ...] = ()
    yardsticks: Yardsticks | None = None

    @cached_property
    def target(self) -> pd.Series:
        """The target of all rows."""
        name = self.definition.target
        return pd.concat([self.public[name], self.hidden[name]], ignore_index=True)

    @cached_property
    def sample(self) -> Sample:
        """Rows with a label that are judged, drawn by whole units."""
        if self.in_order is not None:
            return self.in_order
        return folds.sampled(self.definition, self.public, self.hidden)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Columns that a model may rest on, without names of single rows and without the time itself."""
        rows, apart = self.sample.rows, self.definition.time
        return tuple(n for n in self.definition.features if n in rows and n != apart and not folds.unique_key(rows[n]))

    @cached_property
    def alone(self) -> dict[str, Measured]:
        """What each column reaches by itself, best first."""
        reached = {name: folds.alone(self.sample, self.sample.rows[name]) for name in self.inputs}
        return dict(sorted(reached.items(), key=lambda pair: -pair[1].value))

    @cached_property
    def trend(self) -> Measured:
        """What the time of a row reaches by itself; there has to be one."""
        return folds.alone(self.sample, self.sample.rows[self.definition.time or ""])

    @cached_property
    def all(self) -> Measured:
        """What all columns reach together."""
        return folds.together(self.sample, self.inputs)

    def noted(self, *sentences: str) -> tuple[str, ...]:
        return (*sentences, *([self.sample.note] if self.sample.note else []))


Check = Callable[[Subject], Iterable[Finding]]


def share(hits: int, rows: int) -> Text:
    """A share with its 95 % interval (Wilson 1927)."""
    if not rows:
        return say("none")
    z, p = 1.96, hits / rows
    middle = (p + z * z / (2 * rows)) / (1 + z * z / rows)
    half = z * np.sqrt(p * (1 - p) / rows + z * z / (4 * rows * rows)) / (1 + z * z / rows)
    low, high = max(middle - half, 0), min(middle + half, 1)
    return say("{share:.1%} ({low:.1%} to {high:.1%})", share=p, low=low, high=high)


def quoted(names: Iterable[str]) -> Text:
    """`a`, `b`, as code."""
    return listed([f"`{name}`" for name in names])


def together(names: Sequence[str]) -> Text:
    """`a`, `b` and `c`, as code."""
    if len(names) == 1:
        return quoted(names)
    return say("{first} and {last}", first=quoted(names[:-1]), last=f"`{names[-1]}`")
