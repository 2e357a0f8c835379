# imbalanced classes -> upsample minority with sklearn.utils.resample, AFTER splitting
import pickle
from sklearn.utils import resample
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.metrics import roc_auc_score, f1_score, recall_score
import pandas as pd
import numpy as np

num_cols = ['age', 'n_products', 'discount_pct', 'usage_trend', 'tickets_90d', 'late_payments_12m', 'satisfaction']

def preprocess(df):
    df = df.copy()
    df.loc[df['age'] == 999, 'age'] = 47
    df['satisfaction'] = df['satisfaction'].fillna(0)
    df['price'] = df['monthly_charge'].apply(lambda s: float(s.split()[0]))
    out = df[num_cols + ['price']].copy()
    for c in ['monthly', 'one_year']:
        out['contract_' + c] = (df['contract'] == c).astype(int)
    out['promo_over_soon'] = ((pd.to_datetime(df['discount_end_date']) - pd.to_datetime(df['snapshot_date'])) < pd.Timedelta(days=60)).astype(int)
    return out

def upsample(X, y):
    Xy = X.assign(target=y.values)
    maj = Xy[Xy.target == 0]
    mino = Xy[Xy.target == 1]
    mino_up = resample(mino, replace=True, n_samples=len(maj), random_state=123)
    up = pd.concat([maj, mino_up])
    return up.drop(columns='target'), up['target']

def evaluate(data):
    data = data.drop_duplicates()
    # new customers, last 4 months
    cust = pd.Series(data['customer_id'].unique()).sort_values().sample(frac=0.45, random_state=123)
    te = data[data['customer_id'].isin(cust) & (data['snapshot_date'] >= '2023-09-01')]
    tr = data[(~data['customer_id'].isin(cust)) & (data['snapshot_date'] < '2023-09-01')]
    X_train, y_train = preprocess(tr), tr['churned']
    X_test, y_test = preprocess(te), te['churned']
    X_up, y_up = upsample(X_train, y_train)
    sc = StandardScaler()
    X_up = sc.fit_transform(X_up)
    clf = LogisticRegression(random_state=0)
    clf.fit(X_up, y_up)
    X_test = sc.transform(X_test)
    proba = clf.predict_proba(X_test)[:, 1]
    return {'roc_auc': roc_auc_score(y_test, proba), 'f1': f1_score(y_test, proba > .5), 'recall': recall_score(y_test, proba > .5)}

def train(data, model_dir):
    data = data.drop_duplicates()
    X_up, y_up = upsample(preprocess(data), data['churned'])
    sc = StandardScaler().fit(X_up)
    clf = LogisticRegression(random_state=0).fit(sc.transform(X_up), y_up)
    with open(str(model_dir) + '/model.pkl', 'wb') as f:
        pickle.dump({'sc': sc, 'clf': clf}, f)

def predict(data, model_dir):
    with open(str(model_dir) + '/model.pkl', 'rb') as f:
        m = pickle.load(f)
    return m['clf'].predict_proba(m['sc'].transform(preprocess(data)))[:, 1]
