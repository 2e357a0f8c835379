"""Limits of a submission's runs that a table needs."""

from __future__ import annotations

from math import ceil

from challenges.tables.definition import Definition, LimitsEntry
from challenges.tables.packed import size
from challenges.tables.table import Table

#: Rows that our strong models learn from, and trees and leaves of the largest; more cost minutes and gain little.
MOST_ROWS, TREES, LEAVES = 30_000, 150, 40
#: How many times as much as our strong model takes a candidate gets.
ROOM = 3


def proposed(table: Table, draft: Definition) -> LimitsEntry:
    """The usual limits, or more where the table is large, so that a usual training fits."""
    usual, public = LimitsEntry(), 1 - draft.hidden
    cells = len(table.rows) * len(draft.column) / 1e6
    share = len(draft.column) / max(len(list(table.rows)), 1)
    memory = training_mb(public * share * size(table.rows))
    rows, columns, classes = len(table.rows), len(draft.column), len(draft.classes)
    train = ROOM * training_seconds(int(public * rows), columns, classes) - usual.train_cpu_seconds
    predict = ROOM * predicting_seconds(int(draft.hidden * rows), columns, classes) - usual.predict_cpu_seconds
    # A linear model in five folds took 8 CPU s a million values: benchmarks.growth_rows.  Twice that is room enough.
    more = max(round((16 * public * cells + 6 * max(classes - 3, 0)) / 30), ceil(train / 30), 0)
    later = max(round(2 * draft.hidden * cells / 10), ceil(predict / 10), 0)
    return LimitsEntry(
        train_cpu_seconds=min(usual.train_cpu_seconds + 30 * more, 3600),
        predict_cpu_seconds=min(usual.predict_cpu_seconds + 10 * later, 3600),
        memory_mb=min(max(usual.memory_mb, 256 * ceil(1.2 * memory / 256)), 65536),
    )


def training_seconds(rows: int, columns: int, classes: int) -> float:
    """CPU seconds of the largest of our strong models, by its work and no clock, so that a busy machine says the same.

    150 trees of 40 leaves for each class.  On one core a leaf took 20 µs and 1.8 µs a column, and a tree 4 ns a value.
    """
    trees = TREES * (classes if classes > 2 else 1)
    return trees * (LEAVES * (2e-5 + columns * 1.8e-6) + min(rows, MOST_ROWS) * columns * 4e-9)


def predicting_seconds(rows: int, columns: int, classes: int) -> float:
    """CPU seconds of its answers: .05 µs a tree and row, and 1 µs a value that becomes a number."""
    trees = TREES * (classes if classes > 2 else 1)
    return rows * (trees * 5e-8 + columns * 1e-6)


def training_mb(size: float) -> int:
    """The memory of a usual training and its folds on rows of so many bytes, while the run is watched.

    In a container a linear model held 250 MB in train, and 308 in evaluate with five folds, on 13 MB of rows; 975 and
    1,419 on 130 MB.
    """
    return int(200 + 10 * size / 2**20)
