"""Copies are told to the tracer as it would find them itself, and stay what they are whatever is changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from graders.checks.leakage import interference
from graders.model.challenge import Dataset
from graders.probes import copies, sessions
from sandbox.harness.tracing.book import Book
from tests.graders.cases import the_challenge


@pytest.fixture
def doubled(customers: Dataset) -> Dataset:
    """Some rows three times and some twice, with gaps, and two that differ in a text alone."""
    rows = customers.public.astype({"age": float})
    rows.loc[rows.index % 7 == 0, "age"] = np.nan
    rows = pd.concat([rows, rows.iloc[40:60], rows.iloc[:50], rows.iloc[:9], rows.iloc[:1].assign(shop="north")])
    return replace(customers, public=rows.reset_index(drop=True))


def test_they_are_those_that_the_tracer_finds(doubled: Dataset) -> None:
    told = copies.told(the_challenge(), doubled)
    assert told is not None
    assert len(told) == 79
    assert Book(doubled.public, told).copies.tolist() == Book(doubled.public).copies.tolist()


def test_they_stay_what_they_are_whatever_is_changed(doubled: Dataset) -> None:
    """So one list serves for every run of evaluate."""
    challenge, rows, first = the_challenge(), doubled.public, copies.first_copies(doubled.public)
    moved = np.flatnonzero(np.isin(first, first[: len(first) // 3])).astype(np.int64)
    for changed in (sessions.permute_labels(rows, challenge, 3), interference.perturb(rows, moved, challenge, 3)):
        assert Book(changed).copies.tolist() == first.tolist()


def test_too_many_are_not_told(doubled: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "MOST", 78)
    assert copies.told(the_challenge(), doubled) is None
