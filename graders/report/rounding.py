"""Rounding, done once: whatever shows a report shows these very numbers."""

from __future__ import annotations

import math

#: Decimals of each kind of number in a report.
POINTS, METRIC, CURVE, SECONDS, MEGABYTES = 1, 3, 4, 2, 1


def rounded(value: object, digits: int) -> float | None:
    """A finite number to `digits` decimals, never -0.0; None for anything else."""
    if value is None:
        return None
    number = float(value)  # type: ignore[arg-type]  # numpy scalars, ints and floats alike
    return round(number, digits) + 0.0 if math.isfinite(number) else None


def decimals(value: float | None) -> int:
    """How many decimals a number of this size is told with: three below ten, none from a thousand."""
    size = abs(value) if value is not None and math.isfinite(value) else 0.0
    return METRIC - sum(size >= step for step in (10, 100, 1000))
