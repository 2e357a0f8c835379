"""Does the model hold when the world moves on, and what would a monitor have seen before any label came?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graders.checks.check import Check
from graders.facts import Facts, once
from graders.measure import groups
from graders.measure.answers import predictions
from graders.measure.linear import Linear, holm
from graders.measure.wording import best, interval
from graders.model.arrays import FloatArray
from graders.model.challenge import Challenge, Dataset
from graders.model.finding import Evidence, Guide, Question, Severity
from graders.model.later import pd
from graders.model.of_data import of_data
from graders.probes.names import ProbeName
from graders.probes.variants import categories
from graders.words import N_, listed, say

Bins = npt.NDArray[np.intp]
BINS = 10
FLOOR = 1e-3  # a share of nothing is taken for this much, so that a new category is a large index and no infinity
CLIP = 5.0
#: A population stability index from which a column has moved; the usual reading (Siddiqi 2006).
MOVED, MUCH = 0.1, 0.25
WORTH_ASKING, SURE = 0.03, 0.05


@dataclass(frozen=True, eq=False)
class Part:
    """Hidden rows seen apart or weighted: the metric, what is attainable there, and what the submission loses there
    against all rows beyond what the attainable ranking loses, with a p-value after Holm."""

    name: str
    rows: float
    auc: Linear
    attainable: Linear
    shortfall: Linear
    p_value: float


@once
def parts(facts: Facts) -> tuple[Part, ...]:
    """Hidden rows by month, with and without values unseen in training, and a future as far again."""
    found, oracle = facts.scored, facts.case.dataset.oracle
    own, best = (found.value(scores) for scores in (found.scores, oracle))
    named = [(name, w) for name, w in weightings(facts) if found.enough(w > 0)]
    aucs = [found.value(found.scores, w) for _, w in named]
    attainable = [found.value(oracle, w) for _, w in named]
    sign = found.metric.sign
    shortfalls = [((own - auc) - (best - there)).times(sign) for auc, there in zip(aucs, attainable, strict=True)]
    adjusted = holm([found.clusters.p_value(shortfall) for shortfall in shortfalls])
    return tuple(
        Part(name, float(w.sum() ** 2 / (w**2).sum()), auc, there, short, p)
        for (name, w), auc, there, short, p in zip(named, aucs, attainable, shortfalls, adjusted, strict=True)
    )


def weightings(facts: Facts) -> Iterator[tuple[str, FloatArray]]:
    """The parts by name, as weights of the hidden rows."""
    dataset, challenge = facts.case.dataset, facts.case.challenge
    months = groups.months(dataset.hidden, challenge)
    for month in sorted(months.unique()):
        yield say("month {month}", month=month), (months == month).to_numpy(dtype=np.float64)
    unseen = rows_with_unseen(challenge, dataset)
    if unseen.any():
        yield say("rows with values unseen in training"), unseen.astype(np.float64)
        yield say("rows without"), (~unseen).astype(np.float64)
    yield say("as far again (reweighted)"), as_far_again(challenge, dataset)


@of_data
def rows_with_unseen(challenge: Challenge, dataset: Dataset) -> npt.NDArray[np.bool_]:
    """Hidden rows that hold a category which no public row holds."""
    hidden, public = dataset.hidden, dataset.public
    found = np.zeros(len(hidden), dtype=np.bool_)
    for name in categories(challenge, public):
        found |= (hidden[name].notna() & ~hidden[name].isin(public[name].unique())).to_numpy()
    return found


@of_data
def as_far_again(challenge: Challenge, dataset: Dataset) -> FloatArray:
    """Weights by which every column moves once more as far as it did from the public to the hidden rows: the product
    over columns of hidden over public share, as for independent columns, kept within a fifth and five times."""
    hidden, public = dataset.hidden, dataset.public
    log_weight = np.zeros(len(hidden))
    dates = {column.name for column in challenge.columns if column.type == "date text"}
    for name in (name for name in challenge.inputs(hidden) if name not in dates):  # dates move by themselves
        then, now = _binned(public[name], hidden[name])
        before, after = _shares(then, now)
        log_weight += np.log(after / before)[now]
    weights: FloatArray = np.exp(np.clip(log_weight, -np.log(CLIP), np.log(CLIP)))
    return weights


def stability_index(before: pd.Series, after: pd.Series) -> float:
    """Population stability index of a column, over tenths of `before` or its values; gaps are a value."""
    then, now = _shares(*_binned(before, after))
    return float(np.sum((now - then) * np.log(now / then)))


def _binned(before: pd.Series, after: pd.Series) -> tuple[Bins, Bins]:
    """Both columns as numbers of common bins: tenths of `before`, or values; gaps have a bin of their own."""
    if pd.api.types.is_numeric_dtype(before):
        return _tenths(before), _tenths(after, like=before)
    joined = pd.concat([before, after]).astype("object")
    if joined.nunique() > 3 * BINS:  # text that is mostly different everywhere: bins by its order
        ranks = joined.astype(str).rank(method="dense").mask(joined.isna().to_numpy())
        return _binned(ranks[: len(before)], ranks[len(before) :])
    codes = pd.factorize(joined.where(joined.notna(), "missing").astype(str), sort=True)[0]
    return codes[: len(before)], codes[len(before) :]


def _tenths(values: pd.Series, like: pd.Series | None = None) -> Bins:
    known = (values if like is None else like).dropna().to_numpy(dtype=np.float64)
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1])) if len(known) else np.zeros(1)
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    places: Bins = np.where(np.isnan(numbers), len(edges) + 1, np.searchsorted(edges, numbers, side="left"))
    return places


def _shares(then: Bins, now: Bins) -> tuple[FloatArray, FloatArray]:
    count = int(max(then.max(initial=0), now.max(initial=0))) + 1
    shares = [np.maximum(np.bincount(codes, minlength=count) / max(len(codes), 1), FLOOR) for codes in (then, now)]
    return shares[0], shares[1]


@once
def monitored(facts: Facts) -> tuple[tuple[str, float], ...]:
    """What a monitor without labels would have seen: the index of each input, and of the score, the largest first."""
    indices = _of_inputs(facts.case.challenge, facts.case.dataset)
    before, after = (predictions(facts.case, name) for name in (ProbeName.PREDICT_PUBLIC, ProbeName.PREDICT))
    return (*_scores(facts.case.challenge.classes, before, after), *indices)


@of_data
def _of_inputs(challenge: Challenge, dataset: Dataset) -> tuple[tuple[str, float], ...]:
    """The index of each input, the largest first."""
    public, hidden = dataset.public, dataset.hidden
    indices = ((name, stability_index(public[name], hidden[name])) for name in challenge.inputs(hidden))
    return tuple(sorted(indices, key=lambda column: (-column[1], column[0])))


def _scores(classes: tuple[str, ...], before: FloatArray, after: FloatArray) -> Iterator[tuple[str, float]]:
    """The index of the answers, of each class where there are several."""
    if before.ndim == 1:
        yield say("the score itself"), stability_index(pd.Series(before), pd.Series(after))
        return
    for number, name in enumerate(classes):
        yield (
            say("the score of {name}", name=name),
            stability_index(pd.Series(before[:, number]), pd.Series(after[:, number])),
        )


def falls_under_shift(facts: Facts) -> Iterator[Evidence]:
    scored = facts.scored
    own, attainable = (scored.value(scores).value for scores in (scored.scores, facts.case.dataset.oracle))
    least = facts.measured.step(WORTH_ASKING)
    columns = monitored(facts)[max(len(facts.case.challenge.classes), 1) :][:3]
    moved = listed(say("{name} {index:.2f}", name=name, index=index) for name, index in columns)
    for part in parts(facts):
        behind = scored.metric.better(part.attainable.value, part.auc.value)  # whoever is ahead there does not fall
        if min(part.shortfall.value, behind) > least and part.p_value < SURE:
            yield Evidence(
                say(
                    "{part}: {metric_title} {found}, and {attainable:.3f} there for {best}; on all hidden rows "
                    "{own:.3f} and {whole:.3f}. Without labels a monitor would have seen stability indices of {moved}",
                    best=best(facts.case.dataset),
                    part=part.name,
                    metric_title=scored.metric.title,
                    found=interval(scored.told(part.auc)),
                    own=own,
                    whole=attainable,
                    attainable=part.attainable.value,
                    moved=moved,
                )
            )


CHECKS = (
    Check(
        code="SHIFT001",
        title=N_("Falls where the data have moved"),
        severity=Severity.MINOR,
        family="performance",
        shown_in="shift",
        examine=falls_under_shift,
        guide=Guide(
            detect=(
                N_(
                    "We measure the {metric} by hidden month and on rows with categories that training has not "
                    "seen. We also weight hidden rows so that every column moves as far again. Named where "
                    "clearly more is lost than the best attainable predictions lose. Holm's correction rules out "
                    "chance."
                )
            ),
            why=N_("The data a model meets drift away from those it learnt from, and nobody sends a notice."),
            avoid=N_(
                "Validate forward in time, give unseen values a bucket that training has seen, and watch the inputs."
            ),
        ),
        question=Question(
            say("The score falls where the data have moved. How would you have noticed before labels arrive?"),
            say("input drift, confidence and proxies; a plan for late labels"),
            say('"retrain weekly"'),
        ),
    ),
)
