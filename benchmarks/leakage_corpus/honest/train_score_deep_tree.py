"""One unpruned decision tree: overfits on purpose, and says so."""
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier


def to_matrix(frame: pd.DataFrame) -> np.ndarray:
    today = pd.to_datetime(frame["snapshot_date"])
    return np.c_[
        (today - pd.to_datetime(frame["signup_date"])).dt.days,
        (pd.to_datetime(frame["discount_end_date"]) - today).dt.days.fillna(-1),
        frame["contract"].map({"monthly": 0, "one_year": 1, "two_year": 2}).fillna(-1),
        frame["monthly_charge"].str[:5].str.strip().astype(float),
        frame["satisfaction"].fillna(-1),
        frame[["tickets_90d", "late_payments_12m", "usage_trend", "n_products"]],
    ].astype(float)


def train(data: pd.DataFrame, model_dir: Path) -> None:
    tree = DecisionTreeClassifier(random_state=0).fit(to_matrix(data), data["churned"])
    (Path(model_dir) / "tree.pkl").write_bytes(pickle.dumps(tree))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    fitted_on, judged_on = [], []
    truth, score = [], []
    for digit in range(4):
        inside = data["customer_id"] % 4 != digit
        early = data["snapshot_date"] < "2023-09-01"
        old, new = data[inside & early], data[~inside & ~early]
        tree = DecisionTreeClassifier(random_state=0).fit(to_matrix(old), old["churned"])
        fitted_on.append(roc_auc_score(old["churned"], tree.predict_proba(to_matrix(old))[:, 1]))
        truth.append(new["churned"].to_numpy())
        score.append(tree.predict_proba(to_matrix(new))[:, 1])
        judged_on.append(len(new))
    return {
        "roc_auc": float(roc_auc_score(np.concatenate(truth), np.concatenate(score))),
        "train_roc_auc": float(np.mean(fitted_on)),
        "test_rows": float(sum(judged_on)),
    }


def predict(data: pd.DataFrame, model_dir: Path) -> np.ndarray:
    tree = pickle.loads((Path(model_dir) / "tree.pkl").read_bytes())
    return tree.predict_proba(to_matrix(data))[:, 1]
