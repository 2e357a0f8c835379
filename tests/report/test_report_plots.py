"""The plots put points where their values are."""

from __future__ import annotations

import pytest

from graders.report.numbers import metrics
from graders.report.plots import Scale, compared, gap_scale, polyline


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


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        ({"hidden": {"roc_auc": 0.78}, "baseline": 0.573, "oracle": 0.829}, 0.45, 0.85),
        ({"claimed_null": {"roc_auc": 0.31}}, 0.3, 0.55),
        ({"train": {"roc_auc": 1.0}}, 0.45, 1.0),
        ({"claimed": {"roc_auc": 7.0}, "hidden": {"roc_auc": 0.01}}, 0.0, 1.0),
    ],
)
def test_the_gap_plot_holds_all_it_compares(table: dict[str, object], low: float, high: float) -> None:
    """Every AUC, both references and chance lie inside, never beyond 0 and 1."""
    scale = gap_scale(metrics(table))
    assert (scale.low, scale.high) == (low, high)


def test_what_was_not_measured_is_not_compared() -> None:
    """Groups without a ROC AUC have no row; the others keep their order."""
    table = metrics({"hidden": {"roc_auc": 0.7}, "claimed": {"accuracy": 0.9}, "train": {"roc_auc": 0.8}})
    assert [row["key"] for row in compared(table)] == ["train", "hidden"]
