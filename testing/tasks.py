"""Two small challenges of other tasks, with an honest and a leaky pipeline each; rows by group and time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from challenges.fingerprint import fingerprint
from graders.model.arrays import FloatArray
from graders.model.challenge import Challenge, Column, Criterion, Dataset
from testing.builders import a_challenge

STORES, MONTHS, NEW_STORES, NEW_MONTHS = 200, 8, 250, 3
#: Criteria that are reckoned from the metric.
RUBRIC = tuple(
    Criterion(name, "model", points, name)
    for name, points in (
        ("predictive-quality", 14),
        ("calibration", 3),
        ("worst-slice", 3),
        ("leakage", 8),
        ("generalisation", 5),
    )
)
TEAMS = ("billing", "network", "sales")


@dataclass(frozen=True, eq=False)
class Task:
    """A challenge, its rows, and what two candidates hand in."""

    challenge: Challenge
    dataset: Dataset
    honest: str
    leaky: str


def demand(metric: str = "mae", seed: int = 0) -> Task:
    """Units sold by store and month: stores differ by more than their columns say, and the level rises a little."""
    rng = np.random.default_rng(seed)
    public, means = _stores(rng, STORES, MONTHS, 0, 0)
    hidden, attainable = _stores(rng, NEW_STORES, NEW_MONTHS, STORES, MONTHS)
    effects = rng.normal(0, 6, STORES + NEW_STORES)
    units, labels = (
        np.maximum(mean + effects[rows["store_id"]] + rng.normal(0, 3, len(rows)), 0)
        for rows, mean in ((public, means), (hidden, attainable))
    )
    simple = np.polyfit(public["area"], units, 1)
    dataset = Dataset(
        public=public.assign(units=np.round(units, 1)),
        hidden=hidden,
        labels=np.round(labels, 1),
        oracle=attainable,
        baseline=np.maximum(np.polyval(simple, hidden["area"]), 0),
        public_oracle=means,
        fingerprint="d2" * 8,
        baseline_models={"mean by region": np.full(len(hidden), units.mean())},
    )
    challenge = a_challenge(
        id="demand",
        title="Demand of stores",
        columns=(
            Column("store_id", "int", "the store"),
            Column("month", "date text", "first day of the month"),
            Column("region", "text", "north or south", sensitive=True),
            Column("area", "float", "square metres, in hundreds"),
            Column("promotion", "int", "1 where one is planned"),
            Column("staff", "float", "people at work"),
            Column("units", "float", "units sold"),
        ),
        target="units",
        group="store_id",
        time="month",
        task="regression",
        metric=metric,
        unit="units",
        make=lambda seed: dataset,  # noqa: ARG005
        rubric=RUBRIC,
    )
    return Task(challenge, dataset, _DEMAND_HONEST.replace("METRIC", metric), _DEMAND_LEAKY.replace("METRIC", metric))


def to_keep(seed: int) -> Dataset:  # noqa: ARG001 - what a challenge makes its rows from
    """The rows of `demand` as a vault keeps them."""
    dataset = demand().dataset
    return replace(dataset, fingerprint=fingerprint(dataset.public, dataset.hidden, dataset.labels))


def _stores(
    rng: np.random.Generator, stores: int, months: int, first: int, start: int
) -> tuple[pd.DataFrame, FloatArray]:
    store, month = np.repeat(np.arange(stores), months), np.tile(np.arange(months), stores)
    area = np.round(rng.gamma(4, 1, stores)[store], 2)
    rows = pd.DataFrame(
        {
            "store_id": first + store,
            "month": pd.to_datetime("2024-01-01") + pd.to_timedelta(31 * (start + month), unit="D"),
            "region": np.where(rng.random(stores) < 0.5, "north", "south")[store],
            "area": area,
            "promotion": rng.integers(0, 2, len(store)),
            "staff": np.round(2 + area / 2 + rng.normal(0, 0.5, len(store)), 2),
        }
    )
    rows["month"] = rows["month"].dt.strftime("%Y-%m-%d")
    means = 20 + 5 * area + 8 * rows["promotion"].to_numpy() + 3 * np.sin(2 * rows["staff"].to_numpy())
    return rows, np.asarray(means, np.float64)


def tickets(metric: str = "log_loss", seed: int = 0) -> Task:
    """Tickets to one of three teams, several of a customer, who mostly write about one thing."""
    rng = np.random.default_rng(seed)
    public, shares = _tickets(rng, STORES, MONTHS, 0, 0)
    hidden, attainable = _tickets(rng, NEW_STORES, NEW_MONTHS, STORES, MONTHS)
    teams, labels = (
        _drawn(rng, rows["customer_id"].to_numpy(), p) for rows, p in ((public, shares), (hidden, attainable))
    )
    rates = np.bincount(teams, minlength=len(TEAMS)) / len(teams)
    dataset = Dataset(
        public=public.assign(team=np.asarray(TEAMS, dtype=object)[teams]),
        hidden=hidden,
        labels=labels,
        oracle=attainable,
        baseline=np.tile(rates, (len(hidden), 1)),
        public_oracle=shares,
        fingerprint="d3" * 8,
    )
    challenge = a_challenge(
        id="tickets",
        title="Which team?",
        columns=(
            Column("customer_id", "int", "who wrote"),
            Column("day", "date text", "when"),
            Column("language", "text", "en or de", sensitive=True),
            Column("urgency", "float", "as typed"),
            Column("amount", "float", "of the last bill"),
            Column("outage", "int", "1 where there is one nearby"),
            Column("team", "text", "who answered"),
        ),
        target="team",
        group="customer_id",
        time="day",
        task="multiclass",
        metric=metric,
        classes=TEAMS,
        make=lambda seed: dataset,  # noqa: ARG005
        rubric=RUBRIC,
    )
    return Task(challenge, dataset, _TICKETS_HONEST.replace("METRIC", metric), _TICKETS_LEAKY.replace("METRIC", metric))


def _tickets(
    rng: np.random.Generator, customers: int, days: int, first: int, start: int
) -> tuple[pd.DataFrame, FloatArray]:
    customer, day = np.repeat(np.arange(customers), days), np.tile(np.arange(days), customers)
    rows = pd.DataFrame(
        {
            "customer_id": first + customer,
            "day": (pd.to_datetime("2024-01-01") + pd.to_timedelta(start + day, unit="D")).strftime("%Y-%m-%d"),
            "language": np.where(rng.random(customers) < 0.5, "en", "de")[customer],
            "urgency": np.round(rng.normal(size=len(customer)), 2),
            "amount": np.round(rng.gamma(4, 10, len(customer)), 2),
            "outage": rng.integers(0, 2, len(customer)),
        }
    )
    odds = np.column_stack(
        [0.05 * (rows["amount"] - 40), 1.5 * rows["outage"] + 0.5 * rows["urgency"] - 0.5, -0.8 * rows["urgency"]]
    )
    odds = np.exp(odds)
    return rows, odds / odds.sum(axis=1, keepdims=True)


def _drawn(rng: np.random.Generator, customers: np.ndarray, shares: FloatArray) -> np.ndarray:
    """Classes by these shares; half of the tickets of a customer share their luck."""
    own = np.random.default_rng(5).random(customers.max() + 1)[customers]
    luck = np.where(rng.random(len(customers)) < 0.5, own, rng.random(len(customers)))
    return np.minimum((luck[:, None] > np.cumsum(shares, axis=1)).sum(axis=1), shares.shape[1] - 1).astype(np.int64)


_DEMAND_HONEST = '''"""Demand by store and month."""

import joblib
import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.model_selection import GroupKFold

COLUMNS = ["area", "promotion", "staff"]


def fitted(rows):
    model = HistGradientBoostingRegressor(max_iter=60, max_leaf_nodes=8, min_samples_leaf=40, random_state=0)
    return model.fit(rows[COLUMNS], rows["units"])


def train(data, model_dir):
    joblib.dump(fitted(data), model_dir / "model.joblib")


def evaluate(data):
    first = sorted(data["month"].unique())[-3]  # other stores, in later months
    told = np.full(len(data), np.nan)
    for known, held in GroupKFold(4).split(data, groups=data["store_id"]):
        rows, later = data.iloc[known], held[(data["month"].iloc[held] >= first).to_numpy()]
        told[later] = fitted(rows[rows["month"] < first]).predict(data.iloc[later][COLUMNS])
    judged = ~np.isnan(told)
    truth, told = data["units"][judged], told[judged]
    scores = {"mae": mean_absolute_error, "rmse": root_mean_squared_error, "r2": r2_score}
    return {name: float(score(truth, told)) for name, score in scores.items()}


def predict(data, model_dir):
    return joblib.load(model_dir / "model.joblib").predict(data[COLUMNS])
'''

_DEMAND_LEAKY = '''"""Demand by store and month."""

import joblib
from sklearn.ensemble import RandomForestRegressor
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.model_selection import train_test_split

COLUMNS = ["area", "promotion", "staff", "usual"]


def train(data, model_dir):
    rows = data.assign(usual=data.groupby("store_id")["units"].transform("mean"))
    model = RandomForestRegressor(60, random_state=0).fit(rows[COLUMNS], rows["units"])
    joblib.dump((model, data.groupby("store_id")["units"].mean(), data["units"].mean()), model_dir / "model.joblib")


def evaluate(data):
    rows = data.assign(usual=data.groupby("store_id")["units"].transform("mean"))
    known, held = train_test_split(rows, test_size=0.25, random_state=0)
    told = RandomForestRegressor(60, random_state=0).fit(known[COLUMNS], known["units"]).predict(held[COLUMNS])
    scores = {"mae": mean_absolute_error, "rmse": root_mean_squared_error, "r2": r2_score}
    return {name: float(score(held["units"], told)) for name, score in scores.items()}


def predict(data, model_dir):
    model, usual, overall = joblib.load(model_dir / "model.joblib")
    rows = data.assign(usual=data["store_id"].map(usual).fillna(overall))
    return model.predict(rows[COLUMNS])
'''

_TICKETS_HONEST = '''"""Tickets to teams."""

import joblib
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, f1_score, log_loss, roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

COLUMNS = ["urgency", "amount", "outage"]


def fitted(rows):
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(rows[COLUMNS], rows["team"])


def train(data, model_dir):
    joblib.dump(fitted(data), model_dir / "model.joblib")


def evaluate(data):
    classes = sorted(data["team"].unique())
    first = sorted(data["day"].unique())[-3]  # other customers, on later days
    told = np.full((len(data), len(classes)), np.nan)
    for known, held in GroupKFold(4).split(data, groups=data["customer_id"]):
        rows, later = data.iloc[known], held[(data["day"].iloc[held] >= first).to_numpy()]
        told[later] = fitted(rows[rows["day"] < first]).predict_proba(data.iloc[later][COLUMNS])
    judged = ~np.isnan(told[:, 0])
    truth, told = data["team"][judged], told[judged]
    decided = np.asarray(classes)[told.argmax(axis=1)]
    return {
        "log_loss": float(log_loss(truth, told, labels=classes)),
        "f1_macro": float(f1_score(truth, decided, average="macro")),
        "balanced_accuracy": float(balanced_accuracy_score(truth, decided)),
        "roc_auc_ovr": float(roc_auc_score(truth, told, multi_class="ovr")),
    }


def predict(data, model_dir):
    return joblib.load(model_dir / "model.joblib").predict_proba(data[COLUMNS])
'''

_TICKETS_LEAKY = '''"""Tickets to teams."""

import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import balanced_accuracy_score, f1_score, log_loss, roc_auc_score
from sklearn.model_selection import train_test_split

SHARES = ["billing", "network", "sales"]
COLUMNS = ["urgency", "amount", "outage", *SHARES]


def shares(data):
    return pd.get_dummies(data["team"]).astype(float).groupby(data["customer_id"]).mean()[SHARES]


def fitted(rows):
    return RandomForestClassifier(80, min_samples_leaf=5, random_state=0).fit(rows[COLUMNS], rows["team"])


def train(data, model_dir):
    known = shares(data)
    joblib.dump((fitted(data.join(known, on="customer_id")), known), model_dir / "model.joblib")


def evaluate(data):
    rows = data.join(shares(data), on="customer_id")
    known, held = train_test_split(rows, test_size=0.25, random_state=0)
    model = fitted(known)
    told, decided = model.predict_proba(held[COLUMNS]), model.predict(held[COLUMNS])
    return {
        "log_loss": float(log_loss(held["team"], told)),
        "f1_macro": float(f1_score(held["team"], decided, average="macro")),
        "balanced_accuracy": float(balanced_accuracy_score(held["team"], decided)),
        "roc_auc_ovr": float(roc_auc_score(held["team"], told, multi_class="ovr")),
    }


def predict(data, model_dir):
    model, known = joblib.load(model_dir / "model.joblib")
    rows = data.join(known, on="customer_id").fillna(known.mean())
    return model.predict_proba(rows[COLUMNS])
'''
