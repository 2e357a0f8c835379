# everything as python lists, sklearn only for the model
import csv, io, pickle, random
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

def to_rows(df):
    text = df.to_csv(index=False)
    return list(csv.DictReader(io.StringIO(text)))

def months(a, b):
    return (int(b[:4]) - int(a[:4])) * 12 + int(b[5:7]) - int(a[5:7])

def vec(r):
    promo = months(r['snapshot_date'], r['discount_end_date']) if r['discount_end_date'] else 99
    free = 1 if r['contract'] == 'monthly' else 0
    return [free, 1 if r['contract'] == 'two_year' else 0,
            free * (1 if promo <= 1 else 0), free * (1 if 1 < promo < 99 else 0),
            min(months(r['signup_date'], r['snapshot_date']), 120) / 12,
            float(r['monthly_charge'].split(' ')[0]) / 10,
            float(r['tickets_90d']), float(r['late_payments_12m']), float(r['n_products']),
            float(r['usage_trend']), abs(float(r['usage_trend'])),
            0 if r['satisfaction'] else 1, float(r['satisfaction'] or 7)]

def unique(rows):
    out, seen = [], set()
    for r in rows:
        k = r['customer_id'] + r['snapshot_date']
        if k not in seen:
            seen.add(k)
            out.append(r)
    return out

def evaluate(data):
    rows = unique(to_rows(data))
    people = sorted(set(r['customer_id'] for r in rows))
    random.Random(99).shuffle(people)
    half = set(people[:len(people) // 2])
    X_train, y_train, X_test, y_test = [], [], [], []
    for r in rows:
        if r['customer_id'] in half and r['snapshot_date'] < '2023-08':
            X_train.append(vec(r)); y_train.append(int(r['churned']))
        elif r['customer_id'] not in half and r['snapshot_date'] >= '2023-08':
            X_test.append(vec(r)); y_test.append(int(r['churned']))
    m = LogisticRegression(max_iter=1000).fit(X_train, y_train)
    p = [b for a, b in m.predict_proba(X_test)]
    return {'roc_auc': float(roc_auc_score(y_test, p)), 'n_train': len(X_train), 'n_test': len(X_test)}

def train(data, model_dir):
    rows = unique(to_rows(data))
    m = LogisticRegression(max_iter=1000).fit([vec(r) for r in rows], [int(r['churned']) for r in rows])
    with open('%s/lr.pkl' % model_dir, 'wb') as f:
        pickle.dump(m, f)

def predict(data, model_dir):
    with open('%s/lr.pkl' % model_dir, 'rb') as f:
        m = pickle.load(f)
    return [b for a, b in m.predict_proba([vec(r) for r in to_rows(data)])]
