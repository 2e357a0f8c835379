"""Forward validation with customers apart."""

from __future__ import annotations

import numpy as np
import pandas as pd


def forward_split(tickets: pd.DataFrame, share: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions for fitting and for judging: other customers, and no judged ticket before the cut."""
    rng = np.random.default_rng(seed)
    customers = np.sort(tickets["customer_id"].unique())
    held = rng.choice(customers, size=int(0.4 * len(customers)), replace=False)
    day = pd.to_datetime(tickets["opened_on"])
    cut = day.quantile(1 - share)
    is_held = tickets["customer_id"].isin(held).to_numpy()
    late = (day >= cut).to_numpy()
    return np.flatnonzero(~is_held & ~late), np.flatnonzero(is_held & late)
