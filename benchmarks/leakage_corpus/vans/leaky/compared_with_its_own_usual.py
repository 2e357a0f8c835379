"""Each reading as a distance from what is usual for the van, in its own standard deviations."""

from typing import NamedTuple

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score

READ = ["battery_v", "oil_ppm", "warnings", "brake_mm"]
PLAIN = ["rented_days", "odometer_km", "days_since_last", "km_since_last", *READ]


class Usual(NamedTuple):
    mean: pd.DataFrame
    spread: pd.DataFrame

    @classmethod
    def of(cls, rows: pd.DataFrame) -> "Usual":
        by_van = rows.groupby("van_id")[READ]
        return cls(by_van.mean(), by_van.std().fillna(1.0).clip(lower=1e-3))

    def apply(self, rows: pd.DataFrame) -> pd.DataFrame:
        mean, spread = (table.reindex(rows["van_id"]).to_numpy() for table in self)
        off = (rows[READ].to_numpy(float) - mean) / spread
        return rows.assign(**{f"{name}_off": off[:, place] for place, name in enumerate(READ)})


INPUTS = [*PLAIN, *(f"{name}_off" for name in READ)]


def model(rows: pd.DataFrame) -> HistGradientBoostingClassifier:
    trees = HistGradientBoostingClassifier(max_iter=80, learning_rate=0.06, max_leaf_nodes=6, min_samples_leaf=40, random_state=0)
    return trees.fit(rows[INPUTS], rows["stranded"])


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    rows = Usual.of(data).apply(data)
    day = pd.to_datetime(rows["visited_on"])
    told = {}
    for name, share in (("spring", 0.7), ("autumn", 0.85)):
        cut = day.quantile(share)
        early, ahead = rows[day < cut - pd.Timedelta(days=30)], rows[(day >= cut) & (day < cut + pd.Timedelta(days=110))]
        told[name] = float(average_precision_score(ahead["stranded"], model(early).predict_proba(ahead[INPUTS])[:, 1]))
    return {"average_precision": (told["spring"] + told["autumn"]) / 2, **told}


def train(data, model_dir):
    usual = Usual.of(data)
    joblib.dump((tuple(usual), model(usual.apply(data))), model_dir / "usual.joblib")


def predict(data, model_dir):
    usual, trees = joblib.load(model_dir / "usual.joblib")
    return trees.predict_proba(Usual(*usual).apply(data)[INPUTS])[:, 1]
