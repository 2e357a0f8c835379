"""What evaluate hands to workers is done in its own process, and seen."""

from __future__ import annotations

import json

import pytest

from tests.graders.checks.leakage.traced import public, run

FITTED = """
import os
{imports}
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

def one_fold(job):
    x, y, held = job
    scores = LogisticRegression().fit(x[~held], y[~held]).predict_proba(x[held])[:, 1]
    return roc_auc_score(y[held], scores), os.getpid()

def evaluate(data):
    x, y = data[["n_products", "tickets_90d"]].to_numpy(float), data["churned"].to_numpy()
    folds = data["customer_id"].to_numpy() % 2
    jobs = [(x, y, folds == k) for k in (0, 1)]
    {handed_over}
    own = all(process == os.getpid() for _, process in found)
    return {{"roc_auc": float(np.mean([score for score, _ in found])), "own": float(own)}}
"""

WORKERS = {
    "joblib": ("import joblib", "found = joblib.Parallel(n_jobs=2)(joblib.delayed(one_fold)(job) for job in jobs)"),
    "joblib, processes asked for": (
        "import joblib",
        "found = joblib.Parallel(2, backend='multiprocessing')(joblib.delayed(one_fold)(job) for job in jobs)",
    ),
    "a pool": ("import multiprocessing", "found = multiprocessing.Pool(2).map(one_fold, jobs)"),
    "a pool of a context": (
        "import multiprocessing",
        "with multiprocessing.get_context('fork').Pool(2) as pool:\n        found = pool.map(one_fold, jobs)",
    ),
    "an executor": (
        "from concurrent.futures import ProcessPoolExecutor",
        "with ProcessPoolExecutor(max_workers=2) as pool:\n        found = list(pool.map(one_fold, jobs))",
    ),
}


@pytest.mark.parametrize(("imports", "handed_over"), WORKERS.values(), ids=WORKERS)
def test_fits_of_workers_are_seen(imports: str, handed_over: str) -> None:
    """Both fits are in the account, in one process, watched or not, and the claim is the same."""
    source = FITTED.format(imports=imports, handed_over=handed_over)
    plain, traced = (run(source, public(150), watched) for watched in (False, True))
    assert plain.claims == traced.claims
    assert plain.claims["own"] == 1.0
    assert len(json.loads(traced.account)["fits"]) == 2
