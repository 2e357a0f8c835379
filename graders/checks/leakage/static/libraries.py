"""Functions and constructors of the libraries, by the last part of their dotted name."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable
from dataclasses import replace

from graders.checks.leakage.static import polars
from graders.checks.leakage.static.containers import blend, elements, estimators_in
from graders.checks.leakage.static.expressions import complement
from graders.checks.leakage.static.files import FILES
from graders.checks.leakage.static.functions import apply, ranked_by
from graders.checks.leakage.static.knowledge import (
    BINNING,
    CROSS_SCORES,
    METRICS,
    OPTIMISING,
    PRESENT,
    RANDOM_ROWS,
    READING,
    REDUCING,
    SCALING,
    SOLVING,
    STOPPERS,
    WRAPPERS,
)
from graders.checks.leakage.static.learners import crossed, fit, known, rests_on, scored
from graders.checks.leakage.static.machine import Arguments, Site, text
from graders.checks.leakage.static.plain import PLAIN
from graders.checks.leakage.static.rows import Cut, How, Place, origin
from graders.checks.leakage.static.selection import best_of, extreme, preferred
from graders.checks.leakage.static.splits import train_test_split
from graders.checks.leakage.static.stores import update
from graders.checks.leakage.static.tables import grouped, mask_of, pivoted, present, reduced, stacked
from graders.checks.leakage.static.values import (
    OF_ROWS,
    UNKNOWN,
    Const,
    Data,
    Estimator,
    Fit,
    Function,
    Instance,
    Kind,
    Mapping,
    Name,
    Sequence,
    Trained,
    Value,
    data_of,
    everything,
    merge,
)

_BUILTINS = frozenset(dir(builtins))


def library_call(name: Name, arguments: Arguments, site: Site[ast.Call]) -> Value:
    last = name.last
    if last == "col" and name.dotted.partition(".")[0] in {"polars", "pl"}:
        return polars.column(arguments, site)
    special = _FUNCTIONS.get(last)
    if special is not None:
        return special(arguments, site)
    if last in FILES and (found := FILES[last](arguments, site)) is not None:
        return found
    if last in METRICS or name.dotted.startswith("sklearn.metrics."):
        return metric(arguments, site)
    if last in CROSS_SCORES:
        return cross_score(last, arguments, site)
    if last == "train" and name.dotted.partition(".")[0] in {"xgboost", "lightgbm", "xgb", "lgb"}:
        return boosted(name, arguments, site)
    if last in WRAPPERS | STOPPERS or (last[:1].isupper() and last not in _FRAMES and last not in _BUILTINS):
        return constructed(name, arguments)
    return _by_family(name, arguments, site)


def _by_family(name: Name, arguments: Arguments, site: Site[ast.Call]) -> Value:
    last, whole = name.last, blend(arguments.all)
    if last in {"default_rng", "RandomState", "Random"}:
        return Name("numpy.random")
    if last in RANDOM_ROWS and ("random" in name.dotted or whole.empty):
        return _random(last, arguments, site.place)
    if last in SCALING or last in BINNING or (last == "cut" and _counted(arguments.get(1, "bins"))):
        return _scaled(whole, site)
    if last in OPTIMISING and (best := _optimum(arguments, site)) is not None:
        return best
    if last in SOLVING:
        return _solved(whole, site)
    if last in REDUCING and name.dotted not in _BUILTINS:
        return _statistic(arguments, site)
    if (whole.empty and last.startswith(READING)) or "datasets" in name.dotted:
        read = f"{text(site.node, 200)} {_constants(arguments.all)}".rstrip()
        return Data(rows=origin(read), opaque=text(site.node, 200))
    if name.dotted in _BUILTINS:
        return replace(whole, opaque="")
    return (
        replace(whole, picks=frozenset(), columns=(), opaque=f"{text(site.node.func)}") if not whole.empty else UNKNOWN
    )


def _constants(values: Iterable[Value]) -> str:
    """The constants a call was given: the same words read other rows with other ones, as of another part."""
    found = (v for v in values if isinstance(v, Sequence | Const))
    return "".join(_constants(v.items) if isinstance(v, Sequence) else f"{v.value!r} " for v in found)[:200]


def _counted(bins: Value) -> bool:
    """Whether bins are given by their number, so that the rows' range decides on the edges."""
    return isinstance(bins, Const) and isinstance(bins.value, int)


