import xgboost as xgb
import numpy as np
from sklearn.model_selection import cross_val_score
from cv import ForwardGroupKFold
from utils import COLS, fix

def new():
    return xgb.XGBClassifier(n_estimators=90, max_depth=3, learning_rate=0.08, min_child_weight=20, subsample=0.8, random_state=0, n_jobs=1)

def train(data, model_dir):
    df = fix(data.drop_duplicates())
    new().fit(df[COLS], df.churned).save_model(str(model_dir) + "/xgb.json")

def evaluate(data):
    df = fix(data.drop_duplicates().reset_index(drop=True))
    cv = ForwardGroupKFold(5, df.snapshot_date, "2023-10-01")
    s = cross_val_score(new(), df[COLS], df.churned, groups=df.customer_id, cv=cv, scoring="roc_auc")
    return {"roc_auc": float(np.mean(s)), "roc_auc_std": float(np.std(s))}

def predict(data, model_dir):
    m = new()
    m.load_model(str(model_dir) + "/xgb.json")
    return m.predict_proba(fix(data)[COLS])[:, 1]
