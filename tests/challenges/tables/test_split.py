"""Hidden rows are of other units, later where there is time, and drawn anew with each seed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from challenges.tables.split import split
from challenges.tables.table import TableError
from tests.challenges.tables.tables import grouped, honest, moving, proposed


def test_units_lie_on_one_side() -> None:
    rows = grouped()
    done = split(proposed(rows).definition, rows, 3)
    assert set(done.public["customer_id"]).isdisjoint(done.hidden["customer_id"])
    assert 0.27 < len(done.hidden) / len(rows) <= 0.3


def test_hidden_rows_are_later() -> None:
    rows = moving()
    done = split(proposed(rows).definition, rows, 3)
    assert done.public["day"].max() < done.cut <= done.hidden["day"].min()


def test_with_both_they_are_later_and_of_other_units() -> None:
    rows = grouped()
    rows["day"] = [f"2024-{1 + number % 12:02d}-01" for number in range(len(rows))]
    done = split(proposed(rows, time="day", hidden_units="new").definition, rows, 3)
    assert set(done.public["customer_id"]).isdisjoint(done.hidden["customer_id"])
    assert done.public["day"].max() < done.hidden["day"].min()
    assert len(done.public) + len(done.hidden) + done.left_out == len(rows)


def test_copies_of_a_row_lie_on_one_side() -> None:
    rows = honest(rows=400)
    twice = pd.concat([rows, rows.head(100)], ignore_index=True)
    done = split(proposed(twice).definition, twice, 3)
    inputs = list(rows.columns.drop("y"))
    both = done.public[inputs].drop_duplicates().merge(done.hidden[inputs].drop_duplicates(), on=inputs)
    assert both.empty


def test_a_seed_is_one_split_and_another_is_another() -> None:
    rows = honest()
    definition = proposed(rows).definition
    first, again, other = (split(definition, rows, seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first.hidden, again.hidden)
    assert not first.hidden.equals(other.hidden)


@pytest.mark.parametrize("column", ["y", "customer_id", "day"])
def test_missing_labels_and_keys_are_refused_with_their_rows(column: str) -> None:
    rows = grouped()
    rows["day"] = "2024-01-01"
    definition = proposed(rows, group="customer_id", time="day").definition
    rows[column] = rows[column].astype(object)
    rows.loc[[4, 9], column] = np.nan
    with pytest.raises(TableError, match=f"2 rows have no '{column}': rows 5, 10"):
        proposed(rows, group="customer_id", time="day")
    with pytest.raises(TableError, match=rf"no '{column}': rows 5, 10"):
        split(definition, rows, 3)
