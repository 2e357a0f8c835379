"""Demand of food stores: each row knows what its article sold in the weeks that ended 62 days before; five months judged."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_error

AHEAD = pd.Timedelta(days=62)  # as far as the last day that is asked for
SINCE = "2023-10-01"
LEVELS = (["article", "format"], ["article", "area"])
WEEKS = "42D"


def tidy(data: pd.DataFrame) -> pd.DataFrame:
    return data.assign(article=data["article"].str.lower().str.strip(), day=pd.to_datetime(data["date"]))


def history(d: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """For each level, the mean of the weeks before each day, under the first day on which it may be used."""
    found = {}
    for keys in LEVELS:
        daily = d.groupby([*keys, "day"])["units"].mean().reset_index().set_index("day").sort_index()
        weeks = daily.groupby(keys)["units"].rolling(WEEKS).mean().rename("_".join(keys)).reset_index()
        found["_".join(keys)] = weeks.assign(day=weeks["day"] + AHEAD).sort_values("day")
    return found


def numbers(d: pd.DataFrame, levels: dict[str, pd.DataFrame]) -> pd.DataFrame:
    rows = d.assign(at=np.arange(len(d))).sort_values("day", kind="stable")
    for keys, (name, table) in zip(LEVELS, levels.items(), strict=True):
        rows = pd.merge_asof(rows, table, on="day", by=keys)
    rows = rows.sort_values("at").set_index(d.index)
    angle = 2 * np.pi * rows["day"].dt.dayofyear / 365.25
    return pd.DataFrame(
        {
            "size": rows["size_m2"],
            "power": rows["purchasing_power"],
            "price": rows["price_eur"],
            "discount": rows["discount"],
            "leaflet": rows["in_leaflet"],
            "weekday": rows["day"].dt.dayofweek,
            "cos": np.cos(angle),
            "sin": np.sin(angle),
            **{name: rows[name] for name in levels},
        }
    ).astype(float)


def boosting() -> HistGradientBoostingRegressor:
    return HistGradientBoostingRegressor(loss="absolute_error", max_iter=120, max_leaf_nodes=16, random_state=0)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    d = tidy(data.drop_duplicates())
    x = numbers(d, history(d))
    late = d["date"] >= SINCE
    model = boosting().fit(x[~late], d.loc[~late, "units"])
    return {"mae": float(mean_absolute_error(d.loc[late, "units"], np.maximum(model.predict(x[late]), 0)))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    d = tidy(data.drop_duplicates())
    levels = history(d)
    joblib.dump((boosting().fit(numbers(d, levels), d["units"]), levels), model_dir / "demand.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    model, levels = joblib.load(model_dir / "demand.joblib")
    return np.maximum(model.predict(numbers(tidy(data), levels)), 0)
