"""Rows are checked before anything is made of them."""

from __future__ import annotations

import logging

import pytest
from churn import schema
from conftest import make_rows


def test_missing_columns_are_named() -> None:
    rows = make_rows({}).drop(columns=["contract", "usage_gb"])
    with pytest.raises(schema.SchemaError, match="contract, usage_gb"):
        schema.checked(rows, with_target=False)


def test_the_target_is_needed_for_training_only() -> None:
    rows = make_rows({}).drop(columns="churned")
    assert len(schema.checked(rows, with_target=False)) == 1
    with pytest.raises(schema.SchemaError, match="churned"):
        schema.checked(rows, with_target=True)


@pytest.mark.parametrize(
    ("column", "value"), [("satisfaction", 11.0), ("n_products", -1), ("usage_gb", -5.0), ("tickets_90d", 1e9)]
)
def test_an_implausible_number_becomes_missing_and_is_reported(
    column: str, value: float, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        rows = schema.checked(make_rows({column: value}, {}), with_target=False)
    assert rows[column].isna().tolist() == [True, False]
    assert column in caplog.text


def test_the_bounds_themselves_are_plausible() -> None:
    assert schema.checked(make_rows({"satisfaction": 10.0}), with_target=False)["satisfaction"].notna().all()


def test_an_unknown_category_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        schema.checked(make_rows({"payment_method": "wallet"}), with_target=False)
    assert "wallet" in caplog.text


def test_drift_is_reported_for_large_batches_only() -> None:
    known = {"region": {"north": 0.2, "south": 0.8}}
    rows = schema.checked(make_rows(*[{}] * 600), with_target=False)
    assert schema.report_drift(rows, known) == ["region=north: 0.20 at training, 1.00 now"]
    assert schema.report_drift(rows.head(10), known) == []
