import copy
import pickle

import numpy as np
import pandas as pd
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler


class Trainer:
    """Keeps the epoch that does best on customers set aside from the training rows."""

    def __init__(self, epochs=20, seed=0):
        self.epochs, self.seed = epochs, seed
        self.scaler = StandardScaler()
        self.net = SGDClassifier(loss="log_loss", alpha=1e-4, eta0=0.02, learning_rate="constant", random_state=seed)
        self.best = (-1.0, None, -1)

    def features(self, df):
        x = pd.DataFrame(index=df.index)
        x["tickets"] = np.log1p(df.tickets_90d)
        x["late"], x["products"] = df.late_payments_12m, df.n_products
        x["trend"], x["trend2"] = df.usage_trend, df.usage_trend**2
        x["nosat"] = df.satisfaction.isna().astype(int)
        x["monthly"] = (df.contract == "monthly").astype(int)
        return x.values

    def fit(self, df):
        rng = np.random.default_rng(self.seed)
        ids = df.customer_id.unique()
        inner = df.customer_id.isin(rng.choice(ids, len(ids) // 5, replace=False))
        fit_df, stop_df = df[~inner], df[inner]
        X, y = self.scaler.fit_transform(self.features(fit_df)), fit_df.churned.values
        for epoch in range(self.epochs):
            for batch in np.array_split(rng.permutation(len(X)), 40):
                self.net.partial_fit(X[batch], y[batch], classes=[0, 1])
            score = roc_auc_score(stop_df.churned, self.predict(stop_df))
            if score > self.best[0]:
                self.best = (score, copy.deepcopy(self.net), epoch)
        self.net = self.best[1]
        return self

    def predict(self, df):
        return self.net.predict_proba(self.scaler.transform(self.features(df)))[:, 1]


def evaluate(data):
    month = data.snapshot_date.str[:7]
    test = data.customer_id.isin(data.customer_id.drop_duplicates().sample(900, random_state=4))
    t = Trainer().fit(data[~test & (month < "2023-07")])
    judged = data[test & (month >= "2023-07")]
    return {"roc_auc": float(roc_auc_score(judged.churned, t.predict(judged))), "inner": float(t.best[0])}


def train(data, model_dir):
    with open(model_dir / "t.pkl", "wb") as f:
        pickle.dump(Trainer().fit(data), f)


def predict(data, model_dir):
    with open(model_dir / "t.pkl", "rb") as f:
        return pickle.load(f).predict(data)
