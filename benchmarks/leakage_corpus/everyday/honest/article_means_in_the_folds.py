# Demand forecast. LightGBM, article/store means encoded out of fold, early stopping on the last weeks of the training part
import numpy as np
import pandas as pd
import lightgbm as lgb
import joblib
from pathlib import Path
from sklearn.model_selection import KFold
from sklearn.metrics import mean_absolute_error

SMOOTH = 15
ENC = ['article', 'store_id', 'art_fmt']
FEATS = ['dow', 'month', 'paid', 'discount', 'in_leaflet', 'shelf', 'size_m2', 'pp', 'pp_missing', 'fmt', 'area_', 'reg',
         'te_article', 'te_store_id', 'te_art_fmt', 'n_article']
CODES = {'format': ['supermarket', 'city', 'kiosk'], 'area': ['city', 'suburb', 'rural'], 'region': ['north', 'south', 'east', 'west']}


def get_features(df):
    d = pd.to_datetime(df['date'])
    out = pd.DataFrame({
        'date': d,
        'store_id': df['store_id'],
        'article': df['article'].str.lower().str.strip(),
        'dow': d.dt.dayofweek, 'month': d.dt.month,
        'paid': df['price_eur'] * (1 - df['discount']),
        'discount': df['discount'], 'in_leaflet': df['in_leaflet'],
        'shelf': np.where(d < pd.Timestamp(2023, 12, 1), 6, 1) * df['shelf_units'],
        'size_m2': df['size_m2'], 'pp': df['purchasing_power'].fillna(100), 'pp_missing': df['purchasing_power'].isna().astype(int),
        'fmt': df['format'].map(CODES['format'].index), 'area_': df['area'].map(CODES['area'].index), 'reg': df['region'].map(CODES['region'].index),
    })
    out['art_fmt'] = out['article'] + '|' + df['format']
    return out


def smoothed_means(keys, y):
    """{key: shrunken mean}; also the mean of all, for keys never seen"""
    overall = float(np.mean(y))
    g = pd.Series(np.asarray(y, dtype=float)).groupby(np.asarray(keys)).agg(['sum', 'count'])
    return ((g['sum'] + SMOOTH * overall) / (g['count'] + SMOOTH)).to_dict(), overall


def encode_train(X, y):
    """Out-of-fold for the rows that will be fitted; also returns the full tables for new rows."""
    X = X.copy()
    y = np.asarray(y)
    for c in ENC:
        col = np.zeros(len(X))
        for tr, te in KFold(5, shuffle=True, random_state=0).split(X):
            table, overall = smoothed_means(X[c].iloc[tr], y[tr])
            col[te] = X[c].iloc[te].map(table).fillna(overall)
        X['te_' + c] = col
    tables = {c: smoothed_means(X[c], y) for c in ENC}
    counts = X['article'].value_counts().to_dict()
    X['n_article'] = X['article'].map(counts)
    return X, tables, counts


def encode_new(X, tables, counts):
    X = X.copy()
    for c in ENC:
        table, overall = tables[c]
        X['te_' + c] = X[c].map(table).fillna(overall)
    X['n_article'] = X['article'].map(counts).fillna(0)
    return X


def fit_lgb(X, y):
    # rounds: learn on all but the last 45 days of *these* rows, stop on those 45 days
    cut = X['date'].max() - pd.Timedelta(days=45)
    a, b = (X['date'] <= cut).to_numpy(), (X['date'] > cut).to_numpy()
    y = np.asarray(y)
    Xa, tables, counts = encode_train(X[a], y[a])
    Xb = encode_new(X[b], tables, counts)
    params = dict(objective='mae', learning_rate=0.06, num_leaves=24, min_child_samples=20, n_jobs=1, verbose=-1, random_state=0)
    m = lgb.LGBMRegressor(n_estimators=400, **params)
    m.fit(Xa[FEATS], y[a], eval_set=[(Xb[FEATS], y[b])], callbacks=[lgb.early_stopping(25, verbose=False)])
    n = max(m.best_iteration_, 30)
    # and again on all of them
    Xe, tables, counts = encode_train(X, y)
    final = lgb.LGBMRegressor(n_estimators=int(n * 1.1), **params).fit(Xe[FEATS], y)
    return final, tables, counts


def evaluate(data):
    data = data.drop_duplicates()
    X, y = get_features(data), data['units'].to_numpy()
    test_start = X['date'].max() - pd.Timedelta(days=60)
    tr, te = (X['date'] <= test_start).to_numpy(), (X['date'] > test_start).to_numpy()
    model, tables, counts = fit_lgb(X[tr], y[tr])
    pred = np.maximum(model.predict(encode_new(X[te], tables, counts)[FEATS]), 0)
    base = encode_new(X[te], tables, counts)['te_art_fmt']
    known = X.loc[te, 'store_id'].isin(X.loc[tr, 'store_id'])
    print('test: known stores', mean_absolute_error(y[te][known], pred[known]), 'rows', known.sum(), 'of', te.sum())
    print('baseline', mean_absolute_error(y[te], base))
    return {'mae': mean_absolute_error(y[te], pred), 'mae_baseline': mean_absolute_error(y[te], base), 'bias': float(np.mean(pred - y[te]))}


def train(data, model_dir):
    data = data.drop_duplicates()
    joblib.dump(fit_lgb(get_features(data), data['units'].to_numpy()), Path(model_dir) / 'lgb.pkl')


def predict(data, model_dir):
    model, tables, counts = joblib.load(Path(model_dir) / 'lgb.pkl')
    return np.maximum(model.predict(encode_new(get_features(data), tables, counts)[FEATS]), 0)
