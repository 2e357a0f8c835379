"""What the generated table is like: each property of the contract that a candidate can meet."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from challenges.fingerprint import fingerprint
from challenges.ml_pipeline import process
from challenges.ml_pipeline.challenge import CHALLENGE
from challenges.ml_pipeline.make_data import MIGRATION, make
from graders.model.challenge import Dataset

NAMES = [column.name for column in CHALLENGE.columns]
TYPES = {"int": "int64", "float": "float64", "text": "str", "date text": "str"}


def test_shapes(dataset: Dataset) -> None:
    """About 13,000 public rows of about 3,000 customers over 18 months; 10,000 hidden rows over three later ones."""
    assert 12_500 < len(dataset.public) < 13_500
    assert 2_850 < dataset.public["customer_id"].nunique() < 3_100
    assert dataset.public["snapshot_date"].nunique() == 18
    assert len(dataset.hidden) == len(dataset.labels) == len(dataset.oracle) == len(dataset.baseline) == 10_000
    assert dataset.hidden["snapshot_date"].nunique() == 3


def test_columns_are_those_of_the_dictionary(dataset: Dataset) -> None:
    assert list(dataset.public) == NAMES
    assert list(dataset.hidden) == NAMES[:-1]


@pytest.mark.parametrize("part", ["public", "hidden"])
def test_dtypes_are_those_of_the_dictionary(dataset: Dataset, part: str) -> None:
    table: pd.DataFrame = getattr(dataset, part)
    wanted = {column.name: TYPES[column.type] for column in CHALLENGE.columns if column.name in table}
    assert {name: str(dtype) for name, dtype in table.dtypes.items()} == wanted


@pytest.mark.parametrize("part", ["public", "hidden"])
def test_a_csv_round_trip_changes_nothing(dataset: Dataset, part: str) -> None:
    table: pd.DataFrame = getattr(dataset, part)
    back = pd.read_csv(StringIO(table.to_csv(index=False)))
    pd.testing.assert_frame_equal(back, table, check_exact=True)


def test_the_same_seed_gives_the_same_rows(dataset: Dataset) -> None:
    again, other = make(1), make(2)
    assert again.fingerprint == dataset.fingerprint != other.fingerprint
    pd.testing.assert_frame_equal(again.public, dataset.public)
    assert np.array_equal(again.oracle, dataset.oracle)


def test_global_random_state_is_left_alone(dataset: Dataset) -> None:
    np.random.seed(0)
    before = np.random.get_state()[1].copy()  # type: ignore[index]
    assert make(1).fingerprint == dataset.fingerprint
    assert np.array_equal(before, np.random.get_state()[1])  # type: ignore[index]


def test_hidden_customers_are_new_and_later(dataset: Dataset) -> None:
    assert not set(dataset.public["customer_id"]) & set(dataset.hidden["customer_id"])
    assert dataset.hidden["snapshot_date"].min() > dataset.public["snapshot_date"].max()


@pytest.mark.parametrize("part", ["public", "hidden"])
def test_nobody_is_described_before_signing_up(dataset: Dataset, part: str) -> None:
    table: pd.DataFrame = getattr(dataset, part)
    assert (table["signup_date"] < table["snapshot_date"]).all()


@pytest.mark.parametrize("part", ["public", "hidden"])
@pytest.mark.parametrize(
    ("share", "low", "high"),
    [
        (lambda t: (t["age"] == 999).mean(), 0.03, 0.05),
        (lambda t: t["plan"].str.islower().mean(), 0.23, 0.27),
        (lambda t: t["satisfaction"].isna().mean(), 0.25, 0.35),
        (lambda t: t["income_k"].isna().mean(), 0.12, 0.18),
        (lambda t: t["discount_end_date"].notna().mean(), 0.45, 0.62),
    ],
)
def test_shares(dataset: Dataset, part: str, share: object, low: float, high: float) -> None:
    assert low < share(getattr(dataset, part)) < high  # type: ignore[operator]


def test_one_row_in_a_hundred_is_there_twice(dataset: Dataset) -> None:
    assert 0.008 < dataset.public.duplicated().mean() < 0.012
    assert not dataset.hidden.duplicated().any()
    once = dataset.public.drop_duplicates()
    assert not once.duplicated(["customer_id", "snapshot_date"]).any()


@pytest.mark.parametrize(("column", "new"), [("channel", {"app"}), ("payment_method", {"wallet"})])
def test_a_category_is_new_in_the_hidden_rows(dataset: Dataset, column: str, new: set[str]) -> None:
    assert set(dataset.hidden[column]) - set(dataset.public[column]) == new


def test_usage_changes_its_unit_at_the_migration(dataset: Dataset) -> None:
    early = pd.to_datetime(dataset.public["snapshot_date"]) < MIGRATION
    medians = dataset.public["usage_gb"].groupby(early).median()
    assert 900 < medians[True] / medians[False] < 1100
    assert 0.8 < dataset.hidden["usage_gb"].median() / medians[False] < 1.25


def test_charges_are_text_with_a_currency(dataset: Dataset) -> None:
    assert dataset.public["monthly_charge"].map(lambda text: bool(re.fullmatch(r"\d+\.\d\d EUR", text))).all()


def test_a_promotion_runs_exactly_where_it_has_an_end(dataset: Dataset) -> None:
    table = dataset.public
    assert (table["discount_end_date"].notna() == (table["discount_pct"] > 0)).all()
    running = table[table["discount_pct"] > 0]
    assert (running["discount_end_date"] > running["snapshot_date"]).all()


def test_desk_calls_tell_the_outcome_in_public_rows_only(dataset: Dataset) -> None:
    assert roc_auc_score(dataset.public["churned"], dataset.public["retention_desk_calls"]) > 0.8
    assert abs(roc_auc_score(dataset.labels, dataset.hidden["retention_desk_calls"]) - 0.5) < 0.02


def test_silence_in_the_survey_informs(dataset: Dataset) -> None:
    rates = dataset.public.groupby(dataset.public["satisfaction"].isna())["churned"].mean()
    assert rates[True] > rates[False] + 0.05


@pytest.mark.parametrize(
    "lost", [lambda t: t["region"] == "south", lambda t: t["age"].between(65, 120)], ids=["south", "65 and older"]
)
def test_churners_of_some_groups_are_missing_before_the_migration(dataset: Dataset, lost: object) -> None:
    late = dataset.public["snapshot_date"] >= str(MIGRATION)
    rates = dataset.public.groupby([late, lost(dataset.public)])["churned"].mean()  # type: ignore[operator]
    assert rates[False, True] < rates[False, False] - 0.08
    assert rates[True, True] > rates[True, False] - 0.03


def test_gender_has_no_effect_of_its_own(dataset: Dataset) -> None:
    rates = dataset.public.groupby("gender")["churned"].mean()
    assert abs(rates["f"] - rates["m"]) < 0.03


def test_the_order_of_rows_tells_nothing(dataset: Dataset) -> None:
    for labels in (dataset.public["churned"].to_numpy(), dataset.labels):
        assert abs(roc_auc_score(labels, np.arange(len(labels))) - 0.5) < 0.025


# --- the oracle --------------------------------------------------------------------------------------


def test_the_oracle_is_right_on_average(dataset: Dataset) -> None:
    """A customer's rows share an effect, so the noise of the mean is about twice that of independent rows."""
    noise = np.sqrt((dataset.oracle * (1 - dataset.oracle)).mean() / len(dataset.labels))
    assert abs(dataset.oracle.mean() - dataset.labels.mean()) < 8 * noise


