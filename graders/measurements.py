"""What was measured beyond the score, as tables of the report: each row is a figure somebody may ask about."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from graders.checks.check import filled
from graders.checks.performance import shift, slices
from graders.checks.production import cost, robustness
from graders.checks.responsibility import claims, collection, fairness, proxies
from graders.facts import Facts
from graders.measure import performance, quantities
from graders.measure.groups import Mask
from graders.measure.metrics import Measured
from graders.measure.scoring import SAME, Estimate, equal_bins
from graders.measure.wording import heading, unit_word
from graders.model.case import NotApplicable
from graders.model.contract import TaskName
from graders.model.report import Cell, Measurement, Score
from graders.model.submission import Location
from graders.mutation import trial
from graders.tasks.asked import metric_of
from graders.tasks.decisions import decided
from graders.tasks.metric import Metric
from graders.words import N_, say, sentences

log = logging.getLogger(__name__)

Rows = tuple[tuple[Cell, ...], ...]
#: The tables that not every task has, by name.
TASKS_OF: Mapping[str, tuple[TaskName, ...]] = {
    "residuals": ("regression",),
    "classes": ("multiclass",),
    "errors": ("regression",),
    "class-errors": ("multiclass",),
    "thresholds": ("binary",),
    "error-costs": ("multiclass", "regression"),
    "people": ("binary",),
    "collection": ("binary",),
}
MOST_ROWS = 40
#: The tables that rest on text, on tests or on odd rows.
OF_TEXT = frozenset({"robustness", "cost", "faults", "claims"})


def measurements(facts: Facts, without: frozenset[str] = frozenset()) -> tuple[Measurement, ...]:
    """Every table that the task has, but for those named; one that could not be measured has no rows and says why."""
    task = facts.case.challenge.task
    names = {entry[0] for entry in TABLES if task in TASKS_OF.get(entry[0], (task,))} - without
    return tuple(_table(facts, *entry) for entry in TABLES if entry[0] in names)


def _table(
    facts: Facts, name: str, title: str, note: str, columns: tuple[str, ...], rows: Callable[[Facts], Rows]
) -> Measurement:
    try:
        metric = metric_of(facts.case.challenge)
        words = {"metric": metric.title, "unit": unit_word(facts.case.challenge)}
        if not metric.higher:
            columns = tuple(N_("Rise of {metric}") if column == "Fall of {metric}" else column for column in columns)
        note, columns = filled(note, words), tuple(filled(column, words) for column in columns)
        return Measurement(name, title, note, columns, facts.recall(("table", name), partial(rows, facts))[:MOST_ROWS])
    except NotApplicable as why:
        return Measurement(name, title, say("Not measured: {why}.", why=why.reason), columns, ())
    except Exception:
        log.exception("table %s broke on submission %s", name, facts.case.submission.id)
        return Measurement(name, title, say("Not measured: a fault of the grader's own."), columns, ())


def _performance(facts: Facts) -> Rows:
    rows, measured = facts.scored, facts.measured
    if rows.task != "binary":
        return _of_any_task(measured, CALIBRATED[rows.task])
    slope = quantities.calibration_slope(rows.labels, rows.scores)
    capacity = facts.case.challenge.use.capacity
    shared: Rows = (
        *(
            (_named(metric, estimate), estimate.score(0, 1))
            for metric, estimate in ((measured.metric, measured.hidden), *measured.others.values())
        ),
        (say("Expected calibration error, ten bins"), measured.calibration_error.score(0, 1)),
        (say("Calibration slope (1 is right, less is overconfident)"), rows.clusters.score(slope)),
    )
    if capacity is None:
        return shared
    lift = quantities.lift(rows.labels, rows.scores, capacity)
    return (
        *shared,
        (say("Lift among the {capacity:.0%} that can be acted on", capacity=capacity), rows.clusters.score(lift, 0)),
    )


def _named(metric: Metric, estimate: Estimate) -> str:
    """The metric's name, with a warning where the interval is no more than a lower bound of the doubt."""
    few = say("A few rows decide it: the true range may be wider.") if estimate.rests_on_few else ""
    return sentences(heading(metric), few) if few else heading(metric)


#: What is said of answers that can be taken at their word.
CALIBRATED = {
    "binary": say("Expected calibration error, ten bins"),
    "multiclass": say("Calibration error of the predicted class, ten bins"),
    "regression": say("Bias by tenth of the prediction, in standard deviations of the target"),
}


def _of_any_task(measured: Measured, calibrated: str) -> Rows:
    metrics = ((measured.metric, measured.hidden), *measured.others.values())
    return (
        *((_named(metric, estimate), estimate.score(metric.low, metric.high)) for metric, estimate in metrics),
        (calibrated, measured.calibration_error.score(0)),
    )


