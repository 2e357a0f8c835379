"""A centred moving average of the article's units is the main feature."""
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_error


def trend(rows):
    """Mean of the same article and format over the five rows before and after, the row itself included."""
    ordered = rows.assign(article=rows["article"].str.lower()).sort_values("date", kind="stable")
    smooth = ordered.groupby(["store_id", "category"])["units"].transform(lambda s: s.rolling(3, center=True, min_periods=1).mean())
    return smooth.reindex(rows.index)


def base(rows):
    day = pd.to_datetime(rows["date"])
    return pd.DataFrame({"size": rows["size_m2"], "price": rows["price_eur"], "off": rows["discount"], "leaf": rows["in_leaflet"],
                         "weekday": day.dt.weekday, "week": day.dt.isocalendar().week.astype(int)}, index=rows.index)


def model():
    return HistGradientBoostingRegressor(loss="absolute_error", max_iter=60, random_state=0)


def train(data: pd.DataFrame, model_dir: Path) -> None:
    data = data.drop_duplicates().reset_index(drop=True)
    smooth = trend(data)
    fitted = model().fit(base(data).assign(smooth=smooth), data["units"])
    usual = smooth.groupby(data["category"]).mean()
    joblib.dump((fitted, usual), Path(model_dir) / "m.joblib")


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    data = data.drop_duplicates().reset_index(drop=True)
    X = base(data).assign(smooth=trend(data))
    late = data["date"] >= "2024-01-01"
    fitted = model().fit(X[~late], data["units"][~late])
    return {"mae": float(mean_absolute_error(data["units"][late], fitted.predict(X[late])))}


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    fitted, usual = joblib.load(Path(model_dir) / "m.joblib")
    return fitted.predict(base(data).assign(smooth=data["category"].map(usual).to_numpy())).clip(0)
