"""No frameworks: a list of dictionaries and naive Bayes on binned values; customers split by a hash."""
import json
import math
import zlib
from collections import Counter, defaultdict

FIELDS = ("contract", "payment_method", "late", "tickets", "products", "sat", "discount")


def tidy(r):
    return {
        "contract": r["contract"], "payment_method": r["payment_method"], "late": min(int(r["late_payments_12m"]), 4),
        "tickets": min(int(r["tickets_90d"]), 5), "products": int(r["n_products"]), "discount": int(r["discount_pct"]),
        "sat": "?" if r["satisfaction"] != r["satisfaction"] else round(r["satisfaction"]),
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
    neg = Counter(s for s, y in zip(scores, labels) if not y)
    below, seen = {}, 0
    for s in sorted(set(scores)):
        below[s] = seen + neg[s] / 2
        seen += neg[s]
    pos = [s for s, y in zip(scores, labels) if y]
    return sum(below[s] for s in pos) / (len(pos) * seen)


def held_out(r):
    return zlib.crc32(str(r["customer_id"]).encode()) % 10 < 3


def evaluate(data):
    records = data.to_dict("records")
    past = [r for r in records if not held_out(r) and r["snapshot_date"] < "2023-07-01"]
    future = [r for r in records if held_out(r) and r["snapshot_date"] >= "2023-07-01"]
    m = learn(map(tidy, past), [int(r["churned"]) for r in past])
    return {"roc_auc": auc([r["churned"] for r in future], [log_odds(m, tidy(r)) for r in future])}


def train(data, model_dir):
    records = data.to_dict("records")
    m = learn([tidy(r) for r in records], [int(r["churned"]) for r in records])
    (model_dir / "nb.json").write_text(json.dumps(m))


def predict(data, model_dir):
    m = json.loads((model_dir / "nb.json").read_text())
    m["n"] = {int(k): v for k, v in m["n"].items()}
    return [1 / (1 + math.exp(-max(-50, min(50, log_odds(m, tidy(r)))))) for r in data.to_dict("records")]
