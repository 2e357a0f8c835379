import pandas as pd, numpy as np, joblib
from sklearn.tree import DecisionTreeClassifier
from sklearn.ensemble import BaggingClassifier
from sklearn.metrics import roc_auc_score

cat = ['region', 'contract', 'plan', 'channel', 'payment_method']
codes = {
    'region': {'north': 0, 'south': 1, 'east': 2, 'west': 3, 'metro': 4},
    'contract': {'monthly': 0, 'one_year': 1, 'two_year': 2},
    'plan': {'s': 0, 'm': 1, 'l': 2},
    'channel': {'web': 0, 'shop': 1, 'phone': 2, 'partner': 3},
    'payment_method': {'card': 0, 'debit': 1, 'transfer': 2},
}

def prepare(data, talk=False):
    df = data.copy()
    if talk:
        for c in cat:
            print(df[c].str.lower().value_counts(dropna=False))
        print(pd.crosstab(df['contract'], df['plan'].str.upper(), normalize='index'))
        print('median satisfaction', df['satisfaction'].median(), 'mean age', df['age'].mean(), '(with the 999s)')
    for c in cat:
        df[c] = df[c].str.lower().map(codes[c]).fillna(-1)
    df['snapshot_date'] = pd.to_datetime(df['snapshot_date'])
    df['tenure'] = (df['snapshot_date'] - pd.to_datetime(df['signup_date'])).dt.days
    df['left'] = (pd.to_datetime(df['discount_end_date']) - df['snapshot_date']).dt.days.fillna(-1)
    df['charge'] = df['monthly_charge'].str.replace('EUR', '').astype(float)
    df['satisfaction'] = df['satisfaction'].fillna(0)
    return df

features = cat + ['tenure', 'left', 'charge', 'satisfaction', 'usage_trend', 'tickets_90d', 'late_payments_12m', 'n_products', 'discount_pct']

def fit(df):
    return BaggingClassifier(DecisionTreeClassifier(min_samples_leaf=15), n_estimators=40, max_samples=0.5, random_state=0, n_jobs=1).fit(df[features], df['churned'])

def evaluate(data):
    df = prepare(data.drop_duplicates(), talk=True)
    cut = df['snapshot_date'].max() - pd.DateOffset(months=3)
    who = df['customer_id'] % 2
    train_df = df[(who == 0) & (df['snapshot_date'] < cut)]
    test_df = df[(who == 1) & (df['snapshot_date'] >= cut)]
    print(len(train_df), len(test_df))
    return {'roc_auc': roc_auc_score(test_df['churned'], fit(train_df).predict_proba(test_df[features])[:, 1])}

def train(data, model_dir):
    joblib.dump(fit(prepare(data.drop_duplicates(), talk=True)), f'{model_dir}/bag.joblib', compress=3)

def predict(data, model_dir):
    return joblib.load(f'{model_dir}/bag.joblib').predict_proba(prepare(data)[features])[:, 1]
