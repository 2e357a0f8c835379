"""Tasks of a debrief: drawn from findings, or from what is done well, and pointing at the right line."""

from __future__ import annotations

from typing import Any

import pytest

from graders.catalog import BY_CODE
from graders.live import patch
from graders.live.asking import RUNS
from graders.live.kinds import KINDS, TABLE, Kind, always
from graders.live.model import LiveTask
from graders.live.tasks import tasks_for
from graders.model.challenge import Use
from graders.model.finding import Evidence
from graders.model.submission import Location, Submission
from graders.report.document import document
from testing.builders import (
    PIPELINE,
    a_challenge,
    a_finding,
    a_measurement,
    a_notebook,
    a_report,
    a_submission,
    an_ungraded_report,
)

CHALLENGE = a_challenge(use=Use(contact=6, loss=30), post_outcome=("late",))
WORK = a_submission()
IMPORTANT = a_measurement(id="importance", columns=("Column", "Fall", "Moved"), rows=(("usage_trend", 0.1, 0.2),))


def report(*codes: str, where: Location | None = None, what: str = "It is so.") -> dict[str, Any]:
    found = tuple(a_finding(code, evidence=(Evidence(what, where),), **_of(code)) for code in codes)
    return document(a_report(findings=found, measurements=(IMPORTANT,)), BY_CODE).plain()


def _of(code: str) -> dict[str, Any]:
    return {"title": BY_CODE[code].title, "severity": BY_CODE[code].severity}


def by_kind(plain: dict[str, Any], work: Submission = WORK) -> dict[str, LiveTask]:
    return {task.kind: task for task in tasks_for(plain, work, CHALLENGE)}


def test_the_table() -> None:
    """At least twelve kinds; each is drawn from checks and asks for runs that exist, in one plain sentence."""
    assert len(KINDS) == len(TABLE) >= 12
    codes = [code for kind in TABLE for code in kind.codes]
    assert set(codes) <= set(BY_CODE)
    assert len(codes) == len(set(codes))
    assert {run for kind in TABLE for run in kind.runs} <= set(RUNS)
    said = [text for kind in TABLE for text in (kind.mend, kind.show, kind.predicts, kind.done, kind.shown, kind.title)]
    assert not [text for text in said for part in text.split(". ") if len(part.split()) > 20]


@pytest.mark.parametrize("kind", TABLE, ids=lambda kind: kind.name)
def test_each_kind_can_be_asked_of_a_flawed_work_and_of_a_good_one(kind: Kind) -> None:
    """So that everybody of an opening gets the same kinds."""
    assert by_kind(report())[kind.name].strength
    for code in kind.codes:
        task = by_kind(report(code, where=Location("pipeline.py", 13)))[kind.name]
        assert (task.about, task.strength) == (code, False)
        assert (task.path, task.line) == (("test_live.py", None) if task.fault else ("pipeline.py", 13))
        assert "{" not in task.sentence.replace("{'", "")


def test_findings_come_first_and_the_gravest_of_them() -> None:
    found = tasks_for(report("FEAT001", "CODE001", "LEAK005", "OVR003"), WORK, CHALLENGE)
    assert [task.about for task in found[:4]] == ["OVR003", "LEAK005", "CODE001", "FEAT001"]
    assert len({task.key for task in found}) == len(found)


def test_a_test_goes_to_the_file_of_tests() -> None:
    """An existing one where there is one; the sentence says where the fault lies."""
    work = a_submission({"pipeline.py": PIPELINE, "tests/conftest.py": "", "tests/test_pipeline.py": "x = 1\n"})
    for kind in ("catch-fault", "one-row"):
        assert by_kind(report(), work)[kind].path == "tests/test_pipeline.py"
        assert by_kind(report())[kind].path == "test_live.py"
    assert "pipeline.py, line" in by_kind(report(), work)["catch-fault"].sentence


def test_without_a_place_a_task_points_at_its_function() -> None:
    task = by_kind(report("EVAL003"))["uncertainty"]
    assert patch.texts(WORK)[task.path].splitlines()[task.line - 1].startswith("def evaluate")  # type: ignore[operator]


def test_a_line_of_a_notebook_is_one_of_the_text_that_is_changed() -> None:
    work = a_notebook()
    task = by_kind(report("LEAK001", where=Location("churn.ipynb", 14, 3)), work)["fit-inside"]
    text = patch.texts(work)[task.path]
    assert task.path == "pipeline.py"
    assert text.splitlines()[task.line - 1] == work.cells[3].splitlines()[13]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("code", "what", "column"),
    [
        ("LEAK002", "n_products is written later", "n_products"),
        ("LEAK002", "It is so.", "usage_trend"),
        ("OVR005", "It is so.", "customer_id"),
    ],
)
def test_the_column_is_the_one_found_or_the_weightiest(code: str, what: str, column: str) -> None:
    task = by_kind(report(code, what=what))["drop-column"]
    assert column in task.sentence
    assert (task.column, task.about) == (column, code)


def test_nothing_is_asked_of_a_work_without_a_grade() -> None:
    plain = document(an_ungraded_report(), BY_CODE).plain()
    assert tasks_for(plain, WORK, CHALLENGE) == ()


def test_what_the_challenge_has_not_is_not_asked() -> None:
    bare = a_challenge(group=None, time=None)
    kinds = {task.kind for task in tasks_for(report(), WORK, bare)}
    assert not kinds & {"split-groups", "split-time", "threshold"}
    assert {kind.name for kind in TABLE if kind.askable is always} <= kinds


def test_a_text_that_cannot_be_read_still_gives_tasks() -> None:
    broken = a_submission({"pipeline.py": "def train(:\n", "data.bin": b"\0\1"})
    assert "uncertainty" in by_kind(report(), broken)
