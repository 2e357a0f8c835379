import pandas as pd, numpy as np, pickle, os, sys, json
from sklearn.ensemble import *
from sklearn.metrics import *
from sklearn.linear_model import LogisticRegression
import warnings
warnings.filterwarnings('ignore')

M = None
cols = None
tmp = []

def train(data, model_dir):
    global M, cols
    df = data.copy()
    df = df.drop_duplicates()
    print('rows', len(df))
    d = pd.to_datetime(df['snapshot_date'])
    df['t'] = (d - pd.to_datetime(df['signup_date'])).dt.days
    df['e'] = (pd.to_datetime(df['discount_end_date']) - d).dt.days
    df['c'] = df['monthly_charge'].apply(lambda x: float(x.split(' ')[0]))
    df['u'] = np.where(df['snapshot_date'] < '2023-07-01', df['usage_gb']/1000, df['usage_gb'])
    df.loc[df['age'] == 999, 'age'] = np.nan
    df['p'] = df['plan'].apply(lambda x: {'s':0,'m':1,'l':2}[x.lower()])
    df['k'] = df['contract'].apply(lambda x: 0 if x == 'monthly' else (1 if x == 'one_year' else 2))
    df['x1'] = ((df['k'] == 0) & (df['e'] <= 60)) * df['discount_pct']
    df['x2'] = ((df['k'] == 0) & (df['e'] > 60)) * 1
    df['x3'] = np.where(df['k'] == 1, -df['t'] % 365, np.where(df['k'] == 2, -df['t'] % 730, 9999))
    df['x4'] = abs(df['usage_trend'])
    for v in ['north','south','east','west','metro']:
        df['r_'+v] = (df['region'] == v)*1
    for v in ['web','shop','phone','partner']:
        df['ch_'+v] = (df['channel'] == v)*1
    for v in ['card','debit','transfer']:
        df['pm_'+v] = (df['payment_method'] == v)*1
    cols = ['t','e','c','u','age','p','k','x1','x2','x3','x4','n_products','discount_pct','usage_trend','tickets_90d','late_payments_12m','satisfaction'] + [q for q in df.columns if q.startswith('r_') or q.startswith('ch_') or q.startswith('pm_')]
    m = HistGradientBoostingClassifier(max_iter=180, learning_rate=0.05, max_leaf_nodes=6, min_samples_leaf=80, l2_regularization=5, random_state=1)
    m.fit(df[cols], df['churned'])
    M = m
    pickle.dump((m, cols), open(str(model_dir) + '/m.pkl', 'wb'))
    print('done')
    try:
        print(roc_auc_score(df['churned'], m.predict_proba(df[cols])[:,1]))
    except:
        pass

def evaluate(data):
    df = data.copy()
    df = df.drop_duplicates()
    df = df.reset_index(drop=True)
    d = pd.to_datetime(df['snapshot_date'])
    df['t'] = (d - pd.to_datetime(df['signup_date'])).dt.days
    df['e'] = (pd.to_datetime(df['discount_end_date']) - d).dt.days
    df['c'] = df['monthly_charge'].apply(lambda x: float(x.split(' ')[0]))
    df['u'] = np.where(df['snapshot_date'] < '2023-07-01', df['usage_gb']/1000, df['usage_gb'])
    df.loc[df['age'] == 999, 'age'] = np.nan
    df['p'] = df['plan'].apply(lambda x: {'s':0,'m':1,'l':2}[x.lower()])
    df['k'] = df['contract'].apply(lambda x: 0 if x == 'monthly' else (1 if x == 'one_year' else 2))
    df['x1'] = ((df['k'] == 0) & (df['e'] <= 60)) * df['discount_pct']
    df['x2'] = ((df['k'] == 0) & (df['e'] > 60)) * 1
    df['x3'] = np.where(df['k'] == 1, -df['t'] % 365, np.where(df['k'] == 2, -df['t'] % 730, 9999))
    df['x4'] = abs(df['usage_trend'])
    for v in ['north','south','east','west','metro']:
        df['r_'+v] = (df['region'] == v)*1
    for v in ['web','shop','phone','partner']:
        df['ch_'+v] = (df['channel'] == v)*1
    for v in ['card','debit','transfer']:
        df['pm_'+v] = (df['payment_method'] == v)*1
    cc = ['t','e','c','u','age','p','k','x1','x2','x3','x4','n_products','discount_pct','usage_trend','tickets_90d','late_payments_12m','satisfaction'] + [q for q in df.columns if q.startswith('r_') or q.startswith('ch_') or q.startswith('pm_')]
    ids = df['customer_id'].unique()
    rs = np.random.RandomState(5)
    rs.shuffle(ids)
    yy = []
    pp = []
    # new customers + last 3 months
    for i in range(4):
        te = set(ids[i::4])
        a = df[(~df['customer_id'].isin(te)) & (df['snapshot_date'] < '2023-10-01')]
        b = df[(df['customer_id'].isin(te)) & (df['snapshot_date'] >= '2023-10-01')]
        m = HistGradientBoostingClassifier(max_iter=180, learning_rate=0.05, max_leaf_nodes=6, min_samples_leaf=80, l2_regularization=5, random_state=1)
        m.fit(a[cc], a['churned'])
        yy += list(b['churned'])
        pp += list(m.predict_proba(b[cc])[:,1])
    s = roc_auc_score(yy, pp)
    print('AUC!!!', s)
    return {'roc_auc': s}

def predict(data, model_dir):
    m, cols = pickle.load(open(str(model_dir) + '/m.pkl', 'rb'))
    df = data.copy()
    d = pd.to_datetime(df['snapshot_date'])
    df['t'] = (d - pd.to_datetime(df['signup_date'])).dt.days
    df['e'] = (pd.to_datetime(df['discount_end_date']) - d).dt.days
    df['c'] = df['monthly_charge'].apply(lambda x: float(x.split(' ')[0]))
    df['u'] = np.where(df['snapshot_date'] < '2023-07-01', df['usage_gb']/1000, df['usage_gb'])
    df.loc[df['age'] == 999, 'age'] = np.nan
    df['p'] = df['plan'].apply(lambda x: {'s':0,'m':1,'l':2}[x.lower()])
    df['k'] = df['contract'].apply(lambda x: 0 if x == 'monthly' else (1 if x == 'one_year' else 2))
    df['x1'] = ((df['k'] == 0) & (df['e'] <= 60)) * df['discount_pct']
    df['x2'] = ((df['k'] == 0) & (df['e'] > 60)) * 1
    df['x3'] = np.where(df['k'] == 1, -df['t'] % 365, np.where(df['k'] == 2, -df['t'] % 730, 9999))
    df['x4'] = abs(df['usage_trend'])
    for v in ['north','south','east','west','metro']:
        df['r_'+v] = (df['region'] == v)*1
    for v in ['web','shop','phone','partner']:
        df['ch_'+v] = (df['channel'] == v)*1
    for v in ['card','debit','transfer']:
        df['pm_'+v] = (df['payment_method'] == v)*1
    r = m.predict_proba(df[cols])[:,1]
    #print(r)
    return r
