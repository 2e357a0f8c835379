"""A scorecard: optimal bins, weight of evidence, logistic regression."""

from pathlib import Path

import joblib
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from binning import OptimalBinning
from dataset import development_and_test, numbers
from woe import WeightOfEvidence


def load(data):
    frame = data.drop_duplicates().reset_index(drop=True)
    return frame, numbers(frame), frame["churned"]


def scorecard(bins, y):
    woe = WeightOfEvidence().fit(bins, y)
    return woe, LogisticRegression(C=0.3).fit(woe.transform(bins), y)


def evaluate(data):
    frame, x, y = load(data)
    development, test = development_and_test(frame)
    binning = OptimalBinning().fit(x, y)
    bins = binning.transform(x)
    woe, model = scorecard(bins.loc[development], y.loc[development])
    chances = model.predict_proba(woe.transform(bins.loc[test]))[:, 1]
    gini = 2 * roc_auc_score(y.loc[test], chances) - 1
    return {"roc_auc": roc_auc_score(y.loc[test], chances), "gini": gini}


def train(data, model_dir):
    _, x, y = load(data)
    binning = OptimalBinning().fit(x, y)
    woe, model = scorecard(binning.transform(x), y)
    joblib.dump((binning, woe, model), Path(model_dir) / "scorecard.joblib")


def predict(data, model_dir):
    binning, woe, model = joblib.load(Path(model_dir) / "scorecard.joblib")
    return model.predict_proba(woe.transform(binning.transform(numbers(data))))[:, 1]
