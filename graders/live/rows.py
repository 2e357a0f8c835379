"""The rows of a live run: public ones alone, some of them kept back from training."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from graders.model.challenge import Challenge, Dataset
from graders.probes.sessions import blank
from graders.tasks.asked import public_truth

#: The share of the units that is kept back, or of the rows where there is no unit to keep apart.
KEPT = 0.2
#: So many rows are trained on at most: two people wait, and what is found shows in half of a usual table.
MOST = 6000

Mask = npt.NDArray[np.bool_]


def live_rows(challenge: Challenge, dataset: Dataset, seed: int, most: int = MOST) -> Dataset:
    """A dataset whose `public` and `hidden` rows are both public rows, so that a run of it tells nothing hidden.

    Kept back are later rows of some units, whose other rows are left out.  Without units to keep apart they are the
    last rows in time, or some that are drawn.  Of the rest whole units with at most `most` rows are trained on; where
    hidden units are known, rows of no other are kept.
    Post-outcome columns of kept rows are shuffled, as they mean nothing when a model is used.  Of `dataset` only what
    belongs to public rows is read.
    """
    rows = dataset.public.reset_index(drop=True)
    kept, others = _parts(challenge, dataset, seed)
    units = challenge.units(rows)
    trained = _at_most(most, others, units, seed)
    if challenge.hidden_units == "known":
        kept &= np.isin(units, units[trained])
    oracle = dataset.public_oracle
    none = np.broadcast_to(oracle[trained].mean(axis=0), oracle[kept].shape).copy()
    return replace(
        dataset,
        public=rows[trained].reset_index(drop=True),
        hidden=blank(rows[kept].drop(columns=challenge.target).reset_index(drop=True), challenge, seed),
        labels=public_truth(challenge, dataset.public)[kept],
        oracle=oracle[kept],
        baseline=none,
        public_oracle=oracle[trained],
        fingerprint=f"live {dataset.fingerprint}",
        baseline_models={},
        fresh=None,
        simple=None if dataset.simple is None else none,
    )


def _at_most(most: int, mask: Mask, units: npt.NDArray[Any], seed: int) -> Mask:
    """All of these rows, or those of so many whole units, drawn, that there are at most `most`."""
    if mask.sum() <= most:
        return mask
    names, members = np.unique(units, return_inverse=True)
    sizes, drawn = np.bincount(members[mask], minlength=len(names)), np.random.default_rng(seed).permutation(len(names))
    chosen = np.zeros(len(names), np.bool_)
    chosen[drawn[np.cumsum(sizes[drawn]) <= most]] = True
    return mask & chosen[members]


def _parts(challenge: Challenge, dataset: Dataset, seed: int) -> tuple[Mask, Mask]:
    """(kept back, trained on), each of shape (rows,)."""
    rows, rng = dataset.public, np.random.default_rng(seed)
    times = None if challenge.time is None else rows[challenge.time].astype(str).to_numpy()
    if challenge.kept_apart is not None:
        units = np.unique(challenge.units(rows))
        drawn = rng.permutation(units)[: max(int(KEPT * len(units)), 1)]
        apart = np.isin(challenge.units(rows), drawn)
        late = np.ones(len(rows), np.bool_) if times is None else times >= np.sort(times)[len(times) // 2]
        return (apart & late if (apart & late).any() else apart), ~apart
    last = int((1 - KEPT) * len(rows))
    kept = rng.permutation(len(rows)) >= last if times is None else times >= np.sort(times)[last]
    return kept, ~kept
