"""report.json keeps the contract, whatever was graded."""

from __future__ import annotations

import copy
import json
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator, ValidationError

from graders.model.finding import Certainty, Evidence, Severity, Status
from graders.model.probe import Action, Exit, Failure
from graders.model.report import Report
from graders.model.submission import Location
from graders.report.document import document
from graders.report.html import render
from graders.report.parts import MAX_EVIDENCE
from graders.report.readers import for_reader
from graders.report.schema import COMMITTED, Document, Reader, json_schema
from testing.builders import (
    a_case,
    a_check,
    a_criterion,
    a_finding,
    a_notebook,
    a_report,
    a_run,
    a_section,
    a_submission,
    an_ungraded_report,
)
from tests.graders.report.hostile import ATTACKS, HUGE, a_hostile_notebook, a_hostile_report

CHECKS = {"LEAK001": a_check(), "LEAK010": a_check("LEAK010")}
VALIDATOR = Draft202012Validator(json_schema())


def a_document(report: Report | None = None) -> dict[str, Any]:
    return document(report or a_report(), CHECKS).plain()


def a_notebook_report() -> Report:
    where = Location("churn.ipynb", 3, 3)
    return a_report(case=a_case(submission=a_notebook()), findings=(a_finding(evidence=(Evidence("here", where),)),))


REPORTS = {
    "graded": a_report,
    "ungraded": an_ungraded_report,
    "notebook": a_notebook_report,
    "hostile": a_hostile_report,
    "hostile notebook": a_hostile_notebook,
    "nothing measured": lambda: a_report(metrics={}, sections=(), findings=(), debrief=()),
}


def test_the_schema_is_a_schema() -> None:
    """It is itself valid JSON Schema 2020-12."""
    Draft202012Validator.check_schema(json_schema())


def test_the_committed_schema_is_the_one_of_the_types() -> None:
    """`python -m graders.report.schema` writes it; who changes the types sees what changes for readers."""
    assert json.loads(COMMITTED.read_text("utf-8")) == json_schema()


@pytest.mark.parametrize("make", REPORTS.values(), ids=REPORTS)
def test_every_report_is_valid_json_of_the_published_schema(make: Any) -> None:
    """Any report gives plain JSON without NaN that meets the schema and comes back as it was, but for its messages."""
    written = json.dumps(a_document(make()), allow_nan=False)
    VALIDATOR.validate(json.loads(written))
    assert json.loads(written) == a_document(make())
    assert Document.model_validate_json(written) == document(make(), CHECKS).model_copy(update={"messages": {}})


@pytest.mark.parametrize("make", REPORTS.values(), ids=REPORTS)
def test_what_was_stored_is_written_again_to_the_byte(make: Any) -> None:
    """Reading report.json and writing it changes nothing, also where an earlier version had fewer names."""
    stored = document(make(), CHECKS).written()
    assert Document.model_validate_json(stored).written() == stored
    older = json.dumps(of_version_1_0(json.loads(stored)), indent=2, ensure_ascii=False).encode()
    assert Document.model_validate_json(older).written() == older


def of_version_1_0(page: dict[str, Any]) -> dict[str, Any]:
    """The document without what 1.1 brought."""
    older = {name: value for name, value in page.items() if name not in ("sources", "levels", "reader")}
    older["schema_version"] = "1.0.0"
    older["curves"] = {name: page["curves"][name] for name in ("roc", "calibration")}
    asked = ("code", "question", "evidence", "strong", "weak")
    older["debrief"] = [{name: item[name] for name in asked} for item in page["debrief"]]
    return older


@pytest.mark.parametrize("make", REPORTS.values(), ids=REPORTS)
def test_a_document_of_an_earlier_version_has_its_page(make: Any) -> None:
    """It meets the schema, and every reader's page comes of it."""
    older = of_version_1_0(a_document(make()))
    VALIDATOR.validate(older)
    for reader in get_args(Reader):
        assert "</html>" in render(for_reader(Document.model_validate(older), reader))


def test_a_name_of_a_later_version_is_passed_over() -> None:
    """Names may be added within a major version: what this one does not know does no harm."""
    assert Document.model_validate(a_document() | {"weather": "fine"}).plain() == a_document()


