"""A folder of fitted steps, so that none is fitted twice."""

import tempfile
from pathlib import Path

import joblib

FOLDER = Path(tempfile.gettempdir()) / "churn_steps"


def kept(name, make):
    """What is kept under this name, made where it is missing."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.joblib"
    if not path.exists():
        joblib.dump(make(), path)
    return joblib.load(path)


def forget():
    for path in FOLDER.glob("*.joblib"):
        path.unlink()
