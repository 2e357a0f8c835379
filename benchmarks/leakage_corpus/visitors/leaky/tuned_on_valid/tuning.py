"""Grid search over a hold-out of its own."""

import logging
from itertools import product

import pandas as pd
from lightgbm import LGBMClassifier
from sklearn.metrics import roc_auc_score

from config import CONFIG
from features import apply, build, freeze
from splits import hold_out

log = logging.getLogger(__name__)


def new_model(params: dict) -> LGBMClassifier:
    return LGBMClassifier(**params, subsample=0.8, subsample_freq=1, random_state=CONFIG.seed, n_jobs=1, verbose=-1)


def fitted(rows: pd.DataFrame, params: dict) -> tuple[LGBMClassifier, dict]:
    x = build(rows)
    levels = freeze(x)
    return new_model(params).fit(apply(x, levels), rows[CONFIG.target]), levels


def scores(model: LGBMClassifier, levels: dict, rows: pd.DataFrame):
    return model.predict_proba(apply(build(rows), levels))[:, 1]


def best_params(frame: pd.DataFrame) -> dict:
    fit_rows, valid = hold_out(frame, CONFIG.seed)
    tried = []
    for values in product(*CONFIG.grid.values()):
        params = dict(zip(CONFIG.grid, values, strict=True))
        model, levels = fitted(fit_rows, params)
        auc = roc_auc_score(valid[CONFIG.target], scores(model, levels, valid))
        log.info("%s valid auc %.4f", params, auc)
        tried.append((auc, params))
    return max(tried, key=lambda pair: pair[0])[1]
