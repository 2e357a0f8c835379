"""Units by store: the book is written from one year and the model learns on the next; again in each fold."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from book import Book
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_error

INPUTS = [
    "store_level",
    "known_store",
    "article_level",
    "price_eur",
    "discount",
    "in_leaflet",
    "size_m2",
    "purchasing_power",
    "weekday",
]


def dated(rows: pd.DataFrame) -> pd.DataFrame:
    day = pd.to_datetime(rows["date"])
    return rows.assign(day=day, weekday=day.dt.dayofweek)


def learn(rows: pd.DataFrame):
    """The first half of the time fills the book, the second half is what the model sees through it."""
    middle = rows["day"].sort_values().iloc[len(rows) // 2]
    older, newer = rows[rows["day"] < middle], rows[rows["day"] >= middle]
    seen = Book.written_from(older).read(newer)
    model = HistGradientBoostingRegressor(loss="absolute_error", max_iter=120, learning_rate=0.08, random_state=6)
    return model.fit(seen[INPUTS], seen["units"]), Book.written_from(rows)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    rows = dated(data.drop_duplicates(["store_id", "article", "date"]))
    opening = rows["store_id"] % 5 < 2  # two rows in five will be of stores that have just opened
    errors = []
    for border in pd.to_datetime(["2023-07-01", "2023-09-01", "2023-11-01", "2024-01-01"]):
        past = rows[(rows["day"] < border) & ~opening]
        future = rows[(rows["day"] >= border) & (rows["day"] < border + pd.DateOffset(months=2))]
        model, book = learn(past)
        errors.append(mean_absolute_error(future["units"], model.predict(book.read(future)[INPUTS])))
    return {"mae": float(np.mean(errors)), "worst_fold": float(max(errors))}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    joblib.dump(learn(dated(data.drop_duplicates(["store_id", "article", "date"]))), Path(model_dir) / "book.joblib")


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    model, book = joblib.load(Path(model_dir) / "book.joblib")
    return model.predict(book.read(dated(data))[INPUTS])
