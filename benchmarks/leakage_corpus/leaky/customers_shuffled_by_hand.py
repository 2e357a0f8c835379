import math
import json
import random

KEYS = ["n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m"]


def vector(row):
    v = [1.0] + [float(row[k]) for k in KEYS]
    v.append(abs(row["usage_trend"]))
    v.append(1.0 if row["contract"] == "monthly" else 0.0)
    v.append(1.0 if row["satisfaction"] != row["satisfaction"] else 0.0)
    v[2] /= 10
    return v


def sigmoid(z):
    return 1 / (1 + math.exp(-max(-30, min(30, z))))


def fit(vectors, labels, epochs=3, lr=0.02):
    rnd = random.Random(1)
    w = [0.0] * len(vectors[0])
    order = list(range(len(vectors)))
    for _ in range(epochs):
        rnd.shuffle(order)
        for i in order:
            err = labels[i] - sigmoid(sum(a * b for a, b in zip(w, vectors[i])))
            w = [a + lr * err * b for a, b in zip(w, vectors[i])]
    return w


def auc(labels, scores):
    pairs = sorted(zip(scores, labels))
    ranks = sum(r for r, (_, l) in enumerate(pairs, 1) if l)
    n1 = sum(labels)
    return (ranks - n1 * (n1 + 1) / 2) / (n1 * (len(labels) - n1))


def evaluate(data):
    rows = data.to_dict("records")
    ids = sorted({r["customer_id"] for r in rows})
    random.Random(7).shuffle(ids)
    known = set(ids[: int(0.8 * len(ids))])
    tr = [r for r in rows if r["customer_id"] in known]
    te = [r for r in rows if r["customer_id"] not in known]
    w = fit([vector(r) for r in tr], [r["churned"] for r in tr])
    scores = [sum(a * b for a, b in zip(w, vector(r))) for r in te]
    return {"roc_auc": auc([r["churned"] for r in te], scores)}


def train(data, model_dir):
    rows = data.to_dict("records")
    w = fit([vector(r) for r in rows], [r["churned"] for r in rows])
    (model_dir / "w.json").write_text(json.dumps(w))


def predict(data, model_dir):
    w = json.loads((model_dir / "w.json").read_text())
    return [sigmoid(sum(a * b for a, b in zip(w, vector(r)))) for r in data.to_dict("records")]
