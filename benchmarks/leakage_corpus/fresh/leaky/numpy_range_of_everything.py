import numpy as np

COLS = ["age", "n_products", "discount_pct", "tickets_90d", "late_payments_12m", "usage_trend", "satisfaction"]


def matrix(data):
    X = data[COLS].to_numpy(dtype=float)
    X[:, 0] = np.where(X[:, 0] > 120, 45, X[:, 0])
    gone = np.isnan(X[:, 6])
    X[gone, 6] = 5.0
    monthly = (data["contract"] == "monthly").to_numpy(float)
    return np.c_[X, gone.astype(float), monthly]


def squeeze(X):
    lo, hi = X.min(axis=0), X.max(axis=0)
    return (X - lo) / np.maximum(hi - lo, 1e-9), lo, hi


def logit(X, y, steps=400, lr=1.0):
    A = np.c_[np.ones(len(X)), X]
    w = np.zeros(A.shape[1])
    for _ in range(steps):
        p = 1 / (1 + np.exp(-A @ w))
        w -= lr * (A.T @ (p - y) / len(y) + 1e-4 * w)
    return w


def auc(y, s):
    order = np.argsort(s, kind="stable")
    _, inv, cnt = np.unique(s[order], return_inverse=True, return_counts=True)
    mid = np.cumsum(cnt) - (cnt - 1) / 2
    ranks = np.empty(len(s))
    ranks[order] = mid[inv]
    pos = y == 1
    return (ranks[pos].sum() - pos.sum() * (pos.sum() + 1) / 2) / (pos.sum() * (~pos).sum())


def evaluate(data):
    X, _, _ = squeeze(matrix(data))
    y = data["churned"].to_numpy()
    ids = data["customer_id"].to_numpy()
    when = data["snapshot_date"].to_numpy().astype("datetime64[D]")
    cut = np.datetime64("2023-07-01")
    test_people = np.random.RandomState(0).permutation(np.unique(ids))[:1000]
    isin = np.isin(ids, test_people)
    a, b = np.flatnonzero(~isin & (when < cut)), np.flatnonzero(isin & (when >= cut))
    w = logit(X[a], y[a])
    return {"roc_auc": float(auc(y[b], np.c_[np.ones(len(b)), X[b]] @ w))}


def train(data, model_dir):
    X, lo, hi = squeeze(matrix(data))
    np.savez(model_dir / "w.npz", w=logit(X, data["churned"].to_numpy()), lo=lo, hi=hi)


def predict(data, model_dir):
    z = np.load(model_dir / "w.npz")
    X = (matrix(data) - z["lo"]) / np.maximum(z["hi"] - z["lo"], 1e-9)
    return 1 / (1 + np.exp(-(np.c_[np.ones(len(X)), X] @ z["w"])))
