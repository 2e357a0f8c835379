"""A case and what is worked out of it: each thing once, however many checks ask."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from graders.measure import importance, metrics, performance
from graders.measure.importance import Importance
from graders.measure.metrics import Measured
from graders.measure.performance import Scored
from graders.model.arrays import FloatArray
from graders.model.case import Case, NotApplicable
from graders.model.probe import Run
from graders.mutation import trial
from graders.mutation.plan import Plan, plan
from graders.mutation.trial import Kills
from graders.source import chance, suite, tools, writing
from graders.source.code import READ_BY, Code
from graders.source.sources import Sources, read
from graders.source.tools import TestResults
from graders.source.writing import Writing

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
#: A kind of what is given, and a name in it; None for all of them.
Asked = tuple[str, str | None]
#: What is worked out, by its name and what it is about.
Key = tuple[object, ...]
#: What another process has worked out of the same case, and what was looked at for it.
Told = Mapping[Key, tuple[Any, tuple[Asked, ...]]]
#: A parsed text is soon parsed again, and functions of a metric cannot be sent.
STAYS: frozenset[Key] = frozenset({("code",), ("measured",), ("scored",), ("sources",)})


@dataclass(frozen=True, eq=False)
class Kept:
    """Something that was worked out, and what was looked at for it; None where there was none of a name."""

    value: Any
    rests_on: Mapping[Asked, Any]


class Memory:
    """What was worked out of cases of one submission, each thing with the runs that it rests on.

    It holds for any other case in which these are the same.  So what a question in mid-grading needs is not worked out
    again for the report.
    """

    def __init__(self) -> None:
        self.kept: dict[Key, Kept] = {}
        self._about: Case | None = None

    def about(self, case: Case) -> Memory:
        """This memory, emptied where it is about another submission, other rows or another seed."""
        if self._about is None or not _alike(self._about, case):
            self.kept.clear()
            self._about = case
        return self


_memory: ContextVar[Memory | None] = ContextVar("memory", default=None)


@contextmanager
def remembering(memory: Memory) -> Iterator[None]:
    """Let all that is worked out in this block be kept here, and taken from here."""
    token = _memory.set(memory)
    try:
        yield
    finally:
        _memory.reset(token)


class Watched(Mapping[str, Run]):
    """Runs by probe, which tell what of them is looked at."""

    def __init__(self, kind: str, known: Mapping[str, Run], tell: Callable[[Asked, Any], None]) -> None:
        self._kind, self._of, self._tell = kind, known, tell

    def __getitem__(self, name: str) -> Run:
        self._tell((self._kind, name), self._of.get(name))
        return self._of[name]

    def __iter__(self) -> Iterator[str]:
        self._tell((self._kind, None), tuple(self._of.items()))
        return iter(self._of)

    def __len__(self) -> int:
        self._tell((self._kind, None), tuple(self._of.items()))
        return len(self._of)


@dataclass(frozen=True, eq=False)
class Facts:
    """What checks, criteria and tables may ask of a case.

    Every property raises NotApplicable where the runs it rests on gave nothing.
    """

    case: Case
    _memory: Memory = field(init=False, repr=False)
    #: By kind what work may rest on: runs of the submission and of the challenge's reference.
    _given: dict[str, Mapping[str, Any]] = field(default_factory=dict, init=False, repr=False)
    #: What is known to hold for this case, and what each piece of work that goes on has looked at.
    _known: dict[Key, Kept] = field(default_factory=dict, init=False, repr=False)
    _looking: list[dict[Asked, Any]] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        memory, case = _memory.get(), self.case
        object.__setattr__(self, "_memory", Memory() if memory is None else memory.about(case))
        own, reference = self._watched("runs", case.runs), self._watched("reference", case.cost_baseline)
        # no judgement depends on the day
        object.__setattr__(self, "case", replace(case, runs=own, cost_baseline=reference, graded_at=""))

    def _watched(self, kind: str, given: Mapping[str, Run]) -> Mapping[str, Run]:
        """The same, and whoever looks at a part of it while something is worked out rests on that part."""
        self._given[kind] = given
        return Watched(kind, given, self._look)

    def recall(self, key: Key, work: Callable[[], Result]) -> Result:
        """What `work` gives, which has this name: worked out now, or earlier where it rests on the same runs."""
        kept = self._known.get(key)
        if kept is None and (earlier := self._memory.kept.get(key)) is not None and self._holds(earlier):
            kept = earlier
        if kept is None:
            looked: dict[Asked, Any] = {}
            self._looking.append(looked)
            try:
                kept = Kept(work(), looked)
            finally:
                self._looking.pop()
                self._look_at(looked)
            self._memory.kept[key] = kept
        else:
            self._look_at(kept.rests_on)
        self._known[key] = kept
        return cast("Result", kept.value)

    def tell(self) -> Told:
        """What was worked out here, as far as it can be sent to another process."""
        return {
            key: (kept.value, tuple(kept.rests_on))
            for key, kept in self._known.items()
            if key not in STAYS and _can_be_sent(kept.value)
        }

    def hear(self, told: Told) -> None:
        """Know what another process has worked out of the same case."""
        for key, (value, asked) in told.items():
            self._known.setdefault(key, Kept(value, {one: self._now(*one) for one in asked}))

    def _look(self, asked: Asked, found: Any) -> None:
        self._look_at({asked: found})

    def _look_at(self, looked: Mapping[Asked, Any]) -> None:
        if self._looking:
            self._looking[-1].update(looked)

    def _holds(self, kept: Kept) -> bool:
        return all(_same(self._now(*asked), found) for asked, found in kept.rests_on.items())

    def _now(self, kind: str, name: str | None) -> Any:
        given = self._given[kind]
        return tuple(given.items()) if name is None else given.get(name)

    @property
    def code(self) -> Code:
        """What can be read without running anything."""
        return self.recall(("code",), self._code)

    def _code(self) -> Code:
        runs = self.case.runs
        named: dict[str, Run] = {name: runs[name] for name in READ_BY if name in runs}
        return self._read_by(named)

    def _read_by(self, runs: Mapping[str, Run]) -> Code:
        return Code(self.case.submission, runs, lambda _: self.sources)

    @property
    def sources(self) -> Sources:
        """The text, parsed; it rests on no run."""
        return self.recall(("sources",), partial(read, self.case.submission))

    @property
    def may_rest_on_chance(self) -> bool:
        """Whether the text may draw what no generator shows; True where nobody could read it.  It rests on no run."""
        return self.recall(("chance",), self._may_rest_on_chance)

    def _may_rest_on_chance(self) -> bool:
        try:
            return chance.may_decide(self._read_by({}).sources.product)
        except NotApplicable:
            return True

    @property
    def measured(self) -> Measured:
        return self.recall(("measured",), partial(metrics.measure, self.case))

    @property
    def scored(self) -> Scored:
        return self.recall(("scored",), partial(performance.scored, self.case))

    @property
    def importances(self) -> tuple[Importance, ...]:
        return self.recall(("importances",), partial(importance.importances, self.case))

    @property
    def tests(self) -> TestResults:
        """How the candidate's tests ended as they were handed in."""
        return self.recall(("tests",), partial(tools.test_results, self.case))

    @property
    def planted(self) -> Plan:
        """The faults that are planted for the tests."""
        case = self.case
        return self.recall(("planted",), lambda: plan(case.submission, self.tests.missed, case.seed, self.sources))

    @property
    def kills(self) -> Kills:
        """What the candidate's tests noticed of planted faults."""
        return self.recall(("kills",), self._kills)

    def _kills(self) -> Kills:
        return trial.kills(self.case, lambda: self.planted).without(suite.of_the_text(self.sources))

    @property
    def writing(self) -> Writing:
        """README and notes, read with the words of these data in mind."""
        case = self.case
        return self.recall(("writing",), lambda: writing.read(case.submission, case.challenge, case.dataset.public))


