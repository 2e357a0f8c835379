"""Estimators: fitting, transforming, predicting, scoring, searching."""

from __future__ import annotations

import ast
from dataclasses import replace
from functools import reduce

from graders.checks.leakage.static import files
from graders.checks.leakage.static.containers import blend, estimators_in
from graders.checks.leakage.static.functions import learns_nothing
from graders.checks.leakage.static.knowledge import (
    FITTING,
    NEAREST,
    PREDICTING,
    SCORING,
    SEARCHES,
    STARTS,
    STATELESS,
    STOPPERS,
    STOPPING,
    TARGET_ENCODERS,
    UNDERSAMPLERS,
    WORDS,
)
from graders.checks.leakage.static.machine import Arguments, Site, text
from graders.checks.leakage.static.rows import NO_ROWS, Place, Rows, may_share, narrow, origin, overlap, union, within
from graders.checks.leakage.static.splits import folds, split_pairs
from graders.checks.leakage.static.values import (
    OF_ROWS,
    UNKNOWN,
    Comparison,
    Const,
    Data,
    Estimator,
    File,
    Fit,
    Instance,
    Kind,
    Name,
    Prediction,
    Sequence,
    Trained,
    Value,
    data_of,
    everything,
    merge,
)


def estimator_method(estimator: Estimator, name: str, arguments: Arguments, site: Site[ast.Call]) -> Value:
    if name in FITTING:
        return fit(estimator, arguments, site)
    if name in {"fit_transform", "fit_predict", "train_transform"}:
        fit(estimator, arguments, site)
        return _seen_by(estimator, _input(arguments))
    if name in {"transform", "inverse_transform", "texts_to_sequences", "texts_to_matrix"}:
        return _seen_by(estimator, _input(arguments))
    if name in {"fit_resample", "fit_sample"}:
        return resample(estimator, arguments, site)
    if name in PREDICTING:
        return predict(estimator, _input(arguments), site)
    if name in SCORING:
        asked = predict(estimator, _input(arguments), site)
        return judge(asked, f"{estimator.name}.{name}", site)
    if name == "split":
        return split_pairs(estimator, arguments, site)
    return _other_method(estimator, name, arguments, site)


def _other_method(estimator: Estimator, name: str, arguments: Arguments, site: Site[ast.Call]) -> Value:
    """Methods that neither fit nor ask: saving, loading, settings."""
    if name in {"save_model", "save"}:
        files.save(site.machine, arguments.get(0, "fname", "filename", "filepath"), estimator)
        return UNKNOWN
    if name == "load_model":
        return _loaded(estimator, files.saved(site.machine, arguments.get(0, "fname", "filename")))
    if name in NEAREST:
        return _nearest(arguments)
    if name == "get_booster" or name.startswith(("set_", "compile", "build")):
        return estimator
    whole = blend(arguments.all)
    return UNKNOWN if whole.empty or name.startswith("get_") else whole


def _nearest(arguments: Arguments) -> Value:
    """Distances and positions of rows near those asked about, or the positions alone, as the call says."""
    asked = replace(_input(arguments), picks=frozenset(), columns=(), column="", target=False)
    places = replace(asked, places=True)
    alone = arguments.get(-1, "return_distance") == Const(False)
    return places if alone else Sequence([asked, places])


def _loaded(estimator: Estimator, saved: Value) -> Estimator:
    """`model.load_model(path)`: it becomes what was saved there."""
    if isinstance(saved, Estimator):
        estimator.fitted, estimator.learned = saved.fitted, saved.learned
    return estimator


def _input(arguments: Arguments) -> Data:
    return known(arguments.get(0, "X", "x", "data", "X_train", "generator", "train_data"))


def known(value: Value) -> Data:
    """Data of an argument; a name that is defined nowhere stands for rows of its own."""
    if isinstance(value, Name) and "." not in value.dotted:
        return Data(rows=origin(f"name {value.dotted}"))
    return everything(data_of(value))


def rests_on(data: Data) -> frozenset[Fit]:
    """All that the content of the data was computed with, other models' predictions included."""
    stacked = {Fit(Kind.FIT, p.model.rows, f"{p.model.name}.fit", p.model.at) for p in data.predictions}
    earlier = data.fits.union(*(p.model.fits for p in data.predictions))
    return earlier | stacked


def fit(estimator: Estimator, arguments: Arguments, site: Site[ast.Call]) -> Value:
    X = _input(arguments) if arguments.all else everything(estimator.given)
    y = known(arguments.get(1, "y", "Y", "y_train"))
    at, rows = site.place, X.rows or y.rows
    resampled = frozenset(f for f in y.fits if f.kind in OF_ROWS)
    fits = rests_on(X) | resampled | _rested_on(estimator) | rests_on(_weights(arguments))
    chosen = union(_chosen(estimator), rows_of_best(X))
    watched, guessed = _watched(estimator, arguments), _guessed(rows, y)
    if (start := _started_from(arguments, site)) is not None:
        rows, fits, chosen = union(rows, start.rows), fits | start.fits, union(chosen, start.chosen)
    trained = Trained(estimator.name, rows, fits, at, watched, chosen, guessed=guessed)
    estimator.fitted = trained
    estimator.learned = _learned(estimator, X, rows, site.node, at)
    estimator.best = _search(estimator, trained, arguments, site)
    if rows and estimator.learned is not None:
        site.machine.learned.setdefault(estimator.learned)
    return estimator


