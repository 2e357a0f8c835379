"""What predictions on a table can be worth where no oracle is known: constant, simple and strong models of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from challenges.tables import folds, known
from challenges.tables.definition import Definition
from challenges.tables.folds import Measured
from challenges.tables.limits import LEAVES, MOST_ROWS, TREES, predicting_seconds, training_mb, training_seconds
from challenges.tables.packed import Rows, frame
from graders.measure.linear import Clusters, Linear
from graders.model.arrays import FloatArray, IntArray, Truth
from graders.model.challenge import Challenge
from graders.model.later import pd
from graders.tasks.asked import metric_of, task_of
from graders.tasks.metric import Metric

#: Rows that are answered at a time, so that a large table is not held as numbers beside itself.
CHUNK = 20_000
#: Of a target whose metric weighs no squares the linear model takes such a share at each end as the value next to it.
FAR = 0.01
#: Of free text so many numbers are made, out of the words that so many slots hold.
TOPICS, SLOTS = 20, 2**12
#: Two figures of the same rows differ reliably from so many standard errors of their difference on.
RELIABLE = 2.8


@dataclass(frozen=True, eq=False)
class Answers:
    """What each yardstick answers for the hidden rows, and the strong one for public rows that it was not fitted on.

    second: another good model, so that it can be said from which difference on two of them can be told apart.
    """

    constant: FloatArray
    simple: FloatArray
    strong: FloatArray
    public: FloatArray
    chosen: str
    second: FloatArray | None = None


@dataclass(frozen=True)
class Yardsticks:
    """Their values of the challenge's metric on hidden rows.  gain: how much better strong is than simple.  reliable:
    from which difference on two submissions can be told apart.  perfect: the skill of simple where 1 is perfect.
    above: how much better strong is than constant."""

    constant: Measured
    simple: Measured
    strong: Measured
    gain: Measured
    reliable: float
    perfect: float
    chosen: str
    train_seconds: float
    predict_seconds: float
    memory_mb: int
    note: str = ""
    above: Measured | None = None

    @property
    def unlearnable(self) -> bool:
        """Whether the strong model is no better than a constant, beyond noise."""
        return self.above is not None and self.above.low <= 0

    @property
    def alike(self) -> bool:
        """Whether simple and strong lie within each other's noise."""
        return self.gain.low <= 0

    def named(self) -> Iterable[tuple[str, Measured]]:
        return (("constant", self.constant), ("simple", self.simple), (f"strong ({self.chosen})", self.strong))


def measure(
    definition: Definition, challenge: Challenge, hidden: Rows, labels: Truth, answers: Answers, public: float
) -> Yardsticks:
    """The yardsticks on the hidden rows, with the error of whole units; public: bytes of the public rows."""
    metric, clusters = metric_of(challenge), Clusters(folds.units(definition, hidden))

    def linear(told: FloatArray) -> Linear:
        return Linear(metric.statistic.value(labels, told), metric.statistic.influence(labels, told))

    def measured(of: Linear, least: float = -np.inf, most: float = np.inf) -> Measured:
        return Measured(of.value, clusters.error(of), least, most)

    rows = len(answers.public)
    constant, simple, strong = (linear(told) for told in (answers.constant, answers.simple, answers.strong))
    gain = measured((strong - simple).times(metric.sign))
    return Yardsticks(
        measured(constant, metric.low, metric.high),
        measured(simple, metric.low, metric.high),
        measured(strong, metric.low, metric.high),
        gain,
        RELIABLE * (gain.error if answers.second is None else clusters.error(strong - linear(answers.second))),
        _perfection(metric, constant.value, simple.value),
        answers.chosen,
        training_seconds(rows, len(definition.features), len(definition.classes)),
        predicting_seconds(len(hidden), len(definition.features), len(definition.classes)),
        training_mb(public),
        f"Fitted on {MOST_ROWS:,} of {rows:,} public rows." if rows > MOST_ROWS else "",
        measured((strong - constant).times(metric.sign)),
    )


def _perfection(metric: Metric, constant: float, value: float) -> float:
    best = metric.high if metric.higher else metric.low
    return (value - constant) / (best - constant) if best != constant else 0.0


