"""Variants touch what they say."""

from __future__ import annotations

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


def test_an_odd_date_keeps_the_form_of_its_column() -> None:
    """The time of day stays, so that reading the column by its one form is no fault."""
    challenge = a_challenge(columns=(Column("at", "date text", "when"), Column("y", "int", "target")), target="y")
    rows = pd.DataFrame({"at": ["2024-05-01 13:30", "2024-05-02 07:00", None, "2024-05-03 00:15", "2024-05-04 23:59"]})
    odd = variants.odd_dates(rows, challenge, rows)
    assert odd["at"].tolist() == [
        *("1900-01-01 13:30", "2024-05-02 07:00", "2100-12-31", "2024-05-03 00:15", "1900-01-01 23:59")
    ]
