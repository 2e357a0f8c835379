"""What the processes behind generated tables have in common: drawing by share, rows read in twice, text and dates."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from graders.model.arrays import IntArray
from graders.model.later import pd


def draw(rng: np.random.Generator, shares: dict[str, float], size: int) -> npt.NDArray[np.object_]:
    """`size` keys of `shares`, each with its share."""
    return rng.choice(np.array(list(shares), dtype=object), size, p=list(shares.values()))


def twice(rng: np.random.Generator, rows: IntArray, share: float) -> IntArray:
    """The rows in random order, `share` of them twice."""
    copies = rng.choice(len(rows), int(share * len(rows)), replace=False)
    order = rng.permutation(np.concatenate([np.arange(len(rows)), copies]))
    return np.asarray(rows[order], dtype=np.int64)


def text(values: object) -> pd.Series:
    return pd.Series(values, dtype="str")


def dates(values: pd.Series) -> pd.Series:
    return text(values.dt.strftime("%Y-%m-%d"))