CONTRACT = [
    "schema_version", "status", "submission.id", "submission.sha256", "submission.form", "submission.files",
    "submission.lines", "challenge.id", "challenge.version", "challenge.data_fingerprint",
    "provenance.grader_version", "provenance.rubric_version", "provenance.image", "provenance.runtime",
    "provenance.seed", "provenance.graded_at", "overall.score", "overall.low", "overall.high", "overall.band",
    "overall.caps.0.code", "overall.caps.0.why", "sections.0.id", "sections.0.points", "sections.0.max",
    "sections.0.low", "sections.0.high", "sections.0.criteria.0.id", "sections.0.criteria.0.points",
    "sections.0.criteria.0.max", "sections.0.criteria.0.why", "sections.0.criteria.0.findings",
    "metrics.hidden.roc_auc.value", "metrics.hidden.roc_auc.low", "metrics.hidden.roc_auc.high", "metrics.train",
    "metrics.claimed", "metrics.claimed_null", "metrics.skill.value", "metrics.oracle", "metrics.baseline",
    "verdicts.leakage", "verdicts.overfitting", "verdicts.reproducible", "findings.0.code", "findings.0.title",
    "findings.0.status", "findings.0.severity", "findings.0.note", "findings.0.evidence.0.path",
    "findings.0.evidence.0.line", "findings.0.evidence.0.cell", "findings.0.evidence.0.what",
    "findings.0.question", "runs.0.name", "runs.0.exit", "runs.0.seconds", "runs.0.cpu_seconds",
    "runs.0.max_rss_mb", "runs.0.message", "debrief.0.code", "debrief.0.question", "debrief.0.evidence",
    "debrief.0.strong", "debrief.0.weak",
]  # fmt: skip


@pytest.mark.parametrize("path", CONTRACT)
def test_each_name_of_the_contract_is_there_and_required(path: str) -> None:
    """A document without any one of the fixed names is refused by the schema."""
    changed = copy.deepcopy(a_document())
    node: Any = changed
    *above, last = path.split(".")
    for step in above:
        node = node[int(step) if step.isdigit() else step]
    del node[last]
    with pytest.raises(ValidationError):
        VALIDATOR.validate(changed)


@pytest.mark.parametrize(
    ("name", "value"),
    [("overall", None), ("status", "ungraded"), ("status", "refused"), ("problem", {}), ("schema_version", "2.0.0")],
)
def test_a_document_that_contradicts_itself_is_refused(name: str, value: Any) -> None:
    """Graded goes with a score and no problem; the version is that of this schema."""
    with pytest.raises(ValidationError):
        VALIDATOR.validate(a_document() | {name: value})


def test_numbers_are_rounded_once_and_never_nan() -> None:
    """Points have one decimal, metrics three; what is not a number is null."""
    metrics = {"hidden": {"roc_auc": 0.78149, "brier": float("nan")}, "oracle": -0.00001, "baseline": None}
    page = a_document(a_report(metrics=metrics))
    assert page["overall"]["score"] == 72.4
    assert page["metrics"]["hidden"] == {
        "roc_auc": {"value": 0.781, "low": None, "high": None},
        "brier": {"value": None, "low": None, "high": None},
    }
    assert str(page["metrics"]["oracle"]) == "0.0"
    assert page["metrics"]["skill"] is None
    assert page["metrics"]["baseline"] is None


def test_no_claimed_name_takes_the_place_of_the_metric() -> None:
    """A name that only looks like roc_auc once cleaned does not replace the candidate's roc_auc."""
    claimed = a_document(a_hostile_report())["metrics"]["claimed"]
    assert claimed["roc_auc"]["value"] == 0.6
    assert len(claimed) <= 21
    assert max(map(len, claimed)) <= 60


WORDS = "row 17 says 0.4711"


@pytest.mark.parametrize(
    ("action", "frames", "message"),
    [
        (Action.TRAIN, (Location("pipeline.py", 14),), f"KeyError: {WORDS} (pipeline.py, line 14)"),
        (Action.EVALUATE, (), f"KeyError: {WORDS}"),
        (Action.PREDICT, (Location("pipeline.py", 14),), "KeyError (pipeline.py, line 14)"),
        (Action.PREDICT, (), "KeyError"),
        # a compiled string may call its file anything, so a name that was not handed in is not repeated
        (Action.PREDICT, (Location("pipeline.py", 3), Location(WORDS, 1)), "KeyError (pipeline.py, line 3)"),
        (Action.PREDICT, (Location("pipeline.py", 4711),), "KeyError"),  # nor is a line that does not exist
    ],
)
def test_a_run_that_saw_hidden_rows_says_only_what_kind_and_where(
    action: Action, frames: tuple[Location, ...], message: str
) -> None:
    """Words of predict could carry hidden rows to the candidate; words of train cannot."""
    run = a_run("x", action, Exit.CRASHED, failure=Failure("KeyError", WORDS, frames), log=WORDS)
    told = a_document(a_report(case=a_case(run)))["runs"][0]["message"]
    assert told == message


