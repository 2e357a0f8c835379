"""Fitting, saving, loading and applying the model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import joblib
import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from tickets import features, schema
from tickets.config import AGENCY_LANGUAGES, LOGISTIC, MIGRATION, OPENED, SCHEMA_VERSION, TARGET, TEAMS

MODEL_FILE = "model.joblib"
METADATA_FILE = "metadata.json"


class ArtefactError(RuntimeError):
    """The saved model does not belong to this version of the code."""


def fit(rows: pd.DataFrame) -> Pipeline:
    """The model fitted on checked rows with the target; everything learnt lies inside the pipeline."""
    kept = rows[fairly_collected(rows)].drop_duplicates()
    columns = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), list(schema.CATEGORIES)),
        (make_pipeline(SimpleImputer(), StandardScaler()), make_column_selector(dtype_include="number")),
    )
    return make_pipeline(columns, LogisticRegression(**LOGISTIC)).fit(features.build(kept), kept[TARGET])


def fairly_collected(rows: pd.DataFrame) -> pd.Series:
    """Whether a ticket would have been handed over whichever team had answered it."""
    return ~(rows["language"].isin(AGENCY_LANGUAGES) & (rows[OPENED] < MIGRATION))


def predict(fitted: Pipeline, rows: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Probability of each team for each checked row, shape (rows, teams); 0 for a team that was in no training row."""
    known = pd.DataFrame(fitted.predict_proba(features.build(rows)), columns=fitted.classes_)
    return known.reindex(columns=list(TEAMS), fill_value=0.0).to_numpy(dtype=np.float64)


def metadata(rows: pd.DataFrame) -> dict[str, object]:
    """What must be known of the training rows to notice that later ones differ."""
    return {"schema_version": SCHEMA_VERSION, "rows": len(rows), "shares": schema.category_shares(rows)}


def save(fitted: Pipeline, about: Mapping[str, object], model_dir: Path) -> None:
    model_dir.mkdir(parents=True, exist_ok=True)
    joblib.dump(fitted, model_dir / MODEL_FILE)
    (model_dir / METADATA_FILE).write_text(json.dumps(about, indent=1))


def load(model_dir: Path) -> tuple[Pipeline, dict[str, dict[str, float]]]:
    """The fitted model and the category shares it was trained on.

    Raises:
        ArtefactError: it was saved under another schema version.
    """
    about = json.loads((model_dir / METADATA_FILE).read_text())
    if about["schema_version"] != SCHEMA_VERSION:
        raise ArtefactError(f"model has schema {about['schema_version']}, this code needs {SCHEMA_VERSION}")
    return joblib.load(model_dir / MODEL_FILE), about["shares"]
