import json
import math

NAMES = ["tickets_90d", "late_payments_12m", "n_products", "usage_trend", "discount_pct"]


def scale_table(rows):
    t = {}
    for n in NAMES:
        lowest = min(r[n] for r in rows)
        highest = max(r[n] for r in rows)
        t[n] = (lowest, (highest - lowest) or 1.0)
    return t


def vec(r, t):
    v = [1.0] + [(r[n] - t[n][0]) / t[n][1] for n in NAMES]
    return v + [1.0 if r["contract"] == "monthly" else 0.0]


def sgd(X, Y, epochs=6, lr=0.05):
    w = [0.0] * len(X[0])
    for _ in range(epochs):
        for x, y in zip(X, Y):
            z = sum(a * b for a, b in zip(w, x))
            g = 1 / (1 + math.exp(-z)) - y
            w = [a - lr * g * b for a, b in zip(w, x)]
        lr *= 0.7
    return w


def area(y, s):
    order = sorted(range(len(s)), key=lambda i: s[i])
    ranks = [0.0] * len(s)
    i = 0
    while i < len(order):
        j = i
        while j + 1 < len(order) and s[order[j + 1]] == s[order[i]]:
            j += 1
        for k in range(i, j + 1):
            ranks[order[k]] = (i + j) / 2 + 1
        i = j + 1
    p = sum(y)
    return (sum(r for r, t in zip(ranks, y) if t) - p * (p + 1) / 2) / (p * (len(y) - p))


def evaluate(data):
    rows = data.to_dict("records")
    table = scale_table(rows)
    fit = [r for r in rows if r["customer_id"] % 5 > 1 and r["snapshot_date"] < "2023-08-01"]
    judge = [r for r in rows if r["customer_id"] % 5 <= 1 and r["snapshot_date"] >= "2023-08-01"]
    w = sgd([vec(r, table) for r in fit], [r["churned"] for r in fit])
    scores = [sum(a * b for a, b in zip(w, vec(r, table))) for r in judge]
    return {"roc_auc": area([r["churned"] for r in judge], scores)}


def train(data, model_dir):
    rows = data.to_dict("records")
    t = scale_table(rows)
    w = sgd([vec(r, t) for r in rows], [r["churned"] for r in rows])
    (model_dir / "w.json").write_text(json.dumps({"t": t, "w": w}))


def predict(data, model_dir):
    m = json.loads((model_dir / "w.json").read_text())
    zs = [sum(a * b for a, b in zip(m["w"], vec(r, m["t"]))) for r in data.to_dict("records")]
    return [1 / (1 + math.exp(-max(-40, min(40, z)))) for z in zs]