def test_a_failure_in_a_notebook_names_its_cell() -> None:
    """A place in a cell is told as cell and line, if the cell has that line."""
    frames = (Location("churn.ipynb", 3, 3), Location("churn.ipynb", 999, 3))
    run = a_run("x", Action.PREDICT, Exit.CRASHED, failure=Failure("KeyError", "", frames))
    told = a_document(a_report(case=a_case(run, submission=a_notebook())))["runs"][0]["message"]
    assert told == "KeyError (churn.ipynb, cell 3, line 3)"


def test_evidence_quotes_its_lines_and_a_long_list_is_counted() -> None:
    """Two lines before and after are quoted; beyond the limit only the number is told."""
    item = Evidence("here", Location("pipeline.py", 2), Certainty.SUSPECTED)
    submission = a_submission({"pipeline.py": "a\n\tb\nc\nd\ne\n"})
    report = a_report(case=a_case(submission=submission), findings=(a_finding(evidence=(item,) * (MAX_EVIDENCE + 3)),))
    finding = a_document(report)["findings"][0]
    assert finding["evidence"][0]["quote"] == [[1, "a"], [2, "    b"], [3, "c"], [4, "d"]]
    assert finding["evidence"][0]["certainty"] == finding["certainty"] == "suspected"
    assert (len(finding["evidence"]), finding["evidence_left_out"]) == (MAX_EVIDENCE, 3)


def test_the_guide_comes_from_the_catalogue_and_may_be_gone() -> None:
    """A finding whose check no longer exists is told without guide and question."""
    findings = {f["code"]: f for f in a_document()["findings"]}
    assert findings["LEAK001"]["guide"]["avoid"].startswith("Fit inside the folds")
    assert findings["LEAK001"]["question"] == "Where is the scaler fitted?"
    assert findings["TEST001"]["guide"] is None
    assert findings["TEST001"]["question"] == ""


@pytest.mark.parametrize("make", [a_hostile_report, a_hostile_notebook])
def test_hostile_text_is_bounded_and_without_controls(make: Any) -> None:
    """No control, escape or bidi character survives, and 200 kB of letters do not either."""
    written = json.dumps(a_document(make()), ensure_ascii=False)
    assert not [c for c in "\x1b\x00\x07\x9b\u200b\u202e\u2066" if c in written]
    assert HUGE[:2000] not in written
    assert len(written) < 150_000
    assert ATTACKS[0] in written  # text stays text: escaping it is for whoever shows it


def test_what_speaks_loudest_comes_first() -> None:
    """Concerns are findings by severity, measured before suspected, then lost points; strengths are full
    criteria that no finding speaks against."""
    suspected = (Evidence("maybe", None, Certainty.SUSPECTED),)
    report = a_report(
        sections=(
            a_section("model", a_criterion("A", 14, 14), a_criterion("B", 1, 8), a_criterion("C", None, 4)),
            a_section(
                "code", a_criterion("D", 8, 8, findings=("OPEN",)), a_criterion("E", 3, 3), a_criterion("F", 0, 5)
            ),
        ),
        findings=(
            a_finding("MAYBE", evidence=suspected),
            a_finding("SURE"),
            a_finding("OPEN", Status.NOT_APPLICABLE),
        ),
    )
    page = a_document(report)
    about = {kind: [item["about"] for item in page["summary"][kind]] for kind in ("strengths", "concerns")}
    assert about == {"strengths": ["A", "E"], "concerns": ["SURE", "MAYBE", "B"]}


@pytest.mark.parametrize(
    ("evidence", "text"), [("the claim is high", "The claim is high."), ("Ends here.", "Ends here."), ("", "")]
)
def test_a_concern_reads_as_a_sentence(evidence: str, text: str) -> None:
    """Evidence is often a phrase; as a concern it has a capital and one full stop."""
    page = a_document(a_report(sections=(), findings=(a_finding(evidence=(Evidence(evidence),)),)))
    assert page["summary"]["concerns"][0]["text"] == text


def test_a_flagged_criterion_is_no_strength() -> None:
    """Full points do not make a strength of what a finding is held against; info alone is no concern."""
    report = a_report(
        sections=(a_section("model", a_criterion("A", 3.0, 3.0, findings=("X",))),),
        findings=(a_finding("X", severity=Severity.INFO),),
    )
    assert a_document(report)["summary"] == {"strengths": [], "concerns": []}