def test_the_oracle_is_calibrated_in_every_tenth(dataset: Dataset) -> None:
    tenth = pd.qcut(dataset.oracle, 10, labels=False)
    gaps = pd.Series(dataset.oracle - dataset.labels).groupby(tenth).mean()
    assert gaps.abs().max() < 0.05
    assert gaps.abs().mean() < 0.02


def test_the_oracle_ranks_best(dataset: Dataset) -> None:
    oracle, baseline = (roc_auc_score(dataset.labels, scores) for scores in (dataset.oracle, dataset.baseline))
    assert oracle > 0.8
    assert 0.54 < baseline < 0.62


def test_the_effect_of_a_customer_is_integrated_exactly() -> None:
    """The quadrature agrees with the mean over a million drawn effects, at several tendencies."""
    rng = np.random.default_rng(0)
    era = process.Era(process.months("2024-01", 3), {"web": 1.0}, {"card": 1.0})
    table = process.snapshots(rng, process.customers(rng, np.arange(40), era), era, 8)
    effects = rng.normal(0, process.EFFECT_SD, 1_000_000)
    drawn = [process.sigmoid(one + effects).mean() for one in process.tendency(table)]
    assert process.chance_of_leaving(table) == pytest.approx(drawn, abs=0.002)


# --- the fingerprint ---------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["public", "hidden", "labels"])
def test_the_fingerprint_covers_every_part(dataset: Dataset, part: str) -> None:
    parts: dict[str, Any] = {"public": dataset.public, "hidden": dataset.hidden, "labels": dataset.labels}
    assert fingerprint(**parts) == dataset.fingerprint
    changed = parts[part].copy()
    if part == "labels":
        changed[0] = 1 - changed[0]
    else:
        changed.loc[0, "n_products"] += 1
    assert fingerprint(**parts | {part: changed}) != dataset.fingerprint