def fit(definition: Definition, challenge: Challenge, public: Rows, hidden: Rows) -> Answers:
    """Fit all yardsticks; the strong one is chosen by folds of whole units inside the public rows alone."""
    task = task_of(challenge)
    truth = task.truth(challenge, public[definition.target])
    metric = metric_of(challenge)
    uninformed = task.uninformed(challenge, truth, len(public))
    values = [metric.sign * metric.statistic.value(truth, told) for told in uninformed]
    constant = task.uninformed(challenge, truth, len(hidden))[int(np.nanargmax(values))]
    rng = np.random.default_rng(0)
    unit, _ = folds.units_of_sides(definition, public, hidden)
    order = np.argsort(rng.permutation(int(unit.max()) + 1)[unit], kind="stable")[:MOST_ROWS]
    # Trees would lay later rows to the last ones that they know.
    encoder = _reader(public, [n for n in definition.features if n != definition.time and n in public], order)
    past = _past(definition, public, hidden)
    x, labels = np.hstack([encoder.matrix(frame(public, order)), past[0][order]]), truth[order]
    fold = folds.drawn(unit, rng)
    makers = _makers(challenge, encoder.coded, past[0].shape[1])
    by_fold = [
        {name: maker(x[fold[order] != part], labels[fold[order] != part]) for name, maker in makers.items()}
        for part in range(folds.FOLDS)
    ]
    judged = {name: _of_folds(by_fold, name, x, fold[order]) for name in makers}
    best = _best(metric, _forward(definition, public, makers, x, order, truth) or (labels, judged))
    public_strong = np.concatenate(
        [_told(by_fold, best, part, fold[rows]) for rows, part in _parts(encoder, public, past[0])]
    )
    asked = {"simple", "boosting", *(makers if best == "blend" else [best])}
    fitted = {name: maker(x, labels) for name, maker in makers.items() if name in asked}
    parts = [{name: predict(part) for name, predict in fitted.items()} for _, part in _parts(encoder, hidden, past[1])]
    later = {name: np.concatenate([part[name] for part in parts]) for name in asked}
    strong = np.mean([later[name] for name in makers], axis=0) if best == "blend" else later[best]
    second = later["boosting" if best == "simple" else "simple"]
    return Answers(constant, later["simple"], strong, public_strong, best, second)


def _told(by_fold: Sequence[Mapping[str, Predict]], name: str, x: FloatArray, fold: IntArray) -> FloatArray:
    """What a model, or the blend of all, says of rows by those of its fits that did not see their fold."""
    if name == "blend":
        return np.asarray(np.mean([_of_folds(by_fold, own, x, fold) for own in by_fold[0]], axis=0))
    return _of_folds(by_fold, name, x, fold)


def _of_folds(by_fold: Sequence[Mapping[str, Predict]], name: str, x: FloatArray, fold: IntArray) -> FloatArray:
    parts = [(np.flatnonzero(fold == part), models[name]) for part, models in enumerate(by_fold)]
    told = np.concatenate([predict(x[rows]) for rows, predict in parts if len(rows)])
    place = np.argsort(np.concatenate([rows for rows, _ in parts]))
    return np.asarray(told[place])


def _best(metric: Metric, judged: tuple[Truth, dict[str, FloatArray]]) -> str:
    truth, told = judged[0], _with_blend(judged[1])
    return max(told, key=lambda name: metric.sign * metric.statistic.value(truth, told[name]))


@dataclass(frozen=True)
class Reader:
    """How rows become numbers: columns by their encoder, free text by what it speaks of."""

    columns: folds.Encoder
    topics: Mapping[str, Any]

    @property
    def coded(self) -> list[bool]:
        return self.columns.coded + [False for topics in self.topics.values() for _topic in topics[-1].components_]

    def matrix(self, rows: pd.DataFrame) -> FloatArray:
        """Shape (rows, columns)."""
        told = [topics.transform(_texts(rows[name])) for name, topics in self.topics.items()]
        return np.hstack([self.columns.matrix(rows), *told])


def _reader(public: Rows, names: Sequence[str], order: IntArray) -> Reader:
    """Topics are singular vectors of weighted words (latent semantic analysis: Deerwester et al. 1990)."""
    prose = [name for name in names if folds.is_prose(public[name])]
    columns = folds.encoder(public, [n for n in names if n not in prose and not folds.unique_key(public[n])])
    return Reader(columns, {name: _topics().fit(_texts(public[name].take(order))) for name in prose})


