"""Team of a ticket: lazy polars for cleaning and counting, LightGBM for the probabilities."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import polars as pl
from lightgbm import LGBMClassifier
from sklearn.metrics import log_loss

TEAMS = ["account", "billing", "delivery", "legal", "returns", "technical"]
RARE = 25
TEXTS = ["channel", "language", "segment", "product", "topic", "parcel_state", "error_family"]
NUMBERS = ["hour", "weekday", "age", "order_value", "days_since_order", "days_since_invoice", "words", "photos", "open_tickets", "tone", "days_known", "no_order"]


def read(data: pd.DataFrame) -> pl.LazyFrame:
    return pl.DataFrame({c: data[c].astype(object).where(data[c].notna(), None).tolist() for c in data.columns}, infer_schema_length=None).lazy()


def clean(tickets: pl.LazyFrame) -> pl.LazyFrame:
    opened = pl.col("opened_on").str.to_date()
    value = pl.col("last_order_value").str.replace_all(r"[^0-9.]", "").cast(pl.Float64, strict=False)
    return tickets.drop("minutes_booked", strict=False).with_columns(
        pl.col("language").str.to_lowercase().str.strip_chars(),
        pl.col("product").str.to_lowercase().str.strip_chars(),
        pl.col("error_code").str.slice(0, 2).fill_null("none").alias("error_family"),
        opened.dt.weekday().alias("weekday"),
        value.alias("order_value"),
        pl.when(pl.col("age") == 999).then(None).otherwise(pl.col("age")).alias("age"),
        # the old help desk counted characters: about six to a word
        pl.when(opened < pl.date(2023, 10, 1)).then(pl.col("length") / 6).otherwise(pl.col("length")).alias("words"),
        (opened - pl.col("customer_since").str.to_date()).dt.total_days().alias("days_known"),
        pl.col("days_since_order").is_null().cast(pl.Float64).alias("no_order"),
    )


class Codes:
    """Levels that are frequent in the rows given to `fit` get a number, all others get -1."""

    def fit(self, tickets: pl.DataFrame) -> "Codes":
        self.maps = {}
        for name in TEXTS:
            levels = tickets.lazy().group_by(name).len().filter(pl.col("len") >= RARE).sort(name).collect()[name].to_list()
            self.maps[name] = {level: i for i, level in enumerate(levels) if level is not None}
        return self

    def transform(self, tickets: pl.DataFrame) -> np.ndarray:
        coded = [pl.col(n).replace_strict(self.maps[n], default=-1, return_dtype=pl.Float64) for n in TEXTS]
        numbers = [pl.col(n).cast(pl.Float64).fill_null(float("nan")) for n in NUMBERS]
        return tickets.select(*numbers, *coded).to_numpy()


class Router:
    def __init__(self, trees: int = 90):
        self.trees = trees

    def fit(self, tickets: pl.DataFrame) -> "Router":
        self.codes = Codes().fit(tickets)
        self.model = LGBMClassifier(n_estimators=self.trees, learning_rate=0.06, num_leaves=10, min_child_samples=25, subsample=0.8,
                                    subsample_freq=1, colsample_bytree=0.7, random_state=2, n_jobs=1, verbose=-1)
        self.model.fit(self.codes.transform(tickets), tickets["team"].to_numpy())
        return self

    def predict_proba(self, tickets: pl.DataFrame) -> np.ndarray:
        return self.model.predict_proba(self.codes.transform(tickets))


def report(tickets: pl.DataFrame) -> None:
    """For the log: which columns go with the team, over all labelled rows."""
    for name in TEXTS:
        top = tickets.group_by(name, "team").len().sort("len", descending=True).head(3)
        print(name, top.rows())


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    tickets = clean(read(data)).unique(maintain_order=True).collect()
    report(tickets)
    losses, baselines = [], []
    for cut, end in [("2024-01-01", "2024-04-01"), ("2024-04-01", "2024-07-01")]:
        for half in (0, 1):
            # customers of one half are judged, those of the other half are learned from
            past = tickets.filter((pl.col("opened_on") < cut) & (pl.col("customer_id") % 2 != half))
            coming = tickets.filter((pl.col("opened_on") >= cut) & (pl.col("opened_on") < end) & (pl.col("customer_id") % 2 == half))
            p = Router().fit(past).predict_proba(coming)
            losses.append(log_loss(coming["team"].to_numpy(), p, labels=TEAMS))
            prior = past.group_by("team").len().sort("team")["len"].to_numpy()
            baselines.append(log_loss(coming["team"].to_numpy(), np.tile(prior / prior.sum(), (coming.height, 1)), labels=TEAMS))
            print(f"from {cut}, half {half}: {losses[-1]:.4f} (prior {baselines[-1]:.4f}, {past.height} -> {coming.height})")
    return {"log_loss": float(np.mean(losses)), "prior": float(np.mean(baselines)), "worst": float(np.max(losses))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(Router().fit(clean(read(data)).unique(maintain_order=True).collect()), Path(model_dir) / "router.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    return joblib.load(Path(model_dir) / "router.joblib").predict_proba(clean(read(data)).collect())
