"""Plain scripts and exported notebooks: every model that is asked, with what leaks into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graders.checks.leakage.static.interpreter import Unreadable, machine_for
from graders.checks.leakage.static.judge import same_rows, shared_fits
from graders.checks.leakage.static.machine import Exhausted, Machine
from graders.checks.leakage.static.rows import Place
from graders.checks.leakage.static.values import Kind


@dataclass(frozen=True)
class Pair:
    """A model's fitting and one use of it.

    overlap: it is used on rows it was fitted on, or that were resampled across the split.
    fitted_before: where something was learned from rows it is used on before they were held out.
    """

    trained: Place
    asked: Place
    overlap: bool
    fitted_before: tuple[Place, ...]


@dataclass(frozen=True)
class Analysis:
    """`problem` says why the walk did not reach the end; the pairs are what was seen until then."""

    pairs: tuple[Pair, ...]
    problem: str = ""


def analyse(source: str | Mapping[str, str]) -> Analysis:
    """Follow the module-level code of a script, or of each of several modules by path.  Never raises."""
    sources = {"script.py": source} if isinstance(source, str) else source
    try:
        machine = machine_for(sources, guesses=True)
    except Unreadable as why:
        return Analysis((), str(why))
    problem = ""
    try:
        for name in sorted(machine.trees):
            machine.module(name)
    except Exhausted:
        problem = "more steps than are followed"
    except RecursionError:
        problem = "nested too deeply"
    return Analysis(_pairs(machine), problem if machine.trees else "no Python")


_LEARNED = frozenset({Kind.FIT, Kind.MOMENT, Kind.TARGET, Kind.DATED})


def _pairs(machine: Machine) -> tuple[Pair, ...]:
    found: dict[tuple[Place, Place], Pair] = {}
    for asked in machine.asked:
        fits = shared_fits(asked, own=True)
        again = any(f.kind in {Kind.RESAMPLED, Kind.REPEATED} for f in fits)
        before = () if same_rows(asked) else tuple(f.at for f in fits if f.kind in _LEARNED)
        pair = Pair(asked.model.at, asked.at, same_rows(asked) or again, before)
        old = found.get((pair.trained, pair.asked))
        if old is not None:
            pair = Pair(pair.trained, pair.asked, pair.overlap or old.overlap, tuple({*old.fitted_before, *before}))
        found[pair.trained, pair.asked] = pair
    return tuple(found[key] for key in sorted(found))
