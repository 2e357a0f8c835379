import joblib, numpy as np, pandas as pd
from scipy.stats import bootstrap
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import roc_auc_score

def mat(d):
    s = pd.to_datetime(d['snapshot_date'])
    l = (pd.to_datetime(d['discount_end_date']) - s).dt.days.fillna(600)
    return np.c_[d['contract'].eq('monthly'), d['contract'].eq('two_year'), l, l.le(60) * d['contract'].eq('monthly') * d['discount_pct'],
                 (s - pd.to_datetime(d['signup_date'])).dt.days, d['monthly_charge'].str[:-4].astype(float), d['satisfaction'].fillna(0),
                 d['usage_trend'].abs(), d[['usage_trend', 'tickets_90d', 'late_payments_12m', 'n_products']]].astype(float)

def et(d):
    return ExtraTreesClassifier(80, min_samples_leaf=10, max_features=.6, random_state=1, n_jobs=1).fit(mat(d), d['churned'])

def fast_auc(y, s):
    r = pd.Series(s).rank().to_numpy()
    n = y.sum()
    return (r[y == 1].sum() - n * (n + 1) / 2) / (n * (len(y) - n))

def evaluate(data):
    d = data.drop_duplicates()
    k = d['customer_id'] % 4
    y, p = [], []
    for i in range(4):
        a, b = d[(k != i) & (d['snapshot_date'] < '2023-10-01')], d[(k == i) & (d['snapshot_date'] >= '2023-10-01')]
        y.append(b['churned'].to_numpy()); p.append(et(a).predict_proba(mat(b))[:, 1])
    y, p = np.concatenate(y), np.concatenate(p)
    ci = bootstrap((y, p), fast_auc, paired=True, vectorized=False, n_resamples=200, method='percentile', rng=np.random.default_rng(0)).confidence_interval
    return {'roc_auc': float(roc_auc_score(y, p)), 'ci_low': float(ci.low), 'ci_high': float(ci.high)}

def train(data, model_dir):
    joblib.dump(et(data.drop_duplicates()), f'{model_dir}/et.joblib', compress=3)

def predict(data, model_dir):
    return joblib.load(f'{model_dir}/et.joblib').predict_proba(mat(data))[:, 1]
