"""Variants touch what they say."""

from __future__ import annotations

import pandas as pd

from graders.model.challenge import Dataset
from graders.probes import variants
from graders.probes.names import ProbeName
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
