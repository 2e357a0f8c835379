"""Rank correlations beside scipy, and silence where too few are behind them."""

from __future__ import annotations

import random
from math import log, sqrt

import pytest
from scipy.stats import norm, spearmanr

from app.validity.correlation import spearman


@pytest.mark.parametrize("size", [20, 21, 60, 500])
@pytest.mark.parametrize("levels", [2, 4, 1000])
def test_rho_and_interval_equal_scipys(size: int, levels: int) -> None:
    """With many ties and with none; the interval by its formula, written another way."""
    draw = random.Random(size * levels)  # noqa: S311
    pairs = [(draw.gauss(0, 1), 0.0) for _ in range(size)]
    pairs = [(a, float(round((a + draw.gauss(0, 1)) * levels / 4))) for a, _ in pairs]
    mine = spearman(pairs)
    rho = float(spearmanr([a for a, _ in pairs], [b for _, b in pairs]).statistic)
    assert mine.rho == pytest.approx(rho, abs=1e-9)
    z, half = log((1 + rho) / (1 - rho)) / 2, norm.ppf(0.975) * sqrt((1 + rho**2 / 2) / (size - 3))
    ends = [(1 - 2 / (1 + 2.718281828459045 ** (2 * end))) for end in (z - half, z + half)]
    assert (mine.low, mine.high) == pytest.approx(tuple(ends), abs=1e-9)


def test_below_twenty_nothing_is_said() -> None:
    few = spearman([(float(i), float(i)) for i in range(19)])
    assert (few.state, few.people, few.rho, few.low) == ("few", 19, None, None)
    assert spearman([(float(i), float(i)) for i in range(20)]).rho == 1
    assert spearman([(float(i), 1.0) for i in range(20)]).state == "constant"


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Of 400 samples of independent numbers about 95 % hold zero."""
    draw = random.Random(5)  # noqa: S311
    found = [spearman([(draw.random(), draw.random()) for _ in range(40)]) for _ in range(400)]
    held = sum((one.low or 0) <= 0 <= (one.high or 0) for one in found)
    assert 0.92 <= held / 400 <= 0.98
