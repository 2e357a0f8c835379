"""What the models of ours reach on tables that a plain one reads badly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from challenges.tables import yardsticks
from challenges.tables.challenge import challenge_of
from challenges.tables.proposal import Wish, propose
from challenges.tables.rubric import RUBRIC
from challenges.tables.table import Table
from graders.tasks.asked import metric_of, task_of
from tests.challenges.tables.tables import kinds


def reached(rows: pd.DataFrame, metric: str) -> tuple[float, float, float]:
    """The metric of the constant, the simple and the strong answers for the second half of rows."""
    definition = propose(Table(rows, kinds(rows), {}, ()), Wish("y", metric=metric)).definition
    challenge = challenge_of(definition, Path("unused"), RUBRIC, ())
    public, hidden = rows[: len(rows) // 2], rows[len(rows) // 2 :].reset_index(drop=True)
    answers = yardsticks.fit(definition, challenge, public, hidden.drop(columns="y"))
    truth = task_of(challenge).truth(challenge, hidden["y"])
    value = metric_of(challenge).statistic.value
    return value(truth, answers.constant), value(truth, answers.simple), value(truth, answers.strong)


def test_a_value_of_a_billion_leaves_the_simple_model_of_absolute_errors_of_use() -> None:
    """One such row is a slip of a keyboard or a catastrophe; the median does not follow it."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 2))
    rows = pd.DataFrame(
        {"a": x[:, 0].round(4), "b": x[:, 1].round(4), "y": (3 * x[:, 0] + rng.normal(size=400)).round(4)}
    )
    rows.loc[7, ["a", "y"]] = 5.0, 1e9
    constant, simple, _ = reached(rows, "mae")
    assert simple < 0.7 * constant


def test_counts_with_many_zeros_have_a_simple_model_of_use() -> None:
    """A line through them answers less than nothing somewhere, where the deviance of a count has no end."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(600, 2)).round(3)
    rows = pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "y": rng.poisson(np.exp(1.2 * x[:, 0] - 0.8))})
    constant, simple, _ = reached(rows, "mean_poisson_deviance")
    assert simple < 0.8 * constant


def test_a_column_of_which_the_public_rows_have_no_value_is_read() -> None:
    rng = np.random.default_rng(2)
    a = rng.normal(size=400).round(3)
    late = np.where(np.arange(400) < 200, np.nan, 1.0 + np.arange(400) % 7)
    _, _, strong = reached(pd.DataFrame({"a": a, "late": late, "y": (a > 0).astype(int)}), "roc_auc")
    assert strong > 0.9


@pytest.mark.parametrize("unlike", [False, True])
def test_free_text_is_read(unlike: bool) -> None:
    """By its words, also where no two texts are the same."""
    rng = np.random.default_rng(0)
    words = np.array(["box", "came", "late", "was", "broken", "please", "send", "money", "back", "now"])
    texts = [" ".join(rng.choice(words, 8)) + (f" {n}" if unlike else "") for n in range(400)]
    rows = pd.DataFrame({"body": texts, "x": rng.normal(size=400).round(4), "y": ["broken" in text for text in texts]})
    constant, simple, strong = reached(rows.assign(y=rows["y"].astype(int)), "roc_auc")
    assert constant == 0.5
    assert min(simple, strong) > 0.8
