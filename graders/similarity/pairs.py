"""Which works of one challenge share more than the task, the starter kit and chance explain.

A pair is a reason to ask, and no proof: it gives no points and takes none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graders.similarity.fingerprints import Fingerprints

#: A pair shares this part of what is particular to the shorter work, and at least so many fingerprints of full weight.
#: Chosen on 192 pipelines of the corpus and 21 references: benchmarks/results/similarity.md.
LEAST_SHARE = 0.4
LEAST_SHARED = 20.0
#: What more works than this part have in common comes from the task; so nothing is said of two in three.
COMMON = 1 / 3
#: Pairs of works, and pairs of their fingerprints, that are looked at at a time: memory grows as the works do and not
#: as their pairs.
PAIRS_AT_ONCE, MEETINGS_AT_ONCE = 200_000, 100_000
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
        owners, columns: shape (n,): each work beside each of its hashes that weighs anything, by its number in `keys`
            and in `hashes`, in the order of the works.
    """

    keys: tuple[str, ...]
    hashes: NDArray[np.uint64]
    weights: NDArray[np.float64]
    counts: NDArray[np.int64]
    owners: NDArray[np.intp]
    columns: NDArray[np.intp]

    def pairs(self, of: str | None = None) -> tuple[Pair, ...]:
        """Those that share much, the most alike first; only those with the work `of` where it is named."""
        mass = np.bincount(self.owners, self.weights[self.columns], len(self.keys))
        alike = []
        for begin, block in self._shared(None if of is None else self.keys.index(of)):
            rows, others = np.nonzero(block >= LEAST_SHARED)
            shared, rows = block[rows, others], rows + begin
            share = shared / np.maximum(np.minimum(mass[rows], mass[others]), 1e-12)
            for row, other, ratio, weight in zip(
                *(each.tolist() for each in (rows, others, share, shared)), strict=True
            ):
                if ratio >= LEAST_SHARE and (row < other if of is None else row != other):
                    first, second = sorted((self.keys[row], self.keys[other]))
                    alike.append(Pair(first, second, ratio, weight))
        return tuple(sorted(alike, key=lambda pair: (-pair.share, -pair.shared, pair.first, pair.second)))

    def _shared(self, of: int | None) -> Iterator[tuple[int, NDArray[np.float64]]]:
        """Blocks of works, each with the number of its first: what these share with every work, shape (works, all)."""
        works = len(self.keys)
        order = np.argsort(self.columns, kind="stable")
        having = self.owners[order]  # who has each hash, hash by hash
        begins = np.searchsorted(self.columns[order], np.arange(len(self.hashes) + 1))
        first_of = np.searchsorted(self.owners, np.arange(works + 1))
        at_once = max(PAIRS_AT_ONCE // max(works, 1), 1) if of is None else 1
        for begin in range(0, works, at_once) if of is None else (of,):
            end = min(begin + at_once, works)
            owners, columns = (each[first_of[begin] : first_of[end]] for each in (self.owners, self.columns))
            met = begins[columns + 1] - begins[columns]
            block = np.zeros((end - begin) * works)
            for part in np.split(np.flatnonzero(met > 1), _cuts(met[met > 1])):  # the others meet nobody
                times = met[part]
                total = int(times.sum())
                inside = np.arange(total) - np.repeat(np.cumsum(times) - times, times)
                other = having[np.repeat(begins[columns[part]], times) + inside]
                cell = np.repeat((owners[part] - begin) * works, times) + other
                block += np.bincount(cell, np.repeat(self.weights[columns[part]], times), len(block))
            yield begin, block.reshape(end - begin, works)


def _cuts(met: NDArray[np.intp]) -> NDArray[np.intp]:
    """Where to cut so that no part meets many more than MEETINGS_AT_ONCE."""
    return np.flatnonzero(np.diff(np.cumsum(met) // MEETINGS_AT_ONCE)) + 1


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
    owners = np.repeat(np.arange(len(keys)), [len(prints) for prints in each])
    weighs = weights[columns] > 0
    return Pool(keys, hashes, weights, counts, owners[weighs], columns[weighs])


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
