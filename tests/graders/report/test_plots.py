"""The plots put points where their values are."""

from __future__ import annotations

from typing import Any

import pytest

from graders.model.probe import Action
from graders.report.numbers import metrics
from graders.report.plots import DRAWINGS, Scale, around, drawing, gap, nice_step, phases, polyline
from graders.report.runs import entry
from graders.report.schema import Interval, Measurement
from testing.builders import a_run, a_submission


@pytest.mark.parametrize(
    ("value", "place"), [(0.5, 0.0), (0.75, 50.0), (1.0, 100.0), (0.2, 0.0), (3.0, 100.0), (0.6, 20.0)]
)
def test_a_scale_is_linear_and_clamps(value: float, place: float) -> None:
    """Values beyond an end lie on it."""
    assert Scale(0.5, 1.0)(value) == place


def test_a_line_goes_up_where_values_rise() -> None:
    """Screen coordinates run downwards, so the y scale is turned round; further numbers of a point are ignored."""
    assert polyline([[0, 0, 9], [0.5, 1, 9]], Scale(0, 1, 10, 20), Scale(0, 1, 100, 0)) == "10,100 15,0"


def test_ticks_are_round_and_inside() -> None:
    """Ticks are multiples of the step; ends that are multiples count."""
    assert Scale(0.45, 0.9).ticks(0.1) == [0.5, 0.6, 0.7, 0.8, 0.9]


@pytest.mark.parametrize(("width", "step"), [(1.0, 0.2), (0.37, 0.1), (25, 5), (0.004, 0.001), (3, 1)])
def test_steps_are_one_two_or_five(width: float, step: float) -> None:
    """At most five steps of a round width."""
    assert nice_step(width) == pytest.approx(step)


@pytest.mark.parametrize(
    "table",
    [
        {"hidden": {"roc_auc": 0.78}, "baseline": 0.573, "oracle": 0.829},
        {"claimed_null": {"roc_auc": 0.31}},
        {"train": {"roc_auc": 1.0}},
        {"claimed": {"roc_auc": 7.0}, "hidden": {"roc_auc": 0.01}},
        {"hidden": {"roc_auc": 0.5}},
    ],
)
def test_the_gap_plot_holds_all_it_compares(table: dict[str, object]) -> None:
    """Every AUC, both references and chance lie inside, in an order that is kept."""
    plot = gap(metrics(table))
    assert plot is not None
    told = [row.value for row in plot.rows] + [at for _, at in plot.lines]
    assert plot.scale.low <= min(told) <= max(told) <= plot.scale.high
    assert plot.scale.low < plot.scale.high


def test_what_was_not_measured_is_not_compared() -> None:
    """Groups without a ROC AUC have no row; the others keep their order; only the hidden one is filled."""
    plot = gap(metrics({"hidden": {"roc_auc": 0.7}, "claimed": {"accuracy": 0.9}, "train": {"roc_auc": 0.8}}))
    assert plot is not None
    assert [(row.path[1], row.hollow) for row in plot.rows] == [("train", True), ("hidden", False)]
    assert gap(metrics({})) is None


def a_table(name: str, columns: list[str], *rows: list[Any]) -> Measurement:
    return Measurement(id=name, title="t", note="n", columns=columns, rows=rows)


def test_a_table_is_drawn_by_the_names_of_its_columns() -> None:
    """Each row is a dot with its interval and its mark; what has no number has no dot."""
    score = Interval(value=0.7, low=0.6, high=0.8)
    table = a_table("shift", ["Part", "Best known", "ROC AUC"], ["May", 0.9, score], ["June", None, None])
    plot = drawing(3, table, metrics({}))
    assert plot is not None
    (row,) = plot.rows
    assert (row.label, row.value, row.low, row.high, row.mark) == ("May", 0.7, 0.6, 0.8, 0.9)
    assert row.path == ("measurements", 3, "rows", 0, 2, "value")
    assert plot.left_out == 1


@pytest.mark.parametrize(
    "table",
    [
        a_table("never-heard-of", ["Part", "ROC AUC"], ["May", 0.7]),
        a_table("shift", ["Part", "Another measure"], ["May", 0.7]),
        a_table("shift", ["Part", "ROC AUC"], ["May", "words"]),
        a_table("shift", ["Part", "ROC AUC"]),
    ],
)
def test_what_is_not_as_expected_stays_a_table(table: Measurement) -> None:
    """No plot of an unknown table, of other columns, of words or of nothing."""
    assert drawing(0, table, metrics({})) is None


def test_bars_begin_at_zero_and_many_rows_are_cut() -> None:
    """A bar chart's scale holds zero, also with negative values; the table keeps what the plot leaves out."""
    how = DRAWINGS["importance"]
    rows = [[f"column {n}", 0.01 * n - 0.02] for n in range(how.most + 5)]
    plot = drawing(0, a_table("importance", ["Column", "Fall of ROC AUC"], *rows), metrics({}))
    assert plot is not None
    assert plot.scale.low < 0 < plot.scale.high
    assert (len(plot.rows), plot.left_out) == (how.most, 5)


def test_phases_are_the_first_runs_of_each_kind() -> None:
    """Later runs of a kind are probes of the same; tools that only read are no phase."""
    seen = ((Action.RUFF, 9.0), (Action.TRAIN, 2.0), (Action.TRAIN, 8.0))
    runs = [entry(a_run("a", action, seconds=seconds), a_submission()) for action, seconds in seen]
    plot = phases(runs)
    assert plot is not None
    assert [(row.label, row.value, row.path[1]) for row in plot.rows] == [("train", 2, 1)]
    assert phases([]) is None


def test_an_axis_from_zero_holds_its_values() -> None:
    """Also where all are zero."""
    assert around([0.0], 0, 1)[0].high == 1.0
    scale, ticks = around([5493.6, 7900.0], 0, 1)
    assert (scale.high, ticks) == (8000.0, [0.0, 2000.0, 4000.0, 6000.0, 8000.0])
