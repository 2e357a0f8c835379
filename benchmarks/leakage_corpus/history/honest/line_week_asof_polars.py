"""State of a machine; each line's drift over the seven days that ended the evening before (polars)."""

import datetime as dt
from pathlib import Path

import joblib
import numpy as np
import polars as pl
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics import f1_score

S = [f"s{i}" for i in range(8)]


def read(data):
    return pl.from_pandas(data).with_columns(pl.col("day").str.to_date()).with_row_index("pos")


def weekly(rows: pl.DataFrame) -> pl.DataFrame:
    """Per line and day the mean of the sensors over the seven days that end with this day; valid from the next day on."""
    daily = rows.group_by("line", "day").agg(pl.col(S).mean(), pl.len().alias("n")).sort("line", "day")
    return (
        daily.with_columns(
            pl.col(S).rolling_mean_by("day", window_size="7d", closed="right").over("line").name.suffix("_week")
        )
        .with_columns((pl.col("day") + pl.duration(days=1)).alias("valid_from"))
        .select("line", "valid_from", *(f"{c}_week" for c in S))
        .sort("valid_from")
    )


def attach(rows: pl.DataFrame, table: pl.DataFrame) -> np.ndarray:
    joined = rows.sort("day").join_asof(
        table, left_on="day", right_on="valid_from", by="line", strategy="backward", check_sortedness=False
    )
    wide = joined.sort("pos").select(
        *S, *((pl.col(c) - pl.col(f"{c}_week").fill_null(0)).alias(f"{c}_step") for c in S)
    )
    return np.column_stack([wide.to_numpy(), np.maximum(wide["s0"].to_numpy(), 0)])


def yesterday(rows: pl.DataFrame) -> pl.DataFrame:
    """A second look back: how many readings the line had on the ten days before."""
    daily = rows.group_by("line", "day").agg(pl.len().alias("n")).sort("line", "day")
    return daily.with_columns(
        pl.col("n").rolling_sum_by("day", window_size="10d", closed="left").over("line").alias("load")
    )


def evaluate(data):
    rows = read(data)
    loads = yesterday(rows)["load"]
    print("readings of a line in ten days, from and to", loads.min(), loads.max())
    features, labels = attach(rows, weekly(rows)), rows["state"].to_numpy()
    start = rows["day"].max() - dt.timedelta(days=50)
    before, after = (rows["day"] < start).to_numpy(), (rows["day"] >= start).to_numpy()
    lda = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.05).fit(features[before], labels[before])
    return {"f1_macro": float(f1_score(labels[after], lda.predict(features[after]), average="macro"))}


def train(data, model_dir):
    rows = read(data)
    table = weekly(rows)
    lda = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.05).fit(attach(rows, table), rows["state"].to_numpy())
    joblib.dump(lda, Path(model_dir) / "lda.joblib")
    table.write_parquet(Path(model_dir) / "weekly.parquet")


def predict(data, model_dir):
    lda = joblib.load(Path(model_dir) / "lda.joblib")
    return lda.predict_proba(attach(read(data), pl.read_parquet(Path(model_dir) / "weekly.parquet").sort("valid_from")))
