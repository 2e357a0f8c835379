import pickle
import pandas as pd
import numpy as np
from pandas.api.types import CategoricalDtype
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

TYPES = {
    'region': CategoricalDtype(['north', 'south', 'east', 'west', 'metro']),
    'contract': CategoricalDtype(['monthly', 'one_year', 'two_year']),
    'plan': CategoricalDtype(['S', 'M', 'L']),
    'channel': CategoricalDtype(['web', 'shop', 'phone', 'partner']),
    'payment_method': CategoricalDtype(['card', 'debit', 'transfer']),
}

def make_X(df):
    df = df.copy()
    df['plan'] = df['plan'].str.upper()
    snap = pd.to_datetime(df['snapshot_date'])
    df['tenure'] = (snap - pd.to_datetime(df['signup_date'])).dt.days
    df['rest'] = (pd.to_datetime(df['discount_end_date']) - snap).dt.days.fillna(-1)
    df['charge'] = df['monthly_charge'].str.replace(' EUR', '', regex=False).astype(float)
    df['satisfaction'] = df['satisfaction'].fillna(-1)
    dummies = pd.get_dummies(df[list(TYPES)].astype(TYPES))    # same columns for whatever rows
    return pd.concat([dummies, df[['tenure', 'rest', 'charge', 'satisfaction', 'tickets_90d', 'late_payments_12m', 'n_products', 'usage_trend', 'discount_pct']]], axis=1)

def fit(X, y):
    return RandomForestClassifier(n_estimators=100, min_samples_leaf=8, random_state=42, n_jobs=1).fit(X, y)

def evaluate(data):
    data = data.drop_duplicates()
    X = make_X(data)
    y = data['churned']
    # customers, not rows
    a, b = train_test_split(sorted(data['customer_id'].unique()), test_size=0.5, random_state=42)
    i = data.index[data['customer_id'].isin(a) & (data['snapshot_date'] < '2023-08-01')]
    j = data.index[data['customer_id'].isin(b) & (data['snapshot_date'] >= '2023-08-01')]
    X_train, X_test, y_train, y_test = X.loc[i], X.loc[j], y.loc[i], y.loc[j]
    rf = fit(X_train, y_train)
    return {'roc_auc': roc_auc_score(y_test, rf.predict_proba(X_test)[:, 1]),
            'train_roc_auc': roc_auc_score(y_train, rf.predict_proba(X_train)[:, 1])}

def train(data, model_dir):
    data = data.drop_duplicates()
    with open(str(model_dir) + '/rf.pkl', 'wb') as f:
        pickle.dump(fit(make_X(data), data['churned']), f)

def predict(data, model_dir):
    with open(str(model_dir) + '/rf.pkl', 'rb') as f:
        return pickle.load(f).predict_proba(make_X(data))[:, 1]