def _topics() -> Any:
    from sklearn.decomposition import TruncatedSVD  # noqa: PLC0415
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415

    words = HashingVectorizer(n_features=SLOTS, alternate_sign=False, norm=None)
    return make_pipeline(words, TfidfTransformer(sublinear_tf=True), TruncatedSVD(TOPICS, random_state=0))


def _texts(column: pd.Series) -> pd.Series:
    return column.astype(object).where(column.notna(), "")


def _parts(encoder: Reader, rows: Rows, past: FloatArray) -> Iterable[tuple[slice, FloatArray]]:
    """Rows as numbers, some at a time, with what the past of their units tells."""
    for begin in range(0, len(rows), CHUNK):
        part = slice(begin, begin + CHUNK)
        yield part, np.hstack([encoder.matrix(frame(rows, part)), past[part]])


def _past(definition: Definition, public: Rows, hidden: Rows) -> tuple[FloatArray, FloatArray]:
    """What earlier labels of a row's unit say, and the month and weekday of the row: of public rows and of hidden ones.

    Shape (rows, columns); without columns where hidden units are new.
    """
    sides = public, hidden
    if definition.time is None or definition.hidden_units == "new":
        return np.zeros((len(public), 0)), np.zeros((len(hidden), 0))
    own, asked = folds.units_of_sides(definition, public, hidden)
    times = pd.factorize(public[definition.time], sort=True)[0].astype(np.int64)
    truth = known.as_columns(definition, public[definition.target])
    levels = known.level_before(truth, own, times), known.level(truth, own, asked)
    days = [pd.to_datetime(side[definition.time], format="ISO8601") for side in sides]
    told = [np.column_stack([level, day.dt.month, day.dt.day_of_week]) for level, day in zip(levels, days, strict=True)]
    return told[0].astype(np.float64), told[1].astype(np.float64)


Predict = Callable[[FloatArray], FloatArray]
Makers = dict[str, Callable[[FloatArray, Truth], Predict]]


def _forward(
    definition: Definition, public: Rows, makers: Makers, x: FloatArray, order: IntArray, truth: Truth
) -> tuple[Truth, dict[str, FloatArray]] | None:
    """Where rows have a time: the last of those that are learned from, and what models of earlier ones say of them."""
    if definition.time is None:
        return None
    times = public[definition.time].take(order).to_numpy()
    late = np.asarray(times >= np.sort(times)[int(0.7 * len(times))])
    early, own = ~late, truth[order]
    if early.sum() < 100 or (definition.task != "regression" and len(np.unique(own[early])) < len(np.unique(truth))):
        return None
    asked = x[late]
    if definition.hidden_units == "known":  # of late rows no label is known yet
        past = _past(definition, frame(public, order[early]), frame(public, order[late]))[1]
        asked = np.hstack([asked[:, : -past.shape[1]], past])
    return own[late], {name: maker(x[early], own[early])(asked) for name, maker in makers.items()}


def _with_blend(told: dict[str, FloatArray]) -> dict[str, FloatArray]:
    """What each model says, and their mean."""
    return {**told, "blend": np.mean(list(told.values()), axis=0)}


def _makers(challenge: Challenge, coded: list[bool], past: int) -> Makers:
    """How each model is fitted: of columns as numbers and truth, a function from columns to answers.

    past: how many of the columns, the last, tell of the past of known units; the simple model does without.
    """
    own = len(coded)
    coded = [*coded, *([False] * past)]

    def simple(x: FloatArray, y: Truth) -> Predict:
        told = _simple(challenge, coded[:own], x[:, :own], y)
        return lambda rows: told(rows[:, :own])

    makers: Makers = {
        "simple": simple,
        "flat boosting": lambda x, y: _boosted(challenge, coded, x, y, leaves=4, iterations=150, rate=0.08),
        "boosting": lambda x, y: _boosted(challenge, coded, x, y, leaves=12, iterations=120, rate=0.08),
        "deep boosting": lambda x, y: _boosted(challenge, coded, x, y, leaves=LEAVES, iterations=TREES, rate=0.06),
    }
    if past:
        makers["linear with the past"] = lambda x, y: _simple(challenge, coded, x, y)
    return makers


