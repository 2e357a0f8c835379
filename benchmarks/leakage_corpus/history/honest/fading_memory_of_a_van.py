"""Exponentially weighted memory of a van: the visit itself is shifted out before it is weighed."""

from pathlib import Path

import joblib
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.metrics import average_precision_score

REMEMBERED = {"battery_v": 3, "oil_ppm": 5, "warnings": 4, "brake_mm": 2}
CURRENT = [
    "odometer_km",
    "days_since_last",
    "km_since_last",
    "battery_v",
    "oil_ppm",
    "brake_mm",
    "warnings",
    "rented_days",
]
MEMORY = [f"{name}_memory" for name in REMEMBERED]


class Memory:
    """Means that fade from visit to visit."""

    def __init__(self) -> None:
        self.now: pd.DataFrame | None = None

    @staticmethod
    def _ordered(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.drop_duplicates(["van_id", "visited_on"]).sort_values(["visited_on", "van_id"], ignore_index=True)

    def fit_transform(self, rows: pd.DataFrame) -> pd.DataFrame:
        rows = self._ordered(rows)
        by_van = rows.groupby("van_id", sort=False)
        for name, half in REMEMBERED.items():
            rows[f"{name}_memory"] = by_van[name].transform(lambda s, half=half: s.shift(1).ewm(halflife=half).mean())
        self.now = pd.DataFrame(
            {
                f"{name}_memory": by_van[name].apply(lambda s, half=half: s.ewm(halflife=half).mean().iloc[-1])
                for name, half in REMEMBERED.items()
            }
        )
        return rows

    def transform(self, rows: pd.DataFrame) -> pd.DataFrame:
        return rows.join(self.now, on="van_id")


def learner() -> LGBMClassifier:
    return LGBMClassifier(
        n_estimators=150,
        learning_rate=0.04,
        num_leaves=8,
        min_child_samples=60,
        subsample=0.8,
        subsample_freq=1,
        random_state=21,
        n_jobs=1,
        verbose=-1,
    )


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    rows = Memory().fit_transform(data)
    quarters = pd.PeriodIndex(rows["visited_on"], freq="Q")
    results = []
    for quarter in sorted(quarters.unique())[-3:]:
        judged = rows[quarters == quarter]
        known = rows[pd.to_datetime(rows["visited_on"]) + pd.Timedelta(days=30) < quarter.start_time]
        if judged["stranded"].sum() < 5:
            continue
        model = learner().fit(known[CURRENT + MEMORY], known["stranded"])
        results.append(average_precision_score(judged["stranded"], model.predict_proba(judged[CURRENT + MEMORY])[:, 1]))
    return {"average_precision": sum(results) / len(results)}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    memory = Memory()
    rows = memory.fit_transform(data)
    model = learner().fit(rows[CURRENT + MEMORY], rows["stranded"])
    joblib.dump({"memory": memory.now, "model": model}, Path(model_dir) / "all.joblib")


def predict(data: pd.DataFrame, model_dir: Path):
    saved = joblib.load(Path(model_dir) / "all.joblib")
    memory = Memory()
    memory.now = saved["memory"]
    return saved["model"].predict_proba(memory.transform(data)[CURRENT + MEMORY])[:, 1]
