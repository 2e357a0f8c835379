"""Changing it live: a task of the debrief, what a run of it gave, and what differs between two runs.

Every value goes to JSON and back: `plain` and `LiveTask.of`, `LiveOutcome.of`, `LiveDifference.of`.  Sentences keep
what they were made of, so that they can be said in another language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from graders.words import Message, Text, text_of

#: What the plain form of a sentence is known by.
SAID = "said"
#: Runs of a task that put nothing to the code but its tests, or only read it.
READ, TESTS = "read", "tests"


@dataclass(frozen=True)
class LiveTask:
    """One task, in one sentence.

    `about` is the finding's code or the criterion that it comes from; `strength` says which of both.  `path` and `line`
    count in the texts that `graders.live.patch.texts` gives; the path may be that of a new file.  `predicts` asks for a
    prediction before the first run, `done` says what counts as done.  `runs` are what a run puts to the code, of
    `graders.live.asking.RUNS`; `fault` names what is planted for the tests (see graders/live/faults.py), `column` the
    one it speaks of.
    """

    kind: str
    about: str
    sentence: Text
    predicts: Text
    done: Text
    path: str
    line: int | None
    runs: tuple[str, ...]
    strength: bool = False
    fault: tuple[str, ...] = ()
    column: str = ""

    @property
    def key(self) -> str:
        """Names the task among those of its submission."""
        return f"{self.kind}.{self.about}"

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> LiveTask:
        """From its plain form."""
        return cls(**{**_values(cls, plain), "runs": tuple(plain["runs"]), "fault": tuple(plain.get("fault", ()))})


@dataclass(frozen=True)
class LiveClaim:
    """What the candidate's `evaluate` returned for the metric, with the interval of the rows it rests on."""

    metric: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class LiveFinding:
    """A finding of the run; `what` is its first evidence of so many `places`."""

    code: str
    certainty: str
    title: Text
    what: Text
    path: str = ""
    line: int | None = None
    places: int = 1


@dataclass(frozen=True)
class LiveTests:
    """How the tests ended; `lines` name those that failed and how, and are the candidate's text."""

    passed: int
    failed: int
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class LiveFigure:
    """A named figure.  `unit` is `s`, `ms`, `MB` or "" for a bare number; `more` says whether more is better."""

    name: str
    title: Text
    value: float
    unit: str = ""
    more: bool | None = None


@dataclass(frozen=True)
class LiveOutcome:
    """What one run gave.

    `failure` says why there is nothing more to show, and `hint` what to do; `where` is the place as text.  `asked` are
    the codes of the checks that could judge this run: a finding of another code is neither there nor gone.  `seconds`
    is what the run took, `cpu_seconds` what the candidate's code used of it.
    """

    failure: Text | None = None
    hint: Text | None = None
    where: str = ""
    claim: LiveClaim | None = None
    findings: tuple[LiveFinding, ...] = ()
    asked: tuple[str, ...] = ()
    tests: LiveTests | None = None
    figures: tuple[LiveFigure, ...] = ()
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> LiveOutcome:
        """From its plain form."""
        values = _values(cls, plain)
        claim, tests = plain["claim"], plain["tests"]
        return cls(**{
            **values,
            "claim": LiveClaim(**claim) if claim else None,
            "findings": tuple(LiveFinding(**_values(LiveFinding, one)) for one in plain["findings"]),
            "asked": tuple(plain["asked"]),
            "tests": LiveTests(tests["passed"], tests["failed"], tuple(tests["lines"])) if tests else None,
            "figures": tuple(LiveFigure(**_values(LiveFigure, one)) for one in plain["figures"]),
        })  # fmt: skip


@dataclass(frozen=True)
class FigureChange:
    """A figure that changed beyond its noise; `better` is None where no direction is better."""

    before: LiveFigure
    after: LiveFigure
    better: bool | None = None


@dataclass(frozen=True)
class LiveDifference:
    """What a change did.  `gone` and `new` hold findings of checks that could judge both runs, and `kept` the rest of
    those of `after`; `unjudged` are codes of `before` that `after` could not judge, which are not gone."""

    before: LiveOutcome
    after: LiveOutcome
    gone: tuple[LiveFinding, ...] = ()
    new: tuple[LiveFinding, ...] = ()
    kept: tuple[LiveFinding, ...] = ()
    unjudged: tuple[LiveFinding, ...] = ()
    figures: tuple[FigureChange, ...] = ()
    lines_added: int = 0
    lines_removed: int = 0

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> LiveDifference:
        """From its plain form."""
        lists = ("gone", "new", "kept", "unjudged")
        return cls(**{
            **_values(cls, plain),
            "before": LiveOutcome.of(plain["before"]),
            "after": LiveOutcome.of(plain["after"]),
            **{name: tuple(LiveFinding(**_values(LiveFinding, one)) for one in plain[name]) for name in lists},
            "figures": tuple(
                FigureChange(
                    LiveFigure(**_values(LiveFigure, one["before"])),
                    LiveFigure(**_values(LiveFigure, one["after"])),
                    one["better"],
                )
                for one in plain["figures"]
            ),
        })  # fmt: skip


def plain(value: Any) -> Any:
    """A value of this module as JSON holds it."""
    if isinstance(value, Text):
        return {SAID: [_message(message) for message in value.messages]}
    if hasattr(value, "__dataclass_fields__"):
        return {part.name: plain(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    return value


def _message(message: Message) -> dict[str, Any]:
    values = {name: plain(value) for name, value in message.values.items()}
    return {"id": message.id, "values": values, "plural": message.plural}


def _values(cls: type, plain: Mapping[str, Any]) -> dict[str, Any]:
    """The members that `cls` has, sentences said again; the rest as it stands.  What it does not know is left out."""
    known = [part.name for part in fields(cls)]
    return {name: _said(plain[name]) for name in known if name in plain}


def _said(value: Any) -> Any:
    return text_of(_messages(value[SAID])) if isinstance(value, Mapping) and set(value) == {SAID} else value


def _messages(stored: Iterable[Mapping[str, Any]]) -> Iterable[Message]:
    return (
        Message(one["id"], {name: _said(value) for name, value in one["values"].items()}, one["plural"])
        for one in stored
    )
