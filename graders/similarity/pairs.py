"""Which works of one challenge share more than the task, the starter kit and chance explain.

A pair is a reason to ask, and no proof: it gives no points and takes none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graders.similarity.fingerprints import Fingerprints

if TYPE_CHECKING:
    from scipy.sparse import csr_array

#: A pair shares this part of what is particular to the shorter work, and at least so many fingerprints of full weight.
#: Chosen on 192 pipelines of the corpus and 21 references: benchmarks/results/similarity.md.
LEAST_SHARE = 0.4
LEAST_SHARED = 20.0
#: What more works than this part have in common comes from the task; so nothing is said of two in three.
COMMON = 1 / 3
#: Works that are compared with all at a time, so that memory grows as the works do and not as their pairs.
AT_ONCE = 200
#: Lines between two shared fingerprints of one passage.
GAP = 4


@dataclass(frozen=True)
class Passage:
    """Lines of two works that say the same; `others` is how many works beside them say it too (the least, the most)."""

    first: tuple[str, int, int]
    second: tuple[str, int, int]
    others: tuple[int, int]


@dataclass(frozen=True)
class Pair:
    """Two works that share much.

    Args:
        first, second: keys of the works.
        share: the shared part of what is particular to the shorter work, 0 to 1, weighted by how rare it is.
        shared: fingerprints that both have, weighted: 1 is one that nobody else has.
    """

    first: str
    second: str
    share: float
    shared: float


@dataclass(frozen=True)
class Pool:
    """All works of a challenge, ready to be compared.

    Args:
        keys: shape (works,).
        hashes: shape (h,), sorted: every hash that is particular to some of the works.
        weights: shape (h,), 0 to 1: 1 where two works have it, less the more have it.
        counts: shape (h,): works that have it.
        has: shape (works, h): who has which.
    """

    keys: tuple[str, ...]
    hashes: NDArray[np.uint64]
    weights: NDArray[np.float64]
    counts: NDArray[np.int64]
    has: csr_array

    def pairs(self, of: str | None = None) -> tuple[Pair, ...]:
        """Those that share much, the most alike first; only those with the work `of` where it is named."""
        wanted = range(len(self.keys)) if of is None else [self.keys.index(of)]
        mass = np.asarray(self.has @ self.weights)
        alike = []
        for begin in range(0, len(wanted), AT_ONCE):
            part = list(wanted[begin : begin + AT_ONCE])
            product = (self.has[part].multiply(self.weights).tocsr() @ self.has.T).tocoo()
            much = product.data >= LEAST_SHARED
            rows, columns, shared = np.asarray(part)[product.row[much]], product.col[much], product.data[much]
            share = shared / np.maximum(np.minimum(mass[rows], mass[columns]), 1e-12)
            for row, column, ratio, weight in zip(
                *(each.tolist() for each in (rows, columns, share, shared)), strict=True
            ):
                if ratio >= LEAST_SHARE and (row < column if of is None else row != column):
                    first, second = sorted((self.keys[row], self.keys[column]))
                    alike.append(Pair(first, second, ratio, weight))
        return tuple(sorted(alike, key=lambda pair: (-pair.share, -pair.shared, pair.first, pair.second)))


def pool(works: Mapping[str, Fingerprints], kit_parts: Sequence[Fingerprints] = ()) -> Pool:
    """The works by key, without what was `given` to everybody: the starter kit."""
    keys = tuple(sorted(works))
    each = [works[key].distinct for key in keys]
    stacked = np.concatenate(each) if each else np.zeros(0, np.uint64)
    hashes, columns, counts = np.unique(stacked, return_inverse=True, return_counts=True)
    common = (
        np.isin(hashes, np.concatenate([kit.distinct for kit in kit_parts]))
        if kit_parts
        else np.zeros(len(hashes), bool)
    )
    common |= counts > max(2, COMMON * len(keys))
    rarity = np.log(len(keys) / counts) / np.log(len(keys) / 2) if len(keys) > 2 else np.ones(len(hashes))
    weights = np.where(common, 0.0, np.clip(rarity, 0.0, 1.0))
    rows = np.repeat(np.arange(len(keys)), [len(prints) for prints in each])
    from scipy.sparse import csr_array  # noqa: PLC0415 - 60 MB, which a server that compares nothing never needs

    has = csr_array((np.ones(len(stacked)), (rows, columns)), shape=(len(keys), len(hashes)))
    return Pool(keys, hashes, weights, counts, has)


def passages(first: Fingerprints, second: Fingerprints, among: Pool) -> tuple[Passage, ...]:
    """What two works of a pool share, passage by passage in the order of the first; what is common is left out."""
    shared = np.intersect1d(first.distinct, second.distinct)
    columns = np.searchsorted(among.hashes, shared)
    particular = among.weights[columns] > 0
    counts = among.counts[columns[particular]] - 2
    others = dict(zip(shared[particular].tolist(), counts.tolist(), strict=True))
    there = dict(zip(second.hashes.tolist(), second.places.tolist(), strict=True))
    spots = sorted(
        Spot((place, there[h]), others[h])
        for h, place in zip(first.hashes.tolist(), first.places.tolist(), strict=True)
        if h in others
    )
    groups: list[list[Spot]] = []
    for spot in spots:
        if groups and _goes_on(groups[-1], spot):
            groups[-1].append(spot)
        else:
            groups.append([spot])
    return tuple(_passage(group, (first.paths, second.paths)) for group in groups)


class Spot(NamedTuple):
    """One shared fingerprint: (file, first line, last line) in both works, and how many others have it."""

    places: tuple[Sequence[int], Sequence[int]]
    others: int


def _goes_on(group: Sequence[Spot], spot: Spot) -> bool:
    """Whether it follows on those before, in the same files and few lines apart."""
    for side, (file, first, last) in enumerate(spot.places):
        before = [other.places[side] for other in group]
        if before[0][0] != file:
            return False
        if first > max(place[2] for place in before) + GAP or last < min(place[1] for place in before) - GAP:
            return False
    return True


def _passage(group: Sequence[Spot], paths: tuple[Sequence[str], Sequence[str]]) -> Passage:
    first, second = (
        (names[places[0][0]], min(place[1] for place in places), max(place[2] for place in places))
        for names, places in zip(paths, zip(*(spot.places for spot in group), strict=True), strict=True)
    )
    others = [spot.others for spot in group]
    return Passage(first, second, (min(others), max(others)))
