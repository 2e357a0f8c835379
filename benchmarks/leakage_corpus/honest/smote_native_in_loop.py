import json, pathlib
import numpy as np, pandas as pd, xgboost as xgb
from imblearn.over_sampling import SMOTENC
from sklearn.metrics import roc_auc_score

PAR = {"objective": "binary:logistic", "max_depth": 3, "eta": 0.1, "min_child_weight": 20, "subsample": 0.8, "seed": 5, "nthread": 1}
ROUNDS = 90

def mat(d):
    t = pd.to_datetime(d.snapshot_date)
    return np.column_stack([
        d.contract.map({"monthly": 0, "one_year": 1, "two_year": 2}).fillna(0),   # 0 categorical
        d.satisfaction.isna(),                                                      # 1 categorical
        d.satisfaction.fillna(6.5), d.usage_trend, d.tickets_90d, d.late_payments_12m, d.n_products, d.discount_pct,
        (t - pd.to_datetime(d.signup_date)).dt.days,
        (pd.to_datetime(d.discount_end_date) - t).dt.days.fillna(300).clip(0, 300),
        d.monthly_charge.str.replace(" EUR", "").astype(float),
    ]).astype(float)

def learn(d):
    X, y = SMOTENC(categorical_features=[0, 1], random_state=5).fit_resample(mat(d), d.churned.to_numpy())
    return xgb.train(PAR, xgb.DMatrix(X, y), ROUNDS)

def evaluate(data):
    d = data.drop_duplicates(ignore_index=True)
    months = sorted(d.snapshot_date.unique())
    ys, ps = [], []
    for k, cut in enumerate([months[-6], months[-3]]):          # two origins, half the customers each time
        test = (d.customer_id % 2 == k) & (d.snapshot_date >= cut) & (d.snapshot_date < (months + ["9999"])[months.index(cut) + 3])
        fit = (d.customer_id % 2 != k) & (d.snapshot_date < cut)
        b = learn(d[fit])
        p = b.predict(xgb.DMatrix(mat(d[test])))
        print(cut, fit.sum(), test.sum(), roc_auc_score(d.churned[test], p))
        ys.append(d.churned[test].to_numpy()); ps.append(p)
    each = [roc_auc_score(y, p) for y, p in zip(ys, ps)]
    return {"roc_auc": float(np.mean(each)), "first_origin": float(each[0]), "second_origin": float(each[1])}

def train(data, model_dir):
    learn(data.drop_duplicates(ignore_index=True)).save_model(str(pathlib.Path(model_dir) / "xgb.json"))

def predict(data, model_dir):
    b = xgb.Booster(); b.load_model(str(pathlib.Path(model_dir) / "xgb.json"))
    return b.predict(xgb.DMatrix(mat(data)))
