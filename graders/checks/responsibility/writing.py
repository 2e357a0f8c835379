"""Whether README and notes say anything, name the limits of the model, and how it would be watched."""

from __future__ import annotations

from collections.abc import Iterator

from graders.checks.check import Check
from graders.facts import Facts
from graders.model.case import NotApplicable
from graders.model.finding import Evidence, Guide, Question, Severity
from graders.source import communication, writing
from graders.source.code import Code

LEAST_WORDS = 60


def _written(facts: Facts) -> None:
    if not facts.writing.prose.strip():
        raise NotApplicable("there is neither a README nor notes, which DOC001 says")


def no_readme(code: Code) -> Iterator[Evidence]:
    words = communication.distinct_words(code.submission)
    if words < LEAST_WORDS:
        yield Evidence(
            f"README and notes hold {words} different words" if words else "there is neither a README nor notes"
        )


def no_limits(facts: Facts) -> Iterator[Evidence]:
    _written(facts)
    if not facts.writing.about("limits"):
        yield Evidence("README and notes name no limit of this model on these data")


def no_monitoring(facts: Facts) -> Iterator[Evidence]:
    found = facts.writing.covered("monitoring", writing.MONITORING)
    if len(found) < 2:
        yield Evidence(
            "README and notes say nothing of watching this model in use"
            if not found
            else f"of watching the model in use, README and notes speak of {found[0]} only"
        )


CHECKS = (
    Check(
        code="DOC001",
        title="README without content",
        severity=Severity.MINOR,
        family="responsibility",
        criteria=(
            "hygiene",
            "communication",
        ),
        open=True,
        read=no_readme,
        guide=Guide(
            detect=f"The different words of README and NOTES at the root; fewer than {LEAST_WORDS} say nothing.",
            why="The next owner needs the problem, the approach, the numbers and the limits before the code.",
            avoid="Half a page: problem, approach, results with intervals, limits, next steps.",
        ),
        question=Question(
            "When should nobody use this model?",
            "population, time, kind of decision, groups that are missing",
            "always fine",
        ),
    ),
    Check(
        code="DOC002",
        title="Limits missing",
        severity=Severity.INFO,
        family="responsibility",
        criteria=("communication",),
        open=True,
        examine=no_limits,
        guide=Guide(
            detect=(
                "We look for a passage under a heading on limits, or a paragraph that speaks of them. It "
                f"must say at least {writing.LEAST_WORDS} words. It must name things of these data: "
                "columns, categories, figures."
            ),
            why="Whoever takes the model over learns its limits from you or from its users.",
            avoid="Say for whom, when and for what the model should not be used.",
        ),
        question=Question(
            "When should nobody use this model?",
            "population, time, kind of decision, groups that are missing",
            "always fine",
        ),
    ),
    Check(
        code="MON001",
        title="No monitoring plan",
        severity=Severity.MINOR,
        family="responsibility",
        criteria=("monitoring",),
        shown_in="monitor",
        open=True,
        examine=no_monitoring,
        guide=Guide(
            detect=(
                "We look for a passage on the model in use that is tied to these data. A plan consists "
                f"of: {', '.join(writing.MONITORING)}. Flagged below two."
            ),
            why=("Labels arrive late. Without a plan nobody notices in time that the model got worse."),
            avoid="Say what you watch, from which number on somebody is woken, and what they then do.",
        ),
        question=Question(
            "It has been live for a month and no label has come. How do you know today whether it works?",
            "input drift, the mean score, proxies, a sample for people; thresholds with reasons; rollback",
            "waits for the labels",
        ),
    ),
)