def _can_be_sent(value: object) -> bool:
    try:
        pickle.dumps(value)
    except (pickle.PicklingError, AttributeError, TypeError):  # it holds a function without a name
        return False
    return True


def _alike(one: Case, other: Case) -> bool:
    """Whether two cases differ in their runs alone, as far as any judgement is concerned."""
    return (
        replace(one.submission, wanted=()) == replace(other.submission, wanted=())
        and one.challenge == other.challenge
        and one.dataset is other.dataset
        and (one.seed, one.sandbox) == (other.seed, other.sandbox)
    )


def _same(one: Any, other: Any) -> bool:
    """Whether two runs, or all of them by name, say the same; models say nothing."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(a[0] == b[0] and _same(a[1], b[1]) for a, b in pairs)
    if one is other:
        return True
    if not (isinstance(one, Run) and isinstance(other, Run)):
        return bool(one == other)
    ours, theirs = ({**vars(run), "predictions": None, "model": None} for run in (one, other))
    return ours == theirs and _same_answers(one.predictions, other.predictions)


def _same_answers(one: FloatArray | None, other: FloatArray | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()


def once(
    work: Callable[Concatenate[Facts, Arguments], Result],
) -> Callable[Concatenate[Facts, Arguments], Result]:
    """Let what a family of checks works out be worked out once for each case."""

    @wraps(work)
    def known(facts: Facts, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        return facts.recall((known, *args, *kwargs.items()), partial(work, facts, *args, **kwargs))

    return known