def constructed(name: Name, arguments: Arguments) -> Value:
    """A new estimator, or whatever has that shape."""
    last = name.last
    if last in {"RandomState", "Random", "Generator"}:
        return Name("numpy.random")
    parts: tuple[Value, ...] = ()
    if last in WRAPPERS or last.endswith(("SearchCV", "ClassifierCV")):
        parts = tuple(_parts(Sequence(arguments.all)))
    data = merge(data_of(v) for v in arguments.all if isinstance(v, Data))
    shown = {"make_pipeline": "Pipeline", "make_column_transformer": "ColumnTransformer"}.get(last, last)
    options = dict(arguments.keywords)
    if last in {"KFold", "StratifiedKFold"} and len(arguments.positional) > 1:
        options.setdefault("shuffle", arguments.positional[1])
    if last in {"DMatrix", "Dataset", "Pool", "TensorDataset", "DataLoader", "QuantileDMatrix"} and not data.empty:
        held = blend([arguments.get(0, "data"), *arguments.all])  # labels and weights beside the rows are no rows
        return replace(held, picks=frozenset(), columns=())
    return Estimator(shown, name.dotted, parts, options, data)


def _parts(value: Value, depth: int = 4) -> list[Value]:
    """The estimators a wrapper was given, in order."""
    if isinstance(value, Estimator | Instance):
        return [value]
    inside = value.items if isinstance(value, Sequence) else []
    return [part for item in inside for part in _parts(item, depth - 1)] if depth else []


def metric(arguments: Arguments, site: Site[ast.Call]) -> Value:
    asked = merge(everything(data_of(v)) for v in arguments.all)
    truth = data_of(arguments.get(0, "y_true"))
    guess = everything(data_of(arguments.get(1, "y_score", "y_pred", "y_prob")))
    if not asked.predictions:
        asked = replace(guess, rows=truth.rows or guess.rows)
    elif fitted := [fit.rows for fit in guess.fits if fit.kind in (Kind.TARGET, Kind.DATED)]:
        figures = scored(asked, text(site.node.func), site).judged  # answers were brought to rates of labels
        return Data(judged=frozenset(replace(one, tuned=one.tuned.union(*fitted)) for one in figures))
    return scored(asked, text(site.node.func), site)


def cross_score(last: str, arguments: Arguments, site: Site[ast.Call]) -> Value:
    estimator = next(iter(estimators_in(arguments.get(0, "estimator"))), Estimator("the model", ""))
    X, y = known(arguments.get(1, "X")), known(arguments.get(2, "y"))
    resampled = frozenset(f for f in y.fits if f.kind in OF_ROWS)
    trained = Trained(estimator.name, X.rows or y.rows, rests_on(X) | resampled, site.place)
    groups = arguments.get(3, "groups")
    inner = Arguments([X, y, groups])
    judged = crossed(estimator, trained, inner, arguments.get(5, "cv") if _has_cv(arguments) else Const(None), site)
    for one in judged:
        site.machine.asked.setdefault(one.prediction)
    if last == "cross_val_predict":
        return Data(X.rows, predictions=frozenset(j.prediction for j in judged))
    return Data(judged=judged)


def _has_cv(arguments: Arguments) -> bool:
    return "cv" in arguments.keywords or len(arguments.positional) > 5


def boosted(name: Name, arguments: Arguments, site: Site[ast.Call]) -> Value:
    """xgboost.train and lightgbm.train."""
    model = Estimator(f"{name.dotted.partition('.')[0]}.train", name.dotted)
    rest = {k: v for k, v in arguments.keywords.items() if k not in {"dtrain", "train_set", "params"}}
    if len(arguments.positional) > 3:
        rest.setdefault("evals", arguments.positional[3])
    data = arguments.get(1, "dtrain", "train_set")
    return fit(model, Arguments([data], rest), site)


def _random(last: str, arguments: Arguments, at: Place) -> Value:
    chosen = data_of(arguments.get(0, "a"))
    if last == "choice" and not chosen.empty:
        return replace(chosen, arrangement="shuffled")
    drawn = Data(arrangement="shuffled", fits=blend(arguments.all).fits)
    if last not in {"randint", "integers", "choice"}:
        return drawn
    again = Cut(f"drawn {at}", How.RANDOM, last, at, draws=True)
    return replace(drawn, picks=frozenset({(again, 0)}))


