"""Report -> report.json: values that say everything, so that any page can be made from them years later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from graders.checks.check import Check, told
from graders.debrief import LEVELS
from graders.measure.wording import unit_word
from graders.model.report import Curves, Debrief, Overall, Problem, Report
from graders.model.submission import Location, Submission
from graders.report import parts, schema
from graders.report.clean import clean, clean_line
from graders.report.measured import measurement
from graders.report.numbers import metrics
from graders.report.parts import MAX_SENTENCE
from graders.report.places import Quote, place, quote, set_aside
from graders.report.rounding import CURVE, POINTS, rounded
from graders.report.runs import entry
from graders.report.schema import SCHEMA_VERSION
from graders.report.sources import sources
from graders.report.summary import summary
from graders.report.translated import with_messages
from graders.tasks.asked import metric_of

#: More than this many are counted, not listed.
MAX_SET_ASIDE = 200


def document(report: Report, checks: Mapping[str, Check]) -> schema.Document:
    """The document of `report`; `checks` gives guide and question by code.

    A check that is no longer in `checks` leaves its guide None and its question empty.
    """
    case, submission = report.case, report.case.submission
    findings = tuple(
        schema.Finding(**parts.finding(submission, found, checks.get(found.code), case.challenge))
        for found in report.findings
    )
    sections = tuple(schema.Section(**parts.section(one)) for one in report.sections)
    told_parts = [told(checks[found.code], case.challenge) for found in report.findings if found.code in checks]
    made = schema.Document(
        schema_version=SCHEMA_VERSION,
        status="ungraded" if report.overall is None else "graded",
        submission=schema.Submission(**parts.submission_head(submission)),
        challenge=schema.Challenge(
            id=case.challenge.id,
            version=case.challenge.version,
            title=case.challenge.title,
            data_fingerprint=case.dataset.fingerprint,
            task=case.challenge.task,
            classes=case.challenge.classes,
            unit=case.challenge.unit,
            group=unit_word(case.challenge),
            own_rows=bool(case.challenge.lot),
        ),
        provenance=schema.Provenance(
            grader_version=report.grader_version,
            rubric_version=report.rubric_version,
            image=case.sandbox.image,
            runtime=case.sandbox.runtime,
            seed=case.seed,
            graded_at=case.graded_at,
            packages=tuple(schema.Package(name=w.name, version=w.version, sha256=w.sha256) for w in submission.layer),
        ),
        overall=None if report.overall is None else _overall(report.overall),
        problem=None if report.problem is None else _problem(report.problem, submission),
        summary=summary(sections, findings),
        sections=sections,
        metrics=metrics(report.metrics, metric_of(case.challenge), case.challenge.unit),
        curves=_curves(report.curves),
        measurements=tuple(measurement(table) for table in report.measurements),
        verdicts=schema.Verdicts(
            leakage=report.verdicts.leakage,
            overfitting=report.verdicts.overfitting,
            reproducible=report.verdicts.reproducible,
        ),
        findings=findings,
        runs=tuple(entry(run, submission) for run in case.runs.values()),
        debrief=tuple(_planned(item, submission) for item in report.debrief),
        levels=LEVELS if report.debrief else (),
        sources=sources(submission, _pointed(report)),
        set_aside=tuple(schema.SetAside(**set_aside(item)) for item in submission.set_aside[:MAX_SET_ASIDE]),
    )
    return with_messages(made, report, told_parts, [run.failure for run in case.runs.values()])


def _overall(overall: Overall) -> schema.Overall:
    return schema.Overall(
        score=rounded(overall.score, POINTS),
        low=rounded(overall.low, POINTS),
        high=rounded(overall.high, POINTS),
        band=overall.band,
        bands=overall.bands,
        caps=tuple(schema.Cap(code=cap.code, why=clean(cap.why, MAX_SENTENCE)) for cap in overall.caps),
    )


def _problem(problem: Problem, submission: Submission) -> schema.Problem:
    return schema.Problem(
        code=clean_line(problem.code),
        message=clean(problem.message, MAX_SENTENCE),
        hint=clean(problem.hint, MAX_SENTENCE),
        where=None if problem.where is None else schema.Place(**place(problem.where)),
        quote=quote(submission, problem.where),
    )


def _planned(item: Debrief, submission: Submission) -> schema.Debrief:
    where = item.where and schema.QuotedPlace(**place(item.where), quote=_shown(item.where, submission))
    return schema.Debrief(
        code=item.code,
        kind=item.kind,
        minutes=item.minutes,
        stake=rounded(item.stake, POINTS),
        question=clean(item.question, MAX_SENTENCE),
        evidence=clean(item.evidence, MAX_SENTENCE),
        strong=clean(item.strong, MAX_SENTENCE),
        weak=clean(item.weak, MAX_SENTENCE),
        where=where,
    )


def _shown(where: Location, submission: Submission) -> Quote:
    """What to quote of a place to look at together: the lines about it, but of a function its beginning."""
    if where.line is None:
        return ()
    lines = quote(submission, where)
    if any(line == where.line and text.startswith("def ") for line, text in lines):
        lines = quote(submission, replace(where, line=where.line + 3), 3)
    while lines and not lines[-1][1].strip():
        lines = lines[:-1]
    return lines


def _pointed(report: Report) -> list[str]:
    """The files that the plan and the flagged findings point to."""
    asked = [item.where for item in report.debrief]
    found = [item.where for finding in report.findings if finding.flagged for item in finding.evidence]
    return [where.path for where in (*asked, *found) if where is not None]


def _curves(curves: Curves) -> schema.Curves:
    return schema.Curves(
        roc=[(rounded(x, CURVE), rounded(y, CURVE)) for x, y in curves.roc],
        calibration=[
            (rounded(mean, CURVE), rounded(rate, CURVE), int(rows)) for mean, rate, rows in curves.calibration
        ],
        precision_recall=[(rounded(x, CURVE), rounded(y, CURVE)) for x, y in curves.precision_recall],
        roc_attainable=[(rounded(x, CURVE), rounded(y, CURVE)) for x, y in curves.roc_attainable],
        cost=[(rounded(at, CURVE), rounded(cost, POINTS)) for at, cost in curves.cost],
        cost_range=[(rounded(low, POINTS), rounded(high, POINTS)) for low, high in curves.cost_range],
        confusion=curves.confusion,
        predicted=[(*(rounded(number, CURVE) for number in numbers), rows) for *numbers, rows in curves.predicted],
    )
