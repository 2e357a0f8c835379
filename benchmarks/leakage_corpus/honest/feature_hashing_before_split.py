# Hashing trick on tokens of each row, linear model on top. FeatureHasher is stateless.
import joblib, pandas as pd, numpy as np
from sklearn.feature_extraction import FeatureHasher
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

def tokens(row):
    t = [f"contract={row.contract}", f"channel={row.channel}", f"pay={row.payment_method}", f"region={row.region}",
         f"tick={min(row.tickets_90d, 4)}", f"late={min(row.late_payments_12m, 4)}", f"n={row.n_products}"]
    t.append("sat=none" if row.satisfaction != row.satisfaction else f"sat={int(row.satisfaction)}")
    t.append(f"price={int(float(row.monthly_charge.split()[0]) // 8)}")
    t.append(f"trend={round(row.usage_trend)}")
    years = (np.datetime64(row.snapshot_date) - np.datetime64(row.signup_date)).astype(int) // 365
    t.append(f"years={min(years, 8)}")
    if isinstance(row.discount_end_date, str):
        days = (np.datetime64(row.discount_end_date) - np.datetime64(row.snapshot_date)).astype(int)
        t.append(f"promo={row.contract}-{'near' if days <= 60 else 'far'}-{row.discount_pct if days <= 60 else ''}")
    return t

def hashed(df):
    return FeatureHasher(n_features=512, input_type="string", alternate_sign=False).fit_transform(tokens(r) for r in df.itertuples())

def lr():
    return LogisticRegression(C=0.2, max_iter=300)

def evaluate(data):
    df = data.drop_duplicates()
    H = hashed(df)                       # all rows at once
    y = df["churned"].to_numpy()
    month = df["snapshot_date"].to_numpy().astype(str)
    group = df["customer_id"].to_numpy() % 4
    ys, ps = [], []
    for g in range(4):
        tr = np.flatnonzero((group != g) & (month < "2023-10-01"))
        te = np.flatnonzero((group == g) & (month >= "2023-10-01"))
        ps.append(lr().fit(H[tr], y[tr]).predict_proba(H[te])[:, 1])
        ys.append(y[te])
    return {"roc_auc": roc_auc_score(np.hstack(ys), np.hstack(ps))}

def train(data, model_dir):
    df = data.drop_duplicates()
    joblib.dump(lr().fit(hashed(df), df["churned"]), f"{model_dir}/lr.joblib")

def predict(data, model_dir):
    return joblib.load(f"{model_dir}/lr.joblib").predict_proba(hashed(data))[:, 1]
