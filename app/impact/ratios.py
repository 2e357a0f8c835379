"""Shares, impact ratios, intervals and tests of groups, and what of them has to stay unsaid.

The terms are those of New York City's Local Law 144 (6 RCNY 5-300 and 5-301).  A selection rate is the share of a
category that was selected; a scoring rate is the share that scored above the sample's median.  An impact ratio is the
rate of a category over that of the category with the highest one.

Three rules are ours.  Of fewer than 30 people nothing is said: with no true difference at all, a ratio below 0.8 comes
out in 46 % of samples of 50 a group and in 76 % of samples of 10.  A group is also silent where subtracting it from its
whole would tell of a silent one, or of fewer than five people.  And no result is ever called a pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import comb, exp, log, sqrt
from statistics import NormalDist
from typing import Literal

#: Of a group of fewer people nothing is said.
FEWEST = 30
#: What is left beside the stated groups is nobody, or at least so many people.
REMAINDER = 5
#: A category below this share may be left out of the ratios (6 RCNY 5-301(d)).
SMALL_SHARE = 0.02
#: The four-fifths rule (29 CFR 1607.4 D).
FOUR_FIFTHS = 0.8
_Z = NormalDist().inv_cdf(0.975)

#: `few`: below 30 people.  `withheld`: by subtraction it would tell of others.  `small`: below 2 %, without a ratio.
State = Literal["few", "withheld", "small", "highest", "compared"]


@dataclass(frozen=True)
class Count:
    """So many people, and for how many of them it went well."""

    people: int
    favourable: int


@dataclass(frozen=True)
class Group:
    """What may be said of a category; whatever is None stays unsaid.  Shares are from 0 to 1, with 95 % intervals.

    `ratio` compares with the highest rate; `p` is that of Fisher's exact test, two-sided, for the same two groups.
    """

    name: tuple[str, ...]
    state: State
    people: int | None = None
    favourable: int | None = None
    rate: float | None = None
    rate_low: float | None = None
    rate_high: float | None = None
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    p: float | None = None


def rate_interval(count: Count) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    n, share = count.people, count.favourable / count.people
    centre = share + _Z**2 / (2 * n)
    half = _Z * sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    low, high = ((centre + side * half) / (1 + _Z**2 / n) for side in (-1, 1))
    return max(low, 0.0), min(high, 1.0)


def ratio_interval(count: Count, highest: Count) -> tuple[float, float] | None:
    """95 % interval of the ratio of two shares, by its logarithm (Katz et al. 1978); None where a share is 0."""
    if not count.favourable or not highest.favourable:
        return None
    ratio = count.favourable / count.people / (highest.favourable / highest.people)
    parts = (1 / count.favourable, -1 / count.people, 1 / highest.favourable, -1 / highest.people)
    half = _Z * sqrt(max(sum(parts), 0.0))
    return exp(log(ratio) - half), exp(log(ratio) + half)


def fisher(count: Count, other: Count) -> float:
    """p of Fisher's exact test, two-sided: all tables that are no likelier than this one, in whole numbers."""
    favourable, whole = count.favourable + other.favourable, count.people + other.people
    first, last = max(0, favourable - other.people), min(favourable, count.people)
    ways = comb(count.people, first) * comb(other.people, favourable - first)
    all_ways = []
    for k in range(first, last + 1):
        all_ways.append(ways)
        up = (count.people - k) * (favourable - k)
        ways = ways * up // ((k + 1) * (other.people - favourable + k + 1))
    seen = all_ways[count.favourable - first]
    return sum(w for w in all_ways if w <= seen) / comb(whole, favourable)


def compared(counts: Mapping[tuple[str, ...], Count], silent: Iterable[tuple[str, ...]] = ()) -> tuple[Group, ...]:
    """Each category beside the one with the highest rate, in the order of `counts`; `silent` ones tell nothing."""
    quiet = set(silent)
    known = sum(count.people for count in counts.values())
    stated = {name: c for name, c in counts.items() if c.people >= FEWEST and name not in quiet}
    large = {name: c for name, c in stated.items() if c.people >= SMALL_SHARE * known}
    best = max(large, key=lambda name: large[name].favourable / large[name].people, default=None)
    groups = []
    for name, count in counts.items():
        if name not in stated:
            groups.append(Group(name, "withheld" if count.people >= FEWEST else "few"))
            continue
        low, high = rate_interval(count)
        said = (count.people, count.favourable, count.favourable / count.people, low, high)
        if name not in large or best is None:
            groups.append(Group(name, "small", *said))
        elif name == best:
            groups.append(Group(name, "highest", *said, ratio=1.0 if count.favourable else None))
        else:
            groups.append(Group(name, "compared", *said, *_ratio(count, large[best])))
    return tuple(groups)


def _ratio(count: Count, highest: Count) -> tuple[float | None, float | None, float | None, float]:
    """(ratio, low, high, p); no ratio where nobody at all was favoured."""
    p = fisher(count, highest)
    if not highest.favourable:
        return None, None, None, p
    low, high = ratio_interval(count, highest) or (None, None)
    return count.favourable / count.people / (highest.favourable / highest.people), low, high, p


def told_apart(sets: Iterable[frozenset[int]], known: Iterable[frozenset[int]], whole: int) -> bool:
    """Whether one of `sets` of people differs from a `known` one, or from all others, by one to four people.

    Whoever sees how many of each group are in both would learn the groups of those few.
    """
    differences = (len(one ^ other) for one in sets for other in known)
    return any(0 < difference < REMAINDER or 0 < whole - difference < REMAINDER for difference in differences)