def _rested_on(estimator: Estimator, depth: int = 4) -> frozenset[Fit]:
    """What it and its parts were given when they were made, such as an order of categories, was computed with."""
    own = rests_on(everything(merge(data_of(value) for value in estimator.options.values())))
    parts = [part for part in estimator.parts if isinstance(part, Estimator)] if depth else []
    return own.union(*(_rested_on(part, depth - 1) for part in parts))


def _weights(arguments: Arguments) -> Data:
    """The weights of the rows."""
    return everything(merge(data_of(v) for name, v in arguments.keywords.items() if name.endswith("sample_weight")))


def _started_from(arguments: Arguments, site: Site[ast.Call]) -> Trained | None:
    """The booster whose trees a new one is added to, by itself or by the file it was saved in."""
    given = next((arguments.keywords[name] for name in STARTS if name in arguments.keywords), UNKNOWN)
    if isinstance(given, File) or (isinstance(given, Const) and isinstance(given.value, str)):
        given = files.saved(site.machine, given)
    return given.fitted if isinstance(given, Estimator) else None


def _guessed(rows: Rows, y: Data) -> Rows:
    """The rows whose labels are some model's own guesses, beside others that have real ones."""
    guessed = frozenset(atom for p in y.predictions for atom in p.rows)
    found = frozenset(atom for atom in rows if within(frozenset({atom}), guessed))
    return found if found != rows else NO_ROWS


def _learned(estimator: Estimator, X: Data, rows: Rows, node: ast.Call, at: Place) -> Fit | None:
    if stateless(estimator):
        return None
    method = node.func.attr if isinstance(node.func, ast.Attribute) else "fit"
    return Fit(kind_of(estimator, X), rows, f"{estimator.name}.{method}", at, X.name)


def kind_of(estimator: Estimator, X: Data) -> Kind:
    parts = [p for p in estimator.parts if isinstance(p, Estimator)]
    kinds = {_kind(part, X) for part in parts if not stateless(part)} or {_kind(estimator, X)}
    for kind in (Kind.TARGET, Kind.FIT):
        if kind in kinds:
            return kind
    return Kind.WORDS


def _kind(estimator: Estimator, X: Data) -> Kind:
    if estimator.name in TARGET_ENCODERS:
        return Kind.TARGET
    return Kind.WORDS if estimator.name in WORDS or X.target else Kind.FIT


def stateless(estimator: Estimator, depth: int = 4) -> bool:
    """Whether fitting keeps nothing of the rows."""
    if estimator.name in STATELESS:
        return True
    if estimator.name in {"OneHotEncoder", "OrdinalEncoder"}:
        return isinstance(estimator.options.get("categories"), Sequence)
    if estimator.name == "SimpleImputer":
        return estimator.options.get("strategy") == Const("constant")
    if not estimator.parts or not depth:
        return False
    return all(_part_stateless(part, depth) for part in estimator.parts)


def _part_stateless(part: Value, depth: int) -> bool:
    if isinstance(part, Estimator):
        return stateless(part, depth - 1)
    return isinstance(part, Const) or (isinstance(part, Instance) and learns_nothing(part))


def _watched(estimator: Estimator, arguments: Arguments) -> Rows:
    """Rows that decide when fitting stops: a validation set, where something stops early on it."""
    options = {**estimator.options, **arguments.keywords}
    stops = any(_on(options.get(name)) for name in STOPPING)
    by_default = estimator.name.startswith("CatBoost") and "use_best_model" not in options
    called = estimators_in(options.get("callbacks", UNKNOWN))
    if not (stops or by_default or any(c.name in STOPPERS for c in called)):
        return NO_ROWS
    rows: Rows = NO_ROWS
    own = _input(arguments).rows
    for name in ("eval_set", "validation_data", "valid_sets", "evals", "X_val"):
        for value in _sets(options.get(name, UNKNOWN)):
            rows = union(rows, data_of(value).rows)
    return rows - own


def _sets(value: Value) -> list[Value]:
    """The sets in `eval_set=[(X, y), ...]`, `(X, y)` or `[X, ...]`, each by what comes first in it."""
    if not isinstance(value, Sequence):
        return [value]
    return [item.items[0] if isinstance(item, Sequence) and item.items else item for item in value.items]


def _on(value: Value | None) -> bool:
    return value is not None and not (isinstance(value, Const) and not value.value)


