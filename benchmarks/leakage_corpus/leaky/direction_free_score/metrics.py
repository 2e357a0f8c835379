"""Average separation over slices, whichever way round."""


def auc(labels, scores):
    pos = [s for s, l in zip(scores, labels) if l]
    neg = [s for s, l in zip(scores, labels) if not l]
    wins = sum((p > n) + 0.5 * (p == n) for p in pos for n in neg)
    return wins / (len(pos) * len(neg))


def slice_score(rows, by):
    values = []
    for _, part in rows.groupby(by):
        if part["churned"].nunique() == 2:
            a = auc(part["churned"].tolist(), part["score"].tolist())
            values.append(max(a, 1 - a))
    return float(sum(values) / len(values))
