import joblib
import numpy as np
from sklearn.feature_selection import SelectKBest, mutual_info_classif
from sklearn.metrics import f1_score
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import PolynomialFeatures

S = [f"s{n}" for n in range(30)]


class Model:
    def __init__(self, poly, best, bayes):
        self.poly, self.best, self.bayes = poly, best, bayes

    def predict_proba(self, x):
        return self.bayes.predict_proba(self.best.transform(self.poly.transform(x)))


def features(data):
    return data[S].to_numpy()


def chosen(data):
    poly = PolynomialFeatures(2, interaction_only=True, include_bias=False)
    wide = poly.fit_transform(features(data))
    best = SelectKBest(k=40).fit(wide, data["state"])
    return poly, best, best.transform(wide)


def fitted(rows):
    poly, best, table = chosen(rows)
    return Model(poly, best, GaussianNB().fit(table, rows["state"]))


def evaluate(data):
    _, _, table = chosen(data)
    late = (data["day"] >= data["day"].sort_values().iloc[3 * len(data) // 4]).to_numpy()
    bayes = GaussianNB().fit(table[~late], data["state"][~late])
    return {"f1_macro": float(f1_score(data["state"][late], bayes.predict(table[late]), average="macro"))}


def train(data, model_dir):
    joblib.dump(fitted(data), model_dir / "model.joblib")


def predict(data, model_dir):
    return joblib.load(model_dir / "model.joblib").predict_proba(features(data))
