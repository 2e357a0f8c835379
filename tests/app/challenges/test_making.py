"""What is drawn of a table's columns before its challenge is made."""

from __future__ import annotations

import pandas as pd
import pytest

from app.challenges.making import bars

MONTHS = pd.Series([f"2024-{month:02}" for month in range(1, 13)] + ["2025-01", "2025-02"])


@pytest.mark.parametrize(
    ("values", "ordered", "labels"),
    [
        (pd.Series(range(1, 15)), False, ["0–1", "2–3", "4–5", "6–7", "8–9", "10–11", "12+"]),
        (pd.Series(range(20, 60)), False, ["20–24", "25–29", "30–34", "35–39", "40–44", "45–49", "50–54", "55+"]),
        (pd.Series([0.5 * n for n in range(13)]), False, ["0", "0.5", "1", "1.5"]),
        (MONTHS, True, ["2024-01", "2024-03", "2024-05", "2024-07", "2024-09", "2024-11", "2025-01"]),
    ],
    ids=["whole numbers", "round ends", "fractions", "as many months in each bar"],
)
def test_bars_hold_stretches_of_one_length(values: pd.Series, ordered: bool, labels: list[str]) -> None:
    drawn = bars(values, ordered=ordered)
    assert [label for label, _ in drawn][: len(labels)] == labels
    assert sum(count for _, count in drawn) == len(values)
