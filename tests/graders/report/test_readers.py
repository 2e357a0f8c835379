"""Each reader sees what is theirs: nothing that rests on hidden rows reaches a candidate."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from graders.model.finding import Evidence, Finding, Status
from graders.model.report import Cap, CriterionResult, Curves, Overall, Report, Score
from graders.model.submission import Location
from graders.report.document import document
from graders.report.html import render
from graders.report.readers import WITHHELD, for_reader, problem_only
from graders.report.sarif import render as sarif
from graders.report.schema import Document, Interval, Reader
from testing.builders import a_check, a_criterion, a_finding, a_measurement, a_report, a_section, an_ungraded_report
from tests.graders.report.page import read
from tests.graders.report.test_document import REPORTS, VALIDATOR

CHECKS = {"LEAK001": a_check(), "OVR002": a_check("OVR002")}
READERS: tuple[Reader, ...] = ("interviewer", "recruiter", "candidate")


def a_document(report: Report) -> Document:
    """As it comes back from storage."""
    return Document.model_validate_json(document(report, CHECKS).written())


def a_secret_report(secret: float) -> Report:
    """A report in which all that rests on hidden rows depends on `secret`, the band excepted."""
    told = f"measured {secret} on hidden rows"
    score = Score(secret, secret / 2, secret * 2)
    place = Location("pipeline.py", 13)
    sections = tuple(
        a_section(name, a_criterion(f"hidden-{name}", secret, 14, why=told, next=told, gain=secret), *_open(name))
        for name in ("model", "code", "production", "responsibility")
    )
    return a_report(
        overall=Overall(
            60 + secret, 55 + secret, 65 + secret, 3, (2, 3) if secret > 5 else (3,), (Cap("OVR002", told),)
        ),
        sections=sections,
        metrics={
            "hidden": {"roc_auc": score},
            "train": {"roc_auc": score},
            "claimed": {"roc_auc": Score(0.81, secret / 2, secret * 2)},
            "claimed_null": {"roc_auc": score},
            "skill": score,
            "oracle": secret,
            "baseline": secret,
        },
        findings=(
            a_finding("OVR002", evidence=(Evidence(told), Evidence(told, place))),
            a_finding("LEAK001", evidence=(Evidence(told), Evidence("fitted here", place, source="static"))),
            a_finding("SLICE001", Status.PASSED, note=told),
            a_finding("NEW001", evidence=(Evidence(told),) * (30 if secret > 5 else 20)),
            a_finding("CODE001", evidence=(Evidence("too complex", place),)),
        ),
        curves=Curves(((0.0, secret / 10),), ((secret / 10, 0.5, 9),), ((0.1, secret / 10),), ((0.1, secret),)),
        measurements=(
            a_measurement(rows=((told, score, secret, None, None),)),
            a_measurement(id="new", note=told),
            a_measurement(id="robustness", columns=("When",), rows=(("an odd row",),)),
        ),
    )


def _open(section: str) -> tuple[CriterionResult, ...]:
    return (a_criterion("structure", 3.0, 7.0, title="Structure", why="Few functions."),) if section == "code" else ()


def test_nothing_hidden_moves_what_a_candidate_sees() -> None:
    """Two reports that differ in everything measured on hidden rows give the candidate the very same document."""
    one, other = (for_reader(a_document(a_secret_report(secret)), "candidate") for secret in (4.711, 8.15))
    assert one == other
    assert "4.711" not in one.written().decode()
    assert render(one) == render(other)


def test_a_candidate_sees_what_helps() -> None:
    """Band, open findings with their words, places of the others, advice, own claims, own code."""
    cut = for_reader(a_document(a_secret_report(4.711)), "candidate")
    found = {finding.code: finding for finding in cut.findings}
    assert found["CODE001"].evidence[0].what == "too complex"
    assert [item.what for item in found["LEAK001"].evidence] == ["fitted here"]
    assert [(item.what, item.line) for item in found["OVR002"].evidence] == [(WITHHELD, 13)]
    assert cut.overall is not None
    assert cut.overall.plain() == {
        "score": None, "low": None, "high": None, "band": 3, "bands": [3],
        "caps": [{"code": "OVR002", "why": "Fitted before the split"}],
    }  # fmt: skip
    assert cut.metrics.claimed == {"roc_auc": Interval(value=0.81, low=None, high=None)}
    assert [table.id for table in cut.measurements] == ["robustness"]
    assert cut.sources
    page = read(render(cut))
    assert page.of("h1")[0].text == "Your feedback"
    assert "Meets band 3 of 4" in " ".join(page.of("main")[0].text.split())


def test_a_candidate_gets_no_question() -> None:
    """Neither the plan nor what the checks would ask; the guide stays."""
    stored = a_document(a_report())
    cut = for_reader(stored, "candidate")
    assert cut.debrief == cut.levels == ()
    assert {finding.question for finding in cut.findings} == {""}
    html = render(cut)
    assert stored.debrief[0].question not in html
    assert "What to ask" not in html
    assert cut.findings[0].guide == stored.findings[0].guide


def test_a_recruiter_sees_points_and_no_code() -> None:
    """Score, sections and findings by title; no line of code, file, question, table or run."""
    stored = a_document(a_report())
    cut = for_reader(stored, "recruiter")
    assert (cut.overall, cut.sections) == (stored.overall, stored.sections)
    html = render(cut)
    assert "StandardScaler()" not in html
    assert "pipeline.py:13" not in html
    assert "Where is the scaler fitted?" not in html
    assert "72.4" in html
    assert not re.search(r'id="(code|interview|evidence|runs)"', html)


def test_an_interviewer_sees_all() -> None:
    """The same document, and the same page."""
    stored = a_document(a_report())
    cut = for_reader(stored, "interviewer")
    assert cut.plain() == {**stored.plain(), "reader": "interviewer"}
    assert render(cut) == render(stored)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("make", REPORTS.values(), ids=REPORTS)
def test_every_cut_is_a_document_with_a_page_in_order(make: Any, reader: Reader) -> None:
    """Any report cut for any reader meets the schema; its page's links lead somewhere, and its ids are unique."""
    stored = a_document(make())
    before = stored.written()
    cut = for_reader(stored, reader)
    VALIDATOR.validate(cut.plain())
    assert stored.written() == before
    page = read(render(cut))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {href.removeprefix("#") for href in page.values("href")} <= set(ids)


