"""Which rows a value holds: sets of atoms, each one origin narrowed by the cuts it went through."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

MOST_ATOMS = 12
#: The origin of the rows that predict is asked about.
BATCH = "the batch"


class How(StrEnum):
    """What decides on which side of a cut a row comes to lie."""

    RANDOM = "random"  # rows drawn without regard to anything
    BLOCKS = "blocks"  # consecutive rows in the order they came in
    GROUP = "group"  # whole units
    TIME = "time"  # earlier against later
    OTHER = "other"  # a condition on the row itself


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a runnable file, and where in it an expression starts (from 0)."""

    path: str
    line: int
    column: int = 0


@dataclass(frozen=True, slots=True)
class Cut:
    """One way of parting rows, known by its key wherever it is written.

    folds: every row is held out once, as in cross-validation.  best: of several cuts, the one with the best score.
    """

    key: str
    how: How
    name: str = field(compare=False)
    at: Place = field(compare=False)
    folds: bool = False
    draws: bool = False  # drawn at random, independently of any other cut
    vague: bool = False  # by an index of which nothing is known
    best: bool = False

    def __hash__(self) -> int:
        return hash(self.key)


Side = tuple[Cut, int]  # side 0 is what is learned from, side 1 what is held out


@dataclass(frozen=True, slots=True)
class Atom:
    """The rows of one origin that lie on the given sides of the given cuts."""

    origin: str
    sides: frozenset[Side] = frozenset()


Rows = frozenset[Atom]
NO_ROWS: Rows = frozenset()


def origin(name: str) -> Rows:
    return frozenset({Atom(name)})


def narrow(rows: Rows, sides: frozenset[Side]) -> Rows:
    """The rows that also lie on the given sides."""
    return frozenset(Atom(a.origin, a.sides | _again(sides, a.sides)) for a in rows) if sides else rows


def _again(sides: frozenset[Side], gone: frozenset[Side]) -> frozenset[Side]:
    """The sides, where a cut that the rows already went through on another side is a new one by the same words."""
    before = dict(gone)
    renewed = (
        (replace(cut, key=f"{cut.key}'"[:400]), side) if before.get(cut, side) != side else (cut, side)
        for cut, side in sides
    )
    return frozenset(renewed)


def union(a: Rows, b: Rows) -> Rows:
    """All rows of both; where they are too many kinds to follow, whole origins."""
    both = a | b
    return both if len(both) <= MOST_ATOMS else frozenset(Atom(x.origin) for x in both)


def rejoined(rows: Rows) -> Rows:
    """The rows, where the two sides of one cut are put together again as what was cut."""
    for atom in sorted(rows, key=lambda a: (a.origin, sorted(f"{cut.key} {side}" for cut, side in a.sides))):
        for cut, side in atom.sides:
            rest = atom.sides - {(cut, side)}
            if side == 0 and not cut.vague and Atom(atom.origin, rest | {(cut, 1)}) in rows:
                return rejoined(rows - {atom, Atom(atom.origin, rest | {(cut, 1)})} | {Atom(atom.origin, rest)})
    return rows


def overlap(a: Rows, b: Rows) -> bool:
    """Whether some row is surely in both, as far as the text tells."""
    return any(_meet(x, y) for x in a for y in b)


def _meet(a: Atom, b: Atom) -> bool:
    if a.origin != b.origin or parted(a, b):
        return False
    left, right = a.sides - b.sides, b.sides - a.sides
    if not left or not right:
        return True  # one lies within the other
    # An independent draw shares rows with any other part; about two unlike conditions nothing is known.
    return _drawn(left) or _drawn(right)


def _drawn(sides: frozenset[Side]) -> bool:
    return all(cut.draws and not cut.folds for cut, _ in sides)


def clear(rows: Rows, other: Rows) -> Rows:
    """The rows without vague cuts, unless the other rows are known as vaguely."""
    if any(cut.vague for atom in other for cut, _ in atom.sides):
        return rows
    return frozenset(Atom(a.origin, frozenset(s for s in a.sides if not s[0].vague)) for a in rows)


def may_share(a: Rows, b: Rows) -> bool:
    """Whether nothing that is known keeps the two apart."""
    return any(x.origin == y.origin and not parted(x, y) for x in a for y in b)


def within(inner: Rows, outer: Rows) -> bool:
    """Whether some of the inner rows are by their very definition among the outer ones."""
    return any(x.origin == y.origin and y.sides <= x.sides for x in inner for y in outer)


def parted(a: Atom, b: Atom) -> frozenset[Cut]:
    """The cuts that have the two on different sides."""
    sides = dict(a.sides)
    return frozenset(cut for cut, side in b.sides if cut in sides and (cut, side) not in a.sides)


def partings(a: Rows, b: Rows) -> frozenset[Cut]:
    """Every cut that keeps some rows of `a` from some rows of `b`."""
    return frozenset(cut for x in a for y in b if x.origin == y.origin for cut in parted(x, y))
