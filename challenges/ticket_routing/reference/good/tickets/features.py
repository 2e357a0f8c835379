"""From checked rows to features.  Every feature of a row depends on that row alone; nothing is fitted here."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tickets.config import (
    CHARACTERS_A_WORD,
    DAYS_A_YEAR,
    EPOCH,
    INVOICE_DAYS,
    LATE_DAYS,
    MIGRATION,
    NEW_CUSTOMER_DAYS,
    OPENED,
    RETURN_DAYS,
    SENIOR_AGE,
    UNKNOWN_AGE,
)
from tickets.schema import CATEGORIES

AS_THEY_ARE = ["hour", "photos", "open_tickets", "tone"]


def build(rows: pd.DataFrame) -> pd.DataFrame:
    """Features of the rows, one float64 or category-like text column each, with the index of `rows`."""
    opened = dates(rows[OPENED])
    tenure = days(opened, dates(rows["customer_since"]))
    features = rows[[*CATEGORIES, *AS_THEY_ARE]].assign(
        senior=(known_age(rows["age"]) >= SENIOR_AGE).astype("float64"),
        log_value=np.log(amount(rows["last_order_value"]).clip(lower=1.0)),
        log_words=np.log(in_words(rows["length"], opened).clip(lower=1.0)),
        log_order_age=np.log1p(rows["days_since_order"]),
        new_customer=((NEW_CUSTOMER_DAYS - tenure) / NEW_CUSTOMER_DAYS).clip(0, 1),
        fresh_invoice=((INVOICE_DAYS - rows["days_since_invoice"]) / INVOICE_DAYS).clip(0, 1),
        years=days(opened, pd.Series(pd.Timestamp(EPOCH), index=rows.index)) / DAYS_A_YEAR,
    )
    return with_order(features, rows["days_since_order"])


def dates(values: pd.Series) -> pd.Series:
    """Dates from text; what is no date is missing."""
    return pd.to_datetime(values.astype("object"), format="%Y-%m-%d", errors="coerce")


def days(later: pd.Series, earlier: pd.Series) -> pd.Series:
    return (later - earlier).dt.days.astype("float64")


def known_age(values: pd.Series) -> pd.Series:
    """Age in years, missing where it is not on file."""
    age = pd.to_numeric(values, errors="coerce").astype("float64")
    return age.where(age != UNKNOWN_AGE)


def amount(values: pd.Series) -> pd.Series:
    """The number in a text such as `39.90 EUR`."""
    number = values.astype("object").astype(str).str.extract(r"(\d+(?:\.\d+)?)", expand=False)
    return pd.to_numeric(number, errors="coerce").astype("float64")


def in_words(length: pd.Series, opened: pd.Series) -> pd.Series:
    """Length in words; the old help desk counted characters."""
    return length.where(~(opened < pd.Timestamp(MIGRATION)), length / CHARACTERS_A_WORD)


def with_order(features: pd.DataFrame, order_age: pd.Series) -> pd.DataFrame:
    """What can still be sent back is for returns, a late parcel for delivery, an invoice of a business for billing."""
    arrived = ~features["parcel_state"].isin(["underway", "lost"])
    free = arrived & (order_age <= RETURN_DAYS)
    broken = features["topic"].isin(["fault", "return"])
    return features.assign(
        can_go_back=free.astype("float64"),
        broken_and_can_go_back=(free & broken).astype("float64"),
        late_parcel=((features["parcel_state"] == "underway") & (order_age > LATE_DAYS)).astype("float64"),
        business_invoice=(features["segment"] == "business") * features["fresh_invoice"].fillna(0.0),
    )
