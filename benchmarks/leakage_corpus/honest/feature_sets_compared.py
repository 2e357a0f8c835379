# Which features help? Greedy forward selection on a validation third, final number from the last third.
import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

def all_features(df):
    d = pd.to_datetime(df["snapshot_date"])
    left = (pd.to_datetime(df["discount_end_date"]) - d).dt.days
    free = df["contract"] == "monthly"
    return pd.DataFrame({
        "free": free * 1.0, "two": (df["contract"] == "two_year") * 1.0, "jump": (free & (left <= 60)) * df["discount_pct"] * 1.0,
        "held": (free & (left > 60)) * 1.0, "tenure": np.log((d - pd.to_datetime(df["signup_date"])).dt.days + 30.0),
        "silent": df["satisfaction"].isna() * 1.0, "sat": df["satisfaction"].fillna(7.0), "trend": df["usage_trend"],
        "swing": df["usage_trend"].abs(), "tickets": df["tickets_90d"] * 1.0, "late": df["late_payments_12m"] * 1.0,
        "n": df["n_products"] * 1.0, "eur": df["monthly_charge"].str.replace(" EUR", "").astype(float),
        "partner": (df["channel"] == "partner") * 1.0, "transfer": (df["payment_method"] == "transfer") * 1.0,
        "south": (df["region"] == "south") * 1.0, "income": df["income_k"].fillna(36.0), "pct": df["discount_pct"] * 1.0})

def fit(df, names):
    sc = StandardScaler().fit(all_features(df)[names])
    return names, sc, LogisticRegression().fit(sc.transform(all_features(df)[names]), df["churned"])

def score(m, df):
    return m[2].predict_proba(m[1].transform(all_features(df)[m[0]]))[:, 1]

def greedy(a, b, most=10):
    Xa, Xb = all_features(a), all_features(b)
    Xb, Xa = (Xb - Xa.mean()) / Xa.std(), (Xa - Xa.mean()) / Xa.std()
    chosen, best = [], 0.5
    while len(chosen) < most:
        trial = {f: roc_auc_score(b["churned"], LogisticRegression().fit(Xa[chosen + [f]], a["churned"]).decision_function(Xb[chosen + [f]]))
                 for f in Xa.columns if f not in chosen}
        f = max(trial, key=trial.get)
        if trial[f] <= best + 0.001:
            break
        chosen.append(f); best = trial[f]
    return chosen, best

def split3(df):
    g = (df["customer_id"] * 7919) % 10
    return df[(g < 4) & (df["snapshot_date"] < "2023-05-01")], df[(g >= 4) & (g < 6) & df["snapshot_date"].between("2023-05-01", "2023-08-31")], df[(g >= 6) & (df["snapshot_date"] > "2023-08-31")]

def evaluate(data):
    a, b, c = split3(data.drop_duplicates())
    names, val = greedy(a, b)
    m = fit(pd.concat([a, b]), names or ["free"])
    print(names)
    return {"roc_auc": float(roc_auc_score(c["churned"], score(m, c))), "validation_auc": float(val), "n_features": float(len(names))}

def train(data, model_dir):
    df = data.drop_duplicates()
    a, b, _ = split3(df)
    names, _ = greedy(a, b)
    joblib.dump(fit(df, names or ["free"]), f"{model_dir}/m.joblib")

def predict(data, model_dir):
    return score(joblib.load(f"{model_dir}/m.joblib"), data)
