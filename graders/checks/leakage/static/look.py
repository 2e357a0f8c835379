"""The submission's own entry points, walked with the challenge's columns in mind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from graders.checks.leakage.claimed import claims_a_metric
from graders.checks.leakage.signal import Look, Signal, Source
from graders.checks.leakage.static.batch import causes
from graders.checks.leakage.static.functions import enter
from graders.checks.leakage.static.interpreter import Unreadable, machine_for
from graders.checks.leakage.static.judge import Leak, choices_in, leaks_in
from graders.checks.leakage.static.machine import NO_COLUMNS, Arguments, Columns, Exhausted, Machine
from graders.checks.leakage.static.rows import BATCH, Atom, Place, origin, overlap, partings
from graders.checks.leakage.static.values import (
    UNKNOWN,
    Comparison,
    Data,
    Fit,
    Function,
    Kind,
    Mapping,
    Prediction,
    Trained,
    Value,
    data_of,
    everything,
)
from graders.model.submission import Submission
from graders.words import say

CODES = frozenset(f"LEAK0{n:02}" for n in (1, 3, 4, 5, 6, 7, 8, 9, 11))


def look(submission: Submission, columns: Columns = NO_COLUMNS) -> Look:
    """What the text of `evaluate` and `predict`, and of all they reach, says of leaks.  Never raises."""
    sources = {
        path: text.decode("utf-8", "replace") for path, text in submission.runnable.items() if path.endswith(".py")
    }
    try:
        machine = machine_for(sources, columns)
        returned = _returned(machine)
        refits = _fitted_in_predict(machine)
        refits += [
            Leak("LEAK010", place, what)
            for place, what in causes(machine.walked, machine.passed - machine.taken, machine.elsewhere - machine.here)
        ]
    except Unreadable as why:
        return _blind(str(why))
    except Exhausted:
        return _blind(say("the source takes more steps than are followed"))
    except RecursionError:
        return _blind(say("the source is nested too deeply"))
    if returned is None:
        return _blind(say("no `evaluate` that could be followed to a score"))
    claimed = _figures(returned, columns.metric)
    told = partial(_told, submission)
    others = choices_in(_beside(returned), told)
    leaks = [*leaks_in(claimed, bool(columns.group), bool(columns.time), told), *others, *refits]
    able = CODES if claimed else frozenset({"LEAK011"})
    blind = {} if claimed else dict.fromkeys(sorted(CODES - able), "no score could be followed from rows to `return`")
    return Look(Source.STATIC, tuple(_signals(submission, leaks)), able, blind)


def _blind(why: str) -> Look:
    return Look(Source.STATIC, blind=dict.fromkeys(sorted(CODES), why))


def _signals(submission: Submission, leaks: Iterable[Leak]) -> Iterator[Signal]:
    """One signal for each place; the first sentence about it is kept."""
    seen: set[tuple[str, str, int]] = set()
    for leak in leaks:
        key = (leak.code, leak.at.path, leak.at.line)
        if key not in seen:
            seen.add(key)
            yield Signal(leak.code, Source.STATIC, leak.what, submission.locate(leak.at.path, leak.at.line))


def _told(submission: Submission, place: Place) -> str:
    """A place inside a sentence."""
    where = submission.locate(place.path, place.line)
    return f"{place.path}:{place.line}" if where.cell is None else str(where)


def _entry(machine: Machine, name: str) -> Function | None:
    module = machine.module("pipeline")
    found = module.names.get(name) if module is not None else None
    return found if isinstance(found, Function) else None


def _returned(machine: Machine) -> Value | None:
    """What `evaluate` returns of the public rows; None where there is no such function."""
    function = _entry(machine, "evaluate")
    if function is None:
        return None
    rows = Data(rows=origin("the public rows"), name="data")
    return enter(machine, function, Arguments([rows]))


def _beside(returned: Value) -> list[Comparison]:
    """The figures of other metrics that are claimed beside the main score."""
    items = returned.items if isinstance(returned, Mapping) else {}
    claims = [value for key, value in items.items() if isinstance(key, str) and claims_a_metric(key)]
    return [one for value in claims for one in everything(data_of(value)).judged]


def _figures(returned: Value, main: str) -> frozenset[Comparison]:
    """The figures behind what is returned, those of the main score where it can be told apart."""
    if isinstance(returned, Mapping) and main in returned.items:
        returned = returned.items[main]
    judged = everything(data_of(returned)).judged
    return judged or _worked_out(returned)


def _worked_out(returned: Value) -> frozenset[Comparison]:
    """A score computed without a library's metric: of predictions, or of a model written by hand."""
    whole = everything(data_of(returned))
    if whole.predictions:
        return frozenset(Comparison(p, p.at, "the claim") for p in whole.predictions)
    made = sorted((f for f in whole.fits if f.kind is Kind.MODEL), key=lambda f: (f.at, f.name, f.of))
    if not made:
        return frozenset()
    others = frozenset(f for f in whole.fits if f.kind is not Kind.MODEL)
    model = Trained(made[0].name, made[0].rows, others, made[0].at)
    held = sorted((f for f in others if partings(f.rows, model.rows)), key=lambda f: (f.at, f.name, f.of))
    rests = frozenset(f for f in others if overlap(f.rows, model.rows))
    return frozenset(
        Comparison(Prediction(replace(model, fits=rests), f.rows, frozenset(), f.at), f.at, f.name) for f in held[:1]
    )


def _fitted_in_predict(machine: Machine) -> list[Leak]:
    function = _entry(machine, "predict")
    machine.files.clear()  # what evaluate saved is no part of what predict does
    if function is not None:
        _save_as_trained(machine)
    machine.forget_way()
    if function is None:
        return []
    before = set(machine.learned)
    enter(machine, function, Arguments([Data(rows=origin(BATCH), name="data"), UNKNOWN]))
    fitted = [f for f in machine.learned if f not in before and _of_batch(f.rows)]
    return [
        Leak(
            "LEAK011",
            f.at,
            say(
                "`{how}` learns from the rows that `predict` is asked about",
                how=f.name if isinstance(f, Fit) else f.name + ".fit",
            ),
        )
        for f in fitted
    ]


def _save_as_trained(machine: Machine) -> None:
    """Walk `train`, so that what predict loads is known; not where that takes more than half of what may be spent."""
    function = _entry(machine, "train")
    if function is None:
        return
    kept = machine.fuel - machine.fuel // 2
    machine.fuel -= kept
    try:
        enter(machine, function, Arguments([Data(rows=origin("the public rows"), name="data"), UNKNOWN]))
    except Exhausted:
        machine.files.clear()
        machine.fuel = 0
    machine.fuel += kept


def _of_batch(rows: frozenset[Atom]) -> bool:
    return any(atom.origin == BATCH for atom in rows)
