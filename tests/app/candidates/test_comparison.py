"""Scores are told apart only where their difference is more than their noise."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.candidates.comparison import Measured, pairs, side, told_apart

BASIS = ("ml_pipeline", "1", "data", "3", "1.0")


def summary(score: float, half: float = 4.0, **changes: Any) -> dict[str, Any]:
    section = {"id": "model", "points": score * 0.4, "max": 40, "low": score * 0.4 - half, "high": score * 0.4 + half}
    base = {"score": score, "low": score - half, "high": score + half, "bands": [3], "caps": [], "sections": [section]}
    return base | changes


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ((70, 66, 74), (72, 68, 76), False),
        ((70, 66, 74), (75, 71, 79), False),  # the difference of 5 is less than 5.7
        ((70, 66, 74), (76, 72, 80), True),  # the intervals overlap, the difference of 6 does not reach zero
        ((70, 70, 70), (70, 70, 70), False),
        ((18.5, 18.5, 18.5), (17.3, 17.3, 17.3), False),  # nothing is known of their noise
        ((70, 69, 90), (80, 79, 81), False),  # a long side that faces the other counts
        ((70, 40, 71), (80, 79, 99), True),  # one that faces away does not
    ],
)
def test_the_difference_decides(one: tuple[float, ...], other: tuple[float, ...], *, apart: bool) -> None:
    """In whichever order the two are named."""
    a, b = Measured(*one), Measured(*other)
    assert told_apart(a, b) is told_apart(b, a) is apart


@given(st.floats(0, 100), st.floats(0.1, 30), st.floats(0, 100), st.floats(0.1, 30))
def test_intervals_that_do_not_touch_are_apart_and_centres_inside_are_not(
    a: float, width_a: float, b: float, width_b: float
) -> None:
    """The rule lies between the two that people use by eye."""
    one, other = Measured(a, a - width_a, a + width_a), Measured(b, b - width_b, b + width_b)
    if abs(a - b) > width_a + width_b:
        assert told_apart(one, other)
    if abs(a - b) < max(width_a, width_b):
        assert not told_apart(one, other)


def test_every_two_are_compared_and_sections_too() -> None:
    """Three candidates make three pairs; what is in one report alone is not compared."""
    entries = [side(name, BASIS, summary(score)) for name, score in (("a", 50), ("b", 52), ("c", 90))]
    found = {(pair.one, pair.other): pair for pair in pairs(entries)}
    assert [key for key, pair in found.items() if pair.distinguishable] == [("a", "c"), ("b", "c")]
    assert found["a", "c"].apart == ("overall", "model")
    assert not found["a", "b"].apart


def test_reports_of_another_rubric_are_not_compared() -> None:
    """And it says why."""
    other = (*BASIS[:3], "4", BASIS[4])
    (pair,) = pairs([side("a", BASIS, summary(10)), side("b", other, summary(90))])
    assert not pair.distinguishable
    assert pair.why_not == "Their gradings differ in this: rubric version."
