"""The rows the probes are made of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from graders.model.challenge import Dataset
from graders.probes import sessions
from tests.graders.cases import the_challenge


def test_permuted_labels_keep_customers_and_copies_together(customers: Dataset) -> None:
    """Everything but the labels stays; a copied row gets the label of its original; signal is gone."""
    public = customers.public
    doubled = pd.concat([public, public.iloc[:50]], ignore_index=True)
    null = sessions.permute_labels(doubled, the_challenge(), seed=3)
    assert null.drop(columns="churned").equals(doubled.drop(columns="churned"))
    assert (null["churned"].iloc[-50:].to_numpy() == null["churned"].iloc[:50].to_numpy()).all()
    assert abs(null["churned"].mean() - public["churned"].mean()) < 0.02
    assert abs(np.corrcoef(null["score"], null["churned"])[0, 1]) < 0.05
    assert np.corrcoef(public["score"], public["churned"])[0, 1] > 0.2


def test_permuted_labels_come_from_whole_customers(customers: Dataset) -> None:
    """Labels of one customer come from one other customer, in order of time, begun at any of them."""
    null = sessions.permute_labels(customers.public, the_challenge(), seed=3)
    labels = [part.to_numpy() for _, part in customers.public.groupby("customer_id")["churned"]]
    histories = {tuple(np.roll(own, turn)) for own in labels for turn in range(len(own))}
    given = {tuple(part) for _, part in null.groupby("customer_id")["churned"]}
    assert given <= histories
    assert null.groupby("customer_id")["churned"].mean().std() > 0.25


def test_a_history_that_is_too_short_begins_anew(customers: Dataset) -> None:
    """Customers with different numbers of rows: each has the labels of one, from any of them on, as often as needed."""
    public = customers.public[np.random.default_rng(0).random(len(customers.public)) < 0.6]
    null = sessions.permute_labels(public, the_challenge(), seed=3)
    labels = [part.to_numpy() for _, part in public.groupby("customer_id")["churned"]]
    turned = [np.roll(own, turn) for own in labels for turn in range(len(own))]
    sizes = {len(own) for own in labels}
    assert len(sizes) > 1
    histories = {tuple(np.resize(own, size)) for own in turned for size in sizes}
    assert {tuple(part) for _, part in null.groupby("customer_id")["churned"]} <= histories


def test_copies_may_lie_anywhere(customers: Dataset) -> None:
    """A copy in the middle of the table, and labels of rows that are no numbers in order, change nothing."""
    public = customers.public
    doubled = pd.concat([public.iloc[:50], public])
    null = sessions.permute_labels(doubled, the_challenge(), seed=3)
    assert (null["churned"].iloc[:50].to_numpy() == null["churned"].iloc[50:100].to_numpy()).all()


def test_jitter_moves_measured_numbers_by_a_millionth(customers: Dataset) -> None:
    """Only float columns move, and by no more than some parts in a million."""
    moved = sessions.jitter(customers.public, customers.public, the_challenge(), seed=1)
    change = (moved["score"] / customers.public["score"] - 1).abs()
    assert 0 < change.max() < 1e-5
    assert moved["customer_id"].equals(customers.public["customer_id"])


def test_blanked_columns_keep_their_values_and_lose_their_meaning(customers: Dataset) -> None:
    """A shuffled post-outcome column has the same values and no relation to the label."""
    blanked = sessions.blank(customers.public, the_challenge(), seed=1)
    assert sorted(blanked["late"]) == sorted(customers.public["late"])
    assert abs(np.corrcoef(blanked["late"], blanked["churned"])[0, 1]) < 0.05


def test_parts_cover_the_sample() -> None:
    """Whatever the number of rows, the parts add up to it."""
    for count in (1, 5, 20, 100, 1000):
        assert sum(sessions.parts(count)) == count


def test_fresh_identifiers_are_new_and_keep_customers_together(customers: Dataset) -> None:
    """No number of the data is used again, rows of one customer still share one, and nothing else changes."""
    rows = customers.hidden
    fresh = sessions.rekey(rows, the_challenge(), customers, seed=3)
    known = {*customers.public["customer_id"], *customers.hidden["customer_id"]}
    assert not known & set(fresh["customer_id"])
    pairs = set(zip(rows["customer_id"], fresh["customer_id"], strict=True))
    assert len(pairs) == rows["customer_id"].nunique() == fresh["customer_id"].nunique()
    assert fresh.drop(columns="customer_id").equals(rows.drop(columns="customer_id"))


def test_rows_that_are_timed_are_of_known_units_where_hidden_ones_are(customers: Dataset) -> None:
    """A model that looks up what it knows of a unit is asked about no stranger."""
    data = replace(customers, fresh=None)
    known = set(data.public["customer_id"])
    for units, strange in (("new", True), ("known", False), ("both", False)):
        rows = sessions.fresh_rows(replace(the_challenge(), hidden_units=units), data)
        assert known.isdisjoint(rows["customer_id"]) == strange
        assert not rows["score"].equals(data.public["score"]), "no row is one that was trained on"
