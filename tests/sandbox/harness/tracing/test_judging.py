"""What is screened out beforehand could not have given the claim."""

from __future__ import annotations

import numpy as np
import pytest

from sandbox.harness.tracing.by_hand import OF_NUMBERS, PINBALL, Ranked
from sandbox.harness.tracing.content import Ints
from sandbox.harness.tracing.judging import Area, Numbers, Screen
from sandbox.harness.tracing.tracer import Floats, Judge

ROWS = 300
DRAWS = 12


def judges(rng: np.random.Generator, metric: str) -> list[Judge]:
    if metric == "roc_auc":
        ranked, codes = Ranked(), [rng.integers(0, 2, ROWS) for _ in range(2)]
        outcomes = [own == one for own in codes for one in (1, 0)]
        return [Area(ranked, outcome, ties) for outcome in outcomes for ties in (0.5, 1.0, 0.0, None)]
    columns = [np.round(rng.normal(50, 10, ROWS), digits) for digits in (0, 2)]
    return [Numbers(metric, column, 0.8) for column in (*columns, np.where(rng.random(ROWS) < 0.9, 3.0, 4.0))]


def value(judge: Judge, rows: Ints, told: Floats) -> float:
    found = judge(rows, told)
    return np.nan if found is None else found


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("metric", ["roc_auc", PINBALL, *OF_NUMBERS])
def test_whoever_gives_the_claim_is_asked(metric: str) -> None:
    """For all rows, as a mean over groups, and for folds: with ties or without, and where some numbers are none."""
    rng, least = np.random.default_rng(3), 0
    for draw in range(DRAWS):
        every, rows = judges(rng, metric), rng.integers(0, ROWS, 200).astype(np.int32)
        told = np.round(rng.normal(50, 10, len(rows)), draw % 4 - 1)
        told[: draw % 3] = np.nan
        own = rng.integers(0, 4, ROWS)[rows]
        parts = [(rows[own == group], told[own == group]) for group in range(4)]
        for judge in every:
            one, known = value(judge, rows, told), np.array([value(judge, *part) for part in parts])
            known = known[np.isfinite(known)]
            mean = float(np.mean(known)) if len(known) > 1 else np.nan
            if np.isfinite(one):
                assert judge in Screen(one, every).of_one(every, rows, told)
            if np.isfinite(mean):
                _, asked, _ = Screen(mean, every).of_groups(rows, told, [1 - own // 2, own, 0 * own])
                assert judge in asked
                assert judge in Screen(mean, every).of_folds(parts)
                least += len(every) - len(asked)
    assert least > 0
