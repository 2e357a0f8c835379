"""Store demand, forecaster classes: level and season by article are decomposed first, a booster corrects them."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from lightgbm import LGBMRegressor
from sklearn.metrics import mean_absolute_error

HORIZON_WEEKS = 9
START = pd.Timestamp("2022-02-28")


class SeasonalDecomposer:
    """Ratio to a level, by article and month; the level of an article is the mean of its weekly means."""

    def __init__(self, shrink=6.0):
        self.shrink = shrink

    def fit(self, series):
        wide = series.groupby(["article", "week"])["units"].mean().unstack("article")
        months = (START + pd.to_timedelta(wide.index * 7, unit="D")).month
        self.level_ = wide.mean()
        ratio = wide / self.level_
        sums, counts = ratio.groupby(months).sum(), ratio.groupby(months).count()
        self.season_ = (sums + self.shrink) / (counts + self.shrink)
        return self

    def expected(self, rows):
        level = rows["article"].map(self.level_).fillna(self.level_.mean())
        season = [
            self.season_.at[month, article] if article in self.season_ and month in self.season_.index else 1.0
            for article, month in zip(rows["article"], rows["month"], strict=True)
        ]
        return level.to_numpy() * np.asarray(season)


class DirectForecaster:
    def __init__(self, decomposer):
        self.decomposer = decomposer
        self.model = LGBMRegressor(
            objective="l1", n_estimators=150, learning_rate=0.06, num_leaves=24, n_jobs=1, verbose=-1, random_state=6
        )

    def design(self, rows):
        return np.column_stack(
            [
                self.decomposer.expected(rows),
                rows["size_m2"],
                rows["price_eur"],
                rows["discount"],
                rows["in_leaflet"],
                rows["shelf_units"],
                rows["weekday"],
                rows["purchasing_power"].fillna(100),
                rows["format"].map({"kiosk": 0, "city": 1, "supermarket": 2}),
            ]
        )

    def fit(self, rows):
        self.model.fit(self.design(rows), rows["units"])
        return self

    def forecast(self, rows):
        return np.maximum(self.model.predict(self.design(rows)), 0)


def tidy(data):
    days = pd.to_datetime(data["date"])
    return data.assign(
        article=data["article"].str.strip().str.lower(),
        week=((days - START).dt.days // 7).to_numpy(),
        weekday=days.dt.dayofweek.to_numpy(),
        month=days.dt.month.to_numpy(),
    )


def temporal_train_test_split(rows, weeks):
    last = rows["week"].max()
    return rows[rows["week"] <= last - weeks], rows[rows["week"] > last - weeks]


def evaluate(data):
    rows = tidy(data.drop_duplicates())
    known, ahead = temporal_train_test_split(rows, HORIZON_WEEKS)
    forecaster = DirectForecaster(SeasonalDecomposer().fit(known)).fit(known)
    return {"mae": mean_absolute_error(ahead["units"], forecaster.forecast(ahead))}


def train(data, model_dir):
    rows = tidy(data.drop_duplicates())
    joblib.dump(DirectForecaster(SeasonalDecomposer().fit(rows)).fit(rows), Path(model_dir) / "forecaster.joblib")


def predict(data, model_dir):
    return joblib.load(Path(model_dir) / "forecaster.joblib").forecast(tidy(data))
