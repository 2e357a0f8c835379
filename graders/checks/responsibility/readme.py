"""Whether README and notes say anything."""

from __future__ import annotations

from collections.abc import Iterator

from graders.checks.check import Check
from graders.model.finding import Evidence, Guide, Question, Severity
from graders.source import communication
from graders.source.code import Code
from graders.words import N_, say

LEAST_WORDS = 60


def no_readme(code: Code) -> Iterator[Evidence]:
    words = communication.distinct_words(code.submission)
    if words < LEAST_WORDS:
        yield Evidence(
            say("README and notes hold {words} different words", words=words)
            if words
            else say("there is neither a README nor notes")
        )


CHECKS = (
    Check(
        code="DOC001",
        title=N_("README missing or short"),
        severity=Severity.MINOR,
        family="responsibility",
        criteria=(
            "hygiene",
            "communication",
        ),
        open=True,
        read=no_readme,
        guide=Guide(
            detect=say(
                "The different words of README and NOTES at the root; fewer than {least_words} say nothing.",
                least_words=LEAST_WORDS,
            ),
            why=N_("The next owner needs the problem, the approach, the numbers and the limits before the code."),
            avoid=N_("Half a page: problem, approach, results with intervals, limits, next steps."),
        ),
        question=Question(
            say("When should nobody use this model?"),
            say("population, time, kind of decision, groups that are missing"),
            say("always fine"),
        ),
    ),
)
