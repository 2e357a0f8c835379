"""Fitting, saving, loading and applying the model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.linear_model import PoissonRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from demand import features, schema
from demand.config import MAX_ITERATIONS, MEDIAN_OVER_MEAN, PENALTY, SCHEMA_VERSION, SHRINKAGE, STORE
from demand.features import FloatArray

MODEL_FILE = "model.joblib"
METADATA_FILE = "metadata.json"


class ArtefactError(RuntimeError):
    """The saved model does not belong to this version of the code."""


@dataclass(frozen=True)
class Forecaster:
    """What stores of a kind sell on average, and the factor by which each known store sells more or less."""

    stores_alike: Pipeline
    levels: Mapping[int, float]


def fit(rows: pd.DataFrame) -> Forecaster:
    """The model fitted on checked rows with the target."""
    kept = rows.drop_duplicates()
    inputs, asked = features.build(kept), features.demand(kept)
    stores_alike = make_pipeline(
        SimpleImputer(keep_empty_features=True),
        StandardScaler(),
        PoissonRegressor(alpha=PENALTY, max_iter=MAX_ITERATIONS),
    )
    stores_alike.fit(inputs, asked)
    usual = stores_alike.predict(inputs)
    sums = pd.DataFrame({"asked": asked, "usual": usual}).groupby(kept[STORE].to_numpy()).sum()
    levels = (sums["asked"] + SHRINKAGE) / (sums["usual"] + SHRINKAGE)
    return Forecaster(stores_alike, {int(store): float(level) for store, level in levels.items()})


def predict(fitted: Forecaster, rows: pd.DataFrame) -> FloatArray:
    """Units asked for in each checked row; a store without history is taken to be like others of its kind."""
    level = rows[STORE].map(fitted.levels).astype("float64").fillna(1.0).to_numpy()
    return np.asarray(MEDIAN_OVER_MEAN * level * fitted.stores_alike.predict(features.build(rows)), dtype=np.float64)


def metadata(rows: pd.DataFrame) -> dict[str, object]:
    """What must be known of the training rows to notice that later ones differ."""
    return {"schema_version": SCHEMA_VERSION, "rows": len(rows), "shares": schema.category_shares(rows)}


def save(fitted: Forecaster, about: Mapping[str, object], model_dir: Path) -> None:
    model_dir.mkdir(parents=True, exist_ok=True)
    joblib.dump(fitted, model_dir / MODEL_FILE)
    (model_dir / METADATA_FILE).write_text(json.dumps(about, indent=1))


def load(model_dir: Path) -> tuple[Forecaster, dict[str, dict[str, float]]]:
    """The fitted model and the category shares it was trained on.

    Raises:
        ArtefactError: it was saved under another schema version.
    """
    about = json.loads((model_dir / METADATA_FILE).read_text())
    if about["schema_version"] != SCHEMA_VERSION:
        raise ArtefactError(f"model has schema {about['schema_version']}, this code needs {SCHEMA_VERSION}")
    return joblib.load(model_dir / MODEL_FILE), about["shares"]
