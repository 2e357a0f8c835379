"""Checks of what may harm others: secrets, text that is run."""

from __future__ import annotations

from collections.abc import Iterator

from graders.model.case import Case
from graders.model.finding import Check, Evidence, Guide, Question, Severity
from graders.source import danger
from graders.source.sources import sources


def holds_secrets(case: Case) -> Iterator[Evidence]:
    for where in danger.secrets(case.submission):
        yield Evidence("this line holds what looks like a working key or password", where)


def runs_text(case: Case) -> Iterator[Evidence]:
    for module, call, what in danger.runs_text(sources(case)):
        yield Evidence(what, module.where(call))


CHECKS = (
    Check(
        "SEC001",
        "Secret in the text",
        Severity.MAJOR,
        holds_secrets,
        Guide(
            detect="Forms of well-known keys, and passwords or tokens given as text; placeholders are left out.",
            why="Whoever has the archive has the key, for as long as it works.",
            avoid="Revoke it, and read it from the environment.",
        ),
        Question(
            "This key has been handed in. What do you do first?",
            "revokes it, then finds out who could have seen it, then reads it from the environment",
            "deletes the line",
        ),
    ),
    Check(
        "SEC002",
        "Text that is run",
        Severity.MAJOR,
        runs_text,
        Guide(
            detect="eval and exec of computed text, yaml.load without a safe loader, unpickling of downloads.",
            why="Whoever can change the text can run code where the model runs.",
            avoid="Parse data with a parser; load models only from where you wrote them.",
        ),
        Question(
            "Why is loading this risky?",
            "code is executed; a trusted format, signing, least privilege",
            "not aware",
        ),
    ),
)
