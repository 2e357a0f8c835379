"""What the analysis knows of a value: frozen data, and objects that a program changes in place."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import reduce

from graders.checks.leakage.static.clocks import When
from graders.checks.leakage.static.rows import NO_ROWS, Place, Rows, Side, union


class Kind(StrEnum):
    """What was learned from rows."""

    FIT = "fit"  # a scaler, an imputer, a statistic
    MOMENT = "moment"  # a statistic of rows of one time each
    WORDS = "words"  # only which values occur: an encoder of categories
    TARGET = "target"  # the label by some feature
    DATED = "dated"  # the same, of rows of one time each
    AHEAD = "ahead"  # the labels of later rows, and the row's own
    OWN = "own"  # the row's own label among earlier ones
    RESAMPLED = "resampled"  # rows made from others, drawn again out of them, or kept by what these hold
    PICKED = "picked"  # rows that stay because of a model's answers for them
    REPEATED = "repeated"  # the same rows twice
    MODEL = "model"  # coefficients of a model written by hand


#: What is learned by having other rows, so that labels carry it too.
OF_ROWS = frozenset({Kind.RESAMPLED, Kind.PICKED, Kind.REPEATED})


@dataclass(frozen=True, slots=True)
class Fit:
    """Something learned from rows, which whatever is computed with it then rests on."""

    kind: Kind
    rows: Rows
    name: str
    at: Place
    of: str = ""


@dataclass(frozen=True, slots=True)
class Trained:
    """One fitting of one model."""

    name: str
    rows: Rows
    fits: frozenset[Fit]
    at: Place
    watched: Rows = NO_ROWS  # rows that decided when fitting stopped
    chosen: Rows = NO_ROWS  # rows on which it was preferred to others
    guessed: Rows = NO_ROWS  # of its rows, those whose labels are another model's answers
    search: bool = False


@dataclass(frozen=True, slots=True)
class Prediction:
    """A trained model asked about rows.  `stacked` are answers of other models among its features, for the rows they
    are of and by the rows they rest on."""

    model: Trained
    rows: Rows
    fits: frozenset[Fit]
    at: Place
    stacked: frozenset[tuple[Rows, Rows]] = frozenset()


@dataclass(frozen=True, slots=True)
class Comparison:
    """A prediction compared with the truth: one figure.

    best_of: it is the best of several.  tuned: rows of the figures by which a threshold or weight in it was chosen.
    """

    prediction: Prediction
    at: Place
    name: str
    best_of: bool = False
    tuned: Rows = NO_ROWS


@dataclass(frozen=True, slots=True)
class Data:
    """Rows, a column, an array, a number: anything computed.  A number learned from rows has fits and no rows.

    picks: as an index or mask it narrows to these sides.  columns: what single columns are known to hold.
    units: one row is a whole unit.  arrangement: "shuffled" or the column the rows are sorted by.
    turned: transposed, so that a product sums over rows.  single: one number made of all the rows.
    places: positions of other rows, for each row that was asked about.
    ranked: of a table of figures, those by which its lines are sorted.
    when: what it tells of the time of rows, where it is made of nothing else.
    plain: columns that were chosen by name, none of which holds labels.
    """

    rows: Rows = NO_ROWS
    fits: frozenset[Fit] = frozenset()
    predictions: frozenset[Prediction] = frozenset()
    judged: frozenset[Comparison] = frozenset()
    picks: frozenset[Side] = frozenset()
    columns: tuple[tuple[str, Data], ...] = ()
    column: str = ""
    target: bool = False
    when: When = When.NEVER
    plain: bool = False
    units: bool = False
    arrangement: str = ""
    turned: bool = False
    single: bool = False
    places: bool = False
    ranked: frozenset[Comparison] = frozenset()
    by: str = ""
    repeats: bool = False
    opaque: str = ""
    name: str = ""

    @property
    def empty(self) -> bool:
        return not (self.rows or self.fits or self.predictions or self.judged or self.picks)

    @property
    def best(self) -> frozenset[Comparison]:
        """Of the figures it rests on, those that are the best of several."""
        return frozenset(one for one in self.judged if one.best_of)


@dataclass(frozen=True, slots=True)
class Const:
    value: object


@dataclass(frozen=True, slots=True)
class Unknown:
    pass


@dataclass(frozen=True, slots=True)
class Name:
    """Something imported or built in, by its dotted name."""

    dotted: str

    @property
    def last(self) -> str:
        return self.dotted.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class File:
    """A path or an open file, by the last part of its name; empty where that is not known."""

    name: str = ""


@dataclass(eq=False, slots=True)
class Sequence:
    """`open`: there may be more like these.  `ranked`: the figure by which they are sorted.
    `put`: where items lie that were appended, by the call."""

    items: list[Value]
    open: bool = False
    ranked: Data | None = None
    put: dict[tuple[object, ...], int] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Mapping:
    items: dict[object, Value]
    rest: Value | None = None


@dataclass(eq=False, slots=True)
class Estimator:
    """Anything with `fit`.  `fitted` is its last fitting, `given` the data its constructor took."""

    name: str
    dotted: str
    parts: tuple[Value, ...] = ()
    options: dict[str, Value] = field(default_factory=dict)
    given: Data = Data()
    fitted: Trained | None = None
    learned: Fit | None = None
    best: frozenset[Comparison] = frozenset()


@dataclass(eq=False, slots=True)
class Function:
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    owner: Instance | Class | None = None


@dataclass(eq=False, slots=True)
class Class:
    node: ast.ClassDef
    scope: Scope
    members: dict[str, Value]


@dataclass(eq=False, slots=True)
class Instance:
    cls: Class
    attributes: dict[str, Value]

    @property
    def fields(self) -> list[str]:
        """The annotated names of a dataclass or a named tuple, in order."""
        body = self.cls.node.body
        return [s.target.id for s in body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)]

    @property
    def parts(self) -> list[Value] | None:
        """What a named tuple holds, in order; None for anything else."""
        bases = {getattr(b, "attr", getattr(b, "id", "")) for b in self.cls.node.bases}
        return [self.attributes.get(f, UNKNOWN) for f in self.fields] if "NamedTuple" in bases else None


@dataclass(eq=False, slots=True)
class Method:
    """A method of a value we know, not yet called."""

    receiver: Value
    name: str


@dataclass(eq=False, slots=True)
class Scope:
    """Names and what they hold; `parent` is the enclosing scope.

    given: what arguments, turning variables and what was made of them stand for, where it is no rows that are followed.
    """

    path: str
    names: dict[str, Value] = field(default_factory=dict)
    parent: Scope | None = None
    writes: set[str] = field(default_factory=set)  # names changed in place, not bound anew
    shared: set[str] = field(default_factory=set)  # declared global or nonlocal
    returns: list[Value] = field(default_factory=list)
    yields: list[Value] = field(default_factory=list)
    given: dict[str, str] = field(default_factory=dict)

    def holder(self, name: str) -> Scope | None:
        """The innermost scope, from this one outwards, that holds a name."""
        scope: Scope | None = self
        while scope is not None and name not in scope.names:
            scope = scope.parent
        return scope

    @property
    def top(self) -> Scope:
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope


Value = (
    Data | Const | Unknown | Name | File | Sequence | Mapping | Estimator | Function | Class | Instance | Method | Scope
)
UNKNOWN = Unknown()
NOTHING = Data()
#: Sorted by time, from the end.
LATEST_FIRST = "latest first"
#: Grouped by a window of rows beside each row, the row itself among them: a statistic of it is a row's own.
WINDOW = "~window"
#: The same without the row itself.
BEFORE = "~window before"
#: Grouped by the time of rows, maybe among other things: a cut in time leaves each group on one side.
MOMENT = "~moment"


def data_of(value: Value, depth: int = 3) -> Data:
    """All the data inside a value, as one."""
    if isinstance(value, Data):
        return value
    if depth and isinstance(value, Sequence):
        return merge(data_of(item, depth - 1) for item in value.items[:40])
    if depth and isinstance(value, Mapping):
        inside = [*value.items.values()][:40] + ([value.rest] if value.rest is not None else [])
        return merge(data_of(item, depth - 1) for item in inside)
    if depth and isinstance(value, Instance):
        return merge(data_of(item, depth - 1) for item in value.attributes.values())
    return NOTHING


def merge(several: Iterable[Data]) -> Data:
    """One value that may hold any of them, or parts of all."""
    return reduce(both, several, NOTHING)


def both(a: Data, b: Data) -> Data:
    if a == b or b.empty:
        return a
    if a.empty:
        return b
    return Data(
        union(a.rows, b.rows),
        everything(a).fits | everything(b).fits,
        everything(a).predictions | everything(b).predictions,
        everything(a).judged | everything(b).judged,
        picks=a.picks if a.picks == b.picks else frozenset(),
        target=a.target and b.target,
        plain=a.plain and b.plain,
        units=a.units and b.units,
        single=a.single and b.single,
        arrangement=a.arrangement if a.arrangement == b.arrangement else "",
        name=a.name or b.name,
    )


def everything(data: Data) -> Data:
    """The same with what its columns rest on made its own."""
    if not data.columns:
        return data
    inside = [column for _, column in data.columns]
    return replace(
        data,
        fits=data.fits.union(*(c.fits for c in inside)),
        predictions=data.predictions.union(*(c.predictions for c in inside)),
        judged=data.judged.union(*(c.judged for c in inside)),
        columns=(),
    )


def join(a: Value, b: Value) -> Value:
    """What a name holds after two branches that left different things in it."""
    if a is b or a == b or isinstance(b, Unknown):
        return a
    if isinstance(a, Unknown) or (isinstance(a, Const) and not isinstance(b, Const)):
        return b
    if isinstance(a, Const) and isinstance(b, Const):
        return UNKNOWN
    if isinstance(a, Data) and isinstance(b, Data):
        return both(a, b)
    if isinstance(a, Sequence) and isinstance(b, Sequence) and len(a.items) == len(b.items):
        return Sequence([join(x, y) for x, y in zip(a.items, b.items, strict=True)], a.open)
    if isinstance(a, Estimator) and isinstance(b, Estimator):
        return a if a.fitted is not None or a.learned is not None else b
    return a
