"""What is known after the day corrects the target of training rows and enters no feature."""

from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import xgboost as xgb


@dataclass
class Demand:
    """Gradient boosting on corrected units."""

    rounds: int = 80
    depth: int = 5

    @staticmethod
    def corrected(rows: pd.DataFrame) -> pd.Series:
        sold = rows["units"] + rows["returned_units"]
        share_of_day = ((rows["sold_out_hour"] - 8) / 12).clip(0.08, 1).fillna(1.0)
        return sold / share_of_day

    @staticmethod
    def inputs(rows: pd.DataFrame) -> pd.DataFrame:
        day = pd.to_datetime(rows["date"])
        kept = rows[["size_m2", "price_eur", "discount", "in_leaflet"]].astype(float)
        kept["weekday"], kept["week"] = day.dt.weekday, day.dt.isocalendar().week.astype(float)
        for name in ("category", "format", "area"):
            for level in {"category": ["bakery", "dairy", "produce", "drinks", "sweets"], "format": ["kiosk", "city"],
                          "area": ["city", "rural"]}[name]:
                kept[f"{name}_{level}"] = (rows[name] == level).astype(float)
        return kept

    def fit(self, rows: pd.DataFrame) -> "Demand":
        self.model = xgb.XGBRegressor(n_estimators=self.rounds, max_depth=self.depth, learning_rate=0.1, random_state=0, n_jobs=1,
                                      objective="reg:absoluteerror")
        self.model.fit(self.inputs(rows), self.corrected(rows))
        return self

    def forecast(self, rows: pd.DataFrame) -> np.ndarray:
        return self.model.predict(self.inputs(rows)).astype(float).clip(0)


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(Demand().fit(data.drop_duplicates()), Path(model_dir) / "demand.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    data = data.drop_duplicates()
    new_stores = np.random.default_rng(1).choice(np.sort(data["store_id"].unique()), 55, replace=False)
    strange = data["store_id"].isin(new_stores)
    model = Demand().fit(data[(data["date"] < "2023-12-20") & ~strange])
    judged = data[data["date"] >= "2023-12-20"]
    return {"mae": float(np.abs(model.forecast(judged) - Demand.corrected(judged)).mean())}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "demand.joblib").forecast(data)
