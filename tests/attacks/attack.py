"""One attack of the table: what a submission does, how its run must end, and that it gained nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from textwrap import dedent, indent

import numpy as np

from graders.live.asking import Asked
from graders.live.judging import outcome
from graders.live.model import plain
from graders.measure.problems import problem
from graders.model.case import Case
from graders.model.challenge import Limits
from graders.model.probe import Action, Exit, Probe, Run, SandboxInfo
from graders.model.submission import Submission
from graders.report.runs import entry
from sandbox.testing import specimens
from sandbox.testing.specimens import probe, rows, submission
from testing.builders import a_challenge, a_dataset

#: Planted in the grader's environment and files; the sources below hold it in pieces only.
SECRET = "assay-host-secret"  # noqa: S105  (no password)
#: In every row that predict gets, and in nothing that anybody may be told.
FEATURE = "hidden-feature-4711"
#: In the name of every file and process an attack tries to leave on the host.
MARK = "left-by-attack"
#: Stands in sources for an abstract socket of the host, which no container may reach: one for each process of tests.
LISTENER = "LISTENER"

GVISOR = "runsc"
ROOMY = replace(specimens.ROOMY, memory_mb=768)
SHORT = replace(specimens.ROOMY, seconds=4)

#: What each attack may use; `got` has to be empty at the end of an attack that lives so long.
PRELUDE = """
import atexit, ctypes, gc, json, os, signal, socket, subprocess, sys, threading, time
import numpy as np
import pandas as pd
SECRET, MARK, got = "-".join(["assay", "host", "secret"]), "-".join(["left", "by", "attack"]), []

def attempt(name, action):
    try:
        action()
    except (OSError, ValueError, RuntimeError):
        return
    got.append(name)
"""
ANSWERS = {
    Action.TRAIN: "return None",
    Action.EVALUATE: "return {'roc_auc': 0.5}",
    Action.PREDICT: "return data['score']",
}


@dataclass(frozen=True)
class Otherwise:
    """How an attack may end under gVisor where that is not as elsewhere, and why it gains no more there."""

    exits: tuple[Exit, ...]
    kind: str | None
    why: str


@dataclass(frozen=True)
class Attack:
    """`body` is of the function for `action`; where it comes to its end it gives the honest answer."""

    row: int
    words: str
    action: Action
    body: str
    exit: Exit = Exit.OK
    kind: str | None = None
    limits: Limits = ROOMY
    files: Mapping[str, str] = field(default_factory=dict)
    under_gvisor: Otherwise | None = None

    def __str__(self) -> str:
        return f"{self.row} {self.words}"

    @property
    def submission(self) -> Submission:
        arguments = "data" if self.action is Action.EVALUATE else "data, model_dir"
        body = indent(dedent(self.body).strip(), "    ").replace(LISTENER, listener_name())
        source = f"{PRELUDE}\ndef {self.action}({arguments}):\n{body}\n    assert not got, got\n"
        return submission(f"{source}    {ANSWERS[self.action]}\n", **self.files)

    @property
    def probe(self) -> Probe:
        return labelled(self.limits, self.action) if self.action is not Action.PREDICT else hidden(self.limits)


def listener_name() -> str:
    return f"{MARK}-{os.getpid()}"


def labelled(limits: Limits = ROOMY, action: Action = Action.TRAIN) -> Probe:
    return probe(action, limits)


def hidden(limits: Limits = ROOMY, model: bytes | None = None, **more: object) -> Probe:
    """A predict probe whose every row holds the feature nobody may be told."""
    return probe(Action.PREDICT, limits, model, **{"data": rows(labelled=False).assign(region=FEATURE), **more})


def check(attack: Attack, run: Run, runtime: str) -> None:
    """The run ended as the table says, and the attack has nothing of it."""
    usual = Otherwise((attack.exit,), attack.kind, "")
    expected = attack.under_gvisor if attack.under_gvisor and runtime == GVISOR else usual
    assert run.exit in expected.exits, (run.failure, run.log[-2000:])
    assert expected.kind is None or (run.failure and run.failure.kind == expected.kind), run.failure
    gained_nothing(run, attack.submission)


def gained_nothing(run: Run, of: Submission) -> None:
    """No secret of the host anywhere; only honest numbers; nothing of a hidden row in what is told, live or later."""
    assert SECRET not in everything(run)
    assert FEATURE not in told(run, of) + told_live(run, of)
    assert run.ok or (run.predictions, run.model, run.claims) == (None, None, {})
    if run.ok and run.action is Action.PREDICT:
        assert run.predictions is not None
        assert np.array_equal(run.predictions, rows()["score"])
    if run.ok and run.action is Action.EVALUATE:
        assert run.claims == {"roc_auc": 0.5}


def everything(run: Run) -> str:
    """All text and bytes a run brought out of its container."""
    model = (run.model or b"").decode("latin-1")
    return "\n".join((run.log, run.output, model, repr(run.failure), repr(dict(run.claims))))


def told_live(run: Run, of: Submission) -> str:
    """All that is told of a run which a change made live has caused."""
    case = Case(of, a_challenge(), a_dataset(), {run.name: run}, SandboxInfo("image", "runc"), 1, "today")
    return json.dumps(plain(outcome(case, Asked(("evaluate",)))))


def told(run: Run, of: Submission) -> str:
    """All a report says of how a run went."""
    why = "" if run.ok else repr(problem(run))
    return json.dumps(entry(run, of).plain()) + why
