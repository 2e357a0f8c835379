"""A live run sees public rows alone, and those that are kept back are not trained on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from graders.live.rows import live_rows
from graders.model.challenge import Dataset
from tests.graders.cases import the_challenge

WAYS: Mapping[str, Mapping[str, Any]] = {
    "units and time": {},
    "units": {"time": None},
    "known units and time": {"hidden_units": "known"},
    "neither": {"group": None, "time": None},
}


@pytest.mark.parametrize("way", WAYS)
def test_nothing_hidden_is_read(way: str, customers: Dataset) -> None:
    """The same comes out where everything hidden is missing."""
    challenge = replace(the_challenge(), **WAYS[way])
    known = customers.public, customers.public_oracle, customers.fingerprint
    nothing: Any = None
    blind = Dataset(known[0], nothing, nothing, nothing, nothing, known[1], known[2])
    rows, again = (live_rows(challenge, dataset, 7) for dataset in (customers, blind))
    pd.testing.assert_frame_equal(rows.hidden, again.hidden)
    pd.testing.assert_frame_equal(rows.public, again.public)
    assert (rows.labels == again.labels).all()
    assert rows.fresh is None
    assert len(rows.hidden) == len(rows.labels) == len(rows.oracle) == len(rows.baseline)
    assert len(rows.public) == len(rows.public_oracle) > 1.5 * len(rows.hidden) > 0


@pytest.mark.parametrize("way", WAYS)
def test_kept_rows_are_not_trained_on(way: str, customers: Dataset) -> None:
    challenge = replace(the_challenge(), **WAYS[way])
    rows = live_rows(challenge, customers, 7)
    scores = set(rows.public["score"]) & set(rows.hidden["score"])  # no two rows of the fixture share theirs
    assert not scores
    if challenge.hidden_units == "known":
        few = live_rows(challenge, customers, 7, 500)
        assert set(few.hidden["customer_id"]) <= set(few.public["customer_id"])
    assert "churned" not in rows.hidden
    if challenge.kept_apart:
        assert not set(rows.public["customer_id"]) & set(rows.hidden["customer_id"])
    elif challenge.time:
        assert rows.hidden["snapshot_date"].min() >= rows.public["snapshot_date"].max()


@pytest.mark.parametrize("way", WAYS)
def test_many_rows_are_cut_to_whole_units(way: str, customers: Dataset) -> None:
    challenge = replace(the_challenge(), **WAYS[way])
    every, some = (live_rows(challenge, customers, 7, most).public for most in (10_000, 1000))
    assert 990 <= len(some) <= 1000 < len(every)
    if challenge.group:
        sizes = (rows["customer_id"].value_counts() for rows in (every, some))
        whole, cut = sizes
        assert (whole[cut.index] == cut).all()


def test_what_is_known_after_the_outcome_means_nothing_in_kept_rows(customers: Dataset) -> None:
    rows = live_rows(the_challenge(), customers, 7)
    assert np.corrcoef(rows.public["late"], rows.public["churned"])[0, 1] > 0.9
    assert abs(np.corrcoef(rows.hidden["late"], rows.labels)[0, 1]) < 0.2
