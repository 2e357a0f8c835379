"""A van's own effect on top of a common model, shrunk as in a random intercept; learnt on the training years alone."""

from typing import NamedTuple

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score, log_loss

INPUTS = ["battery_v", "oil_ppm", "warnings", "rented_days", "odometer_km", "days_since_last", "km_since_last", "brake_mm"]


class TwoLevels(NamedTuple):
    common: HistGradientBoostingClassifier
    effect: pd.Series

    def __call__(self, rows: pd.DataFrame) -> np.ndarray:
        z = logit(self.common.predict_proba(rows[INPUTS])[:, 1])
        return 1 / (1 + np.exp(-(z + rows["van_id"].map(self.effect).fillna(0.0).to_numpy())))


def logit(p: np.ndarray) -> np.ndarray:
    p = np.clip(p, 1e-4, 1 - 1e-4)
    return np.log(p / (1 - p))


def common(rows: pd.DataFrame) -> HistGradientBoostingClassifier:
    model = HistGradientBoostingClassifier(max_iter=80, learning_rate=0.06, max_leaf_nodes=6, min_samples_leaf=40, random_state=0)
    return model.fit(rows[INPUTS], rows["stranded"])


def effects(rows: pd.DataFrame, p: np.ndarray, strength: float) -> pd.Series:
    """One step of Newton from zero for each van, held back by `strength`."""
    by = rows["van_id"].to_numpy()
    surprise = pd.Series(rows["stranded"].to_numpy() - p).groupby(by).sum()
    room = pd.Series(p * (1 - p)).groupby(by).sum()
    return surprise / (room + strength)


def fit(rows: pd.DataFrame) -> TwoLevels:
    """The common model is fitted on the first half of the days to explain the second, where effects are learnt; the
    strength is the one that explains the last stretch of these rows best; then the common model is fitted on all."""
    day = rows["visited_on"]
    half, last = sorted(day)[len(day) // 2], sorted(day)[int(0.85 * len(day))]
    first, second = rows[day < half], rows[(day >= half) & (day < last)]
    inner, end = common(first), rows[day >= last]
    p, q = (inner.predict_proba(part[INPUTS])[:, 1] for part in (second, end))
    strength = min((1.0, 3.0, 10.0, 30.0), key=lambda s: loss(end, q, effects(second, p, s)))
    both = rows[day >= half]
    return TwoLevels(common(rows), effects(both, inner.predict_proba(both[INPUTS])[:, 1], strength))


def loss(rows: pd.DataFrame, p: np.ndarray, effect: pd.Series) -> float:
    z = logit(p) + rows["van_id"].map(effect).fillna(0.0).to_numpy()
    return log_loss(rows["stranded"], 1 / (1 + np.exp(-z)), labels=[0, 1])


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    day = pd.to_datetime(data["visited_on"])
    told = {}
    for name, share in (("spring", 0.7), ("autumn", 0.85)):
        cut = day.quantile(share)
        ahead = data[(day >= cut) & (day < cut + pd.Timedelta(days=110))]
        told[name] = float(average_precision_score(ahead["stranded"], fit(data[day < cut - pd.Timedelta(days=30)])(ahead)))
    return {"average_precision": (told["spring"] + told["autumn"]) / 2, **told}


def train(data, model_dir):
    joblib.dump(tuple(fit(data)), model_dir / "levels.joblib")


def predict(data, model_dir):
    return TwoLevels(*joblib.load(model_dir / "levels.joblib"))(data)
