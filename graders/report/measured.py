"""The tables of a report: a cell is words, a number, a number with its interval, or nothing."""

from __future__ import annotations

from graders.model.report import Cell, Measurement, Score
from graders.report import schema
from graders.report.clean import clean, clean_line
from graders.report.numbers import interval
from graders.report.rounding import decimals, rounded

MAX_CELL, MAX_NOTE = 300, 800


def measurement(table: Measurement) -> schema.Measurement:
    return schema.Measurement(
        id=clean_line(table.id, 40),
        title=clean_line(table.title),
        note=clean(table.note, MAX_NOTE),
        columns=[clean_line(name) for name in table.columns],
        rows=[[_cell(cell) for cell in row] for row in table.rows],
    )


def _cell(cell: Cell) -> schema.Cell:
    """The larger a number, the fewer its decimals; a count stays a whole number."""
    if isinstance(cell, str):
        return clean_line(cell, MAX_CELL)
    if isinstance(cell, Score):
        return interval(cell, decimals(cell.value))
    return cell if isinstance(cell, int) else rounded(cell, decimals(cell))
