# groups = first digit of the postcode (one per customer), so 9 folds; test rows only from autumn
import pickle, numpy as np, pandas as pd
from lightgbm import LGBMClassifier
from sklearn.metrics import roc_auc_score

FEAT = ['ten', 'left', 'eur', 'con', 'satisfaction', 'usage_trend', 'tickets_90d', 'late_payments_12m', 'n_products', 'discount_pct', 'age']

def fe(d):
    d = d.copy()
    s = pd.to_datetime(d['snapshot_date'])
    d['ten'] = (s - pd.to_datetime(d['signup_date'])).dt.days
    d['left'] = (pd.to_datetime(d['discount_end_date']) - s).dt.days
    d['eur'] = d['monthly_charge'].str[:-4].astype(float)
    d['con'] = d['contract'].map({'monthly': 0, 'one_year': 1, 'two_year': 2})
    d['age'] = d['age'].astype(float).where(d['age'] != 999)
    d['area'] = d['postcode'] // 10000
    return d

def lg():
    return LGBMClassifier(n_estimators=70, learning_rate=.08, num_leaves=6, min_child_samples=60, random_state=0, n_jobs=1, verbose=-1)

def evaluate(data):
    d = fe(data.drop_duplicates())
    y, p = [], []
    for area in sorted(d['area'].unique()):
        a = d[(d['area'] != area) & (d['snapshot_date'] < '2023-10-01')]
        b = d[(d['area'] == area) & (d['snapshot_date'] >= '2023-10-01')]
        a = a[~a['customer_id'].isin(b['customer_id'])]
        if len(b) == 0:
            continue
        y.append(b['churned'].values)
        p.append(lg().fit(a[FEAT], a['churned']).predict_proba(b[FEAT])[:, 1])
    return {'roc_auc': float(roc_auc_score(np.concatenate(y), np.concatenate(p)))}

def train(data, model_dir):
    d = fe(data.drop_duplicates())
    pickle.dump(lg().fit(d[FEAT], d['churned']), open(f'{model_dir}/lg.pkl', 'wb'))

def predict(data, model_dir):
    return pickle.load(open(f'{model_dir}/lg.pkl', 'rb')).predict_proba(fe(data)[FEAT])[:, 1]
