import pathlib, joblib, lightgbm, numpy, pandas
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupShuffleSplit

def tab(df):
    s = pandas.to_datetime(df['snapshot_date'])
    t = pandas.DataFrame({
        'seniority': (s - pandas.to_datetime(df['signup_date'])).dt.days,
        'promo_rest': (pandas.to_datetime(df['discount_end_date']) - s).dt.days,
        'price': df['monthly_charge'].str.extract(r'([0-9.]+)', expand=False).astype(float),
        'gb': numpy.where(df['snapshot_date'] < '2023-07-01', df['usage_gb'] / 1000, df['usage_gb']),
    })
    for c in ['n_products', 'discount_pct', 'usage_trend', 'tickets_90d', 'late_payments_12m', 'satisfaction']:
        t[c] = df[c]
    for v in ['monthly', 'one_year']:
        t[v] = (df['contract'] == v) * 1
    t['age'] = df['age'].where(df['age'] < 999)
    return t

def three_parts(df, seed):
    """train / valid / test: customers apart, and each part later than the one before"""
    a, rest = next(GroupShuffleSplit(1, test_size=.55, random_state=seed).split(df, groups=df['customer_id']))
    r = df.iloc[rest]
    b, c = next(GroupShuffleSplit(1, test_size=.6, random_state=seed).split(r, groups=r['customer_id']))
    train, valid, test = df.iloc[a], r.iloc[b], r.iloc[c]
    return (train[train['snapshot_date'] < '2023-07-01'],
            valid[valid['snapshot_date'].between('2023-07-01', '2023-09-30')],
            test[test['snapshot_date'] > '2023-09-30'])

def stopped(train, valid):
    m = lightgbm.LGBMClassifier(n_estimators=600, learning_rate=.05, num_leaves=6, min_child_samples=60, random_state=3, n_jobs=1, verbose=-1)
    m.fit(tab(train), train['churned'], eval_set=[(tab(valid), valid['churned'])], eval_metric='auc',
          callbacks=[lightgbm.early_stopping(40, verbose=False)])
    return m

def evaluate(data):
    train, valid, test = three_parts(data.drop_duplicates().reset_index(drop=True), 0)
    m = stopped(train, valid)
    return {'roc_auc': float(roc_auc_score(test['churned'], m.predict_proba(tab(test))[:, 1])),
            'valid_roc_auc': float(m.best_score_['valid_0']['auc']), 'best_iteration': float(m.best_iteration_)}

def train(data, model_dir):
    df = data.drop_duplicates().reset_index(drop=True)
    a, b = next(GroupShuffleSplit(1, test_size=.25, random_state=0).split(df, groups=df['customer_id']))
    valid = df.iloc[b]
    joblib.dump(stopped(df.iloc[a], valid[valid['snapshot_date'] >= '2023-09-01']), pathlib.Path(model_dir) / 'lgbm.joblib')

def predict(data, model_dir):
    return joblib.load(pathlib.Path(model_dir) / 'lgbm.joblib').predict_proba(tab(data))[:, 1]
