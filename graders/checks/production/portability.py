"""Will the pipeline give the same model on another machine, and in a year?  Read, and never run."""

from __future__ import annotations

from collections.abc import Iterator

from graders.checks.check import Check
from graders.model.finding import Evidence, Guide, Question, Severity
from graders.source import danger, faults, pins
from graders.source.code import Code
from graders.words import N_, count, say


def unpinned(code: Code) -> Iterator[Evidence]:
    _ = code.sources  # where there is no code, nothing is needed
    found = pins.read(code.submission)
    if found is None:
        yield Evidence(say("no requirements file, pyproject.toml or lock names what the code needs"))
    elif found.loose:
        pinned, loose = len(found.pinned), len(found.loose)
        stated = count("{n:,} stated requirement", "{n:,} stated requirements", pinned + loose)
        some = say("{counted} of {stated} name one version", counted=pinned, stated=stated)
        yield Evidence(some if pinned else say("none of {stated} name one version", stated=stated), found.where)


def absolute_paths(code: Code) -> Iterator[Evidence]:
    for module, node in faults.absolute_paths(code.sources):
        yield Evidence(say("this path exists only on the author's machine"), module.where(node))


def downloads(code: Code) -> Iterator[Evidence]:
    for module, node in danger.downloads(code.sources):
        yield Evidence(say("this reaches for the network while the code runs"), module.where(node))


CHECKS = (
    Check(
        code="REPRO002",
        title=N_("Requirements not pinned"),
        severity=Severity.MINOR,
        family="production",
        criteria=("environment",),
        open=True,
        read=unpinned,
        guide=Guide(
            detect=N_("requirements files, pyproject.toml and lock files are read; a pin names one version."),
            why=N_("Next year's versions train another model, or none."),
            avoid=N_("Commit a lock file, or pin every requirement with ==."),
        ),
        question=Question(
            say("I clone this on a new machine in a year. What breaks?"),
            say("lock file, data version, Python version, one command"),
            say('"works for me"'),
        ),
    ),
    Check(
        code="REPRO003",
        title=N_("Absolute path"),
        severity=Severity.MINOR,
        family="production",
        criteria=("environment",),
        open=True,
        read=absolute_paths,
        guide=Guide(
            detect=N_("Text constants that begin with a home folder or a drive."),
            why=N_("The code runs on one machine only."),
            avoid=N_("Take paths as arguments, or build them from the file's own place."),
        ),
        question=Question(
            say("Which paths of yours exist only on your machine?"),
            say("takes them as arguments or configuration"),
            say("asks others to edit the code"),
        ),
    ),
    Check(
        code="REPRO004",
        title=N_("Reaches for the network"),
        severity=Severity.MINOR,
        family="production",
        criteria=("environment",),
        open=True,
        read=downloads,
        guide=Guide(
            detect=N_("Calls of requests, urlopen and the like, and pandas reading from an address."),
            why=N_("What is fetched while the code runs is another thing tomorrow, or gone."),
            avoid=N_("Fetch in a step of its own, keep what was fetched with its version, and read that."),
        ),
        question=Question(
            say("What does your pipeline do on the day this address does not answer?"),
            say("a kept copy with a version; fetching apart from training"),
            say("tries again"),
        ),
    ),
)
