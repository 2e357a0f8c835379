# Online logistic regression, epoch by epoch, patience of 3 epochs on a validation part inside the training customers
import copy
import os
import pickle
import numpy as np
import pandas as pd
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler


class OnlineModel:
    def __init__(self, max_epochs=20, patience=3, seed=7):
        self.max_epochs, self.patience, self.seed = max_epochs, patience, seed

    @staticmethod
    def features(df):
        day = pd.to_datetime(df.snapshot_date)
        left = (pd.to_datetime(df.discount_end_date) - day).dt.days
        monthly = df.contract == "monthly"
        return np.column_stack([
            monthly, df.contract == "two_year", monthly & (left <= 60), monthly & (left > 60),
            np.log((day - pd.to_datetime(df.signup_date)).dt.days + 30), df.satisfaction.isna(), df.satisfaction.fillna(7),
            df.usage_trend, df.usage_trend.abs(), df.tickets_90d, df.late_payments_12m, df.n_products,
            df.monthly_charge.str.replace(" EUR", "").astype(float)]).astype(float)

    def fit(self, df):
        months = sorted(df.snapshot_date.unique())
        inner = df.customer_id % 4 == 1
        learn, watch = df[~inner], df[inner & (df.snapshot_date >= months[-4])]
        self.scaler = StandardScaler().fit(self.features(learn))
        X, y = self.scaler.transform(self.features(learn)), learn.churned.to_numpy()
        V, v = self.scaler.transform(self.features(watch)), watch.churned.to_numpy()
        sgd = SGDClassifier(loss="log_loss", alpha=1e-4, learning_rate="invscaling", eta0=0.02, random_state=self.seed)
        rng, best, waited = np.random.default_rng(self.seed), -1.0, 0
        for epoch in range(self.max_epochs):
            order = rng.permutation(len(X))
            for chunk in np.array_split(order, 6):
                sgd.partial_fit(X[chunk], y[chunk], classes=[0, 1])
            auc = roc_auc_score(v, sgd.decision_function(V))
            if auc > best + 1e-4:
                best, waited, self.sgd = auc, 0, copy.deepcopy(sgd)
            else:
                waited += 1
                if waited >= self.patience:
                    break
        return self

    def predict(self, df):
        return self.sgd.predict_proba(self.scaler.transform(self.features(df)))[:, 1]


def evaluate(data):
    df = data.drop_duplicates()
    out = df.customer_id // 4 % 5
    ys, ps = [], []
    for k in range(5):
        a, b = df[(out != k) & (df.snapshot_date < "2023-10-01")], df[(out == k) & (df.snapshot_date >= "2023-10-01")]
        ys += b.churned.tolist()
        ps += OnlineModel().fit(a).predict(b).tolist()
    return {"roc_auc": roc_auc_score(ys, ps)}


def train(data, model_dir):
    pickle.dump(OnlineModel().fit(data.drop_duplicates()), open(os.path.join(model_dir, "online.pkl"), "wb"))


def predict(data, model_dir):
    return pickle.load(open(os.path.join(model_dir, "online.pkl"), "rb")).predict(data)