def _residuals(facts: Facts) -> Rows:
    """The bias and the mean absolute error in ten parts of equally many rows, by prediction."""
    rows = facts.scored
    excess, bins = rows.scores - rows.labels, equal_bins(rows.scores)
    parts = [(bins == b).astype(np.float64) for b in np.unique(bins)]
    return tuple(
        (
            say(
                "{scores:.4g} to {scores_2:.4g}",
                scores=rows.scores[part > 0].min(),
                scores_2=rows.scores[part > 0].max(),
            ),
            int(part.sum()),
            rows.clusters.score(quantities.mean(excess, part)),
            rows.clusters.score(quantities.mean(np.abs(excess), part), 0),
        )
        for part in parts
    )


def _classes(facts: Facts) -> Rows:
    """Of each class the share of its rows that are found, and of the rows said to be of it the share that are."""
    rows = facts.scored
    said = decided(rows.scores)
    both = (said == rows.labels).astype(np.float64)

    def share(among: Mask) -> Score | None:
        return rows.clusters.share(quantities.mean(both, among.astype(np.float64))) if among.any() else None

    return tuple(
        (name, int((rows.labels == k).sum()), int((said == k).sum()), share(rows.labels == k), share(said == k))
        for k, name in enumerate(facts.case.challenge.classes)
    )


def _baseline_models(facts: Facts) -> Rows:
    scored = facts.scored
    return tuple(
        (name, scored.told(auc), scored.clusters.score(gain))
        for name, (auc, gain) in performance.baseline_models(facts.scored, facts.case.dataset).items()
    )


def _thresholds(facts: Facts) -> Rows:
    clusters = facts.scored.clusters
    return tuple(
        (threshold.name, threshold.at, clusters.score(threshold.cost, 0), clusters.score(threshold.regret))
        for threshold in performance.thresholds(
            facts.scored, facts.case.challenge.use, performance.chosen_threshold(facts.case)
        )
    )


def _costs_of_errors(facts: Facts) -> Rows:
    """What errors cost for a thousand rows, of the submission, of simple models and of the best answers there are."""
    data, clusters = facts.case.dataset, facts.scored.clusters
    told = {"submission": facts.scored.scores, "baseline": data.baseline, **data.baseline_models, "best": data.oracle}
    costs = {name: performance.cost_of_errors(facts.case, answers) for name, answers in told.items()}
    return tuple((name, clusters.score(cost, 0), clusters.score(cost - costs["best"])) for name, cost in costs.items())


def _importance(facts: Facts) -> Rows:
    return tuple((importance.column, importance.fall, importance.moved) for importance in facts.importances)


def _shift(facts: Facts) -> Rows:
    clusters = facts.scored.clusters
    return tuple(
        (
            part.name,
            round(part.rows),
            facts.scored.told(part.auc),
            part.attainable.value,
            clusters.score(part.shortfall),
            part.p_value,
        )
        for part in shift.parts(facts)
    )


def _monitor(facts: Facts) -> Rows:
    words = ((say("has moved much"), shift.MUCH), (say("has moved"), shift.MOVED), (say("steady"), float("-inf")))
    return tuple(
        (name, index, next(word for word, least in words if index >= least)) for name, index in shift.monitored(facts)
    )


def _slices(facts: Facts) -> Rows:
    clusters = facts.scored.clusters
    ordered = sorted(slices.slices(facts), key=lambda slice_: -slice_.shortfall.value)
    return tuple(
        (
            slice_.group.name,
            int(slice_.group.rows.sum()),
            facts.scored.told(slice_.auc),
            slice_.attainable.value,
            clusters.score(slice_.shortfall),
            slice_.p_value,
        )
        for slice_ in ordered
    )


def _people(facts: Facts) -> Rows:
    clusters = facts.scored.clusters
    return tuple(
        (
            part.group.name,
            int(part.group.rows.sum()),
            clusters.share(part.rate),
            clusters.score(part.excess),
            clusters.share(part.selected),
            clusters.share(part.missed),
            clusters.share(part.false_alarms),
            part.misses_more_p,
        )
        for part in sorted(fairness.people(facts), key=lambda part: (len(part.group.columns), part.misses_more_p))
    )


def _errors(facts: Facts) -> Rows:
    score = facts.scored.clusters.score
    return tuple(
        (
            each.group.name,
            each.rows,
            score(each.error, 0),
            None if each.bias is None else score(each.bias),
            score(each.gap),
            each.p_value,
        )
        for each in fairness.errors(facts)
    )


def _class_errors(facts: Facts) -> Rows:
    clusters = facts.scored.clusters
    return tuple(
        (
            each.group.name,
            each.class_name or "all",
            each.rows,
            clusters.share(each.error),
            clusters.score(each.gap),
            each.p_value,
        )
        for each in fairness.errors(facts)
    )


