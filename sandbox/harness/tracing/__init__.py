"""Follow the rows of the data through a candidate's own evaluation, from inside its process.

Nothing written here is trusted: the candidate's code runs beside it and could change any of it.  What it says
explains and raises suspicion; it is confirmed by measurements from outside.
"""

from __future__ import annotations

import importlib
import os

from . import rewrite
from .boosters import Boosters
from .estimators import Estimators
from .evaluation import Evaluation
from .frames import Frames
from .regressions import Regressions
from .saved import LIBRARIES as SAVERS
from .saved import Saved
from .seeing import Seeing
from .tracer import Tracer

__all__ = ["Tracer", "install"]

SKLEARN_PARTS = ("metrics", "model_selection", "pipeline", "compose", "preprocessing")


def install(folder: str) -> Tracer:
    """Hook the libraries that the submission in `folder` names; nothing of it has been imported yet."""
    tracer = Tracer(folder)
    saved = Saved(tracer)
    named = names(folder)
    Frames(tracer).install()
    if named & {"sklearn", "imblearn", "lightgbm", "xgboost", "category_encoders"}:
        for part in SKLEARN_PARTS:
            importlib.import_module(f"sklearn.{part}")
        Estimators(tracer).install()
        Evaluation(tracer).install()
        saved.install(named)
    boosters = Boosters(tracer, Evaluation(tracer), saved)
    hooks = {
        "lightgbm": boosters.install_lightgbm,
        "xgboost": boosters.install_xgboost,
        "catboost": boosters.install_catboost,
        "statsmodels": Regressions(tracer).install,
    }
    for library, hook in hooks.items():
        if library in named:
            try:
                hook()
            except ImportError:
                continue  # it is not installed; the candidate will hear of it
    Seeing(tracer, _of_polars() if "polars" in named else ()).install()
    rewrite.watch_imports(folder)
    return tracer


def _of_polars() -> tuple[type, ...]:
    """The tables of polars; none where it is not installed."""
    try:
        polars = importlib.import_module("polars")
    except ImportError:
        return ()
    return polars.DataFrame, polars.Series


def names(folder: str) -> set[str]:
    """The libraries whose name occurs in the submission's modules."""
    found: set[str] = set()
    for place, _, files in os.walk(folder):
        for file in sorted(files):
            if file.endswith(".py"):
                with open(os.path.join(place, file), "rb") as source:
                    text = source.read()
                found |= {name for name in LIBRARIES if name.encode() in text}
    return found


LIBRARIES = (
    "sklearn",
    "imblearn",
    "lightgbm",
    "xgboost",
    "catboost",
    "category_encoders",
    "polars",
    "statsmodels",
    *SAVERS,
)