def _scaled(whole: Data, site: Site[ast.Call]) -> Data:
    whole = everything(whole)
    learned = Fit(Kind.FIT, whole.rows, text(site.node), site.place, whole.name)
    return replace(whole, fits=whole.fits | {learned}, picks=frozenset()) if whole.rows else whole


def _solved(whole: Data, site: Site[ast.Call]) -> Data:
    whole = everything(whole)
    made = Fit(Kind.MODEL, whole.rows, text(site.node), site.place)
    return Data(fits=whole.fits | {made}) if whole.rows else replace(whole, picks=frozenset())


def _optimum(arguments: Arguments, site: Site[ast.Call]) -> Value | None:
    """What an optimiser finds rests on the figure that it makes least; None where it is given no such function."""
    function = arguments.get(0, "fun", "func")
    if not isinstance(function, Function):
        return None
    figure = data_of(apply(site.machine, function, Arguments([UNKNOWN])))
    return best_of(Data(judged=figure.judged)) if figure.judged else None


def _statistic(arguments: Arguments, site: Site[ast.Call]) -> Value:
    whole = blend(arguments.positional or arguments.all)
    if whole.judged and text(site.node.func).endswith(("max", "argmin")):
        return extreme(arguments.positional)
    function = text(site.node.func)
    weighted = function.endswith(("bincount", "crosstab")) and any(data_of(v).target for v in arguments.all)
    if function.endswith("pivot_table"):
        keys = [arguments.get(2, "index"), arguments.get(3, "columns")]
        whole = pivoted(data_of(arguments.get(0, "data")), arguments.get(1, "values"), keys, site)
    if function.endswith("crosstab"):
        told = [value.plain for value in arguments.all if isinstance(value, Data)]
        whole = replace(whole, by=grouped(whole, arguments.positional[:2], site), plain=all(told))
    found = reduced(replace(whole, target=True, by=whole.by or "?") if weighted else whole, arguments, site)
    return replace(found, single=bool(found.predictions) and len(arguments.all) == 1)


def _concat(arguments: Arguments, site: Site[ast.Call]) -> Value:
    parts = [data_of(v) for v in elements(arguments.get(0, "objs", "arrays", "tup"))]
    axis = arguments.get(1, "axis")
    sideways = isinstance(axis, Const) and axis.value in (1, "columns", -1)
    if sideways or text(site.node.func).endswith(("hstack", "column_stack", "c_")):
        return replace(blend(list(parts)), picks=frozenset())
    return stacked(parts, site)


def _resample(arguments: Arguments, site: Site[ast.Call]) -> Value:
    """sklearn.utils.resample: drawn again with replacement unless told otherwise."""
    again = arguments.get(-1, "replace")
    drawn: list[Value] = [replace(data_of(v), repeats=again != Const(False)) for v in arguments.positional]
    return drawn[0] if len(drawn) == 1 else Sequence(drawn)


def _repeat(arguments: Arguments, site: Site[ast.Call]) -> Value:
    return replace(data_of(arguments.get(0)), repeats=True)


def _isin(arguments: Arguments, site: Site[ast.Call]) -> Value:
    return mask_of(data_of(arguments.get(0)), data_of(arguments.get(1, "test_elements")), site)


def _arange(arguments: Arguments, site: Site[ast.Call]) -> Value:
    return Data(arrangement="order")


def _permutation(arguments: Arguments, site: Site[ast.Call]) -> Value:
    """Positions, or the given rows, in random order."""
    return replace(data_of(arguments.get(0)), arrangement="shuffled")


def _shuffle(arguments: Arguments, site: Site[ast.Call]) -> Value:
    """In place; sklearn.utils.shuffle returns its arguments instead."""
    mixed: list[Value] = [replace(data_of(v), arrangement="shuffled") for v in arguments.positional]
    for argument, value in zip(site.node.args, mixed, strict=False):
        update(site.at(argument), value)
    return mixed[0] if len(mixed) == 1 else Sequence(mixed)


