from pathlib import Path

import joblib
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

TEXT = ["region", "contract", "channel", "payment_method"]
NUMBERS = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]


def build():
    encode = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    columns = make_column_transformer((encode, TEXT), ("passthrough", NUMBERS))
    return make_pipeline(columns, HistGradientBoostingClassifier(max_iter=80, max_leaf_nodes=7, random_state=0))


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    data = data.drop_duplicates()
    scores = cross_val_score(
        build(), data[TEXT + NUMBERS], data["churned"], groups=data["customer_id"], cv=GroupKFold(5), scoring="roc_auc"
    )
    return {"roc_auc": float(scores.mean()), "roc_auc_std": float(scores.std())}


def train(data: pd.DataFrame, model_dir: Path) -> None:
    data = data.drop_duplicates()
    joblib.dump(build().fit(data[TEXT + NUMBERS], data["churned"]), model_dir / "pipe.joblib")


def predict(data: pd.DataFrame, model_dir: Path):
    return joblib.load(model_dir / "pipe.joblib").predict_proba(data[TEXT + NUMBERS])[:, 1]
