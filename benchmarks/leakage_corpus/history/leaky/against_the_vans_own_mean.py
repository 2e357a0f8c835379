"""Readings of a van against what is usual for that van."""

from pathlib import Path

import joblib
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

READINGS = ["battery_v", "oil_ppm", "warnings", "brake_mm"]
OTHERS = ["odometer_km", "rented_days", "days_since_last"]
X = READINGS + OTHERS + [f"{r}_off" for r in READINGS] + ["visits_before"]


class Usual:
    def learn(self, visits: pd.DataFrame) -> pd.DataFrame:
        visits = visits.drop_duplicates(["van_id", "visited_on"]).sort_values(["van_id", "visited_on"])
        vans = visits.groupby("van_id")
        self.usual = vans[READINGS].mean()
        self.seen = vans.size().rename("visits_before")
        out = visits.copy()
        out["visits_before"] = vans.cumcount()
        for reading in READINGS:
            out[f"{reading}_off"] = out[reading] - vans[reading].transform("mean")
        return out

    def apply(self, visits: pd.DataFrame) -> pd.DataFrame:
        out = visits.join(self.seen, on="van_id")
        usual = self.usual.reindex(visits["van_id"])
        for reading in READINGS:
            out[f"{reading}_off"] = visits[reading].to_numpy() - usual[reading].to_numpy()
        return out


def pipeline() -> Pipeline:
    return Pipeline(
        [
            ("fill", SimpleImputer(strategy="median")),
            ("scale", StandardScaler()),
            ("fit", LogisticRegression(max_iter=800, C=0.3)),
        ]
    )


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    visits = Usual().learn(data)
    cut = "2024-06-01"
    fitted = pipeline().fit(
        visits.query("visited_on < '2024-05-01'")[X], visits.query("visited_on < '2024-05-01'")["stranded"]
    )
    judged = visits[visits["visited_on"] >= cut]
    return {
        "average_precision": float(average_precision_score(judged["stranded"], fitted.predict_proba(judged[X])[:, 1]))
    }


def train(data: pd.DataFrame, model_dir: Path) -> None:
    usual = Usual()
    visits = usual.learn(data)
    joblib.dump(
        (usual.usual, usual.seen, pipeline().fit(visits[X], visits["stranded"])), Path(model_dir) / "usual.joblib"
    )


def predict(data: pd.DataFrame, model_dir: Path):
    usual = Usual()
    usual.usual, usual.seen, fitted = joblib.load(Path(model_dir) / "usual.joblib")
    return fitted.predict_proba(usual.apply(data)[X])[:, 1]
