"""Loading and splitting."""

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold, GroupShuffleSplit

ENERGY = "ABCDEFG"


def load(data: pd.DataFrame) -> pd.DataFrame:
    return data.drop(columns="agent_fee").drop_duplicates(ignore_index=True)


def folds(flats: pd.DataFrame, n: int):
    for rest, test in GroupKFold(n, shuffle=True, random_state=1).split(flats, groups=flats["building_id"]):
        yield flats.iloc[rest], flats.iloc[test]


def monitored(flats: pd.DataFrame, share: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows to fit and rows to watch while fitting; buildings are on one side."""
    splitter = GroupShuffleSplit(n_splits=1, test_size=share, random_state=2)
    fit, watch = next(splitter.split(flats, groups=flats["building_id"]))
    return flats.iloc[fit], flats.iloc[watch]


def matrix(flats: pd.DataFrame) -> pd.DataFrame:
    X = flats[["area", "rooms", "storey", "built", "to_centre"]].astype(float)
    X["energy"] = flats["energy"].map(ENERGY.index)
    X["district"] = flats["district"].str[1:].astype(int)
    X["kind"] = flats["kind"].map({"brick": 0, "panel": 1, "wood": 2, "steel": 3})
    X["per_room"] = np.log(X["area"] / X["rooms"])
    return X
