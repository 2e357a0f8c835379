"""How well the model will do on the next two months, of known stores and of new ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.metrics import mean_absolute_error

from demand import features, model
from demand.config import BOOTSTRAP_DRAWS, DATE, NEW_PARTS, SEED, STORE, STORE_PARTS, VALIDATION_MONTHS
from demand.features import FloatArray


def forward_forecasts(rows: pd.DataFrame) -> pd.DataFrame:
    """The last months, with the forecast of a model that saw earlier ones and three stores in five.

    Every store is held out in some of the rounds, and in all of them together two rows in five are of new stores.
    Returns the held-out rows with the columns `asked`, `forecast` and `baseline`.
    """
    rows = rows.drop_duplicates()
    late = rows[DATE] >= cut(rows[DATE])
    part = parts_of_stores(rows[STORE])
    rounds = []
    for first in range(0, STORE_PARTS, NEW_PARTS):
        new = part.isin([(first + offset) % STORE_PARTS for offset in range(NEW_PARTS)])
        train, test = rows[~late & ~new], rows[late]
        forecast = model.predict(model.fit(train), test)
        rounds.append(test.assign(asked=features.demand(test), forecast=forecast, baseline=baseline(train, test)))
    return pd.concat(rounds, ignore_index=True)


def parts_of_stores(stores: pd.Series) -> pd.Series:
    """The part, from 0 to STORE_PARTS - 1, that each row's store was put into at random."""
    names = np.random.default_rng(SEED).permutation(np.sort(stores.unique()))
    return stores.map({name: number % STORE_PARTS for number, name in enumerate(names)})


def cut(days: pd.Series) -> str:
    """The first day of the last VALIDATION_MONTHS months: as far ahead as the model will be used."""
    months = sorted(days.dropna().str.slice(0, 7).unique())
    return f"{months[-VALIDATION_MONTHS] if len(months) > VALIDATION_MONTHS else months[-1]}-01"


def baseline(train: pd.DataFrame, test: pd.DataFrame) -> FloatArray:
    """The median of the article in stores of the format: what a planner has in a table."""
    keys = ["article", "format"]
    asked = train.assign(asked=features.demand(train))
    usual = asked.groupby(keys)["asked"].median().rename("usual").reset_index()
    found = test[keys].merge(usual, on=keys, how="left")["usual"]
    return found.fillna(asked["asked"].median()).to_numpy(dtype=np.float64)


def summary(held_out: pd.DataFrame) -> dict[str, float]:
    """Errors of held-out rows, with an interval over stores, and the error and the bias by area."""
    error = (held_out["forecast"] - held_out["asked"]).abs()
    low, high = interval(error, held_out[STORE])
    found = {
        "mae": float(mean_absolute_error(held_out["asked"], held_out["forecast"])),
        "mae_low": low,
        "mae_high": high,
        "baseline_mae": float(mean_absolute_error(held_out["asked"], held_out["baseline"])),
        "bias": float((held_out["forecast"] - held_out["asked"]).mean()),
    }
    for area, rows in held_out.groupby("area"):
        found[f"mae_area_{area}"] = float(mean_absolute_error(rows["asked"], rows["forecast"]))
        found[f"bias_area_{area}"] = float((rows["forecast"] - rows["asked"]).mean())
    return found


def interval(error: pd.Series, stores: pd.Series) -> tuple[float, float]:
    """95 % bootstrap interval of a mean; stores are drawn, since rows of one are not independent."""
    rng = np.random.default_rng(SEED)
    of_store = error.groupby(stores).agg(["sum", "size"]).to_numpy()
    drawn = rng.integers(0, len(of_store), (BOOTSTRAP_DRAWS, len(of_store)))
    sums = of_store[drawn].sum(axis=1)
    low, high = np.quantile(sums[:, 0] / sums[:, 1], [0.025, 0.975])
    return float(low), float(high)
