"""Points are monotone in every signal, saturate, and the advice is the change that gains most."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.rubric.scoring_rules import Part, Scale, at, fading, weighed

shares = st.floats(0, 1)
weights = st.floats(0.1, 5)


def a_part(share: float, weight: float = 1.0, advice: str = "Do it.") -> Part:
    return Part(weight, share, "something was seen", advice)


@given(st.lists(st.tuples(weights, shares), min_size=1, max_size=5), shares, st.integers(0, 4))
def test_more_of_a_signal_is_never_worth_less(given_parts: list[tuple[float, float]], more: float, which: int) -> None:
    """Raising one signal raises the criterion or leaves it, within 0 and 1."""
    parts = [a_part(share, weight) for weight, share in given_parts]
    index = which % len(parts)
    better = a_part(max(parts[index].share, more), parts[index].weight)
    before = weighed(tuple(parts)).share.value
    after = weighed((*parts[:index], better, *parts[index + 1 :])).share.value
    assert 0 <= before <= after + 1e-12
    assert after <= 1 + 1e-12


@given(st.floats(0, 100), st.floats(0, 100))
def test_faults_cost_and_run_out(one: float, other: float) -> None:
    """More faults are never worth more; none cost nothing, and in great number they leave nothing."""
    fewer, more = sorted((one, other))
    assert 1 >= fading(fewer, 2.0) >= fading(more, 2.0) >= 0
    assert fading(0, 2.0) == pytest.approx(1)
    assert fading(10, 2.0) == at(99, 10, 0) == 0


def test_the_advice_is_what_gains_most() -> None:
    """Of two weak signals the one with more to win is named, with what it could win."""
    found = weighed((a_part(0.5, 1, "Small."), a_part(0.5, 3, "Large."), a_part(1.0, 4, "Nothing.")))
    assert (found.next, found.gain) == ("Large.", pytest.approx(3 * 0.5 / 8))
    assert weighed((a_part(1.0),)).next == ""


def test_what_scales_all_may_be_the_advice() -> None:
    """Where most is lost to too little code, that is what is said."""
    found = weighed((a_part(0.9),), scale=Scale(0.4, "10 lines are few", "Show more."))
    assert found.share.value == pytest.approx(0.36)
    assert found.next == "Show more."
    assert "10 lines are few" in found.why
