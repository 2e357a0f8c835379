"""The names that libraries chose: `python -m tests.graders.similarity.names > graders/similarity/names.txt`."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

OWNERS = (np, np.ndarray, np.random.Generator, pd, pd.DataFrame, pd.Series, Pipeline, str, list, dict)


def names() -> frozenset[str]:
    return frozenset(name for owner in OWNERS for name in dir(owner) if not name.startswith("_"))


if __name__ == "__main__":
    print(textwrap.fill(" ".join(sorted(names())), 120))  # noqa: T201
