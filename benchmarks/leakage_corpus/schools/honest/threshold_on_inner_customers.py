"""Who leaves? Calibrated boosting with a threshold for the calls; everything that is tuned is tuned in the past."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, field
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import sklearn
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import brier_score_loss, make_scorer, roc_auc_score
from sklearn.model_selection import GroupShuffleSplit, TunedThresholdClassifierCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

MISSED, CALL = 30.0, 6.0


def saved_euro(y_true: np.ndarray, y_pred: np.ndarray) -> float:
    called = np.asarray(y_pred) == 1
    return float((MISSED * np.asarray(y_true)[called]).sum() - CALL * called.sum())


@dataclass(frozen=True)
class Settings:
    held_months: int = 3
    held_share: float = 0.3
    seed: int = 13
    leaves: int = 10
    rounds: int = 100
    drop: tuple[str, ...] = ("customer_id", "postcode", "retention_desk_calls", "gender", "income_k")
    dates: tuple[str, ...] = field(default=("snapshot_date", "signup_date", "discount_end_date"))


def derive(raw: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    dates = {name: pd.to_datetime(raw[name]) for name in settings.dates}
    old = dates["snapshot_date"] < "2023-07-01"
    return raw.drop(columns=[*settings.drop, *settings.dates, "churned"], errors="ignore").assign(
        age=raw["age"].where(raw["age"] < 120),
        plan=raw["plan"].str.upper(),
        monthly_charge=raw["monthly_charge"].str.removesuffix(" EUR").astype(float),
        usage_gb=np.where(old, raw["usage_gb"] / 1000, raw["usage_gb"]),
        tenure=(dates["snapshot_date"] - dates["signup_date"]).dt.days,
        discount_left=(dates["discount_end_date"] - dates["snapshot_date"]).dt.days,
    )


def learner(settings: Settings) -> Pipeline:
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    columns = make_column_transformer(
        (codes, make_column_selector(dtype_include=["object", "string"])), remainder="passthrough", verbose_feature_names_out=False
    )
    boosting = HistGradientBoostingClassifier(
        max_iter=settings.rounds, max_leaf_nodes=settings.leaves, learning_rate=0.06, l2_regularization=3, random_state=settings.seed
    )
    return Pipeline([("columns", columns), ("model", boosting)]).set_output(transform="pandas")


def fitted(past: pd.DataFrame, settings: Settings) -> TunedThresholdClassifierCV:
    """Model on most customers of `past`, calibration and threshold on the others of them."""
    first, second = next(GroupShuffleSplit(1, test_size=0.3, random_state=settings.seed).split(past, groups=past["customer_id"]))
    x, y = derive(past, settings), past["churned"]
    model = learner(settings).fit(x.iloc[first], y.iloc[first])
    calibrated = CalibratedClassifierCV(FrozenEstimator(model), method="sigmoid").fit(x.iloc[second], y.iloc[second])
    tuned = TunedThresholdClassifierCV(
        FrozenEstimator(calibrated), scoring=make_scorer(saved_euro), cv="prefit", refit=False, store_cv_results=True
    )
    return tuned.fit(x.iloc[second], y.iloc[second])


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    settings = Settings()
    rows = data.drop_duplicates()
    months = np.sort(rows["snapshot_date"].unique())
    ids = np.sort(rows["customer_id"].unique())
    held = np.random.default_rng(settings.seed).choice(ids, int(settings.held_share * len(ids)), replace=False)
    late, theirs = rows["snapshot_date"] >= months[-settings.held_months], rows["customer_id"].isin(held)
    model = fitted(rows[~late & ~theirs], settings)
    judged = rows[late & theirs]
    scores = model.predict_proba(derive(judged, settings))[:, 1]
    return {
        "roc_auc": float(roc_auc_score(judged["churned"], scores)),
        "brier_score": float(brier_score_loss(judged["churned"], scores)),
        "threshold": float(model.best_threshold_),
        "saved_per_customer": saved_euro(judged["churned"].to_numpy(), (scores >= model.best_threshold_).astype(int)) / len(judged),
    }


def train(data: pd.DataFrame, model_dir: Path) -> None:
    settings = Settings()
    model = fitted(data.drop_duplicates(), settings)
    joblib.dump((settings, model), model_dir / "model.joblib")
    (model_dir / "about.json").write_text(json.dumps({"sklearn": sklearn.__version__, "threshold": float(model.best_threshold_)}))


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    settings, model = joblib.load(model_dir / "model.joblib")
    return model.predict_proba(derive(data, settings))[:, 1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("csv", type=Path)
    parser.add_argument("--model-dir", type=Path, default=Path("model"))
    options = parser.parse_args()
    data = pd.read_csv(options.csv)
    print(json.dumps(evaluate(data), indent=2))
    options.model_dir.mkdir(exist_ok=True)
    train(data, options.model_dir)


if __name__ == "__main__":
    main()
