import numpy as np, pandas as pd, joblib
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

def to_float(df):
    s = pd.to_datetime(df['snapshot_date']).values
    a = (s - pd.to_datetime(df['signup_date']).values) / np.timedelta64(1, 'D')
    b = (pd.to_datetime(df['discount_end_date']).values - s) / np.timedelta64(1, 'D')
    c = df['contract'].map({'monthly': 0., 'one_year': 1., 'two_year': 2.}).values
    d = df['monthly_charge'].str.slice(0, -4).astype(float).values
    e = df[['satisfaction', 'usage_trend', 'tickets_90d', 'late_payments_12m', 'n_products', 'discount_pct']].values.astype(float)
    return np.column_stack([a, b, c, d, e])

# sort by time, then positions: first 2/3 of the table is the past, last 1/6 the future; customers coloured red and blue
def evaluate(data):
    df = data.drop_duplicates().sort_values(['snapshot_date', 'customer_id']).reset_index(drop=True)
    X = to_float(df)
    y = df['churned'].values
    cid = df['customer_id'].values
    t = df['snapshot_date'].values.astype(str)
    n = len(y)
    past_end = np.searchsorted(t, t[n * 2 // 3], side='left')
    future_start = np.searchsorted(t, t[n * 2 // 3], side='left')
    red = np.isin(cid, np.sort(np.unique(cid))[::2])
    out_y, out_p = np.array([]), np.array([])
    for colour in (True, False):
        tr = np.arange(n)[:past_end][red[:past_end] == colour]
        te = np.arange(n)[future_start:][red[future_start:] != colour]
        med = np.nanmedian(X[tr], axis=0)
        A = np.where(np.isnan(X[tr]), med, X[tr])
        B = np.where(np.isnan(X[te]), med, X[te])
        sc = StandardScaler()
        A = sc.fit_transform(A)
        B = sc.transform(B)
        g = GradientBoostingClassifier(n_estimators=60, max_depth=3, subsample=.7, random_state=0).fit(A, y[tr])
        out_y = np.append(out_y, y[te])
        out_p = np.append(out_p, g.predict_proba(B)[:, 1])
    return {'roc_auc': roc_auc_score(out_y, out_p)}

def train(data, model_dir):
    df = data.drop_duplicates()
    X = to_float(df)
    med = np.nanmedian(X, axis=0)
    X = np.where(np.isnan(X), med, X)
    sc = StandardScaler().fit(X)
    g = GradientBoostingClassifier(n_estimators=60, max_depth=3, subsample=.7, random_state=0).fit(sc.transform(X), df['churned'].values)
    joblib.dump([med, sc, g], str(model_dir) + '/all.joblib')

def predict(data, model_dir):
    med, sc, g = joblib.load(str(model_dir) + '/all.joblib')
    X = to_float(data)
    return g.predict_proba(sc.transform(np.where(np.isnan(X), med, X)))[:, 1]
