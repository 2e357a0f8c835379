"""What a column of measured numbers can hold, and the smallest moves within that."""

from __future__ import annotations

import numpy as np

from graders.model.arrays import FloatArray
from graders.model.challenge import Challenge
from graders.model.later import pd

#: So many decimals are a resolution; more are the digits of a measured number.
MOST_DECIMALS = 6
#: A move takes at most this share of the way to the next value, which keeps it below every cut between the two.
ROOM = 1 / 3
#: A step is small against its column where it is at most this share of the standard deviation.
SMALL_STEP = 1e-3


def step_of(taken: FloatArray) -> float:
    """The power of ten of which all values are multiples, from 1 down; 0 where they have more decimals."""
    for decimals in range(MOST_DECIMALS + 1):
        if np.allclose(taken, np.round(taken, decimals), rtol=1e-12, atol=0):
            return float(10.0**-decimals)
    return 0.0


def raised(values: pd.Series, known: pd.Series, share: FloatArray) -> pd.Series:
    """`values`, each raised by its `share` or by one step of the column, where the column can hold that.

    What the column holds is told by `known`.  A value with no room below the next one stays as it is.
    """
    taken = np.unique(known.to_numpy(np.float64, na_value=np.nan))
    taken = taken[np.isfinite(taken)]
    if not len(taken):
        return values
    old = values.to_numpy(np.float64, na_value=np.nan)
    above = np.append(taken, np.inf)[np.searchsorted(taken, old, "right")]
    room, step = ROOM * (above - old), step_of(taken)
    if step == 0:
        return values + np.where(np.isfinite(old), np.minimum(np.abs(old) * share, room), 0.0)
    free = (step <= room) & (step <= SMALL_STEP * float(taken.std()))
    return values.where(~free, np.round(old + step, MOST_DECIMALS))


def last_bits(rows: pd.DataFrame, challenge: Challenge) -> pd.DataFrame:
    """`rows` with measured numbers in their next larger value, where they are not rounded ones."""
    floats = [c.name for c in challenge.columns if c.type == "float" and c.name in rows]
    measured = [name for name in floats if step_of(rows[name].dropna().to_numpy(np.float64)) < 0.1]
    return rows.assign(**{name: np.nextafter(rows[name].to_numpy(np.float64), np.inf) for name in measured})
