"""Which faults are planted for the candidate's tests to notice: a pure function of the submission and its test run.

A fault changes one expression of one function of the candidate's own, never a test.  Only lines that the tests run
are changed; what they never run is counted, since a fault there would go unnoticed without any trial.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import islice
from types import MappingProxyType

from graders.model.submission import Form, Location, Submission
from graders.mutation.data_operators import DATA, shorter_list
from graders.mutation.operators import LOGIC, Change, Operator
from graders.mutation.text import LINE_END, Text, readable
from graders.mutation.unchanged import WAYS
from graders.mutation.walk import Scope, scopes, serves_data
from graders.source.sources import ENTRY, Sources, is_test, read
from graders.source.syntax import parsed
from graders.words import say

#: So many faults stand for all there could be, and so many changes have none.  Fewer of both are tried (see trial.py),
#: but a case that was kept has the runs of its time.
MOST, MOST_UNCHANGED = 15, 3
#: So many draws find all changes without a fault, although not each way of writing changes each module.
MOST_KEYS = 50
#: Longer modules are not changed, and so many places are looked at in one: nobody wrote more by hand in a few hours.
MOST_LINES, MOST_PLACES = 5000, 2000
MOST_WORDS, CONTEXT = 70, 30
WRITTEN = say("the same written otherwise")
#: What was done, where quoting the text would say it worse.
SAID = {
    "constant prediction": say("returned 0.5 for every row"),
    "rows shifted by one": say("returned the values one row late"),
    "input returned unchanged": say("returned the input as it came"),
}
OPERATORS: Mapping[str, Operator] = {**DATA, **LOGIC}

#: By path, the lines with a statement that the tests never ran; a module that is absent was never loaded.
Missed = Mapping[str, frozenset[int]]


@dataclass(frozen=True)
class Planted:
    """One change.  `key` names it for good: the same change of the same submission has the same key.

    `what` says in words what was changed; `faulty` is False where only the text changed and no behaviour; `changed` is
    the text with the fault by its path.
    """

    key: str
    what: str
    where: Location
    operator: str
    changed: Mapping[str, bytes]
    rewritings: Rewritings = field(compare=False, repr=False)
    faulty: bool = True
    function: str = ""  # the name of the changed one, without that of its class
    path: str = ""  # of the module it lies in

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """The texts of all modules, each written otherwise: made only where they are run."""
        return self.rewritings.of(self.key, self.changed)


@dataclass(frozen=True)
class Plan:
    """`reached` is the share of all places for a fault that lie on lines the tests run, 0 to 1."""

    faults: tuple[Planted, ...]
    unchanged: tuple[Planted, ...]
    places: int
    reached: float


@dataclass(frozen=True, eq=False)
class Place:
    """One place for one fault."""

    scope: Scope
    operator: str
    line: int  # of the statement
    change: Change

    @property
    def path(self) -> str:
        return self.scope.text.path


def plan(submission: Submission, missed: Missed, secret: int, sources: Sources | None = None) -> Plan:
    """At most MOST faults and a few changes without one, drawn from the `secret` seed of the grading.

    Whether with a fault or without, the text of every module is written otherwise, in one of the ways of unchanged.py:
    what differs from the candidate's own text is then alike, and nothing but the behaviour tells a fault.
    `sources` are the files, where they are parsed already.
    """
    seed, sources = str(secret), sources or read(submission)
    texts = modules(submission, sources)
    idle = {(module.path, line) for module in sources.product for line in module.idle}  # nobody has to test it
    places = [place for text in texts for place in places_in(text) if (place.path, place.line) not in idle]
    reached = [place for place in places if place.path in missed and place.line not in missed[place.path]]
    rewritings = Rewritings(texts, seed)
    faults = tuple(_chosen(reached, seed, submission, rewritings))
    unchanged = tuple(_without_fault(reached, seed, submission, rewritings)) if faults else ()
    return Plan(faults, unchanged, len(places), len(reached) / len(places) if places else 0.0)


def modules(submission: Submission, sources: Sources | None = None) -> list[Text]:
    """The candidate's own modules as they run, by path: no tests, nothing that others wrote.

    Of a notebook that is what grading takes out of it, and what lies beside it.
    """
    own = {module.path for module in (sources or read(submission)).product if not module.source.is_notebook}
    own |= {ENTRY} if submission.form is Form.NOTEBOOK else set()
    files = sorted((path, data) for path, data in submission.runnable.items() if path in own and not is_test(path))
    short = ((path, data) for path, data in files if len(LINE_END.findall(data)) <= MOST_LINES)
    return [text for path, data in short if (text := readable(path, data)) is not None]


def places_in(text: Text) -> Iterator[Place]:
    """Every place of a module for one fault, at most MOST_PLACES."""
    try:
        yield from islice((place for scope in scopes(text) for place in _in_scope(scope)), MOST_PLACES)
    except RecursionError:  # nested deeper than anybody writes
        return


def _in_scope(scope: Scope) -> Iterator[Place]:
    if scope.function is None:
        operators: Mapping[str, Operator] = {"dropped column": shorter_list}
    else:
        operators = OPERATORS if serves_data(scope.function) else {}
    for node, statement in scope.nodes if operators else ():
        for name, operator in operators.items():
            for change in operator(node, scope):
                yield Place(scope, name, statement.lineno, change)


class Rewritings:
    """All modules written otherwise, in each of the ways there are."""

    def __init__(self, texts: Sequence[Text], seed: str) -> None:
        self._ways = [partial(way, mark=_digest(seed, "mark")[:5]) for way in WAYS]
        self._seed, self._texts = seed, {text.path: text for text in texts}
        self._written: dict[tuple[int, str], bytes] = {}

    def of(self, key: str, changed: Mapping[str, bytes] = MappingProxyType({})) -> dict[str, bytes]:
        """Every module in the way drawn for `key`, those `changed` from their changed text."""
        number = self._drawn(key)
        texts = {path: readable(path, data) for path, data in changed.items()}
        other = {path: self._ways[number](text) for path, text in texts.items() if text is not None}
        same = {path: self._as_written(number, path) for path in self._texts if path not in changed}
        return {**same, **changed, **other}

    def alters(self, key: str) -> bool:
        """Whether the way drawn for `key` changes the text of any module."""
        number = self._drawn(key)
        return any(self._as_written(number, path) != text.data for path, text in self._texts.items())

    def _drawn(self, key: str) -> int:
        return int(_digest(self._seed, key), 16) % len(self._ways)

    def _as_written(self, number: int, path: str) -> bytes:
        if (number, path) not in self._written:
            self._written[number, path] = self._ways[number](self._texts[path])
        return self._written[number, path]


def _chosen(places: list[Place], seed: str, submission: Submission, rewritings: Rewritings) -> Iterator[Planted]:
    """Spread over functions and operators: always the place whose function and operator were used least so far."""
    left = sorted(places, key=lambda place: _digest(seed, place.path, str(place.change.edits)))
    functions: Counter[tuple[str, str]] = Counter()
    operators: Counter[str] = Counter()
    lines: set[tuple[str, int]] = set()
    found = 0
    while left and found < MOST:
        place = min(left, key=lambda p: (functions[p.path, p.scope.name], operators[p.operator]))
        left.remove(place)
        planted = plant(place, submission, rewritings) if (place.path, place.line) not in lines else None
        if planted is not None:
            found += 1
            functions[place.path, place.scope.name] += 1
            operators[place.operator] += 1
            lines.add((place.path, place.line))
            yield planted


def plant(place: Place, submission: Submission, rewritings: Rewritings) -> Planted | None:
    """The fault at a place; None where the edit would not parse or says the same."""
    text, change = place.scope.text, place.change
    data = text.edited(change.edits)
    if data == text.data or parsed(data) is None:
        return None
    start, end = text.span(change.shown)
    said = SAID.get(place.operator) or _said(text.data[start:end], data[start : end + len(data) - len(text.data)])
    what = say("{said} in {scope}", said=said, scope=place.scope.name)
    where = submission.locate(place.path, place.line)
    key, function = _digest(place.path, what, str(data)), place.scope.name.rpartition(".")[2]
    return Planted(key, what, where, place.operator, {place.path: data}, rewritings, function=function, path=place.path)


def _said(before: bytes, after: bytes) -> str:
    """What was changed, quoted from shortly before the first difference on."""
    old, new = (" ".join(code.decode("utf-8", "replace").replace("`", "'").split()) for code in (before, after))
    if new in ("", "pass"):
        return say("left out `{cut}`", cut=_cut(old, 0))
    same = next((at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), 0)
    first = 0 if max(len(old), len(new)) <= MOST_WORDS else max(same - CONTEXT, 0)
    return say("changed `{cut}` to `{cut_2}`", cut=_cut(old, first), cut_2=_cut(new, first))


def _cut(words: str, first: int) -> str:
    shown = words[first : first + MOST_WORDS]
    return f"{'...' * (first > 0)}{shown}{'...' * (first + MOST_WORDS < len(words))}"


def _without_fault(places: list[Place], seed: str, submission: Submission, rewritings: Rewritings) -> Iterator[Planted]:
    """Runs without a fault, each as if there were one at a place drawn as for a fault."""
    keys = (_digest(seed, f"control {number}") for number in range(MOST_KEYS))
    for key in islice(filter(rewritings.alters, keys), MOST_UNCHANGED):  # one way leaves some modules as they are
        place = min(places, key=lambda place: _digest(key, place.path, str(place.change.edits)))
        where, function = submission.locate(place.path, None), place.scope.name.rpartition(".")[2]
        yield Planted(key, WRITTEN, where, "", {}, rewritings, faulty=False, function=function, path=place.path)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:12]
