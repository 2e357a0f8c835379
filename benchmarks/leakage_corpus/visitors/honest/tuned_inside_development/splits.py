"""One way to hold rows out: other customers, in later months."""

import numpy as np
import pandas as pd

from config import CONFIG


def hold_out(frame: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    units = np.sort(frame[CONFIG.unit].unique())
    held = set(rng.choice(units, size=int(CONFIG.held_out_units * len(units)), replace=False))
    cut = frame[CONFIG.time].sort_values().iloc[int((1 - CONFIG.held_out_time) * len(frame))]
    theirs, late = frame[CONFIG.unit].isin(held), frame[CONFIG.time] >= cut
    return frame[~theirs & ~late], frame[theirs & late]
