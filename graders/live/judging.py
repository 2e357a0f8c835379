"""What a live run gave: findings by the detectors of a grading, the claim, the tests and the figures that it has."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import numpy as np

from graders.catalog import CHECKS
from graders.checks.check import Check, judge
from graders.checks.leakage.weigh import EFFECT
from graders.checks.production import robustness
from graders.checks.production.cost import cost_of
from graders.facts import Facts
from graders.live import faults
from graders.live.asking import Asked
from graders.live.model import READ, TESTS, LiveClaim, LiveFigure, LiveFinding, LiveOutcome, LiveTests
from graders.live.patch import place
from graders.measure.answers import ungraded
from graders.measure.importance import of_row
from graders.measure.metrics import Measured
from graders.measure.performance import PER, chosen_threshold, cost
from graders.measure.problems import machine_was_slow
from graders.model.case import Case, NotApplicable, run_of
from graders.model.finding import Certainty, Evidence, Finding, Status
from graders.model.probe import Run
from graders.model.report import Score
from graders.probes.names import ProbeName
from graders.report.clean import clean, clean_line
from graders.source import tools
from graders.tasks.asked import metric_of
from graders.words import N_, Message, Text, say, text_of
from graders.words import messages as messages_of

#: The checks that each part of a run can judge, beside those that need no run.  Checks that compare with hidden rows
#: are in none: what is kept back here is public, and their words say otherwise.
JUDGED: Mapping[str, tuple[str, ...]] = {
    "evaluate": ("EVAL001", "EVAL002", "EVAL003", "EVAL004", "EVAL005"),
    "leaks": (*(f"LEAK{number:03d}" for number in range(1, 12)), "OVR003"),
    "columns": ("LEAK002", "FEAT001"),
    "again": ("REPRO001",),
    "odd rows": ("ROB001", "ROB002", "ROB003", "ROB005", "DATA001"),
    "batches": ("LEAK010", "ROB004", "SKEW001"),
    "times": ("PERF001",),
    TESTS: ("TEST001",),
    READ: ("MON001", "DOC002"),
}
#: Texts that speak of rows which no live run has.
HIDDEN = "hidden"
MOST_LINES, LONGEST_LINE, LONGEST = 12, 160, 600
MOST_CLAIMS = 12
MB = "MB"
T = TypeVar("T")


def outcome(case: Case, asked: Asked) -> LiveOutcome:
    """What the runs of a case show; pure, and free of anything that hidden rows would have given."""
    facts = Facts(case)
    judged = [judge(check, facts) for check in CHECKS if _is_asked(check, asked)]
    able = [finding for finding in judged if finding.status in (Status.FLAGGED, Status.PASSED)]
    found = [_finding(case, finding) for finding in able if finding.flagged]
    codes = [finding.code for finding in able]
    if asked.fault and (told := _of_fault(case)) is not None:
        codes.append("TEST002")
        found += told
    problem = ungraded(case)
    return LiveOutcome(
        failure=None if problem is None else _text(problem.message),
        hint=None if problem is None else _text(problem.hint),
        where="" if problem is None or problem.where is None else clean_line(str(problem.where), LONGEST_LINE),
        claim=_claim(facts),
        findings=tuple(found),
        asked=tuple(codes),
        tests=_tests(facts) if TESTS in asked.runs else None,
        figures=(*_figures(facts), *_of_column(facts, asked.column)),
        cpu_seconds=sum(run.cpu_seconds for run in case.runs.values()),
    )


def _is_asked(check: Check, asked: Asked) -> bool:
    codes = {code for run in asked.runs for code in JUDGED.get(run, ())}
    return check.code in codes or (READ in asked.runs and check.read is not None)


def _finding(case: Case, finding: Finding) -> LiveFinding:
    shown = [item for item in finding.evidence if item.source != EFFECT and HIDDEN not in item.what]
    first = next(iter(sorted(shown, key=lambda item: item.where is None)), Evidence(say(finding.title)))
    path, line = ("", None) if first.where is None else place(case.submission, first.where)
    places = len({str(item.where) for item in shown if item.where is not None})
    certainty = finding.certainty or Certainty.SUSPECTED
    return LiveFinding(
        finding.code, certainty, say(finding.title), _text(first.what), clean_line(path), line, max(places, 1)
    )


def _text(text: str) -> Text:
    """A sentence as it may be shown: what a candidate wrote in it is cleaned and cut."""
    if len(text) > LONGEST or clean(str(text), LONGEST) != str(text):
        return text_of([Message(clean(str(text), LONGEST), {})])
    return text if isinstance(text, Text) else text_of(messages_of(text))


def _claim(facts: Facts) -> LiveClaim | None:
    """The claim; without kept rows that were predicted its interval is only itself."""
    run = facts.case.runs.get(ProbeName.EVALUATE)
    name = facts.case.challenge.metric
    if run is None or not run.ok or name not in run.claims:
        return None
    value = run.claims[name]
    score = _try(lambda: facts.measured.table()["claimed"])
    told = score.get(name) if isinstance(score, dict) else None
    low, high = (told.low, told.high) if isinstance(told, Score) else (value, value)
    return LiveClaim(name, value, low, high)


def _tests(facts: Facts) -> LiveTests | None:
    run = facts.case.runs.get(ProbeName.TESTS)
    found = None if run is None else _try(lambda: facts.tests)
    if run is None or found is None:
        return None
    return LiveTests(found.passed, found.failed, tuple(_failed(run)))


def _failed(run: Run) -> Iterator[str]:
    """The first tests that failed, and how; all of it is the candidate's text."""
    output = json.loads(run.output)
    listed = [*output.get("tests", ()), *output.get("collection_errors", ())]
    bad = [item for item in listed if item.get("outcome", "error") in ("failed", "error")]
    for item in bad[:MOST_LINES]:
        yield clean_line(f"{item.get('id', '')}: {item.get('message', '')}".rstrip(": "), LONGEST_LINE)


