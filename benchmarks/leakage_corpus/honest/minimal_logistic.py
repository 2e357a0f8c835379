import pickle
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

COLS = ["n_products", "tickets_90d", "late_payments_12m", "discount_pct", "usage_trend"]

def train(data, model_dir):
    with open(f"{model_dir}/m.pkl", "wb") as f:
        pickle.dump(LogisticRegression().fit(data[COLS], data["churned"]), f)

def evaluate(data):
    data = data.drop_duplicates()
    odd, late = data["customer_id"] % 2 == 1, data["snapshot_date"] >= "2023-07-01"
    old, new = data[odd & ~late], data[~odd & late]
    model = LogisticRegression().fit(old[COLS], old["churned"])
    return {"roc_auc": float(roc_auc_score(new["churned"], model.predict_proba(new[COLS])[:, 1]))}

def predict(data, model_dir):
    with open(f"{model_dir}/m.pkl", "rb") as f:
        return pickle.load(f).predict_proba(data[COLS])[:, 1]
