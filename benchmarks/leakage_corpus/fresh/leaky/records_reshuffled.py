"""No frameworks: a list of dictionaries and naive Bayes on binned values."""
import json
import math
import random
from collections import Counter, defaultdict

FIELDS = ("contract", "region", "plan", "payment_method", "late", "tickets", "products", "sat", "charge", "postcode", "born")


def tidy(r):
    return {
        "contract": r["contract"], "region": r["region"], "plan": r["plan"].upper(), "payment_method": r["payment_method"],
        "late": min(int(r["late_payments_12m"]), 4), "tickets": min(int(r["tickets_90d"]), 5),
        "products": int(r["n_products"]), "sat": "?" if r["satisfaction"] != r["satisfaction"] else round(r["satisfaction"]),
        "charge": int(float(r["monthly_charge"].split()[0]) // 10), "postcode": r["postcode"], "born": r["signup_date"],
    }


def learn(rows, labels):
    counts, totals = defaultdict(Counter), Counter(labels)
    for r, y in zip(rows, labels):
        for f in FIELDS:
            counts[f, y][str(r[f])] += 1
    return {"n": dict(totals), "c": {f"{f}|{y}": dict(c) for (f, y), c in counts.items()}}


def log_odds(m, r):
    n0, n1 = m["n"][0], m["n"][1]
    z = math.log(n1 / n0)
    for f in FIELDS:
        a = m["c"][f"{f}|1"].get(str(r[f]), 0) + 0.5
        b = m["c"][f"{f}|0"].get(str(r[f]), 0) + 0.5
        z += math.log(a / (n1 + 10)) - math.log(b / (n0 + 10))
    return z


def auc(labels, scores):
    pairs = sorted(zip(scores, labels))
    rank_sum, i = 0.0, 0
    while i < len(pairs):
        j = i
        while j < len(pairs) and pairs[j][0] == pairs[i][0]:
            j += 1
        rank_sum += sum(y for _, y in pairs[i:j]) * (i + 1 + j) / 2
        i = j
    pos = sum(labels)
    return (rank_sum - pos * (pos + 1) / 2) / (pos * (len(labels) - pos))


def evaluate(data):
    records = data.to_dict("records")
    random.Random(99).shuffle(records)
    k = int(len(records) * 0.75)
    rows, labels = [tidy(r) for r in records], [int(r["churned"]) for r in records]
    m = learn(rows[:k], labels[:k])
    return {"roc_auc": auc(labels[k:], [log_odds(m, r) for r in rows[k:]])}


def train(data, model_dir):
    records = data.to_dict("records")
    m = learn([tidy(r) for r in records], [int(r["churned"]) for r in records])
    (model_dir / "nb.json").write_text(json.dumps(m))


def predict(data, model_dir):
    m = json.loads((model_dir / "nb.json").read_text())
    m["n"] = {int(k): v for k, v in m["n"].items()}
    return [1 / (1 + math.exp(-max(-50, min(50, log_odds(m, tidy(r)))))) for r in data.to_dict("records")]
