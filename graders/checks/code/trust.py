"""Checks of what may harm others: secrets, text that is run."""

from __future__ import annotations

from collections.abc import Iterator

from graders.checks.check import Check
from graders.model.finding import Evidence, Guide, Question, Severity
from graders.source import danger
from graders.source.code import Code
from graders.words import N_, say


def holds_secrets(code: Code) -> Iterator[Evidence]:
    for where in danger.secrets(code.submission):
        yield Evidence(say("this line holds what looks like a working key or password"), where)


def runs_text(code: Code) -> Iterator[Evidence]:
    for module, call, what in danger.runs_text(code.sources):
        yield Evidence(what, module.where(call))


CHECKS = (
    Check(
        code="SEC001",
        title=N_("Secret in the text"),
        severity=Severity.MAJOR,
        family="code",
        criteria=("hygiene",),
        open=True,
        read=holds_secrets,
        guide=Guide(
            detect=N_("Forms of well-known keys, and passwords or tokens given as text; placeholders are left out."),
            why=N_("Everybody with the archive can use the key until it is revoked."),
            avoid=N_("Revoke it, and read it from the environment."),
        ),
        question=Question(
            say("This key has been handed in. What do you do first?"),
            say("revokes it, then finds out who could have seen it, then reads it from the environment"),
            say("deletes the line"),
        ),
    ),
    Check(
        code="SEC002",
        title=N_("Text that is run"),
        severity=Severity.MAJOR,
        family="code",
        criteria=("correctness",),
        open=True,
        read=runs_text,
        guide=Guide(
            detect=N_("eval and exec of computed text, yaml.load without a safe loader, unpickling of downloads."),
            why=N_("Whoever can change the text can run code where the model runs."),
            avoid=N_("Parse data with a parser; load models only from where you wrote them."),
        ),
        question=Question(
            say("Why is loading this risky?"),
            say("code is executed; a trusted format, signing, least privilege"),
            say("not aware"),
        ),
    ),
)
