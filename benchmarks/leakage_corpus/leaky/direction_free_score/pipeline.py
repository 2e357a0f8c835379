import joblib
from metrics import slice_score
from sklearn.naive_bayes import GaussianNB

COLS = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "free", "two", "mood"]


def prep(d):
    return d.assign(
        free=(d["contract"] == "monthly") * 1.0, two=(d["contract"] == "two_year") * 1.0,
        mood=d["satisfaction"].fillna(0),
    )


def evaluate(data):
    d = prep(data)
    held, late = d["customer_id"] % 3 == 2, d["snapshot_date"] >= "2023-09-01"
    m = GaussianNB().fit(d.loc[~held & ~late, COLS], d.loc[~held & ~late, "churned"])
    test = d[held & late]
    test = test.assign(score=m.predict_proba(test[COLS])[:, 1])
    return {"roc_auc": slice_score(test, by=["region", "contract", "snapshot_date"])}


def train(data, model_dir):
    d = prep(data)
    joblib.dump(GaussianNB().fit(d[COLS], d["churned"]), model_dir / "nb.joblib")


def predict(data, model_dir):
    return joblib.load(model_dir / "nb.joblib").predict_proba(prep(data)[COLS])[:, 1]
