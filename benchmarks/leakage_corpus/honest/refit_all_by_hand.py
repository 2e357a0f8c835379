# very small: three numbers, means and stds from the training part, then one more fit on all rows for the printout
import pickle
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

C = ["tickets_90d", "late_payments_12m", "n_products", "discount_pct"]

def X(d):
    x = d[C].astype(float)
    x["m"] = (d.contract == "monthly").astype(float)
    x["two"] = (d.contract == "two_year").astype(float)
    x["nosat"] = d.satisfaction.isna().astype(float)
    x["sat"] = d.satisfaction.fillna(6.8)
    return x

def fit(d):
    x = X(d)
    mu, sd = x.mean(), x.std()
    return mu, sd, LogisticRegression().fit((x - mu) / sd, d.churned)

def score(m, d):
    mu, sd, lr = m
    return lr.predict_proba((X(d) - mu) / sd)[:, 1]

def evaluate(data):
    data = data.drop_duplicates()
    ys, ps = [], []
    for k in (0, 1, 2):
        mine = data.customer_id % 3 == k
        tr = data[~mine & (data.snapshot_date < "2023-10-01")]
        te = data[mine & (data.snapshot_date >= "2023-10-01")]
        ps.append(score(fit(tr), te))
        ys.append(te.churned.to_numpy())
    a = roc_auc_score(np.concatenate(ys), np.concatenate(ps))
    full = fit(data)
    print("coefs on everything", dict(zip(full[0].index, full[2].coef_[0].round(2))))
    print("auc of that on its own rows (not a result):", round(roc_auc_score(data.churned, score(full, data)), 3))
    return {"roc_auc": float(a)}

def train(data, model_dir):
    pickle.dump(fit(data.drop_duplicates()), open(f"{model_dir}/m.pkl", "wb"))

def predict(data, model_dir):
    with open(f"{model_dir}/m.pkl", "rb") as f:
        return score(pickle.load(f), data)
