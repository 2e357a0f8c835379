"""The arrays that numbers travel in."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


IntArray = npt.NDArray[np.int64]

#: What happened in each row: int64 for 0 or 1 and for the number of a class, float64 for a target's own value.
Truth = npt.NDArray[Any]
