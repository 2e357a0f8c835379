"""Hand rows one by one to steps of scikit-learn that work on all rows of a call together.

A prediction that then no longer changes with its batch changed by such a step, and by nothing else.
"""

from __future__ import annotations

import copy
import functools
import importlib
from collections.abc import Callable
from typing import Any

#: Classes with such a `transform` of their own, by module (scikit-learn 1.9).
STEPS = {
    "sklearn.decomposition._nmf": ("NMF", "MiniBatchNMF"),
    "sklearn.decomposition._sparse_pca": ("_BaseSparsePCA",),
    "sklearn.impute._iterative": ("IterativeImputer",),
}


def install() -> None:
    """From now on each of the STEPS sees single rows, as far as this scikit-learn has it."""
    for module, names in STEPS.items():
        try:
            found = importlib.import_module(module)
        except ImportError:
            continue
        for name in names:
            step = getattr(found, name, None)
            if step is not None and "transform" in vars(step):
                step.transform = one_by_one(step.transform)


def one_by_one(transform: Callable[..., Any]) -> Callable[..., Any]:
    """`transform` of each row by a step that no other row has touched, and their answers below each other."""

    @functools.wraps(transform)
    def of_rows(self: Any, rows: Any, *more: Any, **options: Any) -> Any:
        count = rows.shape[0]
        if count < 2:
            return transform(copy.deepcopy(self), rows, *more, **options)
        take = getattr(rows, "iloc", rows)
        return stacked([transform(copy.deepcopy(self), take[n : n + 1], *more, **options) for n in range(count)])

    return of_rows


def stacked(parts: list[Any]) -> Any:
    if hasattr(parts[0], "iloc"):
        import pandas as pd  # noqa: PLC0415  (the answers are of its kind)

        return pd.concat(parts)
    import numpy as np  # noqa: PLC0415

    return np.vstack(parts)
