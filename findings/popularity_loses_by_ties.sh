#!/bin/sh
# cornac's AUC of popularity is .73, below a personal model's .77, and counted with its ties it is .77 as well; chance has 0.
# Versions: cornac 3.0.1 (September 2026), scipy 1.17.1, numpy 2.4.6.
# Expected: an AUC counts a pair of equal scores as half right, as scikit-learn does, so a model that says the same of every item
# has .5.
# Seen: only pairs in the right order count. Most items of a shop were bought once, twice or three times, so a model that
# recommends what is popular has many ties, and a model of factors none. Of 600 people with items drawn by popularity alone
# there is nothing personal to learn: both have .77 by hand. cornac says .73 for popularity, .77 for the factors, and 0 for the
# average rating. NDCG at 10 is .16 for both. No warning is given.
# Known: no issue upstream was seen; the reference of the docstring counts right pairs, and has no ties.
# What it means: the usual baseline is beaten by a model that learnt nothing more. Break ties at random, or compare NDCG.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check cornac==3.0.1 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 venv/bin/python -W ignore - <<'PYTHON'
import cornac
import numpy as np
from cornac.eval_methods import RatioSplit
from cornac.metrics import AUC, NDCG
from cornac.models import BPR, GlobalAvg, MostPop
from scipy.stats import rankdata


class ByHand(AUC):
    """The same pairs, with half a point for a tie."""

    def __init__(self) -> None:
        super().__init__()
        self.name = "by hand"

    def compute(self, item_indices, pd_scores, gt_pos, gt_neg=None, **_) -> float:
        bought = np.isin(item_indices, gt_pos)
        pairs = bought.sum() * (len(bought) - bought.sum())
        return (rankdata(pd_scores)[bought].sum() - bought.sum() * (bought.sum() + 1) / 2) / pairs


rng = np.random.default_rng(0)
share = 1 / np.arange(1, 2_001) ** 0.8
bought = [
    (f"person {person}", f"item {item}", 1.0)
    for person in range(600)
    for item in rng.choice(2_000, 15, replace=False, p=share / share.sum())
]
split = RatioSplit(bought, test_size=0.2, rating_threshold=0.5, seed=0, exclude_unknowns=True)
models = [MostPop(), BPR(k=10, max_iter=100, num_threads=1, seed=0), GlobalAvg()]
experiment = cornac.Experiment(eval_method=split, models=models, metrics=[AUC(), ByHand(), NDCG(10)], user_based=True)
experiment.run()
(popular, popular_hand, _), (factors, factors_hand, _), (average, average_hand, _) = (
    [result.metric_avg_results[name] for name in ("AUC", "by hand", "NDCG@10")] for result in experiment.result
)
assert popular < factors - 0.02 and abs(popular_hand - factors_hand) < 0.015
assert abs(factors - factors_hand) < 1e-9 and average == 0 and abs(average_hand - 0.5) < 1e-9
PYTHON
