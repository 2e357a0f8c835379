"""Small moves within what a column can hold: sound models notice nothing, tables of rows do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from xgboost import XGBClassifier

from graders.model.challenge import Column
from graders.probes import resolution, sessions
from testing.builders import a_challenge

RNG = np.random.default_rng(4)

#: Values of a column -> whether some of them may be moved.
COLUMNS = {
    "ratings": (RNG.integers(1, 6, 900).astype(float), False),
    "ratings with a gap": (RNG.choice([1.0, 2.0, 5.0], 900), False),
    "a rate of tenths, all taken": (RNG.integers(10, 100, 5000) / 10, False),
    "money": (RNG.lognormal(9, 1, 900).round(2), True),
    "measured": (RNG.normal(size=900), True),
    "nothing known": (np.full(5, np.nan), False),
}


@pytest.mark.parametrize(("values", "moves"), COLUMNS.values(), ids=COLUMNS)
def test_a_value_stays_what_its_column_can_hold(values: np.ndarray, moves: bool) -> None:
    """It rises, stays below the way to the next value that occurs, and keeps its decimals."""
    column = pd.Series(values)
    moved = resolution.raised(column, column, np.full(len(column), 1e-6)).to_numpy()
    taken = np.append(np.unique(values[np.isfinite(values)]), np.inf)
    changed = moved > values
    assert changed.any() == moves
    assert (moved[~changed] == values[~changed])[np.isfinite(values[~changed])].all()
    above = taken[np.searchsorted(taken, values[changed], "right")]
    assert (moved[changed] - values[changed] < 0.34 * (above - values[changed])).all()
    if resolution.step_of(taken[:-1]) >= 0.01 and moves:
        assert np.allclose(moved * 100, np.round(moved * 100))


Model = Callable[[pd.DataFrame], np.ndarray]


def a_table(x: pd.DataFrame, y: np.ndarray) -> Model:
    known = dict(zip(map(tuple, x.to_numpy()), y, strict=True))
    return lambda rows: np.array([known.get(key, 0.5) for key in map(tuple, rows.to_numpy())])


def fitted(model: object) -> Callable[[pd.DataFrame, np.ndarray], Model]:
    return lambda x, y: lambda rows: model.fit(x, y).predict_proba(rows)[:, 1]  # type: ignore[attr-defined]


ONE_HOT = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["stars"]), remainder="passthrough")
#: A model -> whether it looks rows up.
MODELS = {
    "XGBoost's hist": (fitted(XGBClassifier(n_estimators=60, max_depth=8, tree_method="hist")), False),
    "XGBoost's exact": (fitted(XGBClassifier(n_estimators=60, max_depth=8, tree_method="exact")), False),
    "ratings as categories": (fitted(make_pipeline(ONE_HOT, RandomForestClassifier(60, random_state=0))), False),
    "nearest neighbours by distance": (fitted(KNeighborsClassifier(5, weights="distance")), False),
    "a table of rows": (a_table, True),
}


@pytest.mark.parametrize(("fit", "looks_up"), MODELS.values(), ids=MODELS)
def test_only_a_table_of_rows_jumps(fit: Callable[[pd.DataFrame, np.ndarray], Model], looks_up: bool) -> None:
    """Rows known by heart are no table: what is a hair's breadth away gets the same answer."""
    rng = np.random.default_rng(1)
    x = pd.DataFrame({"stars": rng.integers(1, 6, 1500).astype(float), "use": rng.lognormal(5, 1, 1500)})
    y = (rng.random(1500) < 0.4).astype(int)
    columns = tuple(Column(name, "float", name) for name in x)
    near = sessions.jitter(x, x, a_challenge(columns=columns), 3)
    model = fit(x, y)
    share = float(np.mean(np.abs(model(near) - model(x)) > 0.2))
    assert (share > 0.5) == looks_up
    assert looks_up or share < 0.01
