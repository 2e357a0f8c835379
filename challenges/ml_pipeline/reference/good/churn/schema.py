"""What rows must look like, and what is said when they do not."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

import pandas as pd

from churn.config import CUSTOMER, SNAPSHOT, TARGET

log = logging.getLogger(__name__)

#: Categories of the training data; others are treated as "none of these" and reported.
CATEGORIES: dict[str, tuple[str, ...]] = {
    "region": ("north", "south", "east", "west", "metro"),
    "contract": ("monthly", "one_year", "two_year"),
    "plan": ("S", "M", "L"),
    "channel": ("web", "shop", "phone", "partner"),
    "payment_method": ("card", "debit", "transfer"),
}
#: Plausible values of numeric columns; anything outside counts as missing.
RANGES: dict[str, tuple[float, float]] = {
    "n_products": (1, 20),
    "discount_pct": (0, 100),
    "usage_gb": (0, 1_000_000),
    "usage_trend": (-20, 20),
    "tickets_90d": (0, 1_000),
    "late_payments_12m": (0, 100),
    "satisfaction": (1, 10),
}
OTHERS = (SNAPSHOT, "signup_date", "age", "discount_end_date", "monthly_charge")
#: A category share this far from the training data is worth a look.
DRIFT = 0.1


class SchemaError(ValueError):
    """The rows lack columns without which no prediction is possible."""


def checked(data: pd.DataFrame, *, with_target: bool) -> pd.DataFrame:
    """The rows with implausible numbers set to missing and categories in one spelling, in the same order.

    Raises:
        SchemaError: naming the columns that are missing.
    """
    needed = [*CATEGORIES, *RANGES, *OTHERS, *([TARGET, CUSTOMER] if with_target else [])]
    missing = [name for name in needed if name not in data.columns]
    if missing:
        raise SchemaError(f"missing columns: {', '.join(missing)}")
    rows = data[needed].copy()
    for name, (low, high) in RANGES.items():
        rows[name] = _within(rows[name], low, high)
    for name, known in CATEGORIES.items():
        rows[name] = _spelled(rows[name], known)
    return rows


def _within(values: pd.Series, low: float, high: float) -> pd.Series:
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    plausible = numbers.between(low, high)
    refused = int((~plausible & values.notna()).sum())
    if refused:
        log.warning("%s: %d values outside %g to %g are treated as missing", values.name, refused, low, high)
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
    """Log, and return, what has moved since training by more than DRIFT; small batches are too noisy to tell."""
    if len(rows) < 500:
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
