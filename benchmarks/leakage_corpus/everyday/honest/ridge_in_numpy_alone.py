"""Log price of a flat by ridge regression, numpy only.  District levels leave the own building out."""
import json
import os

import numpy as np

KINDS = ["brick", "panel", "wood", "steel"]
LAMBDAS = [0.1, 1.0, 10.0, 100.0]
K = 5


def design(t):
    """Plain columns of a table; no statistics of it."""
    area = t["area"].to_numpy(float)
    centre = t["to_centre"].to_numpy(float)
    missing = np.isnan(centre)
    cols = [
        np.ones(len(t)), np.log(area), area / 100, (area / 100) ** 2, t["rooms"].to_numpy(float), t["storey"].to_numpy(float) / 10,
        (t["built"].to_numpy(float) - 1960) / 50, np.where(missing, 0.0, centre / 10), missing.astype(float),
        np.array(["ABCDEFG".index(e) for e in t["energy"]], float) / 6,
    ]
    cols += [(t["kind"] == k).to_numpy(float) for k in KINDS]
    return np.column_stack(cols)


def level_tables(district, building, r):
    """Sums and counts of residuals by district and by building."""
    by_d, by_b = {}, {}
    for d, b, v in zip(district, building, r):
        s, n = by_d.get(d, (0.0, 0)); by_d[d] = (s + v, n + 1)
        s, n = by_b.get(b, (0.0, 0)); by_b[b] = (s + v, n + 1)
    return by_d, by_b


def encode(district, by_d, building=None, by_b=None, shrink=20):
    """Shrunken level of the district; with `building` given, without that building's own flats."""
    out = np.zeros(len(district))
    for i, d in enumerate(district):
        s, n = by_d.get(d, (0.0, 0))
        if building is not None:
            s, n = s - by_b[building[i]][0], n - by_b[building[i]][1]
        out[i] = s / (n + shrink)
    return out


def solve(A, y, lam):
    P = lam * np.eye(A.shape[1]); P[0, 0] = 0.0
    return np.linalg.solve(A.T @ A + P, A.T @ y)


def fit(t, lam):
    D, y = design(t), np.log(t["price"].to_numpy(float))
    district, building = t["district"].to_numpy(object), t["building_id"].to_numpy()
    w0 = solve(D, y, 1.0)
    by_d, by_b = level_tables(district, building, y - D @ w0)
    level = encode(district, by_d, building, by_b)   # leave-own-building-out for the rows that are fitted
    w = solve(np.column_stack([D, level]), y, lam)
    return {"w": w.tolist(), "levels": {str(d): [float(s), int(n)] for d, (s, n) in by_d.items()}}


def answer(m, t):
    by_d = {d: tuple(v) for d, v in m["levels"].items()}
    level = encode(t["district"].to_numpy(object), by_d)
    return np.exp(np.column_stack([design(t), level]) @ np.array(m["w"]))


def r2(y, p):
    return 1 - ((y - p) ** 2).sum() / ((y - y.mean()) ** 2).sum()


def fold_of(building, k, seed):
    """A fold for each building."""
    ids = np.unique(building)
    number = np.random.default_rng(seed).permutation(len(ids)) % k
    return number[np.searchsorted(ids, building)]


def best_lambda(t, seed=1):
    f = fold_of(t["building_id"].to_numpy(), 4, seed)
    y = t["price"].to_numpy(float)
    score = {lam: np.mean([r2(y[f == i], answer(fit(t[f != i], lam), t[f == i])) for i in range(4)]) for lam in LAMBDAS}
    return max(score, key=score.get)


def evaluate(data):
    t = data.drop(columns=["agent_fee"]).drop_duplicates()
    f = fold_of(t["building_id"].to_numpy(), K, 0)
    y = t["price"].to_numpy(float)
    test, fitted, mean = [], [], []
    for i in range(K):
        tr, te = t[f != i], t[f == i]
        m = fit(tr, best_lambda(tr))
        test.append(r2(y[f == i], answer(m, te)))
        fitted.append(r2(y[f != i], answer(m, tr)))
        mean.append(r2(y[f == i], np.full((f == i).sum(), y[f != i].mean())))
    print("test", np.round(test, 3), "train", np.round(fitted, 3), "mean of train", np.round(mean, 3))
    return {"r2": float(np.mean(test)), "r2_low": float(np.min(test)), "r2_train": float(np.mean(fitted))}


def train(data, model_dir):
    t = data.drop(columns=["agent_fee"]).drop_duplicates()
    with open(os.path.join(model_dir, "ridge.json"), "w") as f:
        json.dump(fit(t, best_lambda(t)), f)


def predict(data, model_dir):
    with open(os.path.join(model_dir, "ridge.json")) as f:
        return answer(json.load(f), data)
