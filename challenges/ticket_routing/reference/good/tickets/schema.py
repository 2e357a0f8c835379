"""What rows must look like, and what is said when they do not."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

import pandas as pd

from tickets.config import CUSTOMER, OPENED, TARGET, TEAMS

log = logging.getLogger(__name__)

#: Categories of the training data; others are treated as "none of these" and reported.
CATEGORIES: dict[str, tuple[str, ...]] = {
    "channel": ("form", "mail", "phone"),
    "language": ("de", "fr", "it", "en"),
    "segment": ("private", "business"),
    "product": ("thermostat", "camera", "speaker", "lock"),
    "topic": ("bill", "parcel", "return", "fault", "setup", "login", "contract", "other"),
    "error_code": ("E10", "E20", "E31", "A05", "none"),
    "parcel_state": ("none", "underway", "delivered", "lost"),
}
#: Plausible values of numeric columns; anything outside counts as missing.
RANGES: dict[str, tuple[float, float]] = {
    "hour": (0, 23),
    "days_since_order": (0, 20_000),
    "days_since_invoice": (0, 20_000),
    "length": (0, 100_000),
    "photos": (0, 100),
    "open_tickets": (0, 1_000),
    "tone": (-1, 1),
}
#: First and last plausible day of each date column; anything outside counts as missing.
DATES: dict[str, tuple[str, str]] = {
    OPENED: ("2015-01-01", "2039-12-31"),
    "customer_since": ("1990-01-01", "2039-12-31"),
}
OTHERS = ("age", "last_order_value")
#: A category share this far from the training data is worth a look.
DRIFT = 0.1
#: Shares of a smaller batch are too noisy to tell.
DRIFT_ROWS = 500


class SchemaError(ValueError):
    """The rows lack columns, or hold teams, with which nothing can be done."""


def checked(data: pd.DataFrame, *, with_target: bool) -> pd.DataFrame:
    """The rows with implausible numbers set to missing and categories in one spelling, in the same order.

    Raises:
        SchemaError: naming the columns that are missing, or the teams that are unknown.
    """
    needed = [*CATEGORIES, *RANGES, *DATES, *OTHERS, *([TARGET, CUSTOMER] if with_target else [])]
    missing = [name for name in needed if name not in data.columns]
    if missing:
        raise SchemaError(f"missing columns: {', '.join(missing)}")
    rows = data[needed].copy()
    if with_target and not rows[TARGET].isin(TEAMS).all():
        raise SchemaError(f"unknown teams: {sorted(set(rows[TARGET].astype(str)) - set(TEAMS))}")
    rows["error_code"] = rows["error_code"].astype("object").where(rows["error_code"].notna(), "none")
    for name, (low, high) in RANGES.items():
        rows[name] = _within(rows[name], low, high)
    for name, (first, last) in DATES.items():
        rows[name] = _between(rows[name], first, last)
    for name, known in CATEGORIES.items():
        rows[name] = _spelled(rows[name], known)
    for name in needed:
        if len(rows) > 1 and rows[name].isna().all():
            log.warning("%s: no value in any of %d rows", name, len(rows))
    return rows


def _between(values: pd.Series, first: str, last: str) -> pd.Series:
    """Dates as text, those outside the range set to missing; ISO dates order as text does."""
    text = values.astype("object")
    plausible = text.isna() | text.astype(str).between(first, last)
    if not plausible.all():
        count = int((~plausible).sum())
        log.warning("%s: %d dates outside %s to %s are treated as missing", values.name, count, first, last)
    return text.where(plausible)


def _within(values: pd.Series, low: float, high: float) -> pd.Series:
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    plausible = numbers.between(low, high)
    refused = int((~plausible & values.notna()).sum())
    if refused:
        log.warning("%s: %d values outside %g to %g are treated as missing", values.name, refused, low, high)
    return numbers.where(plausible)


def _spelled(values: pd.Series, known: Sequence[str]) -> pd.Series:
    """Each value as its known category, whatever its case; "unknown" where there is none."""
    spelling = {name.lower(): name for name in known}
    text = values.astype("object").map(lambda value: spelling.get(str(value).strip().lower(), "unknown"))
    unknown = sorted(set(values[text == "unknown"].astype(str)))
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
    """Log, and return, what has moved since training by more than DRIFT; silent for small batches."""
    if len(rows) < DRIFT_ROWS:
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
