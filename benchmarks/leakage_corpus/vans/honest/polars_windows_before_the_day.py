import json
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd
import polars as pl
from sklearn.metrics import average_precision_score

KEEP = ["battery_v", "oil_ppm", "warnings"]
USE = ["odometer_km", "days_since_last", "km_since_last", "battery_v", "oil_ppm", "brake_mm", "warnings", "rented_days"]
PARAMS = dict(objective="binary", learning_rate=0.05, num_leaves=6, min_data_in_leaf=50, verbose=-1, seed=3, num_threads=1)


def as_polars(data: pd.DataFrame) -> pl.DataFrame:
    text = {name: data[name].astype(object).where(data[name].notna(), None).to_list() for name in ("van_id", "visited_on")}
    plain = {name: data[name].to_numpy(dtype=float, na_value=np.nan) for name in USE}
    return pl.DataFrame({**text, **plain}).with_row_index("row").with_columns(
        pl.col("visited_on").str.to_date(), pl.col(USE).fill_nan(None)
    )


def diary(frame: pl.DataFrame) -> pl.DataFrame:
    """One line a van and day: running means up to and with that day."""
    return (
        frame.group_by("van_id", "visited_on").agg(pl.col(KEEP).mean()).sort("van_id", "visited_on")
        .with_columns(
            (pl.col(name).cum_sum().over("van_id") / pl.col(name).cum_count().over("van_id").clip(lower_bound=1)).alias(
                f"{name}_so_far"
            )
            for name in KEEP
        )
        .select("van_id", pl.col("visited_on").dt.offset_by("1d").alias("visited_on"), *[f"{name}_so_far" for name in KEEP])
        .sort("visited_on")
    )


def table(frame: pl.DataFrame, lines: pl.DataFrame) -> np.ndarray:
    """A line of the diary counts from the next day on, so that no visit sees itself."""
    joined = frame.sort("visited_on").join_asof(lines, on="visited_on", by="van_id", strategy="backward").sort("row")
    return joined.select(*USE, *[f"{name}_so_far" for name in KEEP]).to_numpy().astype(float)


def boosted(x: np.ndarray, y: np.ndarray) -> lgb.Booster:
    return lgb.train(PARAMS, lgb.Dataset(x, y), num_boost_round=110)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    frame = as_polars(data)
    x, y = table(frame, diary(frame)), data["stranded"].to_numpy()
    day = pd.to_datetime(data["visited_on"]).to_numpy()
    scores = {}
    for cut in np.array(["2024-05-01", "2024-07-01", "2024-09-01", "2024-11-01"], dtype="datetime64[ns]"):
        before, after = day < cut - np.timedelta64(30, "D"), (day >= cut) & (day < cut + np.timedelta64(61, "D"))
        scores[str(cut)[:7]] = float(average_precision_score(y[after], boosted(x[before], y[before]).predict(x[after])))
    return {"average_precision": float(np.mean(list(scores.values()))), **scores}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    frame = as_polars(data)
    lines = diary(frame)
    boosted(table(frame, lines), data["stranded"].to_numpy()).save_model(str(model_dir / "booster.txt"))
    (model_dir / "diary.json").write_text(json.dumps({k: [str(v) if k == "visited_on" else v for v in c] for k, c in lines.to_dict(as_series=False).items()}))


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    lines = pl.DataFrame(json.loads((model_dir / "diary.json").read_text()), infer_schema_length=None).with_columns(
        pl.col("visited_on").str.to_date(), pl.col("^.*_so_far$").cast(pl.Float64)
    )
    return lgb.Booster(model_file=str(model_dir / "booster.txt")).predict(table(as_polars(data), lines.sort("visited_on")))
