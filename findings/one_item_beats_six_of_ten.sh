#!/bin/sh
# By LensKit's average precision one recommendation that is right in two cases of three beats ten of which six are right.
# Versions: lenskit 2025.8.1 (the newest), pandas 2.3.3, scipy 1.17.1, numpy 2.4.6.
# Expected: average precision at 10 divides by the relevant items that ten places could hold, here ten. An item that is missing
# costs as much as one that stands last, so short lists are no advantage.
# Seen: the sum is divided by the shorter of the list of recommendations and the list of relevant items. A list of one item
# is divided by 1. For users with ten relevant items, one item each, right in 65 %, has .65; ten items with six right in
# random order have .41. Recall and NDCG of the first are .06 and .12, of the second .60. Asked for ten, a model that keeps
# its doubtful items back wins, as one with a threshold or a user with few neighbours does. No warning is given.
# Known: LensKit for Java mended such a denominator in #936 (2016). Precision does the same, and its docstring says so; that of
# average precision (#734, 2025) says nothing.
# What it means: two models with lists of different length cannot be compared by it. Fill lists up, or look at NDCG.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check lenskit==2025.8.1 pandas==2.3.3 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python -W ignore - <<'PYTHON'
import numpy as np
from lenskit.data import ItemList, ItemListCollection, UserIDKey
from lenskit.metrics import NDCG, Recall, RunAnalysis
from lenskit.metrics.ranking import AveragePrecision

rng = np.random.default_rng(0)
relevant, ten, one = (ItemListCollection(UserIDKey) for _ in range(3))
by_hand = {"ten items, six right": [], "one item, right in 65 %": []}
for user in range(300):
    liked = rng.choice(1_000, 10, replace=False)
    others = np.setdiff1d(np.arange(1_000), liked)
    relevant.add(ItemList(item_ids=liked), user_id=user)
    mixed = rng.permutation(np.concatenate([rng.choice(liked, 6, replace=False), rng.choice(others, 4, replace=False)]))
    single = rng.choice(liked if rng.random() < 0.65 else others, 1)
    ten.add(ItemList(item_ids=mixed, ordered=True), user_id=user)
    one.add(ItemList(item_ids=single, ordered=True), user_id=user)
    for name, items in zip(by_hand, (mixed, single), strict=True):
        right = np.isin(items, liked)
        by_hand[name].append((right * np.cumsum(right) / np.arange(1, len(items) + 1)).sum() / 10)

seen = {}
for name, lists in zip(by_hand, (ten, one), strict=True):
    analysis = RunAnalysis()
    for metric in (AveragePrecision(10), Recall(10), NDCG(10)):
        analysis.add_metric(metric)
    seen[name] = analysis.measure(lists, relevant).list_summary()["mean"]
    print(name, seen[name].round(2).to_dict(), "by hand", round(float(np.mean(by_hand[name])), 2))

many, few = seen.values()
assert np.isclose(many["AveragePrecision@10"], np.mean(by_hand["ten items, six right"]))
assert np.isclose(few["AveragePrecision@10"], 10 * np.mean(by_hand["one item, right in 65 %"]))
assert few["AveragePrecision@10"] > many["AveragePrecision@10"] + 0.1 and few["Recall@10"] < 0.2 * many["Recall@10"]
PYTHON
