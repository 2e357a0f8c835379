"""Which rows candidates get, and which stay hidden: drawn with a secret seed, by whole units, later in time; or all
later rows of known units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from challenges.tables import folds, known
from challenges.tables.definition import Definition
from challenges.tables.packed import Packed, Rows, frame
from challenges.tables.reading import missing
from challenges.tables.table import TableError
from graders.model.arrays import IntArray
from graders.model.later import pd
from graders.words import say


@dataclass(frozen=True, eq=False)
class Split:
    """public, hidden: rows with the target, in random order, packed where the table was.  left_out: rows in neither, as
    their unit has both early and late rows; where hidden rows are of known units, as it has no early ones.  cut: the
    first time of the hidden rows, where there is one."""

    public: Rows
    hidden: Rows
    left_out: int = 0
    cut: str = ""


def split(definition: Definition, rows: Rows, seed: int) -> Split:
    """TableError where a label, a key or a time is missing, with the rows; or where a side would be empty.

    Columns are taken out of packed rows one by one, so that a large table is held once.
    """
    for name in (definition.target, definition.group, definition.time):
        if name is not None and (says := missing(rows, name)):
            raise TableError(says, code="COLUMN_HAS_GAPS")
    rng = np.random.default_rng(seed)
    unit = folds.units(definition, rows)
    if definition.time is None:
        hidden = _some(unit, definition.hidden, rng)
        public, cut = ~hidden, ""
    elif definition.hidden_units == "known":
        codes, times = pd.factorize(rows[definition.time], sort=True)
        sides_of = known.sides(unit, codes, definition.hidden)
        known.check(sides_of, unit, definition.group or "")
        public, hidden, cut = sides_of.early, sides_of.later, str(times[sides_of.cut])
    else:
        public, hidden, cut = _later(definition, rows, unit, rng)
    if public.sum() < 10 or hidden.sum() < 10:
        no = say("One side of the split would have fewer than 10 rows. Choose another share of hidden rows.")
        raise TableError(no, code="SPLIT_TOO_FEW")
    order = rng.permutation(len(rows))
    places = [order[side[order]] for side in (public, hidden)]
    sides = rows.parted(places) if isinstance(rows, Packed) else [frame(rows, place) for place in places]
    return Split(sides[0], sides[1], int((~public & ~hidden).sum()), cut)


def _some(unit: IntArray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Whole units, drawn until they have this share of the rows."""
    sizes = np.bincount(unit)
    order = rng.permutation(len(sizes))
    chosen = np.zeros(len(sizes), dtype=bool)
    chosen[order[np.cumsum(sizes[order]) <= share * len(unit)]] = True
    return np.asarray(chosen[unit])


def _later(
    definition: Definition, rows: Rows, unit: IntArray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, str]:
    """The last rows are hidden.  A unit with rows before and after the cut gives those of one side, by lot."""
    codes, times = pd.factorize(rows[definition.time or ""], sort=True)
    first = np.sort(codes)[int((1 - definition.hidden) * len(codes))]
    late, cut = np.asarray(codes >= first), str(times[first])
    if definition.group is None:
        return ~late, late, cut
    count = int(unit.max()) + 1
    has_late, has_early = (np.bincount(unit[side], minlength=count) > 0 for side in (late, ~late))
    chosen = np.where(has_late & has_early, rng.random(count) < 0.5, has_late)
    return ~late & ~chosen[unit], late & chosen[unit], cut
