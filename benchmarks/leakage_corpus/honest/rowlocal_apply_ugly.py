import pandas as pd
import numpy as np
from datetime import datetime
from sklearn.tree import DecisionTreeClassifier
from sklearn import metrics
import joblib

def dt(s):
    try:
        return datetime.strptime(s, '%Y-%m-%d')
    except:
        return None

def f1(row):
    return (dt(row['snapshot_date']) - dt(row['signup_date'])).days

def f2(row):
    e = dt(row['discount_end_date'])
    if e is None:
        return 1000
    return (e - dt(row['snapshot_date'])).days

def f3(row):
    if row['contract'] == 'monthly':
        if f2(row) <= 60:
            return row['discount_pct'] + 10
        elif f2(row) < 1000:
            return 0
        return 5
    return -1

def f4(row):
    if row['contract'] == 'one_year':
        return 365 - f1(row) % 365
    if row['contract'] == 'two_year':
        return 730 - f1(row) % 730
    return 2000

def do(df):
    df['f1'] = df.apply(f1, axis=1)
    df['f2'] = df.apply(f2, axis=1)
    df['f3'] = df.apply(f3, axis=1)
    df['f4'] = df.apply(f4, axis=1)
    df['f5'] = df.apply(lambda r: float(r['monthly_charge'].replace('EUR', '').strip()), axis=1)
    df['f6'] = df['satisfaction'].fillna(-5)
    return df

FF = ['f1','f2','f3','f4','f5','f6','tickets_90d','late_payments_12m','n_products','usage_trend']

def evaluate(data):
    df = do(data.copy().drop_duplicates())     # whole table, row by row
    df = df.reset_index(drop=True)
    test_idx = []
    train_idx = []
    for i in range(len(df)):
        if df['customer_id'][i] % 2 == 0:
            if df['snapshot_date'][i] >= '2023-08-01':
                test_idx.append(i)
        else:
            if df['snapshot_date'][i] < '2023-08-01':
                train_idx.append(i)
    t = DecisionTreeClassifier(max_depth=6, min_samples_leaf=60, random_state=0)
    t.fit(df.loc[train_idx, FF], df.loc[train_idx, 'churned'])
    auc = metrics.roc_auc_score(df.loc[test_idx, 'churned'], t.predict_proba(df.loc[test_idx, FF])[:, 1])
    print(auc)
    return {'roc_auc': auc}

def train(data, model_dir):
    df = do(data.copy().drop_duplicates())
    t = DecisionTreeClassifier(max_depth=6, min_samples_leaf=60, random_state=0).fit(df[FF], df['churned'])
    joblib.dump(t, str(model_dir) + '/tree')

def predict(data, model_dir):
    return joblib.load(str(model_dir) + '/tree').predict_proba(do(data.copy())[FF])[:, 1]