def _frame(arguments: Arguments, site: Site[ast.Call]) -> Value:
    """DataFrame(x), Series(x), array(x): a dict gives columns, a list of literals rows of its own."""
    content = arguments.get(0, "data", "object", "a")
    if isinstance(content, Mapping):
        columns = [(k, data_of(v)) for k, v in content.items.items() if isinstance(k, str)]
        rows = next((c.rows for _, c in columns if c.rows), data_of(content).rows)
        return replace(data_of(content), rows=rows, columns=tuple(columns[:60]))
    if isinstance(content, Sequence) and content.items and all(isinstance(item, Mapping) for item in content.items):
        return _records([item for item in content.items if isinstance(item, Mapping)])
    data = data_of(content)
    literal = isinstance(content, Sequence) and data.empty and bool(content.items)
    return Data(rows=origin(text(site.node, 200))) if literal else data


def _records(rows: list[Mapping]) -> Data:
    """A table of one dictionary for each row: its columns are told apart by their names."""
    names = dict.fromkeys(key for row in rows for key in row.items if isinstance(key, str))
    columns = [(name, merge(data_of(row.items.get(name, UNKNOWN)) for row in rows)) for name in names]
    whole = merge(data_of(row) for row in rows)
    return replace(whole, columns=tuple(columns[:60])) if not any(row.rest for row in rows) else whole


def _positions(arguments: Arguments, site: Site[ast.Call]) -> Value:
    """flatnonzero(mask), where(mask): positions that pick what the mask picks."""
    if len(arguments.positional) > 1:
        return replace(blend(arguments.all), picks=frozenset(), columns=())
    return arguments.get(0, "a", "condition")


def _present(arguments: Arguments, site: Site[ast.Call]) -> Value:
    """isnan(values), isfinite(values)."""
    name = text(site.node.func).rpartition(".")[2]
    data = data_of(arguments.get(0))
    return present(data, site.node.args[0], PRESENT[name], site) if site.node.args and data.rows else data


def _truth(arguments: Arguments, site: Site[ast.Call]) -> Value:
    """logical_and, logical_not."""
    masks = [data_of(v) for v in arguments.positional]
    if text(site.node.func).endswith("not") and masks:
        return replace(masks[0], picks=complement(masks[0].picks))
    picks = (
        frozenset(side for mask in masks for side in mask.picks)
        if text(site.node.func).endswith("and")
        else frozenset()
    )
    return replace(blend(list(masks)), picks=picks)


def _extreme(arguments: Arguments, site: Site[ast.Call]) -> Value:
    score, among = arguments.keywords.get("key"), arguments.get(0)
    if isinstance(score, Function) and len(arguments.positional) == 1:
        items = elements(among)
        figure = ranked_by(site.machine, Sequence(items), score)
        if figure is not None:
            return preferred(items, figure)
    if blend(arguments.positional).judged:
        return extreme(arguments.positional)
    return (
        _statistic(arguments, site)
        if "." in text(site.node.func)
        else replace(blend(arguments.positional), rows=frozenset())
    )


def _split(arguments: Arguments, site: Site[ast.Call]) -> Value:
    return train_test_split(arguments, site)


_Handler = Callable[[Arguments, Site[ast.Call]], Value]
_FRAMES = frozenset(
    {"DataFrame", "Series", "Index", "PeriodIndex", "DatetimeIndex", "Timestamp", "Timedelta", "Path", "Bunch",
     "Counter", "Parallel"}
)  # fmt: skip
_FUNCTIONS: dict[str, _Handler] = {
    **PLAIN, **dict.fromkeys(PRESENT, _present),
    "train_test_split": _split, "concat": _concat, "vstack": _concat, "concatenate": _concat, "hstack": _concat,
    "column_stack": _concat, "r_": _concat, "resample": _resample, "repeat": _repeat, "isin": _isin,
    "in1d": _isin, "arange": _arange, "permutation": _permutation, "shuffle": _shuffle, "DataFrame": _frame,
    "Series": _frame, "array": _frame, "asarray": _frame, "flatnonzero": _positions, "nonzero": _positions,
    "where": _positions, "argwhere": _positions, "logical_and": _truth, "logical_not": _truth, "logical_or": _truth,
    "max": _extreme, "min": _extreme,
}  # fmt: skip
