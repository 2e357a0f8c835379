# split through a customer table and merges; index is reset all over the place
import joblib
import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.metrics import roc_auc_score


def customers_table(df):
    c = df[['customer_id']].drop_duplicates().sort_values('customer_id').reset_index(drop=True)
    c['part'] = ['test' if i % 5 in (1, 3) else 'train' for i in range(len(c))]
    return c


def wrangle(df):
    df = df.reset_index(drop=True).copy()
    for col in ['snapshot_date', 'signup_date', 'discount_end_date']:
        df[col] = pd.to_datetime(df[col])
    df['age_of_contract'] = (df['snapshot_date'] - df['signup_date']).dt.days
    df['promo_left'] = (df['discount_end_date'] - df['snapshot_date']).dt.days
    df['eur'] = df['monthly_charge'].str.split(' ').str[0].astype(float)
    df['contract'] = df['contract'].replace({'monthly': '0', 'one_year': '1', 'two_year': '2'}).astype(int)
    return df[['age_of_contract', 'promo_left', 'eur', 'contract', 'satisfaction', 'usage_trend', 'tickets_90d', 'late_payments_12m', 'n_products', 'discount_pct']]


def clf():
    return LGBMClassifier(n_estimators=80, num_leaves=6, learning_rate=.06, min_child_samples=80, random_state=0, n_jobs=1, verbose=-1)


def evaluate(data):
    df = data.drop_duplicates().reset_index(drop=True)
    df = df.merge(customers_table(df), on='customer_id', how='left', validate='m:1')
    tr = df.loc[df['part'] == 'train'].reset_index(drop=True)
    te = df.loc[df['part'] == 'test'].reset_index(drop=True)
    tr = tr[tr['snapshot_date'] < '2023-09-01'].reset_index(drop=True)
    te = te[te['snapshot_date'] >= '2023-09-01'].reset_index(drop=True)
    Xtr, Xte = wrangle(tr), wrangle(te)
    m = clf().fit(Xtr, tr['churned'])
    te['score'] = m.predict_proba(Xte)[:, 1]
    both = te[['customer_id', 'snapshot_date', 'score']].merge(data.drop_duplicates(), on=['customer_id', 'snapshot_date'])
    return {'roc_auc': float(roc_auc_score(both['churned'], both['score']))}


def train(data, model_dir):
    df = data.drop_duplicates().reset_index(drop=True)
    joblib.dump(clf().fit(wrangle(df), df['churned']), f'{model_dir}/lgbm.joblib')


def predict(data, model_dir):
    return joblib.load(f'{model_dir}/lgbm.joblib').predict_proba(wrangle(data))[:, 1]
