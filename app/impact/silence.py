"""Which groups of a table stay unsaid, so that what is said tells of nobody else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

import numpy as np

from app.impact.categories import BOTH, RACES, SEXES
from app.impact.ratios import FEWEST, REMAINDER
from graders.model.arrays import FloatArray

Name = tuple[str, ...]
#: Sex and race or ethnicity of a person; empty where it is unknown.
Cell = tuple[str, str]

ONE_SEX: tuple[Name, ...] = tuple((sex,) for sex in SEXES)
ONE_RACE: tuple[Name, ...] = tuple((race,) for race in RACES)
CELLS: tuple[Cell, ...] = tuple((sex, race) for sex in (*SEXES, "") for race in (*RACES, ""))
#: Equal up to what is left by rounding, in sums of ones.
_NOTHING = 1e-6


def withheld(people: Mapping[Cell, int], quiet: Iterable[Name] = ()) -> frozenset[Name]:
    """The groups of 30 and more people that fall silent; `quiet` are those that do anyhow.

    Whoever reads a report may know how it went for all people together, and can add and subtract what is said of
    groups.  Nothing that is not said may follow from that: not how it went for a silent group, and not how it went for
    one to four people who are in no stated group.  Unknown people protect a group only if there are five of them.
    Where something would follow, the smallest group that it would follow from falls silent, too.
    """
    silent = set(quiet)
    size = {name: _people(people, name) for name in (*ONE_SEX, *ONE_RACE, *BOTH)}
    while True:
        stated = [name for name in size if size[name] >= FEWEST and name not in silent]
        told = _from_what_follows(people, size, stated)
        if not told:
            return frozenset(silent)
        silent.add(min(told, key=lambda name: (size[name], name)))


def _from_what_follows(people: Mapping[Cell, int], size: Mapping[Name, int], stated: Sequence[Name]) -> list[Name]:
    """The stated groups from which something follows that is not to be told; none where nothing does."""
    if not stated:
        return []
    sums = np.array([_vector(CELLS), *(_vector(_cells(name)) for name in stated)])
    for known, secrets in _not_to_be_told(people, size, stated):
        open_ = [place for place, cell in enumerate(CELLS) if cell not in known]
        for secret in secrets:
            weights = _weights(sums[:, open_], _vector(secret)[open_])
            used = [name for name, weight in zip(stated, weights[1:], strict=True) if abs(weight) > _NOTHING]
            if used:
                return used
    return []


def _not_to_be_told(
    people: Mapping[Cell, int], size: Mapping[Name, int], stated: Sequence[Name]
) -> Iterator[tuple[Set[Cell], list[Iterable[Cell]]]]:
    """Cells whose people a reader may know, and whose outcomes must not follow from what is stated then."""
    unsaid: list[Iterable[Cell]] = [_cells(name) for name in size if size[name] and name not in stated]
    left = [rest for rest in _left(stated) if 0 < sum(people[cell] for cell in rest) < REMAINDER]
    empty = {cell for cell in CELLS if not people[cell]}
    few = {cell for line in _unknown() if sum(people[cell] for cell in line) < REMAINDER for cell in line}
    yield empty, [*unsaid, *left]
    yield empty | few, unsaid


def _weights(sums: FloatArray, wanted: FloatArray) -> FloatArray:
    """How much of each sum makes what is wanted; none of any where no adding and subtracting does."""
    weights, *_rest = np.linalg.lstsq(sums.T, wanted, rcond=None)
    follows = np.abs(sums.T @ weights - wanted).max() < _NOTHING
    return np.asarray(weights if follows else np.zeros(len(sums)), np.float64)


def _left(stated: Sequence[Name]) -> Iterator[Set[Cell]]:
    """Those beside the stated parts of the whole sample, of each sex and of each race or ethnicity."""
    for parts in (ONE_SEX, ONE_RACE, BOTH):
        yield set(CELLS).difference(*(_cells(part) for part in parts if part in stated))
    for name in (*ONE_SEX, *ONE_RACE):
        if name in stated:
            inside = [both for both in BOTH if name[0] in both and both in stated]
            yield set(_cells(name)).difference(*(_cells(part) for part in inside))


def _unknown() -> Iterator[Sequence[Cell]]:
    """The cells of people whose sex is unknown, and of those whose race or ethnicity is."""
    yield [cell for cell in CELLS if not cell[0]]
    yield [cell for cell in CELLS if not cell[1]]


def _people(people: Mapping[Cell, int], name: Name) -> int:
    return sum(people[cell] for cell in _cells(name))


def _cells(name: Name) -> list[Cell]:
    return [cell for cell in CELLS if set(name) <= set(cell)]


def _vector(cells: Iterable[Cell]) -> FloatArray:
    chosen = set(cells)
    return np.array([float(cell in chosen) for cell in CELLS])