def _collected(facts: Facts) -> Rows:
    clusters, scored = facts.scored.clusters, facts.scored
    found = collection.under_collected(facts)
    if not found:
        raise NotApplicable(say("no group's rate of positives differs by more than chance"))
    gaps = [fairness.against_rest(one.group, scored.scores - scored.labels) for one in found]
    return tuple(
        (one.group.name, one.until, one.public_rate, one.hidden_rate, one.factor, clusters.score(gap))
        for one, gap in zip(found, gaps, strict=True)
    )


def _proxies(facts: Facts) -> Rows:
    return tuple((proxy.value, proxy.auc, proxy.strongest, proxy.strongest_auc) for proxy in proxies.proxies(facts))


def _robustness(facts: Facts) -> Rows:
    return tuple(
        (
            reaction.variant.what,
            reaction.outcome.value,
            reaction.moved,
            reaction.shifted,
            reaction.strayed,
            say("yes") if reaction.said else say("no"),
        )
        for reaction in robustness.reactions(facts)
    )


def _cost(facts: Facts) -> Rows:
    figures: Rows = tuple((c.name, c.unit, c.own, c.reference, c.ratio) for c in cost.compared(facts))
    use, calls = (
        facts.case.challenge.use,
        (cost.own_cost(facts).call(1), cost.cost_of(facts.case.cost_baseline).call(1)),
    )
    bills: Rows = tuple(
        (say("{whose}: {bill}", whose=whose, bill=cost.bill(call, use)), "", None, None, None)
        for whose, call in zip((say("at the stated rate"), say("the reference")), calls, strict=True)
        if cost.bill(call, use)
    )
    return figures + bills


def _faults(facts: Facts) -> Rows:
    found = facts.kills
    if not found.suite.steady:
        raise NotApplicable(say("a test fails before anything is planted"))
    if not found.tried:
        raise NotApplicable(say("the tests run no line in which a fault could be planted"))
    changes = (*found.alarms, *found.tried)
    return tuple((change.planted.what, _place(change.planted.where), _outcome(change)) for change in changes)


def _place(where: Location) -> str:
    if where.line is None:
        return where.path
    if where.cell is None:
        return say("{path}, line {line}", path=where.path, line=where.line)
    return say("{path}, cell {cell}, line {line}", path=where.path, cell=where.cell, line=where.line)


def _outcome(tried: trial.Tried) -> str:
    return say("noticed by {by}", by=tried.by) if tried.noticed else say("no test noticed")


def _claims(facts: Facts) -> Rows:
    found = claims.verified(facts)
    if not found:
        raise NotApplicable(say("README and notes give no number for a metric of the delivered model"))
    return tuple((one.stated.words, one.stated.metric, one.stated.value, one.measured, _word(one)) for one in found)


def _word(verified: claims.Verified) -> str:
    return (
        say("holds")
        if verified.certainty is None
        else say("too good ({certainty})", certainty=verified.certainty.value)
    )


