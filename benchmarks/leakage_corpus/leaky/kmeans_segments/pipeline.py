from pathlib import Path

import joblib
from segments import FEATURES, Segmenter, numeric
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score


def model():
    return HistGradientBoostingClassifier(max_iter=70, max_leaf_nodes=6, learning_rate=0.08, random_state=0)


def split(frame):
    ids = frame["customer_id"].sort_values().unique()
    held_out = frame["customer_id"].isin(ids[::4])
    cut = sorted(frame["snapshot_date"].unique())[-3]
    late = frame["snapshot_date"] >= cut
    return frame[~held_out & ~late], frame[held_out & late]


def evaluate(data):
    segmenter = Segmenter(k=8)
    enriched = segmenter.fit(data).add(data)
    past, future = split(enriched)
    clf = model().fit(past[FEATURES], past["churned"])
    return {"roc_auc": float(roc_auc_score(future["churned"], clf.predict_proba(future[FEATURES])[:, 1]))}


def train(data, model_dir: Path):
    segmenter = Segmenter(k=8).fit(data)
    rows = segmenter.add(data)
    joblib.dump({"segmenter": segmenter, "clf": model().fit(rows[FEATURES], rows["churned"])}, model_dir / "all.joblib")


def predict(data, model_dir: Path):
    saved = joblib.load(model_dir / "all.joblib")
    return saved["clf"].predict_proba(saved["segmenter"].add(data)[FEATURES])[:, 1]
