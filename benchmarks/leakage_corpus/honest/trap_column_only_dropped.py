import joblib, numpy as np, pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score

# retention_desk_calls counts calls up to the export of the table (March 2024), i.e. after they left -> unusable
NOT_FEATURES = ["churned", "retention_desk_calls", "customer_id", "postcode", "gender", "income_k", "snapshot_date", "signup_date",
                "discount_end_date", "monthly_charge"]

def features(df):
    df = df.copy()
    df["tenure"] = (pd.to_datetime(df["snapshot_date"]) - pd.to_datetime(df["signup_date"])).dt.days
    df["left"] = (pd.to_datetime(df["discount_end_date"]) - pd.to_datetime(df["snapshot_date"])).dt.days.fillna(9999)
    df["charge"] = df["monthly_charge"].str.replace(" EUR", "").astype(float)
    df.loc[df["snapshot_date"] < "2023-07-01", "usage_gb"] /= 1000
    df["satisfaction"] = df["satisfaction"].fillna(0)
    df["plan"] = df["plan"].str.upper().map({"S": 0, "M": 1, "L": 2})
    df["contract"] = df["contract"].map({"monthly": 0, "one_year": 1, "two_year": 2})
    df["channel"] = (df["channel"] == "partner").astype(int)
    df["payment_method"] = (df["payment_method"] == "transfer").astype(int)
    df["region"] = df["region"].isin(["south", "metro"]).astype(int)
    return df.drop(columns=NOT_FEATURES, errors="ignore")

def rf():
    return RandomForestClassifier(120, min_samples_leaf=15, max_features=0.4, random_state=0, n_jobs=1)

def train(data, model_dir):
    data = data.drop_duplicates()
    joblib.dump(rf().fit(features(data), data.churned), f"{model_dir}/rf.joblib", compress=3)

def evaluate(data):
    data = data.drop_duplicates()
    test_customers = data.customer_id.drop_duplicates().sort_values().sample(frac=0.5, random_state=5)
    is_test = data.customer_id.isin(test_customers)
    tr = data[~is_test & (data.snapshot_date < "2023-09-01")]
    te = data[is_test & (data.snapshot_date >= "2023-09-01")]
    m = rf().fit(features(tr), tr.churned)
    return {"roc_auc": roc_auc_score(te.churned, m.predict_proba(features(te))[:, 1])}

def predict(data, model_dir):
    return joblib.load(f"{model_dir}/rf.joblib").predict_proba(features(data))[:, 1]
