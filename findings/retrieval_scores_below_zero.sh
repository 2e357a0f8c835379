#!/bin/sh
# A retrieval model that puts a relevant document first for three queries in four has a reciprocal rank of 0.
# Versions: torchmetrics 1.9.0, torch 2.12.1, scikit-learn 1.9.1, numpy 2.4.6.
# Expected: ranking metrics need the order of scores alone: logits, log-probabilities and negative distances give one figure.
# Seen: since 1.7.4 a relevant document with a score of 0 or less counts as none at all, in precision, recall, MAP and MRR; in
# NDCG, hit rate and AUC it counts. As negative distances the scores have MAP 0 and MRR 0 beside a hit rate at 1 of .77, which
# no ranking can have. As logits they have a MAP of .61 instead of .58: relevant documents that lie low drop out of the
# average. No warning is given; probabilities give what scikit-learn does.
# Known: intended ("ignore zero and negative predictions", #3160), for zeros that stand for no prediction. The documentation
# asks for floats and calls them probabilities; it does not say that anything is left out.
# What it means: figures change with the last layer of a network. Shift the scores above 0; MAP from logits is too high.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    torchmetrics==1.9.0 torch==2.12.1 scikit-learn==1.9.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
import torch
from sklearn.metrics import average_precision_score
from torchmetrics import retrieval

rng = np.random.default_rng(0)
queries, documents = 200, 50
relevant = rng.random((queries, documents)) < 0.1
relevant[:, 0] = True
logits = rng.normal(size=(queries, documents)) + 1.5 * relevant
forms = {
    "probabilities": 1 / (1 + np.exp(-logits)),
    "logits": logits,
    "log-probabilities": -np.log1p(np.exp(-logits)),
    "negative distances": -np.exp(-logits),
}
metrics = {
    "MAP": retrieval.RetrievalMAP(),
    "MRR": retrieval.RetrievalMRR(),
    "recall at 10": retrieval.RetrievalRecall(top_k=10),
    "precision at 10": retrieval.RetrievalPrecision(top_k=10),
    "NDCG": retrieval.RetrievalNormalizedDCG(),
    "hit rate at 1": retrieval.RetrievalHitRate(top_k=1),
    "AUC": retrieval.RetrievalAUROC(),
}
query = torch.arange(queries).repeat_interleave(documents)
found = {}
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    for form, scores in forms.items():
        for name, metric in metrics.items():
            metric.reset()
            metric.update(torch.tensor(scores.ravel()), torch.tensor(relevant.ravel()), indexes=query)
            found[form, name] = float(metric.compute())
        print(form, ", ".join(f"{name} {found[form, name]:.3f}" for name in metrics))
exact = np.mean([average_precision_score(truth, scores) for truth, scores in zip(relevant, logits, strict=True)])
print(f"scikit-learn MAP {exact:.3f}; warnings {len(told)}")

assert abs(found["probabilities", "MAP"] - exact) < 1e-6
assert found["logits", "MAP"] > exact + 0.02
for form in ("log-probabilities", "negative distances"):
    assert all(found[form, name] == 0 for name in ("MAP", "MRR", "recall at 10", "precision at 10"))
    assert all(abs(found[form, name] - found["probabilities", name]) < 1e-6 for name in ("NDCG", "hit rate at 1", "AUC"))
assert found["negative distances", "hit rate at 1"] > 0.7
assert not told
PYTHON
