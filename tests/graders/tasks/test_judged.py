"""Each metric is judged alike: an honest claim is none too good, one of a leak is; and what has no sense says so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from graders.catalog import BY_CODE
from graders.checks.check import judge
from graders.checks.leakage import generalisation
from graders.checks.performance.slices import worst
from graders.facts import Facts
from graders.grade import assess
from graders.measure.answers import ungraded
from graders.measurements import measurements
from graders.model.arrays import FloatArray
from graders.model.case import Case
from graders.model.challenge import Use
from graders.model.finding import Certainty, Status
from graders.model.probe import Action, Run
from graders.model.report import Score
from graders.probes import sessions
from graders.probes.names import ProbeName
from graders.report.document import document
from graders.report.html import render
from graders.rubric.model import CRITERIA, Context
from graders.tasks.asked import metric_of, public_truth, uninformed
from testing import tasks
from testing.builders import a_case, a_run, a_submission

TASKS = {
    "regression": (tasks.demand, ("rmse", "mae", "r2", "rmsle", "mean_pinball_loss", "mean_poisson_deviance")),
    "multiclass": (tasks.tickets, ("log_loss", "f1_macro", "balanced_accuracy", "roc_auc_ovr")),
}
EACH = [(task, metric) for task, (_, metrics) in TASKS.items() for metric in metrics]
CHECKS = {check.code: check for check in generalisation.CHECKS}


def answered(task: str, metric: str, claim: float | None = None, null: float | None = None, draws: int = 0) -> Case:
    """A case of somebody whose model is as good as can be, with a claim of their own, or the honest one."""
    asked = TASKS[task][0](metric)
    own, data, name = metric_of(asked.challenge), asked.dataset, asked.challenge.metric
    public = public_truth(asked.challenge, data.public)
    honest = own.statistic.value(public, data.public_oracle)
    chance = uninformed(asked.challenge, public, public)
    claimed = honest if claim is None else claim
    nulls = [chance if null is None else null] * (1 + draws)
    names = (ProbeName.EVALUATE_NULL, *sessions.NULL_DRAWS)[: 1 + draws]
    runs: list[Run] = [
        a_run(model=b"model"),
        a_run(ProbeName.EVALUATE, Action.EVALUATE, claims={name: claimed}),
        a_run(ProbeName.PREDICT, Action.PREDICT, predictions=data.oracle),
        a_run(ProbeName.PREDICT_PUBLIC, Action.PREDICT, predictions=data.public_oracle),
        *(a_run(at, Action.EVALUATE, claims={name: value}) for at, value in zip(names, nulls, strict=True)),
    ]
    submission = a_submission({"pipeline.py": asked.honest})
    return a_case(*runs, challenge=asked.challenge, dataset=data, submission=submission)


@pytest.mark.parametrize(("task", "metric"), EACH)
def test_who_claims_what_holds_is_accused_of_nothing(task: str, metric: str) -> None:
    facts = Facts(answered(task, metric))
    for code in ("OVR001", "OVR002", "OVR003"):
        assert judge(CHECKS[code], facts).status is Status.PASSED, code
    table = facts.measured.table()
    assert next(iter(table["hidden"])) == metric  # type: ignore[call-overload]
    assert facts.measured.skill.value == pytest.approx(1.0)


@pytest.mark.parametrize(("task", "metric"), EACH)
def test_who_beats_our_strongest_model_honestly_is_accused_of_nothing(task: str, metric: str) -> None:
    """On a table whose process nobody knows, our models are no bound of what can be reached."""
    case = answered(task, metric)
    data = case.dataset
    mean = np.broadcast_to(data.public_oracle.mean(axis=0), data.public_oracle.shape)
    weak = replace(
        case.dataset, oracle=0.5 * (data.baseline + data.oracle), public_oracle=mean.copy(), simple=data.baseline
    )
    for dataset, status in ((weak, Status.PASSED), (replace(weak, simple=None), Status.FLAGGED)):
        assert judge(CHECKS["OVR002"], Facts(replace(case, dataset=dataset))).status is status


@pytest.mark.parametrize("strongest", ["no better than a constant", "worse"])
def test_where_our_models_find_nothing_nobody_loses_by_it(strongest: str) -> None:
    case = answered("regression", "mae")
    data = case.dataset
    none = np.full(len(data.labels), float(np.median(data.labels)))
    ours = none if strongest == "no better than a constant" else none + 20
    facts = Facts(replace(case, dataset=replace(data, baseline=none, simple=none, oracle=ours)))
    assert facts.measured.skill.value == 1.0
    assert not facts.measured.apart


@pytest.mark.parametrize("metric", ["mae", "r2", "mean_poisson_deviance"])
def test_who_is_ahead_of_our_strongest_model_everywhere_serves_nobody_worse(metric: str) -> None:
    """Our model is as good as can be in the north and poor in the south: being ahead by less there is no fault."""
    case = answered("regression", metric)
    data, north = case.dataset, (case.dataset.hidden["region"] == "north").to_numpy()
    model = np.where(north, 1.02 * data.oracle, data.baseline)
    facts = Facts(replace(case, dataset=replace(data, oracle=model, simple=data.baseline)))
    for code in ("SLICE001", "SHIFT001"):
        assert judge(BY_CODE[code], facts).status is Status.PASSED, code
    assert worst(facts)[1].value > 0.9


@pytest.mark.parametrize(("task", "metric"), EACH)
def test_a_claim_far_better_than_what_was_measured_is_named_whatever_the_metric(task: str, metric: str) -> None:
    perfect = 1.0 if metric_of(TASKS[task][0](metric).challenge).higher else 0.0
    found = judge(CHECKS["OVR002"], Facts(answered(task, metric, claim=perfect)))
    assert found.certainty is Certainty.CONFIRMED
    assert metric_of(TASKS[task][0](metric).challenge).title in found.evidence[0].what
    assert ("less" if perfect else "more") in found.evidence[0].what


@pytest.mark.parametrize(("task", "metric"), EACH)
def test_a_claim_worse_than_what_was_measured_is_no_fault(task: str, metric: str) -> None:
    facts = Facts(answered(task, metric))
    worse = facts.measured.uninformed
    assert judge(CHECKS["OVR002"], Facts(answered(task, metric, claim=worse))).status is Status.PASSED


@pytest.mark.parametrize(("task", "metric"), EACH)
def test_signal_in_permuted_labels_is_named_and_an_honest_loss_beyond_the_constant_is_not(
    task: str, metric: str
) -> None:
    asked = metric_of(TASKS[task][0](metric).challenge)
    chance = Facts(answered(task, metric)).measured.uninformed
    perfect = 1.0 if asked.higher else 0.0
    for draws in (1, 2):  # a dear evaluate leaves one fresh draw, and gains nothing by it
        leaky = judge(CHECKS["OVR003"], Facts(answered(task, metric, null=(chance + 2 * perfect) / 3, draws=draws)))
        assert leaky.certainty is Certainty.CONFIRMED
    worse = chance - 0.31 if metric == "r2" else 0.9 * chance if asked.higher else 1.54 * chance
    assert judge(CHECKS["OVR003"], Facts(answered(task, metric, null=worse))).status is Status.PASSED


@pytest.mark.parametrize("task", sorted(TASKS))
def test_every_table_can_be_measured_or_says_why_not(task: str) -> None:
    facts = Facts(answered(task, TASKS[task][1][0]))
    tables = {table.id: table for table in measurements(facts)}
    assert not [table.note for table in tables.values() if "fault of the grader" in table.note]
    assert tables["slices"].rows
    assert tables["rivals"].rows
    assert "thresholds" not in tables
    assert "the brief states no cost" in tables["error-costs"].note
    own = {"regression": ("residuals", "errors"), "multiclass": ("classes", "class-errors")}[task]
    assert all(tables[name].rows for name in own)
    for name in ("predictive-quality", "calibration"):
        found = CRITERIA[name](Context(facts.code, {}, tuple(CHECKS.values()), facts))
        assert found.share.value > 0.9, found.why


@pytest.mark.parametrize(("task", "use"), [("multiclass", Use(loss=4)), ("regression", Use(over=1, under=3))])
def test_errors_cost_what_the_brief_says(task: str, use: Use) -> None:
    case = answered(task, TASKS[task][1][0])
    facts = Facts(replace(case, challenge=replace(case.challenge, use=use)))
    (table,) = [table for table in measurements(facts) if table.id == "error-costs"]
    costs = {str(row[0]): row[1].value for row in table.rows if isinstance(row[1], Score)}
    labels, told = case.dataset.labels, case.dataset.oracle
    by_hand = 4 * (told.argmax(axis=1) != labels) if task == "multiclass" else _over_and_under(told - labels)
    assert costs["submission"] == costs["best"] == pytest.approx(1000 * by_hand.mean())
    assert costs["baseline"] > costs["best"]


def _over_and_under(excess: FloatArray) -> FloatArray:
    return np.where(excess > 0, excess, -3 * excess)


@pytest.mark.parametrize(
    ("text", "flagged"),
    [
        ("On new stores the MAE is 2.1 units.", True),
        ("On new stores the MAE is 5.6 units.", False),  # what it is
        ("On new stores the MAE is 9.5 units.", False),  # modest
        ("The baseline has a MAE of 2.1 units.", False),  # not of the model
        ("The MAE is 0.56 % of sales.", False),  # another unit
        ("The MAE in 2024 was stable.", False),
    ],
)
def test_a_number_in_the_text_is_held_against_the_hidden_rows(text: str, flagged: bool) -> None:
    case = answered("regression", "mae")
    submission = a_submission({"pipeline.py": "", "README.md": f"# Demand\n\n{text}\n"})
    found = judge(BY_CODE["DOC003"], Facts(replace(case, submission=submission)))
    assert (found.status is Status.FLAGGED) is flagged, found


@pytest.mark.parametrize("task", sorted(TASKS))
@pytest.mark.parametrize("absent", [("group",), ("time",), ("group", "time")], ids=" and ".join)
def test_a_challenge_without_unit_or_time_is_judged_as_well(task: str, absent: tuple[str, ...]) -> None:
    """Each row is then its own unit, and nothing is later than anything."""
    case = answered(task, TASKS[task][1][0])
    asked = replace(case.challenge, **dict.fromkeys(absent))
    report = assess(replace(case, challenge=asked))
    assert not [finding.code for finding in report.findings if finding.status is Status.BROKEN]
    assert not [table.id for table in report.measurements if "fault of the grader" in table.note]
    assert report.problem is None
    null = sessions.permute_labels(case.dataset.public, asked, 3)[asked.target]
    assert sorted(null) == pytest.approx(sorted(case.dataset.public[asked.target])) if task == "regression" else True
    render(document(report, BY_CODE))


@pytest.mark.parametrize("task", sorted(TASKS))
def test_a_report_can_be_shown_and_speaks_of_its_own_metric(task: str) -> None:
    metric = TASKS[task][1][0]
    made = document(assess(answered(task, metric)), BY_CODE)
    page = render(made)
    assert not [finding.code for finding in made.findings if finding.status == "broken"]
    assert metric_of(TASKS[task][0](metric).challenge).title in page.lower()
    assert "churn" not in page.lower()
    assert "ower is better" in page
    assert made.curves.roc == () == made.curves.cost
    plot = {"regression": "Predicted and true", "multiclass": "Which classes are mixed up"}[task]
    assert plot in page


def test_curves_of_other_tasks_count_every_hidden_row() -> None:
    """Tenths of the prediction hold all rows and rise; so do the cells of the confusion matrix."""
    numbers, classes = (assess(answered(task, TASKS[task][1][0])) for task in ("regression", "multiclass"))
    told = [told for told, *_ in numbers.curves.predicted]
    assert told == sorted(told)
    assert sum(rows for *_, rows in numbers.curves.predicted) == len(numbers.case.dataset.labels)
    assert [sum(row) for row in classes.curves.confusion] == np.bincount(classes.case.dataset.labels).tolist()


def test_columns_in_another_order_than_the_classes_are_said_to_be_so() -> None:
    case = answered("multiclass", "log_loss")
    assert ungraded(case) is None
    swapped = np.roll(case.dataset.public_oracle, 1, axis=1) ** 3
    swapped /= swapped.sum(axis=1, keepdims=True)
    run = replace(case.runs[ProbeName.PREDICT_PUBLIC], predictions=swapped)
    problem = ungraded(replace(case, runs={**case.runs, run.name: run}))
    assert problem is not None
    assert problem.code == "PRED_ORDER"
    assert "billing, network, sales" in problem.hint


#: What a report of another task may not say: there are no customers, no positive class and no ROC curve.
FOREIGN = {
    "regression": ("customer", "probabilit", "auc", "churn", "positive class", "above the hidden", "ranked worst"),
    "multiclass": ("auc", "churn", "positive class", "above the hidden", "ranked worst"),
}


@pytest.mark.parametrize("task", sorted(TASKS))
def test_a_finding_speaks_of_its_own_task(task: str) -> None:
    """Everything that a leaky submission of the task is told, by evidence, notes and reasons."""
    metric = TASKS[task][1][0]
    perfect = 1.0 if metric_of(TASKS[task][0](metric).challenge).higher else 0.0
    case = answered(task, metric, claim=perfect, null=perfect, draws=2)
    report = assess(replace(case, submission=a_submission({"pipeline.py": TASKS[task][0](metric).leaky})))
    told = [evidence.what for finding in report.findings for evidence in finding.evidence]
    told += [finding.note for finding in report.findings]
    told += [criterion.why for section in report.sections for criterion in section.criteria]
    assert {"OVR002", "OVR003"} <= {finding.code for finding in report.findings if finding.status is Status.FLAGGED}
    said = [sentence for sentence in told if any(word in sentence.lower() for word in FOREIGN[task])]
    assert not said


#: Of an exponential number with mean 1: its median, and about e to the mean of its logarithm.
BEST = {"mae": np.log(2), "rmsle": np.exp(-np.euler_gamma), "rmse": 1.0}


@pytest.mark.parametrize(
    ("metric", "share", "off"),
    [("mae", 1.0, False), ("mae", 1.5, True), ("rmsle", 1.0, False), ("rmsle", 1.6, True), ("rmse", 0.7, True)],
)
def test_a_median_is_not_held_against_the_mean(metric: str, share: float, off: bool) -> None:
    """The best answer of a skewed target lies below its mean where errors count as they are or by their logarithms."""
    case = answered("regression", metric)
    means = np.asarray(case.dataset.oracle)
    labels = means * np.random.default_rng(1).exponential(1, len(means))
    best = means * BEST[metric]
    run = replace(case.runs[ProbeName.PREDICT], predictions=best * share)
    data = replace(case.dataset, labels=labels, oracle=best)
    error = Facts(replace(case, dataset=data, runs={**case.runs, run.name: run})).measured.calibration_error
    assert (error.value > 0.15) is off, error.value


@pytest.mark.parametrize(("metric", "off"), [("balanced_accuracy", False), ("log_loss", True)])
def test_classes_that_are_weighed_alike_are_right_where_each_counts_alike(metric: str, off: bool) -> None:
    """Such as by `class_weight="balanced"`, with a class that is rare."""
    case = answered("multiclass", metric)
    shares = np.array([0.86, 0.1, 0.04])
    known = np.random.default_rng(0).dirichlet(8 * shares, len(case.dataset.labels))
    labels = (np.random.default_rng(1).random(len(known))[:, None] > known.cumsum(axis=1)).sum(axis=1)
    teams = np.asarray(case.challenge.classes, object)[
        np.random.default_rng(2).choice(3, len(case.dataset.public), p=shares)
    ]
    told = known / shares
    told /= told.sum(axis=1, keepdims=True)
    data = replace(case.dataset, labels=labels, oracle=told, public=case.dataset.public.assign(team=teams))
    run = replace(case.runs[ProbeName.PREDICT], predictions=told)
    error = Facts(replace(case, dataset=data, runs={**case.runs, run.name: run})).measured.calibration_error
    assert (error.value > 0.05) is off, error.value


@pytest.mark.parametrize(
    ("call", "flagged"),
    [("GridSearchCV(model, grid, scoring='accuracy')", True), ("GridSearchCV(model, grid, scoring='f1_macro')", False)],
)
def test_accuracy_that_decides_among_many_classes_is_named(call: str, flagged: bool) -> None:
    case = answered("multiclass", "log_loss")
    submission = a_submission({"pipeline.py": f"from sklearn.model_selection import GridSearchCV\n\n{call}\n"})
    found = judge(BY_CODE["EVAL001"], Facts(replace(case, submission=submission)))
    assert (found.status is Status.FLAGGED) is flagged, found
    assert not flagged or "the most common class for every row" in found.evidence[0].what
    assert judge(BY_CODE["EVAL001"], Facts(answered("regression", "mae"))).status is Status.NOT_APPLICABLE
