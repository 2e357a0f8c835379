"""How much of each model."""

import numpy as np
from sklearn.metrics import roc_auc_score


def best_weight(scores, y, steps=101):
    grid = np.linspace(0, 1, steps)
    return max(grid, key=lambda w: roc_auc_score(y, w * scores[0] + (1 - w) * scores[1]))
