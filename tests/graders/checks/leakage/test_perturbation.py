"""Other features for held-out rows: only what may change does, and it changes much."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from graders.checks.leakage.perturbation import Choice, perturb, relabel, tilted
from tests.graders.checks.leakage.traced import challenge, public

KEPT = ("customer_id", "snapshot_date", "churned", "signup_date", "discount_end_date")
MOVED = [column.name for column in challenge().columns if column.name not in KEPT]


def held() -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    data = public()
    customers = sorted(data["customer_id"].unique())[::5]
    return np.flatnonzero(data["customer_id"].isin(customers)).astype(np.int64)


@pytest.fixture(scope="module")
def changed() -> pd.DataFrame:
    return perturb(public(), held(), challenge(), seed=1)


def test_other_rows_and_columns_stay(changed: pd.DataFrame) -> None:
    """Rows that were not held out, ids, dates and labels are those of before; types and order too."""
    data, others = public(), np.setdiff1d(np.arange(len(public())), held())
    pd.testing.assert_frame_equal(changed.iloc[others], data.iloc[others])
    pd.testing.assert_frame_equal(changed[list(KEPT)], data[list(KEPT)])
    assert changed.dtypes.equals(data.dtypes)


@pytest.mark.parametrize("name", MOVED)
def test_every_feature_moves_within_its_own_values(changed: pd.DataFrame, name: str) -> None:
    """New values are old ones, or just above them for a few floats; gaps stay, and the marginal moves."""
    before, after = public()[name].iloc[held()], changed[name].iloc[held()]
    old = set(public()[name].dropna())
    beyond = [value for value in after.dropna() if value not in old]
    assert len(beyond) <= (10 if after.dtype.kind == "f" else 0)
    assert all(max(old) < value <= max(old) + 0.06 * (max(old) - min(old)) for value in beyond)
    assert after.isna().equals(before.isna())
    assert (after != before)[before.notna()].mean() > 0.2
    assert after.value_counts(normalize=True).sub(before.value_counts(normalize=True), fill_value=0).abs().max() > 0.002


def test_codes_for_unknown_stay(changed: pd.DataFrame) -> None:
    """999 years stand for an unknown age before and after."""
    assert (changed["age"] == 999).equals(public()["age"] == 999)


def test_copies_stay_copies(changed: pd.DataFrame) -> None:
    """Dropping duplicates drops the same rows."""
    assert changed.duplicated().equals(public().duplicated())


@pytest.mark.parametrize("name", ["gender", "postcode", "income_k"])
def test_what_a_unit_has_in_common_it_has_in_common_still(changed: pd.DataFrame, name: str) -> None:
    """Code that relies on it, as where a building stands, meets no table that cannot be; a bill differs by month."""
    after = changed.groupby("customer_id")
    assert (after[name].nunique(dropna=False) == 1).all()
    assert (after["monthly_charge"].nunique() > 1).any()


def test_the_same_seed_gives_the_same_rows(changed: pd.DataFrame) -> None:
    """And another seed gives others."""
    pd.testing.assert_frame_equal(changed, perturb(public(), held(), challenge(), seed=1))
    assert not changed.equals(perturb(public(), held(), challenge(), seed=2))


def test_labels_in_another_order_are_nearly_as_many_and_features_speak_against_them() -> None:
    """Held-out rows alone get them; the changed half is related to them the other way round than all rows are."""
    data, moved = public(), held()[::2]
    choice = Choice(moved, np.setdiff1d(held(), moved), (0,), np.setdiff1d(np.arange(len(data)), held()))
    other = relabel(data, choice, challenge(), seed=1)
    pd.testing.assert_frame_equal(other.drop(columns="churned"), data.drop(columns="churned"))
    differ = np.flatnonzero(other["churned"] != data["churned"])
    assert 0 < len(differ) < len(held())
    assert set(differ) <= set(held())
    assert 0 < abs(other["churned"].sum() - data["churned"].sum()) <= 0.04 * len(held())
    changed = perturb(other, moved, challenge(), seed=1, against=True)
    before, after = (frame.groupby("churned")["tickets_90d"].mean() for frame in (data, changed.iloc[moved]))
    assert (before[1] > before[0]) != (after[1] > after[0])


@pytest.mark.parametrize("labels", [[0] * 546 + [1] * 54, ["a"] * 2 + ["b"] * 50 + ["c"] * 60, np.arange(600.0) ** 3])
def test_neither_sums_nor_counts_nor_quantiles_stay(labels: list[object]) -> None:
    """Of no label there is none left where there was one, and the extremes are those of before."""
    rising = np.array(labels)
    found = tilted(rising)
    assert len(found) == len(rising)
    assert (found[0], found[-1]) == (rising[0], rising[-1])
    assert set(found) == set(rising) or len(set(rising)) > 3
    assert (found >= rising).all()
    assert 0 < (found != rising).mean() <= 1
    codes, before = np.unique(rising, return_inverse=True)
    after = np.searchsorted(codes, found)
    assert (after > np.quantile(before, 0.9)).sum() > (before > np.quantile(before, 0.9)).sum() or len(codes) < 4
