import numpy as np
import pandas as pd
import json

# naive bayes with histograms, everything by hand. bin edges = quantiles of TRAIN
NUM = ['tenure', 'charge', 'usage_trend', 'left']
DIS = ['contract', 'channel', 'payment_method', 'n_products', 'tickets_90d', 'late_payments_12m', 'sat', 'jump']

def prep(df):
    d = pd.DataFrame(index=range(len(df)))
    df = df.reset_index(drop=True)
    s = pd.to_datetime(df['snapshot_date'])
    d['tenure'] = (s - pd.to_datetime(df['signup_date'])).dt.days
    d['left'] = (pd.to_datetime(df['discount_end_date']) - s).dt.days.fillna(500)
    d['charge'] = [float(x[:-4]) for x in df['monthly_charge']]
    d['usage_trend'] = df['usage_trend']
    for c in ['contract', 'channel', 'payment_method']:
        d[c] = df[c].astype(str)
    for c in ['n_products', 'tickets_90d', 'late_payments_12m']:
        d[c] = df[c].clip(upper=4).astype(str)
    d['sat'] = df['satisfaction'].apply(lambda v: 'na' if pd.isna(v) else str(int(v) // 2))
    d['jump'] = df['contract'].astype(str) + (d['left'] <= 60).map({True: 'near', False: 'far'})
    return d

def fit(d, y):
    model = {'prior': float(np.log(y.mean() / (1 - y.mean()))), 'edges': {}, 'tables': {}}
    for c in NUM + DIS:
        if c in NUM:
            e = sorted(set(np.quantile(d[c], np.linspace(0, 1, 9)[1:-1]).tolist()))
            model['edges'][c] = e
            v = np.digitize(d[c], e).astype(str)
        else:
            v = d[c].to_numpy()
        t = {}
        for u in sorted(set(v)):
            pos = ((v == u) & (y == 1)).sum() + 1.0
            neg = ((v == u) & (y == 0)).sum() + 1.0
            t[u] = float(np.log(pos / (y == 1).sum()) - np.log(neg / (y == 0).sum()))
        model['tables'][c] = t
    return model

def score(model, d):
    z = np.full(len(d), model['prior'])
    for c, t in model['tables'].items():
        v = np.digitize(d[c], model['edges'][c]).astype(str) if c in model['edges'] else d[c].to_numpy()
        z += np.array([t.get(u, 0.0) for u in v])
    return 1 / (1 + np.exp(-z))

def evaluate(data):
    from sklearn.metrics import roc_auc_score
    data = data.drop_duplicates()
    res = []
    ww = []
    for k in range(3):
        m = data['customer_id'] % 3 == k
        tr = data[~m & (data['snapshot_date'] < '2023-09-01')]
        te = data[m & (data['snapshot_date'] >= '2023-09-01')]
        model = fit(prep(tr), tr['churned'].to_numpy())
        res.append(roc_auc_score(te['churned'], score(model, prep(te))))
        ww.append(len(te))
    return {'roc_auc': float(np.average(res, weights=ww))}

def train(data, model_dir):
    data = data.drop_duplicates()
    with open(str(model_dir) + '/nb.json', 'w') as f:
        json.dump(fit(prep(data), data['churned'].to_numpy()), f)

def predict(data, model_dir):
    with open(str(model_dir) + '/nb.json') as f:
        return score(json.load(f), prep(data))
