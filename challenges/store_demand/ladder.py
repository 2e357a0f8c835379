"""Pipelines from naive to careful, by which the process was calibrated.

Each is what a candidate of that care would write.  `LADDER` goes from the baseline to everything a candidate can know;
`SLIPS` are the last of them with one thing overlooked.  `benchmarks/demand.py` says what each costs in hidden error.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

from challenges.store_demand import process
from challenges.store_demand.make_data import BASELINE_COLUMNS, NEW_PLANNER
from graders.model.arrays import FloatArray
from graders.model.challenge import Dataset

KNOWN_AFTER = ("sold_out_hour", "returned_units", "replenished_units")
CATEGORIES = ("region", "area", "format", "article", "category")
LAST_MONTHS = "2024-01-01"  # as many months as are asked for
FOLDS = 5
#: Rows after which what a store's own rows say of its level counts for a half.
SHRUNK = 15.0


@dataclass(frozen=True)
class Care:
    """What a pipeline has thought of; without any it takes all columns as they are."""

    only: tuple[str, ...] = ()
    known_before: bool = True
    one_unit: bool = True
    stock_outs: bool = True
    returns: bool = True
    easter: bool = True
    store_levels: bool = True


@dataclass
class Forecaster:
    """One pipeline, fitted on rows with the target `units`."""

    care: Care
    model: BaseEstimator = None
    levels: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))

    def fit(self, rows: pd.DataFrame) -> Forecaster:
        rows = rows.drop_duplicates()
        asked = self.demand(rows)
        self.model = LinearRegression() if self.care.only else boosting()
        self.model.fit(self.features(rows), self.scaled(asked))
        if self.care.store_levels:
            over = pd.Series(self.scaled(asked) - self.model.predict(self.features(rows)), rows.index)
            stores = over.groupby(rows["store_id"])
            self.levels = stores.sum() / (stores.size() + SHRUNK)
        return self

    def predict(self, rows: pd.DataFrame) -> FloatArray:
        told = self.model.predict(self.features(rows)) + rows["store_id"].map(self.levels).astype(float).fillna(0.0)
        return np.asarray(np.maximum(told if self.care.only else np.expm1(told), 0.0), dtype=np.float64)

    def scaled(self, units: FloatArray) -> FloatArray:
        """Demand is made of factors, and the mean of its logarithm lies near the logarithm of its median."""
        return units if self.care.only else np.log1p(units)

    def demand(self, rows: pd.DataFrame) -> FloatArray:
        """What was asked for, as far as this pipeline reads it out of what was recorded."""
        found = rows["units"].to_numpy(dtype=np.float64)
        if self.care.returns:
            found = found + rows["returned_units"].to_numpy()
        if self.care.stock_outs:
            hours = (rows["sold_out_hour"] - process.OPENS).clip(0.5).fillna(process.CLOSES - process.OPENS)
            found = found * (process.CLOSES - process.OPENS) / hours.to_numpy()
        return found

    def features(self, rows: pd.DataFrame) -> pd.DataFrame:
        if self.care.only:
            return rows[list(self.care.only)]
        day = pd.to_datetime(rows["date"])
        left_out = ["units", "store_id", "date", "opened_on", "purchasing_power"]
        table = rows.drop(columns=[*left_out, *(KNOWN_AFTER if self.care.known_before else ())], errors="ignore")
        table = table.assign(
            article=rows["article"].str.lower(),
            weekday=day.dt.day_of_week,
            day_of_year=day.dt.day_of_year,
            age=(day - pd.to_datetime(rows["opened_on"])).dt.days.clip(upper=365),
        )
        if self.care.one_unit:
            table["shelf_units"] = rows["shelf_units"] * np.where(day < pd.Timestamp(NEW_PLANNER), process.PACK, 1)
        if self.care.easter:
            table["to_easter"] = process.days_to_easter(day).clip(-3, 15)
        return table


def boosting() -> BaseEstimator:
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    trees = HistGradientBoostingRegressor(
        max_iter=250, learning_rate=0.08, max_leaf_nodes=12, min_samples_leaf=25, random_state=0
    )
    return make_pipeline(
        make_column_transformer((codes, make_column_selector(dtype_include="str")), remainder="passthrough"), trees
    )


def error(forecaster: Forecaster, dataset: Dataset) -> float:
    """What a pipeline is worth: fitted on all public rows, its mean absolute error on the hidden ones."""
    return float(mean_absolute_error(dataset.labels, forecaster.fit(dataset.public).predict(dataset.hidden)))


def random_split(care: Care, public: pd.DataFrame) -> float:
    """What one random fifth of the rows, held out, would claim."""
    held_out = np.random.default_rng(0).random(len(public)) < 1 / FOLDS
    forecaster = Forecaster(care).fit(public[~held_out])
    return float(mean_absolute_error(forecaster.demand(public[held_out]), forecaster.predict(public[held_out])))


def forward(care: Care, public: pd.DataFrame) -> float:
    """What the last two months would claim, two stores in five held out as the hidden rows have them."""
    late = (public["date"] >= LAST_MONTHS).to_numpy()
    fold = (public["store_id"] % FOLDS).to_numpy()
    judged, told = [], []
    for new in ([0, 1], [2, 3], [4, 0]):
        strange = np.isin(fold, new)
        forecaster = Forecaster(care).fit(public[~late & ~strange])
        judged.append(forecaster.demand(public[late]))
        told.append(forecaster.predict(public[late]))
    return float(mean_absolute_error(np.concatenate(judged), np.concatenate(told)))


NONE = Care(known_before=False, one_unit=False, stock_outs=False, returns=False, easter=False, store_levels=False)
ALL = Care()
LADDER = {
    "baseline: linear regression, 3 columns": replace(NONE, only=tuple(BASELINE_COLUMNS)),
    "gradient boosting, everything": NONE,
    "the same without what is known after": replace(NONE, known_before=True),
    "shelves in one unit": replace(NONE, known_before=True, one_unit=True),
    "demand instead of sales": replace(ALL, easter=False, store_levels=False),
    "days to Easter": replace(ALL, store_levels=False),
    "the level of known stores": ALL,
}
SLIPS = {
    "columns known after": replace(ALL, known_before=False),
    "shelves in two units": replace(ALL, one_unit=False),
    "sales taken for demand": replace(ALL, stock_outs=False),
    "returns taken off": replace(ALL, returns=False),
    "no Easter": replace(ALL, easter=False),
    "stores without a level": replace(ALL, store_levels=False),
}
