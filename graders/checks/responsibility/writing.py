"""Whether README and notes name the limits of the model, and how it would be watched."""

from __future__ import annotations

from collections.abc import Iterator

from graders.checks.check import Check
from graders.facts import Facts
from graders.model.case import NotApplicable
from graders.model.finding import Evidence, Guide, Question, Severity
from graders.source import writing
from graders.words import N_, listed, say


def _written(facts: Facts) -> None:
    if not facts.writing.prose.strip():
        raise NotApplicable(say("there is neither a README nor notes, which DOC001 says"))


def no_limits(facts: Facts) -> Iterator[Evidence]:
    _written(facts)
    if not facts.writing.about("limits"):
        yield Evidence(say("We found no passage in README and notes that names a limit of this model on these data"))


def no_monitoring(facts: Facts) -> Iterator[Evidence]:
    found = facts.writing.covered("monitoring", writing.MONITORING)
    if len(found) < 2:
        yield Evidence(
            say("We found no plan in README and notes for watching this model in use")
            if not found
            else say("of watching the model in use, we found only {found} in README and notes", found=found[0])
        )


CHECKS = (
    Check(
        code="DOC002",
        title=N_("Limits missing"),
        severity=Severity.INFO,
        family="responsibility",
        criteria=("communication",),
        open=True,
        examine=no_limits,
        guide=Guide(
            detect=(
                say(
                    "We look for a passage under a heading on limits, or a paragraph that speaks of them. It "
                    "must say at least {least_words} words. It must name things of these data: columns, "
                    "categories, words of the brief, figures.",
                    least_words=writing.LEAST_WORDS,
                )
            ),
            why=N_("Whoever takes the model over learns its limits from you or from its users."),
            avoid=N_("Say for whom, when and for what the model should not be used."),
        ),
        question=Question(
            say("When should nobody use this model?"),
            say("population, time, kind of decision, groups that are missing"),
            say("always fine"),
        ),
    ),
    Check(
        code="MON001",
        title=N_("No monitoring plan"),
        severity=Severity.MINOR,
        family="responsibility",
        criteria=("monitoring",),
        shown_in="monitor",
        open=True,
        examine=no_monitoring,
        guide=Guide(
            detect=(
                say(
                    "We look for a passage on the model in use that is tied to these data. A plan consists of: "
                    "{monitoring}. Flagged below two.",
                    monitoring=listed(map(say, writing.MONITORING)),
                )
            ),
            why=(N_("Labels arrive late. Without a plan nobody notices in time that the model got worse.")),
            avoid=N_("Say what you watch, from which number on somebody is woken, and what they then do."),
        ),
        question=Question(
            say("It has been live for a month and no label has come. How do you know today whether it works?"),
            say("input drift, the mean score, proxies, a sample for people; thresholds with reasons; rollback"),
            say("waits for the labels"),
        ),
    ),
)
