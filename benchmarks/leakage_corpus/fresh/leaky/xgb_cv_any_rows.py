import pandas as pd
import xgboost as xgb

P = {"objective": "binary:logistic", "eval_metric": "auc", "max_depth": 5, "eta": 0.15, "nthread": 1, "seed": 1}
ROUNDS = 60


def dm(df, label=True):
    f = pd.get_dummies(df[["contract", "payment_method", "region"]]).reindex(
        columns=["contract_monthly", "contract_one_year", "payment_method_card", "region_south", "region_metro"],
        fill_value=0,
    ).astype(float)
    for c in ["age", "postcode", "n_products", "income_k", "usage_gb", "usage_trend", "tickets_90d", "satisfaction"]:
        f[c] = df[c].astype(float)
    f["charge"] = df["monthly_charge"].str.replace(" EUR", "", regex=False).astype(float)
    f["signup"] = pd.to_datetime(df["signup_date"]).map(pd.Timestamp.toordinal)
    return xgb.DMatrix(f, label=df["churned"] if label else None)


def evaluate(data):
    res = xgb.cv(P, dm(data), num_boost_round=ROUNDS, nfold=4, stratified=True, seed=1)
    return {"roc_auc": float(res["test-auc-mean"].iloc[-1]), "roc_auc_std": float(res["test-auc-std"].iloc[-1])}


def train(data, model_dir):
    xgb.train(P, dm(data), ROUNDS).save_model(str(model_dir / "x.json"))


def predict(data, model_dir):
    b = xgb.Booster()
    b.load_model(str(model_dir / "x.json"))
    return b.predict(dm(data, label=False))
