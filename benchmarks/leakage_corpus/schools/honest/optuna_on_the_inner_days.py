"""State of a machine: optuna over inner days chooses regularisation and a factor for each state; three models are shown.

The judged days score three models.  Which of them is handed in was said by the inner days beforehand.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import joblib
import numpy as np
import optuna
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.base import ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

optuna.logging.set_verbosity(optuna.logging.WARNING)
STATES = ["faulty", "ok", "stopped", "worn"]
INNER, JUDGED = 40, 50  # days


@dataclass(frozen=True, slots=True)
class Chosen:
    name: str
    c: float
    faulty: float
    stopped: float
    worn: float

    @property
    def factors(self) -> np.ndarray:
        return np.array([self.faulty, 1.0, self.stopped, self.worn])


MODELS: dict[str, Callable[[float], ClassifierMixin]] = {
    "linear": lambda c: make_pipeline(StandardScaler(), LogisticRegression(C=c, max_iter=300)),
    "bayes": lambda c: GaussianNB(var_smoothing=1e-3 / c),
    "trees": lambda c: LGBMClassifier(n_estimators=40, num_leaves=7, reg_lambda=1 / c, random_state=1, n_jobs=1, verbose=-1),
}


def sensors(rows: pd.DataFrame) -> pd.DataFrame:
    x = rows.filter(regex=r"^s\d+$")
    return x.assign(above=np.maximum(x["s0"], 0), operator=0).drop(columns="operator")


def shares(model: ClassifierMixin, rows: pd.DataFrame, factors: np.ndarray) -> np.ndarray:
    weighed = model.predict_proba(sensors(rows)) * factors
    return weighed / weighed.sum(axis=1, keepdims=True)


def f1(rows: pd.DataFrame, p: np.ndarray) -> float:
    return float(f1_score(rows["state"], np.take(STATES, p.argmax(axis=1)), average="macro"))


def last_days(rows: pd.DataFrame, count: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    cut = np.sort(rows["day"].unique())[-count]
    return rows[rows["day"] < cut], rows[rows["day"] >= cut]


def search(rows: pd.DataFrame, name: str, trials: int = 12) -> tuple[float, Chosen]:
    early, inner = last_days(rows, INNER)

    def objective(trial: optuna.Trial) -> float:
        chosen = proposed(trial, name)
        return f1(inner, shares(MODELS[name](chosen.c).fit(sensors(early), early["state"]), inner, chosen.factors))

    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=9))
    study.optimize(objective, n_trials=trials)
    return study.best_value, Chosen(name, **study.best_params)


def proposed(trial: optuna.Trial, name: str) -> Chosen:
    factors = {state: trial.suggest_float(state, 0.7, 3.0, log=True) for state in ("faulty", "stopped", "worn")}
    return Chosen(name, trial.suggest_float("c", 0.01, 10, log=True), **factors)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    past, judged = last_days(data, JUDGED)
    found = {name: search(past, name) for name in MODELS}
    winner = max(found, key=lambda name: found[name][0])  # by the inner days
    scores = {}
    for name, (_, chosen) in found.items():
        model = MODELS[name](chosen.c).fit(sensors(past), past["state"])
        scores[name] = f1(judged, shares(model, judged, chosen.factors))
    return {"f1_macro": scores[winner], **{f"f1_{name}": score for name, score in scores.items()}, "inner": found[winner][0]}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    _, chosen = max((search(data, name) for name in MODELS), key=lambda pair: pair[0])
    model = MODELS[chosen.name](chosen.c).fit(sensors(data), data["state"])
    joblib.dump(model, model_dir / "model.joblib")
    (model_dir / "chosen.json").write_text(json.dumps(asdict(chosen)))


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    chosen = Chosen(**json.loads((model_dir / "chosen.json").read_text()))
    return shares(joblib.load(model_dir / "model.joblib"), data, chosen.factors)