def _of_fault(case: Case) -> list[LiveFinding] | None:
    """Whether the tests noticed the planted fault; None where their runs say nothing of it."""
    runs = [case.runs.get(name) for name in (ProbeName.TESTS, faults.FAULT, faults.CONTROL)]
    suites = [_suite(run) for run in runs]
    alone, over, control = suites
    if alone is None or over is None or control is None:
        return None
    if alone.failed:
        what = say("A test fails before anything is planted, so it tells nothing of the fault.")
    elif control.failed:
        what = say("The tests fail where only the text of the code changed, so they tell nothing of the fault.")
    elif not over.failed:
        what = say("No test fails over the planted fault.")
    else:
        return []
    return [LiveFinding("TEST002", Certainty.CONFIRMED, say(N_("Weak tests")), what)]


def _suite(run: Run | None) -> tools.TestResults | None:
    """How tests ended; a run that the code itself ended counts as one that failed."""
    if run is None or machine_was_slow(run):
        return None
    if not run.ok:
        return tools.TestResults(1, 0, 1, 0.0, {})
    return _try(lambda: tools.parse_tests(run))


def _figures(facts: Facts) -> Iterator[LiveFigure]:
    for figures in (_of_model, _of_claims, _of_costs, _of_repeat, _of_odd_rows, _of_times, _of_code):
        yield from _try(lambda make=figures: list(make(facts))) or ()  # type: ignore[misc]


def _of_model(facts: Facts) -> Iterator[LiveFigure]:
    measured: Measured = facts.measured
    metric = metric_of(facts.case.challenge)
    if measured.train is not None:
        title = say("{metric} on the rows it was trained on", metric=metric.title)
        yield LiveFigure("trained", title, measured.train)
    title = say("{metric} on public rows kept back", metric=metric.title)
    yield LiveFigure("kept", title, measured.hidden.value, more=metric.higher)
    title = say("Calibration error on public rows kept back")
    yield LiveFigure("calibration", title, measured.calibration_error.value, more=False)


def _of_column(facts: Facts, column: str) -> Iterator[LiveFigure]:
    """What the answers lose where the task's column is shuffled: nothing once the model no longer uses it."""
    if ProbeName.PREDICT_SHUFFLED in facts.case.runs:
        metric = metric_of(facts.case.challenge)
        for entry in _try(lambda: facts.importances) or ():
            if entry.column == column:
                title = say(
                    "How much the {metric} loses where {column} is shuffled", metric=metric.title, column=column
                )
                yield LiveFigure("column", title, entry.fall.value)


def _of_claims(facts: Facts) -> Iterator[LiveFigure]:
    """What evaluate returns beside the metric, under the candidate's own names."""
    claims = run_of(facts.case.runs, ProbeName.EVALUATE).claims
    others = sorted(name for name in claims if name != facts.case.challenge.metric)
    for name in others[:MOST_CLAIMS]:
        shown = clean_line(name, 60)
        yield LiveFigure(f"claim.{shown}", say("evaluate returns {name}", name=shown), claims[name])


def _of_costs(facts: Facts) -> Iterator[LiveFigure]:
    """What the candidate's threshold costs on the rows kept back, where evaluate names one."""
    use, at = facts.case.challenge.use, chosen_threshold(facts.case)
    if at is None or facts.case.challenge.task != "binary":
        return
    rows = facts.scored
    labels = np.asarray(rows.labels, np.int64)
    title = say("Cost of {per} public rows kept back at the threshold, in {currency}", per=PER, currency=use.currency)
    yield LiveFigure("threshold", title, cost(labels, rows.scores, at, use).value, more=False)


def _of_repeat(facts: Facts) -> Iterator[LiveFigure]:
    runs = [facts.case.runs.get(name) for name in (ProbeName.PREDICT, ProbeName.PREDICT_AGAIN)]
    first, second = (None if run is None or not run.ok else run.predictions for run in runs)
    if first is not None and second is not None:
        title = say("Largest change of an answer between two identical trainings")
        yield LiveFigure("repeat", title, float(of_row(first - second).max()), more=False)


def _of_odd_rows(facts: Facts) -> Iterator[LiveFigure]:
    if ProbeName.AS_THEY_ARE in facts.case.runs:
        reactions = robustness.reactions(facts)
        bad = sum(reaction.outcome in robustness.BAD for reaction in reactions)
        yield LiveFigure("odd", say("Kinds of odd rows that predict fails on"), float(bad), more=False)
        said = sum(reaction.said for reaction in reactions)
        yield LiveFigure("noticed", say("Kinds of odd rows that the log speaks of"), float(said), more=True)


def _of_times(facts: Facts) -> Iterator[LiveFigure]:
    if ProbeName.PREDICT_TIMED in facts.case.runs:
        spent = cost_of(facts.case.runs)
        for calls in spent.calls:
            title = say("CPU time of a call of predict, rows: {rows:,}", rows=calls.rows)
            yield LiveFigure(f"call.{calls.rows}", title, 1000 * calls.median, "ms", more=False)
        yield LiveFigure("model", say("Size of the saved model"), spent.model, MB, more=False)


def _of_code(facts: Facts) -> Iterator[LiveFigure]:
    if ProbeName.RADON in facts.case.runs:
        most = max((found.cognitive for found in facts.code.complexities), default=0)
        yield LiveFigure("complexity", say("Largest cognitive complexity of a function"), float(most), more=False)


def _try(read: Callable[[], T]) -> T | None:
    """None where there is nothing to read; what a run did not ask for is not shown."""
    try:
        return read()
    except NotApplicable:
        return None
