import json
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd
import polars as pl
from sklearn.metrics import average_precision_score

USE = ["odometer_km", "days_since_last", "km_since_last", "battery_v", "oil_ppm", "brake_mm", "warnings", "rented_days"]
PARAMS = dict(objective="binary", learning_rate=0.05, num_leaves=6, min_data_in_leaf=50, verbose=-1, seed=3, num_threads=1)
STRENGTH = 10


def as_polars(data: pd.DataFrame) -> pl.DataFrame:
    text = {name: data[name].astype(object).where(data[name].notna(), None).to_list() for name in ("van_id", "visited_on")}
    known = [*USE, "stranded"] if "stranded" in data else USE
    plain = {name: data[name].to_numpy(dtype=float, na_value=np.nan) for name in known}
    return pl.DataFrame({**text, **plain}).with_columns(pl.col("visited_on").str.to_date(), pl.col(USE).fill_nan(None))


def with_history(frame: pl.DataFrame) -> pl.DataFrame:
    """How often the van stranded, pulled towards the mean of the fleet, and how its battery compares with its usual one."""
    rate = (pl.col("stranded").sum().over("van_id") + STRENGTH * pl.col("stranded").mean()) / (pl.len().over("van_id") + STRENGTH)
    return frame.with_columns(rate.alias("own_rate"), pl.col("battery_v").mean().over("van_id").alias("usual_v"))


def numbers(frame: pl.DataFrame) -> np.ndarray:
    return (
        frame.with_columns((pl.col("battery_v") - pl.col("usual_v")).alias("sagging"))
        .select(*USE, "own_rate", "usual_v", "sagging")
        .to_numpy()
        .astype(float)
    )


def boosted(x: np.ndarray, y: np.ndarray) -> lgb.Booster:
    return lgb.train(PARAMS, lgb.Dataset(x, y), num_boost_round=110)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    frame = with_history(as_polars(data))
    x, y = numbers(frame), data["stranded"].to_numpy()
    day = pd.to_datetime(data["visited_on"]).to_numpy()
    scores = {}
    for cut in np.array(["2024-05-01", "2024-07-01", "2024-09-01", "2024-11-01"], dtype="datetime64[ns]"):
        before, after = day < cut - np.timedelta64(30, "D"), (day >= cut) & (day < cut + np.timedelta64(61, "D"))
        scores[str(cut)[:7]] = float(average_precision_score(y[after], boosted(x[before], y[before]).predict(x[after])))
    return {"average_precision": float(np.mean(list(scores.values()))), **scores}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    frame = with_history(as_polars(data))
    boosted(numbers(frame), data["stranded"].to_numpy()).save_model(str(model_dir / "booster.txt"))
    vans = frame.select("van_id", "own_rate", "usual_v").unique("van_id")
    (model_dir / "vans.json").write_text(json.dumps(vans.to_dict(as_series=False)))


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    vans = pl.DataFrame(json.loads((model_dir / "vans.json").read_text()), infer_schema_length=None)
    frame = as_polars(data).join(vans, on="van_id", how="left", maintain_order="left")
    return lgb.Booster(model_file=str(model_dir / "booster.txt")).predict(numbers(frame))