def _simple(challenge: Challenge, coded: list[bool], x: FloatArray, y: Truth) -> Predict:
    """A linear model on the columns as they are: gaps by the median, codes one by one, numbers scaled."""
    from sklearn.compose import make_column_transformer  # noqa: PLC0415
    from sklearn.impute import SimpleImputer  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression, PoissonRegressor, Ridge  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import OneHotEncoder, StandardScaler  # noqa: PLC0415

    numbers = [place for place, code in enumerate(coded) if not code]
    codes = [place for place, code in enumerate(coded) if code]
    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler()), numbers),
        (OneHotEncoder(handle_unknown="ignore", min_frequency=20, sparse_output=False), codes),
    )
    if challenge.task == "regression":
        if challenge.metric == "mean_poisson_deviance":  # on the scale of a logarithm: a far row must not run away
            counting = make_pipeline(columns, PoissonRegressor(alpha=0.01, max_iter=300)).fit(x, y)
            return lambda rows: np.minimum(np.asarray(counting.predict(rows), np.float64), y.max())
        goal, back = _goal(challenge)
        share = {"mae": 0.5, "mean_pinball_loss": challenge.quantile}.get(challenge.metric)
        # Squares follow the few largest values, which such a metric does not.
        held = y if share is None else np.clip(y, *np.quantile(y, [FAR, 1 - FAR]))
        model = make_pipeline(columns, Ridge(1.0)).fit(x, goal(held))
        # A mean lies far from the median of a target with a long tail, so that a constant would be better than it.
        shift = 0.0 if share is None else float(np.quantile(goal(y) - model.predict(x), share))
        return lambda rows: back(np.asarray(model.predict(rows), np.float64) + shift)
    model = make_pipeline(columns, LogisticRegression(max_iter=300, class_weight=_weight(challenge))).fit(x, y)
    return _probabilities(challenge, model)


def _boosted(
    challenge: Challenge, coded: list[bool], x: FloatArray, y: Truth, *, leaves: int, iterations: int, rate: float
) -> Predict:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor  # noqa: PLC0415

    settings: dict[str, Any] = {"max_iter": iterations, "learning_rate": rate, "max_leaf_nodes": leaves}
    settings |= {"random_state": 0, "early_stopping": False, "categorical_features": coded if any(coded) else None}
    x = folds.with_something(x)
    if challenge.task == "regression":
        losses = {"mae": "absolute_error", "mean_pinball_loss": "quantile", "mean_poisson_deviance": "poisson"}
        loss = losses.get(challenge.metric, "squared_error")
        quantile = challenge.quantile if loss == "quantile" else None
        goal, back = _goal(challenge)
        model = HistGradientBoostingRegressor(loss=loss, quantile=quantile, **settings).fit(x, goal(y))
        return lambda rows: back(np.asarray(model.predict(rows), np.float64))
    model = HistGradientBoostingClassifier(class_weight=_weight(challenge), **settings)
    return _probabilities(challenge, model.fit(x, y))


def _weight(challenge: Challenge) -> str | None:
    """How classes are weighed where a metric counts each the same."""
    return "balanced" if challenge.metric in ("balanced_accuracy", "f1_macro") else None


def _goal(challenge: Challenge) -> tuple[Callable[[Truth], FloatArray], Predict]:
    """What is fitted in place of the target, and the way back; no answer below what the metric has a value for."""
    if challenge.metric == "rmsle":
        return np.log1p, lambda told: np.maximum(np.expm1(told), 0.0)
    least = metric_of(challenge).least
    return lambda y: np.asarray(y, np.float64), lambda told: np.maximum(told, least)


def _probabilities(challenge: Challenge, model: Any) -> Predict:
    def answered(rows: FloatArray) -> FloatArray:
        told = np.asarray(model.predict_proba(rows), np.float64)
        if challenge.task == "binary":
            return told[:, list(model.classes_).index(1)]
        whole = np.zeros((len(rows), len(challenge.classes)))
        whole[:, model.classes_.astype(int)] = told
        return whole

    return answered
