"""What the ways of looking for leaks say, before it is weighed: see graders/checks/leakage/weigh.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from graders.model.case import NotApplicable, Prevented
from graders.model.submission import Location


class Source(StrEnum):
    """A way of looking.  Only the first two are beyond a candidate's reach."""

    OUTSIDE = "outside"  # answers measured on the host
    INTERFERENCE = "interference"  # two runs of evaluate that may differ only in held-out features
    INSIDE = "inside"  # the log of an instrumented run; the candidate's code shares its process
    STATIC = "static"  # the source text


@dataclass(frozen=True)
class Signal:
    """One leak as one source saw it.

    what: a sentence with its figures, for candidates and interviewers alike.
    where: the line it happens at, None where the source cannot know.
    rows: how many public rows are touched, None where the source cannot know.
    doubt: an innocent explanation that no probe has ruled out; a measurement with one confirms nothing.
    """

    code: str
    source: Source
    what: str
    where: Location | None = None
    rows: int | None = None
    doubt: str = ""


@dataclass(frozen=True)
class Look:
    """What one source gave.  A code is in `able` where the source would have seen that leak had it been there,
    and in `blind` with the reason where it could not tell; no signal means clean only for codes in `able`."""

    source: Source
    signals: tuple[Signal, ...] = ()
    able: frozenset[str] = frozenset()
    blind: Mapping[str, str] = field(default_factory=dict)
    prevented: frozenset[str] = frozenset()  # of the blind: where the candidate's code kept this source from looking


def blinded(source: Source, codes: Iterable[str], why: NotApplicable) -> Look:
    """A look that could tell nothing."""
    told = dict.fromkeys(sorted(codes), why.reason)
    return Look(source, blind=told, prevented=frozenset(told) if isinstance(why, Prevented) else frozenset())
