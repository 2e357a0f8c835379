import lightgbm as lgb, numpy as np, pandas as pd, statistics, glob, os
from sklearn.metrics import roc_auc_score

def x(d):
    s = pd.to_datetime(d.snapshot_date)
    return pd.DataFrame(dict(t=(s - pd.to_datetime(d.signup_date)).dt.days, l=(pd.to_datetime(d.discount_end_date) - s).dt.days,
        c=d.contract.map(dict(monthly=0, one_year=1, two_year=2)), e=d.monthly_charge.str[:-4].astype(float), s=d.satisfaction,
        u=d.usage_trend, k=d.tickets_90d, z=d.late_payments_12m, n=d.n_products, p=d.discount_pct))

def bag(d, seed):
    """One booster on a bootstrap of the customers."""
    ids = np.sort(d.customer_id.unique())
    times = pd.Series(np.random.default_rng(seed).choice(ids, len(ids))).value_counts()
    w = d.customer_id.map(times).fillna(0).to_numpy()
    par = dict(objective="binary", num_leaves=6, learning_rate=.08, min_data_in_leaf=50, seed=seed, num_threads=1, verbose=-1, deterministic=True)
    return lgb.train(par, lgb.Dataset(x(d)[w > 0], d.churned[w > 0], weight=w[w > 0]), 60)

def score(bags, d):
    return np.mean([b.predict(x(d)) for b in bags], axis=0)

def evaluate(data):
    d = data.drop_duplicates()
    res = []
    for seed in (3, 5, 7, 11, 13):
        te = d.customer_id.isin(d.customer_id.drop_duplicates().sort_values().sample(frac=.4, random_state=seed))
        a, b = d[~te & (d.snapshot_date < "2023-10-01")], d[te & (d.snapshot_date >= "2023-10-01")]
        res.append(roc_auc_score(b.churned, score([bag(a, s) for s in range(4)], b)))
        print(seed, round(res[-1], 4))
    return {"roc_auc": statistics.median(res), "iqr_low": sorted(res)[1], "iqr_high": sorted(res)[3]}

def train(data, model_dir):
    d = data.drop_duplicates()
    for s in range(6):
        bag(d, s).save_model(os.path.join(model_dir, f"bag{s}.txt"))

def predict(data, model_dir):
    return score([lgb.Booster(model_file=f) for f in sorted(glob.glob(os.path.join(model_dir, "bag*.txt")))], data)
