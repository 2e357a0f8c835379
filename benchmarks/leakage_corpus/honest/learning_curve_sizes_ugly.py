import pandas as pd, numpy as np, joblib
from sklearn.linear_model import *
from sklearn.metrics import *
from sklearn.preprocessing import *
sizes = [500, 1000, 2000, 4000, None]
def g(d):
    d=d.copy()
    d['q1']=(pd.to_datetime(d.snapshot_date)-pd.to_datetime(d.signup_date)).dt.days**.5
    d['q2']=((pd.to_datetime(d.discount_end_date)-pd.to_datetime(d.snapshot_date)).dt.days<=60)*1
    d['q3']=(d.contract=='monthly')*1; d['q4']=(d.contract=='two_year')*1
    d['q5']=d.satisfaction.fillna(3.5); d['q6']=d.satisfaction.isnull()*1
    d['q7']=d.monthly_charge.apply(lambda z: float(z.replace('EUR','')))
    d['q8']=d.q2*d.q3*d.discount_pct; d['q9']=d.usage_trend**2
    return d[['q1','q2','q3','q4','q5','q6','q7','q8','q9','tickets_90d','late_payments_12m','n_products','usage_trend']].values
def evaluate(data):
    d=data.drop_duplicates()
    te=d[(d.customer_id%3==0)&(d.snapshot_date>'2023-08-31')]
    tr=d[(d.customer_id%3!=0)&(d.snapshot_date<'2023-08-31')].sort_values(['customer_id','snapshot_date']).sample(frac=1,random_state=1)
    out={}
    for n in sizes:
        t=tr[:n]                      # first n of the shuffled TRAIN rows
        s=MinMaxScaler().fit(g(t))
        m=LogisticRegression(C=3,max_iter=1000).fit(s.transform(g(t)),t.churned)
        a=roc_auc_score(te.churned,m.predict_proba(s.transform(g(te)))[:,1])
        b=roc_auc_score(t.churned,m.predict_proba(s.transform(g(t)))[:,1])
        print(n,a,b)
        out['test_%s'%n]=a; out['train_%s'%n]=b
    out['roc_auc']=out['test_None']   # all training rows, not the best of the curve
    return out
def train(data,model_dir):
    d=data.drop_duplicates()
    s=MinMaxScaler().fit(g(d))
    joblib.dump((s,LogisticRegression(C=3,max_iter=1000).fit(s.transform(g(d)),d.churned)),str(model_dir)+'/sm')
def predict(data,model_dir):
    s,m=joblib.load(str(model_dir)+'/sm')
    return m.predict_proba(s.transform(g(data)))[:,1]
