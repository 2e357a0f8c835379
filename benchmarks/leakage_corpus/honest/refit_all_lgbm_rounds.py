import json
import lightgbm as lgb
import numpy as np
import pandas as pd
from pathlib import Path
from sklearn.metrics import roc_auc_score

PARAMS = dict(objective="binary", learning_rate=0.05, num_leaves=7, min_data_in_leaf=80, lambda_l2=5.0,
              feature_fraction=0.8, seed=42, deterministic=True, num_threads=1, verbose=-1)
CATS = {"contract": ["monthly", "one_year", "two_year"], "plan": ["s", "m", "l"],
        "region": ["north", "south", "east", "west", "metro"], "channel": ["web", "shop", "phone", "partner"],
        "payment_method": ["card", "debit", "transfer"]}


def prepare(d):
    x = pd.DataFrame(index=d.index)
    for c, levels in CATS.items():
        x[c] = d[c].str.lower().map({v: i for i, v in enumerate(levels)})
    s = pd.to_datetime(d.snapshot_date)
    x["tenure"] = (s - pd.to_datetime(d.signup_date)).dt.days
    x["left"] = (pd.to_datetime(d.discount_end_date) - s).dt.days
    x["renew"] = -x.tenure % d.contract.map({"one_year": 365, "two_year": 730})
    x["charge"] = pd.to_numeric(d.monthly_charge.str.replace("EUR", "").str.strip())
    x["gb"] = d.usage_gb.where(d.snapshot_date >= "2023-07-01", d.usage_gb / 1000)
    for c in ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction"]:
        x[c] = d[c]
    return x.astype(float)


def thirds(d):
    """0 = learn, 1 = stop, 2 = judge; by customer."""
    u = np.sort(d.customer_id.unique())
    part = dict(zip(u, np.random.default_rng(8).choice(3, len(u), p=[.5, .2, .3])))
    return d.customer_id.map(part)


def rounds(d, part):
    """How many trees: stopped on customers of part 1, one quarter after the learning rows."""
    learn = d[(part == 0) & (d.snapshot_date < "2023-07-01")]
    stop = d[(part == 1) & d.snapshot_date.between("2023-07-01", "2023-09-01")]
    b = lgb.train(PARAMS, lgb.Dataset(prepare(learn), learn.churned), 400,
                  valid_sets=[lgb.Dataset(prepare(stop), stop.churned)], callbacks=[lgb.early_stopping(30, verbose=False)])
    return max(b.best_iteration, 20)


def evaluate(data):
    d = data.drop_duplicates()
    part = thirds(d)
    n = rounds(d, part)
    known = d[(part < 2) & (d.snapshot_date < "2023-10-01")]
    judge = d[(part == 2) & (d.snapshot_date >= "2023-10-01")]
    b = lgb.train(PARAMS, lgb.Dataset(prepare(known), known.churned), n)
    auc = roc_auc_score(judge.churned, b.predict(prepare(judge)))
    # same number of trees on all rows, only to see which features the shipped model will use
    full = lgb.train(PARAMS, lgb.Dataset(prepare(d), d.churned), n)
    top = pd.Series(full.feature_importance("gain"), full.feature_name()).nlargest(5)
    print("trees:", n, "| top features:", ", ".join(top.index))
    return {"roc_auc": float(auc), "trees": float(n)}


def train(data, model_dir):
    d = data.drop_duplicates()
    n = rounds(d, thirds(d))
    lgb.train(PARAMS, lgb.Dataset(prepare(d), d.churned), n).save_model(str(Path(model_dir) / "lgb.txt"))
    (Path(model_dir) / "meta.json").write_text(json.dumps({"trees": n}))


def predict(data, model_dir):
    return lgb.Booster(model_file=str(Path(model_dir) / "lgb.txt")).predict(prepare(data))
