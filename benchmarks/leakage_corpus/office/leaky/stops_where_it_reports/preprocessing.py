import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder

NUMERIC = ["area", "rooms", "storey", "built", "to_centre"]


def ratios(flats: pd.DataFrame) -> pd.DataFrame:
    """Ratios within a row."""
    return pd.DataFrame(
        {
            "area_per_room": flats["area"] / flats["rooms"],
            "log_area": np.log(flats["area"]),
            "distance_known": flats["to_centre"].notna().astype(int),
        }
    )


def make_preprocessor() -> Pipeline:
    table = ColumnTransformer(
        [
            ("numeric", "passthrough", NUMERIC),
            ("ratios", FunctionTransformer(ratios), ["area", "rooms", "to_centre"]),
            ("energy", OrdinalEncoder(categories=[list("ABCDEFG")]), ["energy"]),
            ("nominal", OneHotEncoder(handle_unknown="ignore", min_frequency=15, sparse_output=False), ["district", "kind"]),
        ]
    )
    return Pipeline([("table", table)])
