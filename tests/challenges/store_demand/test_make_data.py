"""What the demand table is like: each property of the brief that a candidate can meet, over ten seeds."""

from __future__ import annotations

from io import StringIO

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import mean_absolute_error

from challenges.store_demand import process
from challenges.store_demand.challenge import CHALLENGE
from challenges.store_demand.make_data import NEW_PLANNER, make
from graders.model.challenge import Dataset

NAMES = [column.name for column in CHALLENGE.columns]
TYPES = {"int": "int64", "float": "float64", "text": "str", "date text": "str"}
SEEDS = range(1, 11)


@pytest.fixture(scope="module", params=SEEDS)
def dataset(request: pytest.FixtureRequest) -> Dataset:
    return make(request.param)


@pytest.fixture(scope="module")
def first() -> Dataset:
    return make(1)


def known_stores(dataset: Dataset) -> pd.Series:
    return dataset.hidden["store_id"].isin(dataset.public["store_id"])


def test_shapes(dataset: Dataset) -> None:
    """14,140 public rows of more than 100 stores over two years; 8,000 later ones, 40 in 100 of new stores."""
    assert len(dataset.public) == 14_140
    assert 105 <= dataset.public["store_id"].nunique() <= 140
    assert len(dataset.hidden) == len(dataset.labels) == len(dataset.oracle) == len(dataset.baseline) == 8_000
    assert known_stores(dataset).mean() == pytest.approx(0.6)
    assert dataset.hidden["date"].min() > dataset.public["date"].max()
    assert dataset.public.duplicated().sum() == 140
    assert not dataset.hidden.duplicated().any()


@pytest.mark.parametrize("part", ["public", "hidden"])
def test_columns_are_those_of_the_dictionary(first: Dataset, part: str) -> None:
    table: pd.DataFrame = getattr(first, part)
    assert list(table) == [name for name in NAMES if part == "public" or name != "units"]
    wanted = {column.name: TYPES[column.type] for column in CHALLENGE.columns if column.name in table}
    assert {name: str(dtype) for name, dtype in table.dtypes.items()} == wanted
    back = pd.read_csv(StringIO(table.to_csv(index=False)))
    pd.testing.assert_frame_equal(back, table, check_exact=True)


def test_the_same_seed_gives_the_same_rows(first: Dataset) -> None:
    again = make(1)
    assert again.fingerprint == first.fingerprint
    assert np.array_equal(again.oracle, first.oracle)


def test_nothing_is_sold_while_stores_are_closed(first: Dataset) -> None:
    days = pd.to_datetime(pd.concat([first.public["date"], first.hidden["date"]]))
    assert not (days.dt.day_of_week == 6).any()
    assert not days.isin(pd.to_datetime(["2023-04-07", "2024-04-01", "2023-12-25", "2024-01-01"])).any()


def test_shelves_change_their_unit(dataset: Dataset) -> None:
    early = pd.to_datetime(dataset.public["date"]) < NEW_PLANNER
    means = dataset.public["shelf_units"].groupby(early).mean()
    assert means[False] / means[True] == pytest.approx(process.PACK, rel=0.1)


def test_empty_shelves_hide_demand(dataset: Dataset) -> None:
    """One row in eight or so is cut short, and one in three where the article is on promotion."""
    short = dataset.public["sold_out_hour"].notna()
    assert 0.08 < short.mean() < 0.19
    assert short[dataset.public["discount"] > 0].mean() > 2 * short.mean()
    assert dataset.public.loc[short, "sold_out_hour"].between(process.OPENS, process.CLOSES).all()


def test_the_hour_tells_what_would_have_been_sold(dataset: Dataset) -> None:
    """Sales over the share of the day that the shelf lasted agree with the demand: the mean of both is the same."""
    public = dataset.public.drop_duplicates()
    shelf = public["shelf_units"] * np.where(pd.to_datetime(public["date"]) < NEW_PLANNER, process.PACK, 1)
    short = public["sold_out_hour"].notna()
    assert (public["units"] + public["returned_units"])[short].eq(shelf[short]).all()


@pytest.mark.parametrize("column", ["replenished_units", "returned_units", "sold_out_hour"])
def test_what_is_known_after_tells_the_target_in_public_rows_only(dataset: Dataset, column: str) -> None:
    columns = (dataset.public[column].fillna(30.0), dataset.hidden[column].fillna(30.0))
    if column == "replenished_units":
        assert np.corrcoef(columns[0], dataset.public["units"])[0, 1] > 0.97
        assert np.corrcoef(columns[1], dataset.labels)[0, 1] < 0.75
    else:
        assert columns[0].nunique() > 2
        assert columns[1].nunique() == 1


def test_returns_are_still_on_their_way(dataset: Dataset) -> None:
    """Of household articles 15 in 100 or so are brought back, of the last two weeks' sales few have been yet."""
    house = dataset.public[dataset.public["category"] == "household"]
    late = house["date"] >= "2024-02-15"
    shares = (
        house["returned_units"].groupby(late).sum() / (house["units"] + house["returned_units"]).groupby(late).sum()
    )
    assert 0.12 < shares[False] < 0.20
    assert shares[True] < 0.7 * shares[False]


def test_country_stores_in_the_table_are_those_that_did_well() -> None:
    """The weak ones were closed, so that new ones sell less than the table promises: by a quarter on average."""
    kept, new = [], []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        places = process.stores(rng, np.arange(1_000), np.full(1_000, np.datetime64("2020-01-01", "s")))
        open_still = places[~process.close(rng, places) & (places["area"] == "rural")]
        kept.append(np.exp(open_still["effect"]).mean())
        new.append(np.exp(places.loc[places["area"] == "rural", "effect"]).mean())
    assert 1.2 < np.mean(kept) / np.mean(new) < 1.45


# --- the oracle --------------------------------------------------------------------------------------


def test_the_oracle_is_best(dataset: Dataset) -> None:
    """It is the median: as many are above as below, nothing a few per cent off is better, the baseline is far off."""
    best, labels = dataset.oracle, dataset.labels
    error = mean_absolute_error(labels, best)
    assert error < 0.65 * mean_absolute_error(labels, dataset.baseline)
    assert error < mean_absolute_error(labels, 1.15 * best)
    assert error < mean_absolute_error(labels, 0.85 * best)
    known = known_stores(dataset)
    assert np.mean(labels[known] > best[known]) < 0.5
    assert np.mean(labels[known] >= best[known]) > 0.5


@pytest.mark.parametrize("spread", [0.0, 0.2, 0.5])
def test_the_median_is_exact(spread: float) -> None:
    """It agrees with the median of a million draws, where that is no toss-up between two numbers."""
    rng = np.random.default_rng(0)
    means = np.array([0.2, 1.5, 6.4, 20.2, 90.3])
    drawn = rng.poisson(means * np.exp(spread * rng.normal(size=(400_000, 1))))
    assert process.median_demand(means, spread) == pytest.approx(np.median(drawn, axis=0), abs=0)


def test_the_public_oracle_is_of_what_was_recorded(dataset: Dataset) -> None:
    error = mean_absolute_error(dataset.public["units"], dataset.public_oracle)
    assert error < 0.9 * mean_absolute_error(dataset.labels, dataset.oracle)
    assert abs(np.mean(dataset.public["units"] >= dataset.public_oracle) - 0.5) < 0.1
