"""From checked rows to features, and from tills to demand.  Nothing is fitted here: each row stands alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from demand.config import (
    CHRISTMAS_DAYS,
    CLOSES,
    DATE,
    EASTER,
    EASTER_DAYS,
    LEAST_HOURS,
    NEW_PLAN,
    OPENS,
    TARGET,
    UNITS_PER_PACK,
    WEEKS_TO_SETTLE,
)
from demand.schema import CATEGORIES

FloatArray = npt.NDArray[np.float64]
FRIDAY, SATURDAY = 4, 5
DAYS_IN_YEAR = 365.25
CHRISTMAS_DAY_OF_YEAR = 359


def build(rows: pd.DataFrame) -> pd.DataFrame:
    """Features of the rows, all float64, with the index of `rows`.

    What multiplies demand adds to its logarithm.  Discounts, weekdays and seasons have an effect for each article.
    """
    day = dates(rows[DATE])
    moving, article = of_the_day(rows, day), indicators(rows["article"], CATEGORIES["article"])
    kind = indicators(rows["format"], CATEGORIES["format"])
    parts = [
        of_the_store(rows, day),
        moving,
        article,
        kind,
        *(indicators(rows[name], CATEGORIES[name]) for name in ("area", "region")),
        crossed(article, moving),
        crossed(kind, moving[["saturday"]]),
        crossed(kind, indicators(rows["category"], CATEGORIES["category"])),
    ]
    return pd.concat(parts, axis=1)


def of_the_store(rows: pd.DataFrame, day: pd.Series) -> pd.DataFrame:
    """Size, shelf and price as logarithms, the year, and how young the store is: 1 on its first day, then ever less."""
    weeks = ((day - dates(rows["opened_on"])).dt.days / 7).clip(lower=0)
    return pd.DataFrame(
        {
            "log_size": np.log(rows["size_m2"]),
            "log_shelf": np.log1p(shelf_in_units(rows["shelf_units"], day)),
            "log_price": np.log(rows["price_eur"]),
            "years": (day - pd.Timestamp("2022-01-01")).dt.days / DAYS_IN_YEAR,
            "young": np.exp(-weeks / WEEKS_TO_SETTLE),
        }
    )


def of_the_day(rows: pd.DataFrame, day: pd.Series) -> pd.DataFrame:
    """The promotion, the day of the week and the season; missing where the date is."""
    year = 2 * np.pi * day.dt.day_of_year / DAYS_IN_YEAR
    to_easter, to_christmas = days_to_easter(day), CHRISTMAS_DAY_OF_YEAR - day.dt.day_of_year
    return pd.DataFrame(
        {
            "discount": rows["discount"],
            "leaflet": rows["in_leaflet"],
            "friday": (day.dt.day_of_week == FRIDAY).astype("float64"),
            "saturday": (day.dt.day_of_week == SATURDAY).astype("float64"),
            "winter": np.cos(year),
            "spring": np.sin(year),
            "easter": to_easter.between(1, EASTER_DAYS).astype("float64"),
            "christmas": to_christmas.between(1, CHRISTMAS_DAYS).astype("float64"),
        }
    )


def indicators(values: pd.Series, known: Sequence[str]) -> pd.DataFrame:
    """A column of ones and noughts for each known category; all nought for others."""
    return pd.DataFrame({f"{values.name}={name}": (values == name).astype("float64") for name in known})


def crossed(groups: pd.DataFrame, numbers: pd.DataFrame) -> pd.DataFrame:
    """Each of the numbers once for each group, nought outside of it."""
    return pd.DataFrame(
        {f"{group}, {name}": groups[group] * numbers[name] for group in groups for name in numbers}, index=groups.index
    )


def dates(values: pd.Series) -> pd.Series:
    """Dates from text; what is no date is missing."""
    return pd.to_datetime(values.astype("object"), format="%Y-%m-%d", errors="coerce")


def days_to_easter(day: pd.Series) -> pd.Series:
    """Days until Easter Sunday of the same year, negative after it; missing in years that are not listed."""
    easter = pd.to_datetime(day.dt.year.map(EASTER))
    return (easter - day).dt.days.astype("float64")


def shelf_in_units(shelf: pd.Series, day: pd.Series) -> pd.Series:
    """The shelf in units; the old plan counts packs."""
    return shelf.where(~(day < pd.Timestamp(NEW_PLAN)), shelf * UNITS_PER_PACK)


def demand(rows: pd.DataFrame) -> FloatArray:
    """Units that customers asked for, worked out of what the tills have; shape (rows,).

    What was brought back is added again.  Where the shelf ran empty, customers are taken to come evenly, so that sales
    until that hour stand for the whole day.
    """
    sold = (rows[TARGET] + rows["returned_units"]).to_numpy(dtype=np.float64)
    open_for = (rows["sold_out_hour"] - OPENS).clip(LEAST_HOURS, CLOSES - OPENS).fillna(CLOSES - OPENS)
    return np.asarray(sold * (CLOSES - OPENS) / open_for.to_numpy(), dtype=np.float64)
