"""Rows are checked before anything is made of them."""

from __future__ import annotations

import logging

import pytest
from conftest import make_rows
from demand import schema


def test_missing_columns_are_named() -> None:
    rows = make_rows({}).drop(columns=["format", "discount"])
    with pytest.raises(schema.SchemaError, match="format, discount"):
        schema.checked(rows, with_target=False)


def test_what_is_known_later_is_needed_for_training_only() -> None:
    rows = make_rows({}).drop(columns=["units", "sold_out_hour"])
    assert len(schema.checked(rows, with_target=False)) == 1
    with pytest.raises(schema.SchemaError, match="sold_out_hour, units"):
        schema.checked(rows, with_target=True)


@pytest.mark.parametrize(
    ("column", "value"), [("discount", 20.0), ("size_m2", -1), ("price_eur", 0.0), ("shelf_units", 1e9)]
)
def test_an_implausible_number_becomes_missing_and_is_reported(
    column: str, value: float, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        rows = schema.checked(make_rows({column: value}, {}), with_target=False)
    assert rows[column].isna().tolist() == [True, False]
    assert f"{column}: 1 values" in caplog.text


def test_dates_out_of_range_are_reported(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        rows = schema.checked(make_rows({"date": "1066-10-14"}, {}), with_target=False)
    assert rows["date"].isna().tolist() == [True, False]
    assert "date: 1 dates" in caplog.text


def test_unknown_categories_and_empty_columns_are_reported(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        schema.checked(make_rows({"format": "depot", "size_m2": None}, {"size_m2": None}), with_target=False)
    assert "depot" in caplog.text
    assert "size_m2: no value in any of 2 rows" in caplog.text


def test_drift_is_reported_for_large_batches_only() -> None:
    known = {"region": {"north": 0.2, "south": 0.8}}
    rows = schema.checked(make_rows(*[{}] * 600), with_target=False)
    assert schema.report_drift(rows, known) == ["region=north: 0.20 at training, 1.00 now"]
    assert schema.report_drift(rows.head(10), known) == []
