"""Whether README and notes name the limits of the model, and how it would be watched."""

from __future__ import annotations

from collections.abc import Iterator

from graders.model.case import Case, NotApplicable
from graders.model.finding import Check, Evidence, Guide, Question, Severity
from graders.source import communication, writing


def _written(case: Case) -> None:
    if not communication.prose(case.submission).strip():
        raise NotApplicable("there is neither a README nor notes, which DOC001 says")


def no_limits(case: Case) -> Iterator[Evidence]:
    _written(case)
    if not writing.about(case, "limits"):
        yield Evidence("README and notes name no limit of this model on these data")


def no_monitoring(case: Case) -> Iterator[Evidence]:
    found = writing.covered(case, "monitoring", writing.MONITORING)
    if len(found) < 2:
        yield Evidence(
            "README and notes say nothing of watching this model in use"
            if not found
            else f"of watching the model in use, README and notes speak of {found[0]} only"
        )


CHECKS = (
    Check(
        "DOC002",
        "Limits missing",
        Severity.INFO,
        no_limits,
        Guide(
            detect="A passage under a heading on limits, or a paragraph that speaks of them, has to say at least "
            f"{writing.LEAST_WORDS} words and to name things of these data: columns, categories, figures.",
            why="Whoever takes the model over learns its limits from you or from customers.",
            avoid="Say for whom, when and for what the model should not be used.",
        ),
        Question(
            "When should nobody use this model?",
            "population, time, kind of decision, groups that are missing",
            "always fine",
        ),
    ),
    Check(
        "MON001",
        "No monitoring plan",
        Severity.MINOR,
        no_monitoring,
        Guide(
            detect="A passage on the model in use, tied to these data, is searched for what a plan consists of: "
            f"{', '.join(writing.MONITORING)}. Flagged below two.",
            why="Labels arrive two months late here. Without a plan the first monitor is an angry customer.",
            avoid="Say what you watch, from which number on somebody is woken, and what they then do.",
        ),
        Question(
            "It has been live for a month and no label has come. How do you know today whether it works?",
            "input drift, the mean score, proxies, a sample for people; thresholds with reasons; rollback",
            "waits for the labels",
        ),
    ),
)
