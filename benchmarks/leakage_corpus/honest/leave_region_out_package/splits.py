"""Splitters over (region, time): each yields positions and says nothing about models."""
from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd


class RegionForward:
    """Hold out `region`, learn from the other regions before `start`, judge from `start` on."""

    def __init__(self, start: str):
        self.start = start

    def split(self, rows: pd.DataFrame) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
        late = rows["snapshot_date"].to_numpy(dtype=str) >= self.start
        region = rows["region"].to_numpy(dtype=str)
        for name in sorted(set(region)):
            yield name, np.flatnonzero((region != name) & ~late), np.flatnonzero((region == name) & late)
