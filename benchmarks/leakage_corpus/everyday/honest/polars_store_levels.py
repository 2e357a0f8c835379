"""Demand of a store: levels of the past joined as of the planning day, everything in polars."""
from datetime import date, timedelta
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd
import polars as pl

PLANNED_AHEAD = timedelta(days=62)
UNKNOWN_THEN = ["sold_out_hour", "returned_units", "replenished_units"]
KEYS = {"store": ["store_id"], "article": ["article"], "article_format": ["article", "format"]}
X_COLS = ["weekday", "month", "before_christmas", "paid", "discount", "in_leaflet", "shelf", "size_m2", "purchasing_power", "is_city", "is_kiosk",
          "level_store", "level_article", "level_article_format"]


def to_polars(data: pd.DataFrame) -> pl.DataFrame:
    frame = pl.DataFrame({c: data[c].astype(object).where(data[c].notna(), None).to_list() for c in data.columns}, infer_schema_length=None)
    day = pl.col("date").str.to_date()
    return frame.drop(UNKNOWN_THEN, strict=False).with_columns(
        day.alias("day"),
        pl.col("article").str.strip_chars().str.to_lowercase(),
        day.dt.weekday().alias("weekday"),
        day.dt.month().alias("month"),
        ((day.dt.month() == 12) & (day.dt.day() < 25)).cast(pl.Int8).alias("before_christmas"),
        (pl.col("price_eur") * (1 - pl.col("discount"))).alias("paid"),
        (pl.col("shelf_units") * pl.when(day < date(2023, 12, 1)).then(6).otherwise(1)).alias("shelf"),
        (pl.col("area") == "city").cast(pl.Int8).alias("is_city"),
        (pl.col("format") == "kiosk").cast(pl.Int8).alias("is_kiosk"),
    )


def levels(past: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """For each key and day: mean of log units of all days up to that one."""
    out = {}
    for name, by in KEYS.items():
        daily = past.group_by([*by, "day"]).agg(pl.col("units").log1p().sum().alias("s"), pl.len().alias("n")).sort("day")
        out[name] = daily.with_columns((pl.col("s").cum_sum().over(by) / pl.col("n").cum_sum().over(by)).alias(f"level_{name}")).drop("s", "n")
    return out


def with_levels(rows: pl.DataFrame, known: dict[str, pl.DataFrame]) -> pl.DataFrame:
    rows = rows.with_row_index("position").with_columns((pl.col("day") - PLANNED_AHEAD).alias("planning_day")).sort("planning_day")
    for name, by in KEYS.items():
        rows = rows.join_asof(known[name], left_on="planning_day", right_on="day", by=by, strategy="backward", suffix="_known")
        rows = rows.drop("day_known", strict=False)
    return rows.sort("position")


def X_of(rows: pl.DataFrame) -> np.ndarray:
    return rows.select(pl.col(X_COLS).cast(pl.Float64).fill_null(float("nan"))).to_numpy()


PARAMS = {"objective": "l1", "learning_rate": 0.06, "num_leaves": 20, "min_data_in_leaf": 20, "verbosity": -1, "num_threads": 1, "seed": 1, "deterministic": True}


def fit(rows: pl.DataFrame, rounds: int = 180) -> lgb.Booster:
    return lgb.train(PARAMS, lgb.Dataset(X_of(rows), rows["units"].to_numpy().astype(float)), rounds)


def mae(truth: pl.Series, guess: np.ndarray) -> float:
    return float(np.abs(truth.to_numpy() - guess).mean())


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    rows = to_polars(data).unique(maintain_order=True)
    ends = rows["day"].max()
    scores, plain = [], []
    for back in (120, 60):
        origin = ends - timedelta(days=back)
        past = rows.filter(pl.col("day") <= origin)
        future = rows.filter((pl.col("day") > origin) & (pl.col("day") <= origin + timedelta(days=60)))
        known = levels(past)
        model = fit(with_levels(past, known))
        scores.append(mae(future["units"], np.clip(model.predict(X_of(with_levels(future, known))), 0, None)))
        medians = past.group_by("article").agg(pl.col("units").median().alias("usual"))
        joined = future.join(medians, on="article", how="left", maintain_order="left")
        plain.append(mae(future["units"], joined["usual"].fill_null(0).to_numpy()))
        print(f"origin {origin}: model {scores[-1]:.3f}, median of the article {plain[-1]:.3f}")
    return {"mae": float(np.mean(scores)), "mae_of_medians": float(np.mean(plain))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    rows = to_polars(data).unique(maintain_order=True)
    known = levels(rows)
    fit(with_levels(rows, known)).save_model(str(Path(model_dir) / "lgb.txt"))
    for name, table in known.items():
        table.write_parquet(Path(model_dir) / f"{name}.parquet")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    known = {name: pl.read_parquet(Path(model_dir) / f"{name}.parquet") for name in KEYS}
    model = lgb.Booster(model_file=str(Path(model_dir) / "lgb.txt"))
    return np.clip(model.predict(X_of(with_levels(to_polars(data), known))), 0, None)
