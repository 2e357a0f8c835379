from pathlib import Path

import joblib
import pandas as pd
import polars as pl
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer
from sklearn.impute import SimpleImputer

X = [
    "odometer_km",
    "battery_v",
    "oil_ppm",
    "brake_mm",
    "warnings",
    "rented_days",
    "volts_prev",
    "volts_drop",
    "warned_before",
    "nth",
]


def to_polars(data: pd.DataFrame) -> pl.DataFrame:
    raw = pl.from_pandas(data[[c for c in data.columns if c not in {"depot", "note", "make", "tow_minutes"}]])
    return raw.with_columns(pl.col("visited_on").str.to_date("%Y-%m-%d"))


def visits(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.unique(["van_id", "visited_on"], keep="first", maintain_order=True).sort("van_id", "visited_on")


def look_back(frame: pl.DataFrame) -> pl.DataFrame:
    """Everything over a van is shifted by one visit first."""
    return frame.with_columns(
        pl.col("battery_v").forward_fill().shift(1).over("van_id").alias("volts_prev"),
        pl.col("warnings").cum_sum().shift(1, fill_value=0).over("van_id").alias("warned_before"),
        (pl.col("visited_on").cum_count() - 1).over("van_id").alias("nth"),
    ).with_columns((pl.col("volts_prev") - pl.col("battery_v")).alias("volts_drop"))


def state(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.group_by("van_id").agg(
        pl.col("battery_v").drop_nulls().last().alias("volts_prev"),
        pl.col("warnings").sum().alias("warned_before"),
        pl.len().alias("nth"),
    )


def classifier():
    return make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True),
        QuantileTransformer(n_quantiles=100, output_distribution="normal", random_state=0),
        LogisticRegression(C=0.2, max_iter=1000),
    )


def matrix(frame: pl.DataFrame):
    return frame.select(pl.col(X).cast(pl.Float64)).to_numpy()


def evaluate(data: pd.DataFrame) -> dict:
    table = look_back(visits(to_polars(data)))
    border = pl.date(2024, 7, 1)
    learn = table.filter(pl.col("visited_on") < border.dt.offset_by("-1mo"))
    check = table.filter(pl.col("visited_on") >= border)
    clf = classifier().fit(matrix(learn), learn["stranded"].to_numpy())
    return {
        "average_precision": average_precision_score(
            check["stranded"].to_numpy(), clf.predict_proba(matrix(check))[:, 1]
        )
    }


def train(data: pd.DataFrame, model_dir: Path) -> None:
    rows = visits(to_polars(data))
    table = look_back(rows)
    joblib.dump(classifier().fit(matrix(table), table["stranded"].to_numpy()), Path(model_dir) / "clf.joblib")
    state(rows).write_csv(Path(model_dir) / "state.csv")


def predict(data: pd.DataFrame, model_dir: Path):
    known = pl.read_csv(Path(model_dir) / "state.csv")
    rows = to_polars(data).join(known, on="van_id", how="left", maintain_order="left")
    rows = rows.with_columns((pl.col("volts_prev") - pl.col("battery_v")).alias("volts_drop"))
    return joblib.load(Path(model_dir) / "clf.joblib").predict_proba(matrix(rows))[:, 1]
