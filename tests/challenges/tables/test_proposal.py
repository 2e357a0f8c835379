"""What is proposed for a table, and why."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from challenges.tables.proposal import identifier
from challenges.tables.table import TableError
from tests.challenges.tables.tables import grouped, honest, moving, proposed


def test_a_table_of_each_task_is_told_by_its_target() -> None:
    for task, metric in (("binary", "roc_auc"), ("multiclass", "log_loss"), ("regression", "rmse")):
        definition = proposed(honest(task)).definition
        assert (definition.task, definition.metric, definition.group, definition.time) == (task, metric, None, None)
    assert proposed(honest("multiclass")).definition.classes == ("blue", "green", "red")


def test_the_positive_class_reads_like_a_yes_or_is_the_rarer() -> None:
    rows = honest()
    assert proposed(rows).definition.positive == "yes"
    kept = rows.assign(y=np.where(rows["y"] == "yes", "stayed", "gone"))
    assert proposed(kept).definition.positive == kept["y"].value_counts().index[-1]


def test_rare_positives_are_ranked_by_average_precision() -> None:
    rows = honest()
    kept = pd.concat([rows[rows["y"] == "no"], rows[rows["y"] == "yes"].head(60)], ignore_index=True)
    assert proposed(kept).definition.metric == "average_precision"


def test_a_unit_is_told_by_its_name_and_by_labels_that_agree() -> None:
    proposal = proposed(grouped())
    assert proposal.definition.group == "customer_id"
    assert proposal.definition.of("customer_id").type == "text"
    why = next(choice.why for choice in proposal.choices if choice.key == "group")
    assert why == "`customer_id` repeats 5.0 times a value and its rows share labels."


def test_a_number_of_few_values_is_no_unit() -> None:
    assert proposed(honest()).definition.group is None  # nor `age` nor `visits`, though both repeat


def test_time_is_proposed_with_what_a_random_split_would_hide() -> None:
    proposal = proposed(moving())
    assert proposal.definition.time == "day"
    assert "R²" in next(choice.why for choice in proposal.choices if choice.key == "time")


def test_columns_that_name_rows_or_say_nothing_are_left_out() -> None:
    rows = honest().assign(rownames=np.arange(1, 3001), source="crm", plan2=honest()["plan"], empty=np.nan)
    proposal = proposed(rows)
    dropped = {choice.value for choice in proposal.choices if choice.key == "drop"}
    assert dropped == {"rownames", "source", "plan2", "empty"}
    assert dropped.isdisjoint(entry.name for entry in proposal.definition.column)


def test_people_are_declared() -> None:
    assert [entry.name for entry in proposed(honest()).definition.column if entry.sensitive] == ["age"]


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"group": "customer"}, "no column 'customer'"),
        ({"time": "days"}, "no column 'days'"),
        ({"metric": "roc_auk"}, "Did you mean 'roc_auc'"),
        ({"positive": "maybe"}, "no value 'maybe'"),
        ({"task": "regression"}, "holds text"),
    ],
)
def test_a_wish_that_cannot_be_met_is_one_sentence(wish: dict[str, str], says: str) -> None:
    with pytest.raises(TableError, match=says):
        proposed(honest(), **wish)


@pytest.mark.parametrize("text", ["Who gets the card?", "2024", "Umsatz (EUR)", "", "../../etc/passwd", "x" * 200])
def test_an_id_is_made_of_any_text(text: str) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9-]{1,40}", identifier(text))
