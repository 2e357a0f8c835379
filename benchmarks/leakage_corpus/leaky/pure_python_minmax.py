"""No data frame arithmetic: records go through plain lists."""

import json
import math

FIELDS = ("n_products", "discount_pct", "usage_trend", "tickets_90d", "late_payments_12m", "satisfaction")


def records(data):
    out = []
    for row in data.to_dict("records"):
        values = [float(row[f]) if row[f] == row[f] else 3.0 for f in FIELDS]
        values.append(float(row["monthly_charge"].split()[0]))
        values.append({"monthly": 2.0, "one_year": 1.0}.get(row["contract"], 0.0))
        values.append(abs(row["usage_trend"]))
        out.append(values)
    return out


def ranges(rows):
    return [(min(col), max(col)) for col in zip(*rows)]


def scale(rows, limits):
    return [[(v - lo) / ((hi - lo) or 1.0) for v, (lo, hi) in zip(row, limits)] for row in rows]


def centroids(rows, labels):
    groups = {0: [], 1: []}
    for row, label in zip(rows, labels):
        groups[int(label)].append(row)
    return [[sum(col) / len(col) for col in zip(*groups[k])] for k in (0, 1)]


def score(row, means):
    d0, d1 = (math.dist(row, m) for m in means)
    return 1 / (1 + math.exp(-4 * (d0 - d1)))


def auc(labels, scores):
    order = sorted(range(len(scores)), key=scores.__getitem__)
    rank = {i: r for r, i in enumerate(order, 1)}
    pos = [i for i, l in enumerate(labels) if l == 1]
    n1, n0 = len(pos), len(labels) - len(pos)
    return (sum(rank[i] for i in pos) - n1 * (n1 + 1) / 2) / (n1 * n0)


def evaluate(data):
    rows = records(data)
    rows = scale(rows, ranges(rows))
    labels, ids, months = (data[c].tolist() for c in ("churned", "customer_id", "snapshot_date"))
    past = [i for i in range(len(rows)) if ids[i] % 3 and months[i] < "2023-08"]
    ahead = [i for i in range(len(rows)) if not ids[i] % 3 and months[i] >= "2023-08"]
    means = centroids([rows[i] for i in past], [labels[i] for i in past])
    return {"roc_auc": auc([labels[i] for i in ahead], [score(rows[i], means) for i in ahead])}


def train(data, model_dir):
    rows = records(data)
    limits = ranges(rows)
    means = centroids(scale(rows, limits), data["churned"].tolist())
    with open(model_dir / "model.json", "w") as f:
        json.dump({"limits": limits, "means": means}, f)


def predict(data, model_dir):
    with open(model_dir / "model.json") as f:
        m = json.load(f)
    return [score(r, m["means"]) for r in scale(records(data), m["limits"])]
