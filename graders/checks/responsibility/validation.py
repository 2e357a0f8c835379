"""Whether rows are looked at before they are scored: read in the code path of predict, shown by odd rows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from graders.checks.check import Check
from graders.checks.production.robustness import Outcome, Reaction, reaction, reactions
from graders.facts import Facts
from graders.model.case import NotApplicable
from graders.model.finding import Evidence, Guide, Question, Severity
from graders.model.submission import Location
from graders.probes.names import ProbeName
from graders.source.faults import is_log_call, logs
from graders.source.module import Function, Module
from graders.words import N_, say

ODD_VALUES = (ProbeName.UNSEEN_CATEGORIES, ProbeName.VALUES_MISSING, ProbeName.OTHER_UNITS, ProbeName.ODD_DATES)
GONE = ProbeName.WITHOUT_CATEGORIES
#: A word of a function's name by which it compares rows with those of training.
DRIFT = re.compile(r"(?:^|_|(?<=[a-z])(?=[A-Z]))(?i:drift|psi|divergence|ks_|wasserstein)")
#: Methods that hold one thing against another.
COMPARING = frozenset({"isin", "difference", "symmetric_difference", "issubset", "equals", "between", "sub", "div"})


@dataclass(frozen=True)
class InCode:
    """What stands in functions that predict reaches: checks that raise, log calls, schema or drift functions."""

    raises: tuple[Location, ...]
    logs: tuple[Location, ...]
    drift: tuple[Location, ...]


def in_code(facts: Facts) -> InCode:
    """Read the code path of predict; NotApplicable where no file can be parsed."""
    known = _by_name(facts.code.sources.product)
    reached = list(
        _reached(known, [one for one in known.get("predict", ()) if one[0].path == facts.case.submission.entry])
    )
    logged = {id(call) for _, call in logs(facts.code.sources)}
    nodes = [(module, node) for module, function in reached for node in ast.walk(function)]
    named = [one for one in reached if DRIFT.search(one[1].name)]
    drift = [one[0].where(one[1]) for one in named if any(map(_compares, _reached(known, [one])))]
    return InCode(
        raises=_places([(m, n) for m, n in nodes if isinstance(n, ast.Raise | ast.Assert)]),
        logs=_places([(m, n) for m, n in nodes if isinstance(n, ast.Call) and id(n) in logged]),
        drift=tuple(sorted(drift)),
    )


def _places(places: list[tuple[Module, ast.stmt | ast.expr]]) -> tuple[Location, ...]:
    return tuple(sorted({module.where(node) for module, node in places}))


Known = Mapping[str, Sequence[tuple[Module, Function]]]


def _by_name(modules: Iterable[Module]) -> Known:
    known: dict[str, list[tuple[Module, Function]]] = {}
    for module in modules:
        for function in module.functions():
            known.setdefault(function.name, []).append((module, function))
    return known


def _reached(known: Known, first: Iterable[tuple[Module, Function]]) -> Iterator[tuple[Module, Function]]:
    """These and every function that they call by a name of the submission's own, directly or not."""
    waiting = list(first)
    seen: set[int] = set()
    while waiting:
        module, function = waiting.pop()
        if id(function) not in seen:
            seen.add(id(function))
            yield module, function
            waiting += [found for name in _names(function) for found in known.get(name, ())]


def _compares(found: tuple[Module, Function]) -> bool:
    """Whether a function holds one thing against another: a name alone watches nothing."""
    return any(map(_holds_against, ast.walk(found[1])))


def _holds_against(node: ast.AST) -> bool:
    match node:
        case ast.Compare() | ast.BinOp(op=ast.Sub() | ast.Div()):
            return True
        case ast.Call(func=ast.Attribute(attr=name)) if name in COMPARING:
            return True
        case ast.Call():
            return len(node.args) + len(node.keywords) > 1 and not is_log_call(node)
    return False


def _names(function: Function) -> set[str]:
    """What a function calls or hands on, by its last name."""
    nodes = list(ast.walk(function))
    return {n.attr for n in nodes if isinstance(n, ast.Attribute)} | {n.id for n in nodes if isinstance(n, ast.Name)}


def noticed(facts: Facts) -> tuple[Reaction, ...]:
    """The odd rows that the code had something to say about."""
    found = reaction(facts, *ODD_VALUES)
    return tuple(one for one in found if one.said or one.outcome is Outcome.REFUSED)


def no_validation(facts: Facts) -> Iterator[Evidence]:
    """Yields what was put in and nobody noticed; nothing where anything of it was noticed."""
    if not reactions(facts):
        raise NotApplicable(say("no odd rows were put to predict"))
    refused = any(one.outcome is Outcome.REFUSED for one in reaction(facts, GONE))
    if refused or noticed(facts):
        return
    for one in reaction(facts, GONE, *ODD_VALUES):
        yield Evidence(one.clause, one.where)


CHECKS = (
    Check(
        code="DATA001",
        title=N_("Input is not validated"),
        severity=Severity.MINOR,
        family="responsibility",
        criteria=("data-validation",),
        shown_in="robustness",
        open=True,
        examine=no_validation,
        guide=Guide(
            detect=(
                N_(
                    "We call predict on odd rows: new categories, missing values, other units, impossible dates "
                    "and missing columns. Code that validates its input raises an error of its own. Or it logs a "
                    "line that names the column or the value, and not for sound rows. Flagged where it did so "
                    "for none of them."
                )
            ),
            why=(
                N_("Most failures of a model in use start with its input. A model predicts for any row, sound or not.")
            ),
            avoid=N_("At the start of predict check columns, types, ranges and categories; refuse or log, by name."),
        ),
        question=Question(
            say("What would you check on each incoming batch, and where in this code?"),
            say("schema, ranges, null rates, volume, freshness; fail or quarantine"),
            say('"the data team does it"'),
        ),
    ),
)
