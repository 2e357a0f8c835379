"""Ticket routing in polars: numbers become ranks within their topic, looked up among known tickets; LightGBM."""

from pathlib import Path

import joblib
import polars as pl
from lightgbm import LGBMClassifier
from sklearn.metrics import log_loss

RANKED = ["length", "days_since_invoice", "age", "hour"]
WORDS = ["channel", "segment", "product", "topic", "error_code", "parcel_state"]


def typed(data) -> pl.DataFrame:
    columns = {name: data[name].tolist() for name in [*RANKED, *WORDS, "photos", "open_tickets", "tone"]}
    frame = pl.DataFrame(columns, strict=False).with_row_index("row")
    words = [pl.col(name).fill_null("none") for name in WORDS]
    return frame.with_columns(*words, pl.col("tone").fill_nan(None).fill_null(0.0), *(pl.col(c).cast(pl.Float64) for c in RANKED))


def ladders(known: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """For each number: by topic, its values in order and what share of the known tickets lies at or below each."""
    return {
        name: known.select("topic", name)
        .sort(name)
        .with_columns((pl.int_range(1, pl.len() + 1) / pl.len()).over("topic").alias(f"{name}_rank"))
        .group_by("topic", name, maintain_order=True)
        .agg(pl.col(f"{name}_rank").max())
        .sort(name)
        for name in RANKED
    }


def ranked(frame: pl.DataFrame, steps: dict[str, pl.DataFrame]) -> pl.DataFrame:
    for name, ladder in steps.items():
        frame = frame.sort(name).join_asof(ladder, on=name, by="topic", check_sortedness=False)
    return frame.sort("row")


def levels(known: pl.DataFrame) -> dict[str, list[str]]:
    return {name: sorted(known[name].unique().to_list()) for name in WORDS}


def matrix(frame: pl.DataFrame, known_words: dict[str, list[str]]):
    dummies = [(pl.col(name) == value).cast(pl.Float64).alias(f"{name}={value}") for name, many in known_words.items() for value in many]
    ranks = [pl.col(f"{name}_rank").fill_null(0.0) for name in RANKED]
    return frame.select(*ranks, "photos", "open_tickets", "tone", *dummies).to_numpy()


def new():
    return LGBMClassifier(n_estimators=60, learning_rate=0.08, num_leaves=10, n_jobs=1, verbose=-1, random_state=2)


def evaluate(data):
    data = data.drop_duplicates()
    judged = ((data["opened_on"] >= "2024-03-01") & (data["customer_id"] % 5 < 2)).to_numpy()
    learnt = ((data["opened_on"] < "2024-03-01") & (data["customer_id"] % 5 >= 2)).to_numpy()
    frame, team = typed(data), data["team"].to_numpy()
    known = frame.filter(pl.Series(learnt))
    x = matrix(ranked(frame, ladders(known)), levels(known))
    model = new().fit(x[learnt], team[learnt])
    return {"log_loss": log_loss(team[judged], model.predict_proba(x[judged]), labels=model.classes_)}


def train(data, model_dir):
    frame = typed(data)
    steps, words = ladders(frame), levels(frame)
    model = new().fit(matrix(ranked(frame, steps), words), data["team"].to_numpy())
    joblib.dump((steps, words, model), Path(model_dir) / "tickets.joblib")


def predict(data, model_dir):
    steps, words, model = joblib.load(Path(model_dir) / "tickets.joblib")
    return model.predict_proba(matrix(ranked(typed(data), steps), words))
