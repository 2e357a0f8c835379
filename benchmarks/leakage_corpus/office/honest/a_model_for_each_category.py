"""One model for each category of articles, quantile regression for a stock recommendation beside the point forecast.

`predict` goes through the batch category by category and puts the answers back in order, and asks for equal rows once; no answer depends
on what else is in the batch.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from lightgbm import LGBMRegressor
from sklearn.metrics import mean_absolute_error, mean_pinball_loss

COLUMNS = ["weekday", "yearday", "net_price", "price_level", "discount", "in_leaflet", "shelf", "size_m2", "purchasing_power", "format_code", "area_code", "article_code"]
FORMATS = ("supermarket", "city", "kiosk")
AREAS = ("city", "suburb", "rural")


def base_features(rows: pd.DataFrame) -> pd.DataFrame:
    day = pd.to_datetime(rows["date"])
    return rows.assign(
        article=rows["article"].str.lower().str.strip(),
        weekday=day.dt.dayofweek,
        yearday=day.dt.dayofyear,
        net_price=rows["price_eur"] * (1 - rows["discount"]),
        shelf=np.where(rows["date"] < "2023-12-01", 6 * rows["shelf_units"], rows["shelf_units"]),
        format_code=rows["format"].map(FORMATS.index),
        area_code=rows["area"].map(AREAS.index),
    )


@dataclass
class CategoryModel:
    """Median and upper quantile for one category."""

    quantile: float = 0.8
    usual_price: dict[str, float] = field(default_factory=dict)
    article_codes: dict[str, int] = field(default_factory=dict)

    def fit(self, rows: pd.DataFrame) -> CategoryModel:
        self.usual_price = rows.groupby("article")["price_eur"].median().to_dict()
        order = rows.groupby("article")["units"].mean().sort_values().index
        self.article_codes = {article: code for code, article in enumerate(order)}
        X, y = self._matrix(rows), rows["units"]
        common = dict(n_estimators=120, learning_rate=0.07, num_leaves=12, min_child_samples=15, random_state=0, n_jobs=1, verbose=-1)
        self.point = LGBMRegressor(objective="mae", **common).fit(X, y)
        self.upper = LGBMRegressor(objective="quantile", alpha=self.quantile, **common).fit(X, y)
        return self

    def _matrix(self, rows: pd.DataFrame) -> pd.DataFrame:
        usual = rows["article"].map(self.usual_price)
        out = rows.assign(price_level=rows["price_eur"] / usual, article_code=rows["article"].map(self.article_codes).fillna(-1))
        return out[COLUMNS].astype(float)

    def predict(self, rows: pd.DataFrame) -> pd.DataFrame:
        X = self._matrix(rows)
        point = np.clip(self.point.predict(X), 0, None)
        return pd.DataFrame({"point": point, "upper": np.maximum(point, self.upper.predict(X))}, index=rows.index)


class Forecaster:
    def fit(self, rows: pd.DataFrame) -> Forecaster:
        rows = base_features(rows)
        self.models = {category: CategoryModel().fit(part) for category, part in rows.groupby("category")}
        return self

    def predict(self, rows: pd.DataFrame) -> pd.DataFrame:
        rows = base_features(rows).reset_index(drop=True)
        once = rows.drop_duplicates()
        parts = [self.models[category].predict(part) for category, part in once.groupby("category")]
        answers = once.join(pd.concat(parts))
        keys = list(rows.columns)
        return rows.merge(answers, on=keys, how="left")[["point", "upper"]]


def clean(data: pd.DataFrame) -> pd.DataFrame:
    return data.drop(columns=["sold_out_hour", "returned_units", "replenished_units"]).drop_duplicates().reset_index(drop=True)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    rows = clean(data)
    day = pd.to_datetime(rows["date"])
    cut = day.max() - pd.Timedelta(days=60)
    before, after = rows[day <= cut], rows[day > cut]
    answers = Forecaster().fit(before).predict(after.drop(columns="units"))
    truth = after["units"].to_numpy()
    return {
        "mae": float(mean_absolute_error(truth, answers["point"])),
        "pinball_80": float(mean_pinball_loss(truth, answers["upper"], alpha=0.8)),
        "covered": float((truth <= answers["upper"]).mean()),
    }


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(Forecaster().fit(clean(data)), Path(model_dir) / "demand.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    rows = data.drop(columns=["sold_out_hour", "returned_units", "replenished_units"])
    return joblib.load(Path(model_dir) / "demand.joblib").predict(rows)["point"].to_numpy()
