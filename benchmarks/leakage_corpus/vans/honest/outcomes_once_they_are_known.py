"""The van's own record of breakdowns, counted from the day on which each outcome was known."""

from __future__ import annotations

import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import TimeSeriesSplit
from sklearn.pipeline import make_pipeline
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler

KNOWN_AFTER = pd.Timedelta(days=31)
PRIOR, STRENGTH = 0.1, 8.0
COLUMNS = ["battery_v", "oil_ppm", "warnings", "rented_days", "days_since_last", "odometer_km"]


class Record:
    """How often each van had broken down by a day."""

    def __init__(self, labelled: pd.DataFrame) -> None:
        seen = labelled.drop_duplicates(["van_id", "visited_on"]).sort_values("visited_on")
        seen = seen.assign(known_on=seen["visited_on"] + KNOWN_AFTER)
        by_van = seen.groupby("van_id")["stranded"]
        self.lines = pd.DataFrame(
            {
                "van_id": seen["van_id"],
                "known_on": seen["known_on"],
                "bad": by_van.cumsum(),
                "visits": by_van.cumcount() + 1,
            }
        ).sort_values("known_on")

    def rate(self, rows: pd.DataFrame) -> np.ndarray:
        asked = rows[["van_id", "visited_on"]].assign(place=np.arange(len(rows))).sort_values("visited_on")
        found = pd.merge_asof(asked, self.lines, left_on="visited_on", right_on="known_on", by="van_id")
        rate = (found["bad"].fillna(0) + PRIOR * STRENGTH) / (found["visits"].fillna(0) + STRENGTH)
        out = np.empty(len(rows))
        out[found["place"].to_numpy()] = rate.to_numpy()
        return out


def features(rows: pd.DataFrame, record: Record) -> pd.DataFrame:
    return rows[COLUMNS].assign(
        record=np.log(record.rate(rows)),
        winter=np.cos(2 * np.pi * rows["visited_on"].dt.dayofyear / 365.25),
        no_battery=rows["battery_v"].isna().astype(float),
    )


def model():
    return make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression(C=0.3, max_iter=500))


def read(data: pd.DataFrame) -> pd.DataFrame:
    return data.assign(visited_on=pd.to_datetime(data["visited_on"]))


def evaluate(data: pd.DataFrame) -> dict:
    rows = read(data)
    days = np.sort(rows["visited_on"].unique())
    values = []
    for before, after in TimeSeriesSplit(4, test_size=len(days) // 8, gap=30).split(days):
        fit_on, ask = rows[rows["visited_on"].isin(days[before])], rows[rows["visited_on"].isin(days[after])]
        record = Record(fit_on)
        fitted = model().fit(features(fit_on, record), fit_on["stranded"])
        values.append(average_precision_score(ask["stranded"], fitted.predict_proba(features(ask, record))[:, 1]))
    return {"average_precision": float(np.mean(values)), **{f"window_{n}": float(v) for n, v in enumerate(values)}}


def train(data, model_dir):
    rows = read(data)
    record = Record(rows)
    joblib.dump({"record": record.lines, "model": model().fit(features(rows, record), rows["stranded"])}, model_dir / "all.joblib")


def predict(data, model_dir):
    kept = joblib.load(model_dir / "all.joblib")
    record = Record.__new__(Record)
    record.lines = kept["record"]
    return kept["model"].predict_proba(features(read(data), record))[:, 1]
