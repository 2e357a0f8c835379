"""Rows are checked before anything is made of them."""

from __future__ import annotations

import logging

import pytest
from conftest import make_rows
from tickets import schema


def test_missing_columns_are_named() -> None:
    rows = make_rows({}).drop(columns=["topic", "tone"])
    with pytest.raises(schema.SchemaError, match="topic, tone"):
        schema.checked(rows, with_target=False)


def test_the_target_is_needed_for_training_only() -> None:
    rows = make_rows({}).drop(columns="team")
    assert len(schema.checked(rows, with_target=False)) == 1
    with pytest.raises(schema.SchemaError, match="team"):
        schema.checked(rows, with_target=True)


def test_an_unknown_team_is_named() -> None:
    with pytest.raises(schema.SchemaError, match="sales"):
        schema.checked(make_rows({"team": "sales"}, {}), with_target=True)


@pytest.mark.parametrize(("column", "value"), [("tone", 2.0), ("hour", 24), ("photos", -1), ("open_tickets", 1e9)])
def test_an_implausible_number_becomes_missing_and_is_reported(
    column: str, value: float, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        rows = schema.checked(make_rows({column: value}, {}), with_target=False)
    assert rows[column].isna().tolist() == [True, False]
    assert f"{column}: 1 values" in caplog.text


def test_the_bounds_themselves_are_plausible() -> None:
    rows = schema.checked(make_rows({"tone": -1.0, "hour": 23}), with_target=False)
    assert rows[["tone", "hour"]].notna().all(axis=None)


def test_an_implausible_date_becomes_missing_and_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        rows = schema.checked(make_rows({"customer_since": "1890-01-01"}, {}), with_target=False)
    assert rows["customer_since"].isna().tolist() == [True, False]
    assert "customer_since: 1 dates" in caplog.text


def test_a_column_without_a_value_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        schema.checked(make_rows({"tone": None}, {"tone": None}), with_target=False)
    assert "tone: no value in any of 2 rows" in caplog.text


def test_an_unknown_category_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        schema.checked(make_rows({"product": "hub"}), with_target=False)
    assert "hub" in caplog.text


def test_drift_is_reported_for_large_batches_only() -> None:
    known = {"language": {"de": 0.2, "fr": 0.8}}
    rows = schema.checked(make_rows(*[{}] * 600), with_target=False)
    assert schema.report_drift(rows, known) == ["language=de: 0.20 at training, 1.00 now"]
    assert schema.report_drift(rows.head(10), known) == []
