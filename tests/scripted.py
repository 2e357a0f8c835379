"""A sandbox in which a plain function answers the probes: for tests of the judgement alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

import numpy as np

from graders.model.arrays import FloatArray
from graders.model.probe import Action, Exit, Failure, Probe, Run, SandboxInfo, Watch, unwatched
from graders.model.submission import Submission

#: The probes that ask for the claim itself.
CLAIMS = ("evaluate", "evaluate again")

TOOLS = {
    Action.RUFF: {"violations": []},
    Action.RADON: {
        "functions": [{"path": "pipeline.py", "name": "train", "line": 5, "lines": 8, "complexity": 3}],
    },
    Action.TESTS: {"total": 4, "passed": 4, "coverage": 0.9},
}


def by_score(probe: Probe) -> FloatArray:
    """Predictions of a candidate whose model is the column `score`."""
    assert probe.data is not None
    score = probe.data["score"].fillna(0.0).clip(-30, 30)
    found: FloatArray = 1 / (1 + np.exp(-score.to_numpy()))
    return found


@dataclass
class Candidate:
    """How a scripted submission answers; honest by default."""

    predict: Callable[[Probe], FloatArray] = by_score
    claim: Callable[[Probe], float] = field(default=lambda probe: 0.75 if probe.name in CLAIMS else 0.5)
    beside: dict[str, float] = field(default_factory=dict)  # claims of other metrics
    tools: dict[Action, object] = field(default_factory=lambda: dict(TOOLS))
    account: Callable[[Probe], str] = field(default=lambda probe: "")  # noqa: ARG005  (by the name of its type)
    over_planted: Callable[[Probe], Run | None] = field(default=lambda probe: None)  # noqa: ARG005
    broken: dict[str, Run] = field(default_factory=dict)
    breaks_watched: Exit | None = None  # how every watched run ends, and no other
    log: Callable[[Probe], str] = field(default=lambda probe: "")  # noqa: ARG005
    by_chance: bool = False  # what evaluate says of itself
    train_seconds: float = 1.0
    call_seconds: float = 0.02

    def answer(self, probe: Probe) -> Run:  # noqa: PLR0911 - one for each kind of probe
        if probe.name in self.broken:
            return self.broken[probe.name]
        if probe.traced and self.breaks_watched:
            return Run(probe.name, probe.action, self.breaks_watched, failure=Failure("RuntimeError", "watched"))
        if probe.planted and (answer := self.over_planted(probe)):
            return answer
        run = {"name": probe.name, "action": probe.action, "exit": Exit.OK}
        if probe.action is Action.TRAIN:
            output = self.account(probe) if probe.traced else ""
            costs = {"cpu_seconds": self.train_seconds, "max_rss_mb": 160.0, "saved_mb": 0.5}
            return Run(**run, model=b"model", output=output, **costs)
        if probe.action is Action.EVALUATE:
            output = self.account(probe) if probe.traced else ""
            told = {"output": output, "watched": probe.traced, "by_chance": self.by_chance}
            return Run(**run, claims={"roc_auc": self.claim(probe), **self.beside}, **told)
        if probe.action is Action.PREDICT:
            if probe.timed:
                times = tuple(self.call_seconds for _ in probe.batches)
                run |= {"call_seconds": times, "cpu_seconds": sum(times) + 0.2, "max_rss_mb": 150.0}
            return Run(**run, predictions=self.predict(probe), log=self.log(probe))
        return Run(**run, output=json.dumps(self.tools[probe.action]))


class ScriptedSandbox:
    """Answers at once; keeps the probes it was asked, session by session."""

    def __init__(self, candidate: Candidate) -> None:
        self._candidate = candidate
        self.sessions: list[tuple[Probe, ...]] = []

    @property
    def info(self) -> SandboxInfo:
        return SandboxInfo("scripted", "none")

    def start(
        self,
        submission: Submission,  # noqa: ARG002
        probes: Sequence[Probe],
        watch: Watch = unwatched,
    ) -> Future[tuple[Run, ...]]:
        runs: list[Run] = []
        asked = list(probes)
        for probe in probes:
            if probe.unless is not None and probe.unless(runs):
                asked.remove(probe)
                continue
            watch(probe.name, "started")
            runs.append(self._candidate.answer(probe))
            watch(probe.name, "ended")
            if probe.essential and not runs[-1].ok:
                break
        self.sessions.append(tuple(asked))
        future: Future[tuple[Run, ...]] = Future()
        future.set_result(tuple(runs))
        return future

    def expect(self, submission: Submission, probe: Probe) -> None:
        """Nothing is begun ahead."""

    def release(self, submission: Submission) -> None:
        """Nothing is kept."""

    def finish(self, submission: Submission) -> None:
        """Nothing is kept."""
