"""Steps of scikit-learn whose answer for a row changes with the rows beside it, and what it is row by row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import NMF, LatentDirichletAllocation, MiniBatchNMF, SparsePCA
from sklearn.experimental import enable_iterative_imputer  # noqa: F401  (the import turns the class on)
from sklearn.impute import IterativeImputer
from sklearn.pipeline import FeatureUnion
from sklearn.preprocessing import FunctionTransformer

from sandbox.harness.row_by_row import one_by_one

RNG = np.random.default_rng(0)
ROWS = RNG.gamma(1.0, 1.0, (200, 6))
GAPS = np.where(RNG.random(ROWS.shape) < 0.2, np.nan, ROWS)
#: A step, the rows it is fitted on, and by how much it moves single rows at least: None where it does not at all.
STEPS = {
    "NMF": (NMF(3, solver="mu", random_state=0), ROWS, 1e-4),
    "MiniBatchNMF": (MiniBatchNMF(3, random_state=0), ROWS, 1e-4),
    "sample_posterior": (IterativeImputer(sample_posterior=True, random_state=0, max_iter=2), GAPS, 1e-2),
    "LatentDirichletAllocation": (LatentDirichletAllocation(3, random_state=0), ROWS, None),
}


def singly(transform: Callable[[Any, np.ndarray], np.ndarray], step: Any, rows: np.ndarray) -> np.ndarray:
    return np.vstack([transform(step, rows[n : n + 1]) for n in range(20)])


@pytest.mark.parametrize(("step", "rows", "least"), STEPS.values(), ids=STEPS)
@pytest.mark.filterwarnings("ignore")
def test_row_by_row_the_batch_no_longer_matters(step: Any, rows: np.ndarray, least: float | None) -> None:
    """The step itself answers a single row otherwise; wrapped it does not."""
    usual, wrapped = type(step).transform, one_by_one(type(step).transform)
    step.fit(rows)
    state = getattr(step, "random_state_", None)
    if state is not None:
        state.seed(1)
    whole = usual(step, rows)[:20]
    assert np.array_equal(wrapped(step, rows)[:20], singly(wrapped, step, rows))
    assert (
        (np.abs(whole - wrapped(step, rows)[:20]).max() > least)
        if least
        else np.array_equal(whole, wrapped(step, rows)[:20])
    )


def test_a_frame_stays_a_frame() -> None:
    """Rows keep their labels and order."""
    table = pd.DataFrame({"a": [3.0, 1.0, 2.0]}, index=[5, 4, 9])
    step = FunctionTransformer(lambda rows: rows * 2).fit(table)
    assert one_by_one(FunctionTransformer.transform)(step, table).equals(table * 2)


def test_sparse_pca_gives_a_single_row_another_shape() -> None:
    """Which the next step then refuses: ROB004."""
    step = SparsePCA(3, random_state=0, max_iter=20).fit(ROWS)
    assert step.transform(ROWS[:2]).shape == (2, 3)
    assert step.transform(ROWS[:1]).shape == (3,)


def test_a_union_joins_frames_by_their_index() -> None:
    """A step that numbers rows anew and one that does not give more rows than came."""
    table = pd.DataFrame({"a": [1.0, 2.0]}, index=[1, 2])
    anew = FunctionTransformer(lambda rows: rows.reset_index(drop=True))
    kept = FunctionTransformer(lambda rows: rows.add_suffix("_kept"))
    union = FeatureUnion([("anew", anew), ("kept", kept)]).set_output(transform="pandas")
    assert len(union.fit_transform(table)) == 3
