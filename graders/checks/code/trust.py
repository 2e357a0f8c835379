"""Checks of what may harm others: secrets, text that is run."""

from __future__ import annotations

from collections.abc import Iterator

from graders.checks.check import Check
from graders.model.finding import Evidence, Guide, Question, Severity
from graders.source import danger
from graders.source.code import Code


def holds_secrets(code: Code) -> Iterator[Evidence]:
    for where in danger.secrets(code.submission):
        yield Evidence("this line holds what looks like a working key or password", where)


def runs_text(code: Code) -> Iterator[Evidence]:
    for module, call, what in danger.runs_text(code.sources):
        yield Evidence(what, module.where(call))


CHECKS = (
    Check(
        code="SEC001",
        title="Secret in the text",
        severity=Severity.MAJOR,
        family="code",
        criteria=("hygiene",),
        open=True,
        read=holds_secrets,
        guide=Guide(
            detect="Forms of well-known keys, and passwords or tokens given as text; placeholders are left out.",
            why="Everybody with the archive can use the key until it is revoked.",
            avoid="Revoke it, and read it from the environment.",
        ),
        question=Question(
            "This key has been handed in. What do you do first?",
            "revokes it, then finds out who could have seen it, then reads it from the environment",
            "deletes the line",
        ),
    ),
    Check(
        code="SEC002",
        title="Text that is run",
        severity=Severity.MAJOR,
        family="code",
        criteria=("correctness",),
        open=True,
        read=runs_text,
        guide=Guide(
            detect="eval and exec of computed text, yaml.load without a safe loader, unpickling of downloads.",
            why="Whoever can change the text can run code where the model runs.",
            avoid="Parse data with a parser; load models only from where you wrote them.",
        ),
        question=Question(
            "Why is loading this risky?",
            "code is executed; a trusted format, signing, least privilege",
            "not aware",
        ),
    ),
)