TABLES: tuple[tuple[str, str, str, tuple[str, ...], Callable[[Facts], Rows]], ...] = (
    (
        "performance",
        say("Predictions on the hidden rows"),
        say("95 % intervals over what rows belong to ({unit})."),
        (say("Measure"), say("Value")),
        _performance,
    ),
    (
        "rivals",
        say("Does the complexity pay?"),
        say("Simple models of ours on the same hidden rows; differences are paired."),
        (say("Model"), say("{metric}"), say("Submission better by")),
        _baseline_models,
    ),
    (
        "residuals",
        say("Errors by tenth of the prediction"),
        say(
            "Bias: by how much predictions are too high on average; less than 0 is too low. Error: the "
            "mean absolute one."
        ),
        (say("Predictions from"), say("Rows"), say("Bias"), say("Error")),
        _residuals,
    ),
    (
        "classes",
        say("Each class"),
        say(
            "Recall: of the rows of a class, the share that is found. Precision: of the rows that are "
            "given a class, the share that belongs to it. A row is given its most probable class."
        ),
        (say("Class"), say("Rows"), say("Given"), say("Recall"), say("Precision")),
        _classes,
    ),
    (
        "thresholds",
        say("What a threshold costs"),
        say("For a thousand rows, at the costs the brief states for a contact and for a customer lost."),
        (say("Threshold"), say("Acts from"), say("Cost"), say("Above the best")),
        _thresholds,
    ),
    (
        "error-costs",
        say("What errors cost"),
        say("For a thousand rows, at the costs the brief states. Best: the best answers that we know of."),
        (say("Answers"), say("Cost"), say("Above the best")),
        _costs_of_errors,
    ),
    (
        "importance",
        say("Weight of each column"),
        say(
            "Each original column shuffled among a thousand hidden rows: how much worse {metric} gets, and the mean "
            "change of an answer. Changes of numbers are in standard deviations of the target."
        ),
        (say("Column"), say("Fall of {metric}"), say("Answers move by")),
        _importance,
    ),
    (
        "shift",
        say("When the data move"),
        say(
            "{metric} of parts of the hidden rows. Shortfall: what is lost there against all rows, beyond "
            "what the best answers that we know of lose; p-values after Holm. Reweighted rows are counted as "
            "effective rows."
        ),
        (say("Part"), say("Rows"), say("{metric}"), say("Best known"), say("Shortfall"), "p"),
        _shift,
    ),
    (
        "monitor",
        say("What a monitor would have seen without labels"),
        say(
            "Population stability index, labelled rows against hidden rows: {moved} has moved, {much} "
            "much. The score is compared on rows the model was trained on, so part of its index is the "
            "fit.",
            moved=shift.MOVED,
            much=shift.MUCH,
        ),
        (say("Column"), say("Index"), say("Reading")),
        _monitor,
    ),
    (
        "slices",
        say("Groups of rows"),
        say("As above, for every group of at least a hundred rows; the weakest first."),
        (say("Group"), say("Rows"), say("{metric}"), say("Best known"), say("Shortfall"), "p"),
        _slices,
    ),
    (
        "people",
        say("Groups of people"),
        say(
            "With as many rows selected as there is capacity for. Missed: of those who leave; false "
            "alarms: of those who stay. The p-value is for the miss rate against everybody else's, after "
            "Holm. Of groups by two columns the most different. Numbers, no verdict."
        ),
        (
            say("Group"),
            say("Rows"),
            say("Leave"),
            say("Prediction above rate"),
            say("Selected"),
            say("Missed"),
            say("False alarms"),
            "p",
        ),
        _people,
    ),
    (
        "errors",
        say("Errors by groups of people"),
        say(
            "Error: the mean absolute one. Bias: by how much predictions are too high. The p-value is "
            "for the error against everybody else's, after Holm. Numbers, no verdict."
        ),
        (say("Group"), say("Rows"), say("Error"), say("Bias"), say("Error above the rest"), "p"),
        _errors,
    ),
    (
        "class-errors",
        say("Errors by groups of people and class"),
        say(
            "Wrong: the share of the rows of a class that are given another one. The p-value is against "
            "everybody else's, after Holm. Numbers, no verdict."
        ),
        (say("Group"), say("Class"), say("Rows"), say("Wrong"), say("Above the rest"), "p"),
        _class_errors,
    ),
    (
        "collection",
        say("Groups missing from the labelled rows"),
        say(
            "Found by comparing rates of leaving among labelled and hidden rows with everybody else's; "
            "the clearest first."
        ),
        (
            say("Group"),
            say("Until"),
            say("Leave, labelled"),
            say("Leave, hidden"),
            say("Short by a factor of"),
            say("Prediction above rate, against the rest"),
        ),
        _collected,
    ),
    (
        "proxies",
        say("What the other columns know of a sensitive one"),
        say(
            "ROC AUC with which all other columns together, and the strongest alone, tell it on other "
            "rows; 0.5 is nothing."
        ),
        (say("Value"), say("All other columns"), say("Strongest"), say("Alone")),
        _proxies,
    ),
    (
        "robustness",
        say("Odd rows"),
        say(
            "We changed 200 public rows in several ways. Predictions that should stay the same may "
            "differ by {same:g}. A silent change fails where the mean prediction moves by more than "
            "{nonsense}. Changes of numbers are in standard deviations of the target.",
            same=SAME,
            nonsense=robustness.NONSENSE,
        ),
        (say("When"), say("Outcome"), say("Answers moved by"), say("Their mean by"), say("Strayed by"), say("Said so")),
        _robustness,
    ),
    (
        "cost",
        say("What it costs"),
        say(
            "CPU seconds, relative to the reference in the same image and at the same pace of the "
            "machine. {allowance} Training is counted from outside; single calls are told by the candidate's "
            "process, and what it does not own up to counts as its start.",
            allowance=cost.ALLOWANCE,
        ),
        (say("Figure"), say("Unit"), say("Submission"), say("Reference"), say("Ratio")),
        _cost,
    ),
    (
        "faults",
        say("Faults planted for the tests"),
        say(
            "The submission's tests, run over one change of its own code at a time, on lines that they "
            "run. Changes that keep the behaviour come first where they made a test fail: then no fault "
            "is counted."
        ),
        (say("What the fault did"), say("Where"), say("Outcome")),
        _faults,
    ),
    (
        "claims",
        say("Numbers in the text"),
        say("Clauses that give a metric of the delivered model a number, against the hidden rows."),
        (say("Text"), say("Metric"), say("Says"), say("Measured"), say("Holds")),
        _claims,
    ),
)
