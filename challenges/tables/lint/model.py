"""What the linter looks at, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from challenges.tables import folds
from challenges.tables.definition import Definition
from challenges.tables.folds import Measured, Sample
from challenges.tables.table import Note
from challenges.tables.yardsticks import Yardsticks

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """columns: those it is about.  evidence: sentences with numbers and 95 % intervals.  An error stops publishing."""

    code: str
    level: Level
    title: str
    evidence: tuple[str, ...]
    why: str
    do: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Subject:
    """A challenge and its rows with the target; `in_order` are some as the file had them, where that is known."""

    definition: Definition
    public: pd.DataFrame
    hidden: pd.DataFrame
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
        rows = pd.concat([self.public, self.hidden], ignore_index=True)
        return folds.sampled(self.definition, rows[rows[self.definition.target].notna()])

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
    def all(self) -> Measured:
        """What all columns reach together."""
        return folds.together(self.sample, self.inputs)

    def noted(self, *sentences: str) -> tuple[str, ...]:
        return (*sentences, *([self.sample.note] if self.sample.note else []))


Check = Callable[[Subject], Iterable[Finding]]


def share(hits: int, rows: int) -> str:
    """A share with its 95 % interval (Wilson 1927)."""
    if not rows:
        return "none"
    z, p = 1.96, hits / rows
    middle = (p + z * z / (2 * rows)) / (1 + z * z / rows)
    half = z * np.sqrt(p * (1 - p) / rows + z * z / (4 * rows * rows)) / (1 + z * z / rows)
    return f"{p:.1%} ({max(middle - half, 0):.1%} to {min(middle + half, 1):.1%})"
