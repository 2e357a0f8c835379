"""What rows must look like, and what is said when they do not."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

import pandas as pd

from demand.config import DATE, STORE, TARGET

log = logging.getLogger(__name__)

#: Categories of the training data; others are treated as "none of these" and reported.
CATEGORIES: dict[str, tuple[str, ...]] = {
    "area": ("city", "suburb", "rural"),
    "format": ("supermarket", "city", "kiosk"),
    "region": ("north", "south", "east", "west"),
    "category": ("bakery", "dairy", "produce", "drinks", "sweets", "household"),
    "article": (
        *("rye bread", "butter rolls", "whole milk", "eggs", "apples", "salad"),
        *("lager", "lemonade", "chocolate", "ice cream", "candles", "umbrellas"),
    ),
}
#: Plausible values of numeric columns; anything outside counts as missing.
RANGES: dict[str, tuple[float, float]] = {
    "size_m2": (5, 50_000),
    "price_eur": (0.01, 1_000),
    "discount": (0, 0.95),
    "in_leaflet": (0, 1),
    "shelf_units": (0, 10_000),
}
#: First and last plausible day of each date column; anything outside counts as missing.
DATES: dict[str, tuple[str, str]] = {
    DATE: ("2015-01-01", "2039-12-31"),
    "opened_on": ("1950-01-01", "2039-12-31"),
}
#: Known only after the day; training needs them to work out what was asked for.
AFTERWARDS = ("sold_out_hour", "returned_units")
#: A category share this far from the training data is worth a look.
DRIFT = 0.1
#: Smaller batches are too noisy to tell drift from chance.
LEAST_BATCH = 500


class SchemaError(ValueError):
    """The rows lack columns without which no forecast is possible."""


def checked(data: pd.DataFrame, *, with_target: bool) -> pd.DataFrame:
    """The rows with implausible numbers set to missing and categories in one spelling, in the same order.

    Raises:
        SchemaError: naming the columns that are missing.
    """
    needed = [STORE, *CATEGORIES, *RANGES, *DATES, *([*AFTERWARDS, TARGET] if with_target else [])]
    missing = [name for name in needed if name not in data.columns]
    if missing:
        raise SchemaError(f"missing columns: {', '.join(missing)}")
    rows = data[needed].copy()
    for name, (low, high) in RANGES.items():
        rows[name] = _within(rows[name], low, high)
    for name, (first, last) in DATES.items():
        rows[name] = _between(rows[name], first, last)
    for name, known in CATEGORIES.items():
        rows[name] = _spelled(rows[name], known)
    for name in (*CATEGORIES, *RANGES, *DATES):
        if len(rows) > 1 and rows[name].isna().all():
            log.warning("%s: no value in any of %d rows", name, len(rows))
    return rows


def _between(values: pd.Series, first: str, last: str) -> pd.Series:
    """Dates as text, those outside the range set to missing; ISO dates order as text does."""
    text = values.astype("object")
    plausible = text.isna() | text.astype(str).between(first, last)
    if not plausible.all():
        log.warning("%s: %d dates outside %s to %s count as missing", values.name, (~plausible).sum(), first, last)
    return text.where(plausible)


def _within(values: pd.Series, low: float, high: float) -> pd.Series:
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    plausible = numbers.between(low, high)
    refused = int((~plausible & values.notna()).sum())
    if refused:
        log.warning("%s: %d values outside %g to %g count as missing", values.name, refused, low, high)
    return numbers.where(plausible)


def _spelled(values: pd.Series, known: Sequence[str]) -> pd.Series:
    """Each value as its known category, whatever its case; "other" where there is none."""
    spelling = {name.lower(): name for name in known}
    text = values.astype("object").map(lambda value: spelling.get(str(value).strip().lower(), "other"))
    unknown = sorted(set(values[text == "other"].astype(str)))
    if unknown:
        log.warning("%s: unknown categories %s", values.name, unknown[:5])
    return text.astype("object")


def category_shares(rows: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Share of every category of the checked rows, by column: what drift is measured against."""
    return {
        name: {str(key): float(share) for key, share in rows[name].value_counts(normalize=True).items()}
        for name in CATEGORIES
    }


def report_drift(rows: pd.DataFrame, known: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Log, and return, what has moved since training by more than DRIFT."""
    if len(rows) < LEAST_BATCH:
        return []
    moved = [
        f"{name}={category}: {shares.get(category, 0.0):.2f} at training, {now:.2f} now"
        for name, shares in known.items()
        for category, now in category_shares(rows)[name].items()
        if abs(now - shares.get(category, 0.0)) > DRIFT
    ]
    for line in moved:
        log.warning("drift: %s", line)
    return moved
