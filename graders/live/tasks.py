"""The tasks of a debrief: one of each kind, on a finding of this submission or else on what it does well.

Each kind can be asked of nearly every submission, so that all candidates of an opening get the same kinds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from graders.checks.check import filled
from graders.debrief import definition
from graders.live import faults
from graders.live.kinds import TABLE, TEST_FILE, Kind
from graders.live.model import LiveTask
from graders.live.patch import place, texts
from graders.measure.wording import unit_word
from graders.model.challenge import Challenge
from graders.model.submission import Location, Submission
from graders.source.sources import is_test
from graders.tasks.asked import metric_of
from graders.words import say

Document = Mapping[str, Any]
#: What a file of tests is called where a work has none.
NEW_TESTS = "test_live.py"
#: The finding that speaks of the column which names the unit of a row.
IDENTIFIER = "OVR005"
WEIGHTS = {"critical": 8, "major": 4, "minor": 2, "info": 1}


def tasks_for(document: Document, submission: Submission, challenge: Challenge) -> tuple[LiveTask, ...]:
    """At most one task of each kind, those on findings first, the gravest first.

    `document` is the report as `report.json` holds it; of one without a grade there are none.
    """
    if document.get("status") != "graded":
        return ()
    made = [
        task for kind in TABLE if kind.askable(challenge) for task in _of_kind(kind, document, submission, challenge)
    ]
    weights = {finding["code"]: WEIGHTS[finding["severity"]] for finding in document["findings"]}
    return tuple(sorted(made, key=lambda task: (task.strength, -weights.get(task.about, 0))))


def _of_kind(kind: Kind, document: Document, submission: Submission, challenge: Challenge) -> Iterator[LiveTask]:
    finding = _finding(kind, document)
    path, line = _place(finding, kind, submission)
    task = LiveTask(
        kind=kind.name,
        about=kind.name if finding is None else str(finding["code"]),
        sentence=say(kind.title),
        predicts=say(kind.predicts),
        done=say(kind.shown if finding is None else kind.done),
        path=path,
        line=line,
        runs=kind.runs,
        strength=finding is None,
        column=_column(finding, document, challenge) if "{column}" in kind.mend else "",
    )
    words: dict[str, str] = {
        "unit": unit_word(challenge),
        "metric": metric_of(challenge).title,
        "column": task.column,
        "contact": f"{challenge.use.contact or 0:g}",
        "loss": f"{challenge.use.loss or 0:g}",
        "currency": challenge.use.currency,
    }
    sentence = kind.show if finding is None else kind.mend
    if "{column}" in sentence and not words["column"]:
        return
    if "{fault}" in sentence:
        chosen = faults.choose(submission, path, line)
        if chosen is None:
            return
        fault, planted = chosen
        task = replace(task, fault=fault, path=_test_file(submission), line=None)
        file, number = place(submission, planted.where)
        words |= {
            "fault": planted.what,
            "place": say("{path}, line {line}", path=file, line=number) if number else file,
        }
    yield replace(task, sentence=filled(sentence, words))


def _finding(kind: Kind, document: Document) -> Mapping[str, Any] | None:
    """The finding that comes first among the kind's codes."""
    flagged = {found["code"]: found for found in document["findings"] if found["status"] == "flagged"}
    return next((flagged[code] for code in kind.codes if code in flagged), None)


def _place(finding: Mapping[str, Any] | None, kind: Kind, submission: Submission) -> tuple[str, int | None]:
    """Where the finding's first evidence lies, else where the kind's function is defined, else the entry."""
    evidence = finding["evidence"] if finding is not None else ()
    shown = texts(submission)
    for item in evidence:
        if item["path"]:
            path, line = place(submission, Location(item["path"], item["line"], item["cell"]))
            if path in shown:
                return path, line
    if kind.function == TEST_FILE:
        return _test_file(submission), None
    defined = definition(submission, kind.function) or Location(submission.entry)
    return place(submission, defined)


def _test_file(submission: Submission) -> str:
    """The first file of tests; a new one where there is none."""
    names = (path for path in texts(submission) if is_test(path) and not path.endswith("conftest.py"))
    return next(names, NEW_TESTS)


def _column(finding: Mapping[str, Any] | None, document: Document, challenge: Challenge) -> str:
    """The column that the finding speaks of, else the one on which the answers rest most."""
    if finding is not None and finding["code"] == IDENTIFIER:
        return challenge.group or ""
    names = [column.name for column in challenge.columns if column.name not in (challenge.target, challenge.group)]
    spoken = " ".join(item["what"] for item in finding["evidence"]) if finding is not None else ""
    words = set(spoken.replace(",", " ").replace(":", " ").replace("`", " ").split())
    named = [name for name in names if name in words]
    tables = {table["id"]: table["rows"] for table in document["measurements"]}
    weighed = [str(row[0]) for row in tables.get("importance", ())]
    heaviest = [name for name in weighed if name in names and name not in challenge.post_outcome]
    return next(iter((*named, *heaviest)), "")
