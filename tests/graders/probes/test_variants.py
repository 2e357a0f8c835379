"""Variants touch what they say."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from graders.model.challenge import Column, Dataset
from graders.probes import variants
from graders.probes.names import ProbeName
from testing.builders import a_challenge
from tests.graders.cases import (
    the_challenge,
)


def test_variants_touch_what_they_say_and_nothing_else(customers: Dataset) -> None:
    """Half variants leave every other row alone; neutral ones change no value."""
    public = customers.public.drop(columns="churned")
    frames = variants.frames(the_challenge(), public, public.iloc[:40].reset_index(drop=True))
    sound = frames[ProbeName.AS_THEY_ARE]
    untouched = ~variants.touched(len(sound))
    for variant in variants.VARIANTS:
        changed = frames[variant.name]
        if variant.half:
            pd.testing.assert_frame_equal(changed[untouched], sound[untouched], check_dtype=False)
        if variant.half and variant.name != "predict odd dates":  # these rows have no column of dates to change
            assert not changed[~untouched].astype(str).equals(sound[~untouched].astype(str))
        if variant.neutral:
            same = changed[sound.columns].reset_index(drop=True).astype(str)
            assert same.equals(sound.astype(str))


def test_nobody_knows_of_how_many_rows_a_batch_of_odd_ones_is(customers: Dataset) -> None:
    """Other rows come in another number: no code is sound for a batch of so many alone."""
    public = customers.public.drop(columns="churned")
    samples = [public.iloc[first : first + 500].reset_index(drop=True) for first in (0, 300, 600)]
    drawn = [variants.size(sample) for sample in samples]
    assert len(set(drawn)) > 1
    frames = variants.frames(the_challenge(), public, samples[0])
    assert {len(rows) for name, rows in frames.items() if name != ProbeName.NO_ROWS} == {drawn[0]}


def test_an_odd_date_keeps_the_form_of_its_column() -> None:
    """The time of day stays, so that reading the column by its one form is no fault."""
    challenge = a_challenge(columns=(Column("at", "date text", "when"), Column("y", "int", "target")), target="y")
    rows = pd.DataFrame({"at": ["2024-05-01 13:30", "2024-05-02 07:00", None, "2024-05-03 00:15", "2024-05-04 23:59"]})
    odd = variants.odd_dates(rows, challenge, rows)["at"]
    assert [text[len("2024-05-01") :] for text in odd] == [" 13:30", " 07:00", "", " 00:15", " 23:59"]
    assert [text[:2] in ("18", "19") for text in odd] == [True, False, False, False, True]
    assert odd[2][:2] in ("20", "21")
    assert int(odd[2][:4]) >= 2080


def test_no_odd_value_is_known_beforehand(customers: Dataset) -> None:
    """Other rows, as another seed draws them, get other ones; the same rows the same."""
    public = customers.public.drop(columns="churned")

    def odd(first: int) -> frozenset[str]:
        rows = public.iloc[first : first + 40].reset_index(drop=True)
        made = (variant.make(rows, the_challenge(), public) for variant in variants.VARIANTS if not variant.gone)
        return frozenset().union(*(variants.odd_words(rows, one) for one in made)) - set(public.columns)

    assert odd(0)
    assert odd(0) == odd(0)
    assert {word for word in odd(0) & odd(40) if not word.replace(".", "").isdigit()} <= {"nan", "none"}


def test_a_value_between_two_sorts_between_them() -> None:
    known = np.array(["L", "La", "M", "m", "monthly"], dtype=object)
    for seed in range(20):
        between = variants._between(known, np.random.default_rng(seed))
        assert all(one < new < following for (one, following), new in zip(pairwise(known), between, strict=True))
