"""Values of a live run survive JSON, and their sentences can still be said in another language."""

from __future__ import annotations

import json

import pytest

from graders.live.model import (
    FigureChange,
    LiveClaim,
    LiveDifference,
    LiveFigure,
    LiveFinding,
    LiveOutcome,
    LiveTask,
    LiveTests,
    plain,
)
from graders.words import say, sentences

FINDING = LiveFinding("LEAK001", "suspected", say("Fitted before the split"), say("Row {n}.", n=3), "pipeline.py", 7, 2)
FIGURE = LiveFigure("kept", say("{metric} on public rows kept back", metric=say("ROC AUC")), 0.71, more=True)
FAILED = LiveOutcome(failure=say("{phase} raised {detail}.", phase="train", detail="KeyError"), hint=say("Look."))
OUTCOME = LiveOutcome(
    claim=LiveClaim("roc_auc", 0.8, 0.78, 0.82),
    findings=(FINDING,),
    asked=("LEAK001", "LEAK002"),
    tests=LiveTests(2, 1, ("test_it: 1 is not 2",)),
    figures=(FIGURE,),
    seconds=3.5,
)
TASK = LiveTask(
    "fit-inside", "LEAK001", say("Fit it for {unit}.", unit=say("customer")), say("Say."), sentences("One", say("two")),
    "pipeline.py", None, ("leaks",), fault=("pipeline.py", "f", "skipped step", "changed `a` to `b` in f"),
)  # fmt: skip
DIFFERENCE = LiveDifference(
    OUTCOME, FAILED, gone=(FINDING,), unjudged=(FINDING,), figures=(FigureChange(FIGURE, FIGURE, True),), lines_added=4
)


@pytest.mark.parametrize("value", [TASK, OUTCOME, FAILED, LiveOutcome(), DIFFERENCE], ids=lambda v: type(v).__name__)
def test_json_and_back(value: LiveTask | LiveOutcome | LiveDifference) -> None:
    again = type(value).of(json.loads(json.dumps(plain(value))))
    assert again == value
    assert plain(again) == plain(value)  # the messages of sentences too, which equality of texts does not see


def test_a_sentence_keeps_what_it_was_made_of() -> None:
    again = LiveTask.of(json.loads(json.dumps(plain(TASK))))
    assert [message.id for message in again.sentence.messages] == ["Fit it for {unit}."]
    assert again.sentence.messages[0].values["unit"].messages[0].id == "customer"  # type: ignore[union-attr]


def test_a_name_of_a_later_version_is_left_out() -> None:
    assert LiveOutcome.of({**plain(OUTCOME), "colour": "red"}) == OUTCOME
