import lightgbm as lgb
import pandas as pd

P = dict(objective="binary", metric="auc", learning_rate=0.06, num_leaves=12, min_data_in_leaf=40, seed=5, verbosity=-1, num_threads=1)
KNOWN = {"contract": ["monthly", "one_year", "two_year"], "payment_method": ["card", "debit", "transfer"]}


def fe(df):
    out = df[["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]].copy()
    for c, levels in KNOWN.items():
        out[c] = pd.Categorical(df[c], categories=levels)
    snap = pd.to_datetime(df["snapshot_date"])
    out["to_discount_end"] = (pd.to_datetime(df["discount_end_date"]) - snap).dt.days
    return out


def fit(df):
    stop = df["customer_id"] % 5 == 0
    late = df["snapshot_date"] >= "2023-04-01"
    a = lgb.Dataset(fe(df[~stop]), df.loc[~stop, "churned"])
    b = lgb.Dataset(fe(df[stop & late]), df.loc[stop & late, "churned"], reference=a)
    return lgb.train(P, a, 300, valid_sets=[b], callbacks=[lgb.early_stopping(25, verbose=False)])


def evaluate(data):
    held = data["customer_id"] % 4 == 1
    late = pd.to_datetime(data["snapshot_date"]) >= pd.Timestamp(2023, 8, 1)
    booster = fit(data[~held & ~late])
    test = data[held & late]
    p = booster.predict(fe(test), num_iteration=booster.best_iteration)
    ranks = pd.Series(p).rank().to_numpy()
    y = test["churned"].to_numpy()
    n1, n0 = y.sum(), (1 - y).sum()
    return {"roc_auc": float((ranks[y == 1].sum() - n1 * (n1 + 1) / 2) / (n1 * n0)), "rounds": float(booster.best_iteration)}


def train(data, model_dir):
    fit(data).save_model(str(model_dir / "b.txt"))


def predict(data, model_dir):
    return lgb.Booster(model_file=str(model_dir / "b.txt")).predict(fe(data))
