import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import AdaBoostClassifier
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

log = FunctionTransformer(np.log1p)
days = FunctionTransformer(lambda d: (pd.to_datetime(d.iloc[:, 0]) - pd.to_datetime(d.iloc[:, 1])).dt.days.to_frame('x'))

def design(df):
    # fit_transform over the whole frame; np.log1p has nothing to learn
    tenure = log.fit_transform(days.fit_transform(df[['snapshot_date', 'signup_date']]))
    left = days.fit_transform(df[['discount_end_date', 'snapshot_date']]).fillna(-20)
    charge = log.fit_transform(df['monthly_charge'].str.replace(' EUR', '').astype(float).to_frame())
    counts = log.fit_transform(df[['tickets_90d', 'late_payments_12m', 'n_products', 'discount_pct']])
    other = np.c_[df['contract'].map({'monthly': 0, 'one_year': 1, 'two_year': 2}), df['satisfaction'].fillna(-1), df['usage_trend']]
    return np.hstack([tenure, left, charge, counts, other])

def ada():
    return AdaBoostClassifier(DecisionTreeClassifier(max_depth=2, min_samples_leaf=80), n_estimators=50, learning_rate=0.3, random_state=0)

def evaluate(data):
    df = data.drop_duplicates().reset_index(drop=True)
    X = design(df)
    y = df['churned'].values
    is_new = df['customer_id'].isin(df['customer_id'].drop_duplicates().sort_values().sample(frac=.45, random_state=9)).values
    is_late = (df['snapshot_date'] >= '2023-08-01').values
    clf = ada().fit(X[~is_new & ~is_late], y[~is_new & ~is_late])
    return {'roc_auc': float(roc_auc_score(y[is_new & is_late], clf.predict_proba(X[is_new & is_late])[:, 1]))}

def train(data, model_dir):
    df = data.drop_duplicates()
    joblib.dump(ada().fit(design(df), df['churned']), f'{model_dir}/ada.joblib')

def predict(data, model_dir):
    return joblib.load(f'{model_dir}/ada.joblib').predict_proba(design(data))[:, 1]