def _chosen(estimator: Estimator) -> Rows:
    """Rows on which one of its settings gave the best of several scores."""
    settings = (everything(value) for value in estimator.options.values() if isinstance(value, Data))
    return reduce(union, map(rows_of_best, settings), NO_ROWS)


def rows_of_best(data: Data) -> Rows:
    """The rows of figures that are the best of several, however many kinds: what they share with others is asked."""
    return NO_ROWS.union(*(one.prediction.rows for one in data.best))


def _search(
    estimator: Estimator, trained: Trained, arguments: Arguments, site: Site[ast.Call]
) -> frozenset[Comparison]:
    """What `best_score_` rests on: the folds inside a search."""
    if estimator.name not in SEARCHES:
        return frozenset()
    return crossed(estimator, trained, arguments, estimator.options.get("cv", Const(None)), site)


def crossed(
    estimator: Estimator,
    trained: Trained,
    arguments: Arguments,
    splitter: Value,
    site: Site[ast.Call],
) -> frozenset[Comparison]:
    """One fold of a cross-validation stands for all."""
    cut = folds(splitter, arguments, site)
    model = replace(trained, rows=narrow(trained.rows, frozenset({(cut, 0)})), search=True)
    prediction = Prediction(model, narrow(trained.rows, frozenset({(cut, 1)})), trained.fits, trained.at)
    return frozenset({Comparison(prediction, trained.at, text(getattr(site.node, "func", site.node)))})


def _seen_by(estimator: Estimator, X: Data) -> Data:
    """Rows after a transformer: they rest on what it learned."""
    learned = frozenset({estimator.learned}) if estimator.learned is not None else frozenset()
    return replace(X, fits=X.fits | learned, picks=frozenset(), columns=())


def resample(estimator: Estimator, arguments: Arguments, site: Site[ast.Call]) -> Value:
    X, y = known(arguments.get(0, "X")), known(arguments.get(1, "y"))
    if estimator.name not in UNDERSAMPLERS:
        rows = X.rows or y.rows
        made = Fit(Kind.RESAMPLED, rows, f"{estimator.name}.fit_resample", site.place, X.name)
        site.machine.learned.setdefault(made)
        X, y = replace(X, fits=X.fits | {made}), replace(y, fits=y.fits | {made})
    return Sequence([X, y])


def predict(estimator: Estimator, X: Data, site: Site[ast.Call]) -> Data:
    model = estimator.fitted
    if model is None:
        return replace(X, picks=frozenset(), columns=())
    stacked = frozenset((p.model.rows, p.rows) for p in X.predictions if may_share(p.rows, X.rows))
    prediction = Prediction(model, X.rows, X.fits, site.place, stacked)
    if site.machine.loops or not _example(site.node):
        site.machine.asked.setdefault(prediction)
    return Data(X.rows, predictions=frozenset({prediction}), arrangement=X.arrangement)


def _example(node: ast.Call) -> bool:
    """`predict([row])`, `predict(row.reshape(1, -1))`: one row to look at, which judges nothing."""
    first = node.args[0] if node.args else None
    if isinstance(first, ast.List):
        return len(first.elts) == 1
    shaped = isinstance(first, ast.Call) and isinstance(first.func, ast.Attribute) and first.func.attr == "reshape"
    return shaped and text(first).endswith(("reshape(1, -1)", "reshape((1, -1))"))


def judge(asked: Data, name: str, site: Site[ast.Call], tuned: Rows = NO_ROWS) -> Data:
    """A figure for predictions; predictions without a model are of one written by hand."""
    at = site.place
    whole = everything(asked)
    predictions = whole.predictions or _by_hand(whole)
    return Data(judged=frozenset(Comparison(p, at, name, tuned=tuned) for p in predictions))


def scored(asked: Data, name: str, site: Site[ast.Call]) -> Data:
    """A figure for answers that may rest on figures themselves, and on answers for other rows: these are no part of
    it.  A figure of the same answers stays the one, unless something was chosen by it."""
    known, best = {one.prediction for one in asked.judged}, rows_of_best(asked)
    own = frozenset(one for one in asked.predictions if overlap(one.rows, asked.rows)) or asked.predictions
    fresh = own - known
    if known and not fresh and not (best and own):
        return Data(judged=asked.judged)
    return judge(replace(asked, predictions=fresh or own), name, site, best)


def _by_hand(asked: Data) -> frozenset[Prediction]:
    made = [f for f in asked.fits if f.kind in {Kind.MODEL, Kind.TARGET, Kind.DATED}]
    if not made:
        return frozenset()
    first = min(made, key=lambda f: (f.at.path, f.at.line))
    rows: Rows = NO_ROWS
    for part in made:
        if part.kind is Kind.MODEL:
            rows = union(rows, part.rows)
    model = Trained(first.name, rows, asked.fits - {f for f in made if f.kind is Kind.MODEL}, first.at)
    return frozenset({Prediction(model, asked.rows, frozenset(), first.at)})
