"""CatBoost, averaged over seeds, stopped on customers of its own training rows."""

import json
import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from catboost import CatBoostClassifier, Pool
from sklearn.model_selection import GroupShuffleSplit

from .config import Config
from .features import Features

log = logging.getLogger(__name__)


@dataclass
class Ensemble:
    members: list[CatBoostClassifier]
    columns: list[str]

    def predict_proba(self, rows: pd.DataFrame) -> np.ndarray:
        return np.mean([m.predict_proba(rows[self.columns])[:, 1] for m in self.members], axis=0)

    def save(self, folder: Path) -> None:
        for number, member in enumerate(self.members):
            member.save_model(str(folder / f"member_{number}.cbm"))
        (folder / "columns.json").write_text(json.dumps({"columns": self.columns, "members": len(self.members)}))


def load_model(folder: Path) -> Ensemble:
    saved = json.loads((folder / "columns.json").read_text())
    members = [CatBoostClassifier().load_model(str(folder / f"member_{n}.cbm")) for n in range(saved["members"])]
    return Ensemble(members, saved["columns"])


def find_rounds(rows: pd.DataFrame, config: Config) -> int:
    """How many trees: on a fifth of the customers in `rows`."""
    columns = [*config.numeric, *config.categorical]
    inner = GroupShuffleSplit(n_splits=1, test_size=0.2, random_state=0)
    fit, stop = next(inner.split(rows, groups=rows[config.group]))
    pools = [Pool(part[columns], part[config.target], cat_features=list(config.categorical)) for part in (rows.iloc[fit], rows.iloc[stop])]
    probe = CatBoostClassifier(**config.catboost, random_seed=0, eval_metric="AUC")
    probe.fit(pools[0], eval_set=pools[1], early_stopping_rounds=30, use_best_model=True)
    log.info("rounds: %d (AUC on the stopping customers %.4f)", probe.tree_count_, probe.get_best_score()["validation"]["AUC"])
    return max(probe.tree_count_, 20)


def fit(rows: pd.DataFrame, config: Config) -> Ensemble:
    columns = [*config.numeric, *config.categorical]
    rounds = find_rounds(rows, config)
    members = []
    for seed in config.seeds:
        model = CatBoostClassifier(**{**config.catboost, "iterations": rounds}, random_seed=seed)
        members.append(model.fit(rows[columns], rows[config.target], cat_features=list(config.categorical)))
    return Ensemble(members, columns)


def fit_final(data: pd.DataFrame, config: Config) -> Ensemble:
    """The model that is shipped: all rows."""
    return fit(Features(config)(data).drop_duplicates(), config)
