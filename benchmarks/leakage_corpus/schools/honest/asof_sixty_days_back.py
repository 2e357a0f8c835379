"""Demand two months ahead: what an article sold, but never less than sixty days before the day that is asked for.

Rows are asked for two months ahead, so every level is made "as of" sixty days earlier, for training and judged days alike.  A day
of which the label is used lies at least sixty days before the row that uses it.
"""

from __future__ import annotations

from pathlib import Path

import joblib
import lightgbm as lgb
import numpy as np
import pandas as pd
from sklearn.metrics import mean_absolute_error

AHEAD = pd.Timedelta(days=60)
LEVELS = (["article"], ["article", "format"], ["article", "area"])
CALM = dict(objective="l1", learning_rate=0.06, num_leaves=20, min_child_samples=30, n_estimators=160, subsample=0.8,
            subsample_freq=1, colsample_bytree=0.8, random_state=3, n_jobs=1, verbose=-1)  # fmt: skip


def dated(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(day=pd.to_datetime(rows["date"]).astype("datetime64[ns]"), article=rows["article"].str.strip().str.lower())


def demand(rows: pd.DataFrame) -> pd.Series:
    """Units of a whole day: what came back was sold, and an empty shelf sells nothing for the rest of the day."""
    return (rows["units"] + rows["returned_units"]) * 12 / (rows["sold_out_hour"].fillna(20) - 8).clip(lower=1.5)


def history(labelled: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """For each level, the running mean of units up to and with a day."""
    sold = dated(labelled)
    sold["units"] = demand(sold)
    running = {}
    for level in LEVELS:
        daily = sold.groupby([*level, "day"], as_index=False)["units"].agg(["sum", "count"])
        daily = daily.sort_values("day", kind="stable")
        summed = daily.groupby(level)[["sum", "count"]].cumsum()
        running["+".join(level)] = daily.assign(level=summed["sum"] / summed["count"], seen=summed["count"])[[*level, "day", "level", "seen"]]
    return running


def as_of(rows: pd.DataFrame, running: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Rows with each level as it was known sixty days before."""
    asked = dated(rows).assign(row=np.arange(len(rows)), known=lambda d: d["day"] - AHEAD).sort_values("known", kind="stable")
    for name, table in running.items():
        by = name.split("+")
        table = table.rename(columns={"day": "known", "level": f"{name}_level", "seen": f"{name}_seen"})
        asked = pd.merge_asof(asked, table, on="known", by=by, direction="backward")
    return asked.sort_values("row").set_index(rows.index)


def matrix(rows: pd.DataFrame, running: dict[str, pd.DataFrame]) -> pd.DataFrame:
    d = as_of(rows, running)
    known = [f"{'+'.join(level)}_{what}" for level in LEVELS for what in ("level", "seen")]
    year = 2 * np.pi * d["day"].dt.dayofyear / 365.25
    plain = d[["size_m2", "purchasing_power", "price_eur", "discount", "in_leaflet", *known]].astype(float)
    return plain.assign(
        weekday=d["day"].dt.dayofweek,
        winter=np.cos(year),
        spring=np.sin(year),
        city=(d["area"] == "city").astype(int),
        rural=(d["area"] == "rural").astype(int),
        kiosk=(d["format"] == "kiosk").astype(int),
        open_days=(d["day"] - pd.to_datetime(d["opened_on"])).dt.days.clip(upper=1500),
    )


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    rows = data.drop_duplicates().sort_values("date", kind="stable").reset_index(drop=True)
    running = history(rows)  # as_of() looks sixty days back, whichever row asks
    x, y = matrix(rows, running), demand(rows).to_numpy(float)
    day = pd.to_datetime(rows["date"])
    errors = {}
    for start in pd.to_datetime(["2023-11-01", "2024-01-01"]):
        past, coming = day < start, (day >= start) & (day < start + AHEAD)
        seen = past & x["article_seen"].notna()
        model = lgb.LGBMRegressor(**CALM).fit(x[seen], y[seen])
        errors[f"mae_from_{start:%Y_%m}"] = float(mean_absolute_error(y[coming], model.predict(x[coming]).clip(0)))
    return {"mae": float(np.mean(list(errors.values()))), **errors}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    rows = data.drop_duplicates().sort_values("date", kind="stable").reset_index(drop=True)
    running = history(rows)
    x = matrix(rows, running)
    seen = x["article_seen"].notna()
    joblib.dump((lgb.LGBMRegressor(**CALM).fit(x[seen], demand(rows)[seen]), running), model_dir / "asof.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    model, running = joblib.load(model_dir / "asof.joblib")
    return model.predict(matrix(data, running)).clip(0)
