import joblib
import numpy as np
from sklearn.metrics import roc_auc_score

from gbm import fit, frame
from splits import RegionForward


def train(data, model_dir):
    joblib.dump(fit(data.drop_duplicates()), f"{model_dir}/trees.joblib")


def evaluate(data):
    rows = data.drop_duplicates().reset_index(drop=True)
    scores, weights, report = [], [], {}
    for region, old, new in RegionForward("2023-10-01").split(rows):
        p = fit(rows.iloc[old]).predict_proba(frame(rows.iloc[new]))[:, 1]
        report[f"roc_auc_{region}"] = float(roc_auc_score(rows["churned"].iloc[new], p))
        scores.append(report[f"roc_auc_{region}"])
        weights.append(len(new))
    return {"roc_auc": float(np.average(scores, weights=weights)), **report}


def predict(data, model_dir):
    return joblib.load(f"{model_dir}/trees.joblib").predict_proba(frame(data))[:, 1]
