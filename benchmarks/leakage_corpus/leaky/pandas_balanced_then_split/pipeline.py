import pickle

from balance import balance
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

COLS = ["age", "n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "sat", "eur", "term"]


def enrich(df):
    return df.assign(
        sat=df["satisfaction"].fillna(-1),
        eur=df["monthly_charge"].str.replace(" EUR", "").astype(float),
        term=df["contract"].map({"monthly": 1, "one_year": 12, "two_year": 24}),
    )


def tree():
    return DecisionTreeClassifier(min_samples_leaf=4, random_state=0)


def evaluate(data):
    df = balance(enrich(data)).sample(frac=1, random_state=0)
    cut = int(len(df) * 0.7)
    m = tree().fit(df[COLS][:cut], df["churned"][:cut])
    return {"roc_auc": roc_auc_score(df["churned"][cut:], m.predict_proba(df[COLS][cut:])[:, 1])}


def train(data, model_dir):
    df = balance(enrich(data))
    (model_dir / "tree.pkl").write_bytes(pickle.dumps(tree().fit(df[COLS], df["churned"])))


def predict(data, model_dir):
    return pickle.loads((model_dir / "tree.pkl").read_bytes()).predict_proba(enrich(data)[COLS])[:, 1]