def test_what_could_not_be_graded_is_told_to_all() -> None:
    """Candidates see what happened and what to do; recruiters the same without the code."""
    stored = a_document(an_ungraded_report())
    assert "train raised KeyError." in render(for_reader(stored, "candidate"))
    recruiters = render(for_reader(stored, "recruiter"))
    assert "train raised KeyError." in recruiters
    assert "StandardScaler" not in recruiters


@pytest.mark.parametrize("findings", [(), (a_finding("LEAK001"), a_finding("CODE001"))])
def test_before_the_close_only_the_problem_and_its_place_are_told(findings: tuple[Finding, ...]) -> None:
    """Whatever was found in code that could not be scored, its candidate's document and page are the same."""
    cut = problem_only(a_document(an_ungraded_report(findings=findings)))
    VALIDATOR.validate(cut.plain())
    assert cut == problem_only(a_document(an_ungraded_report(findings=())))
    assert cut.problem is not None
    html = render(cut)
    assert "train raised KeyError." in html
    assert "pipeline.py:14" in html
    assert "What to do" in html
    assert not re.search(r"LEAK001|CODE001|Run evidence|Nothing was run", html)
    assert sarif(cut)["runs"][0]["results"] == []


def test_what_is_new_is_hidden_until_somebody_decides() -> None:
    """A check, a criterion and a table that nobody has listed tell a candidate no number."""
    report = replace(
        a_secret_report(4.711), findings=(a_finding("NEW001", note="4.711", evidence=(Evidence("4.711"),)),)
    )
    cut = for_reader(a_document(report), "candidate")
    assert "4.711" not in cut.written().decode()
    assert cut.findings[0].evidence[0].what == WITHHELD
