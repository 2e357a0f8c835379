"""What a judgement rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from graders.model.challenge import Challenge, Dataset
from graders.model.finding import Evidence
from graders.model.probe import Run, SandboxInfo
from graders.model.submission import Submission
from graders.words import say


@dataclass(frozen=True, eq=False)
class Case:
    """Everything a judgement rests on; the same case always gives the same report.

    `cost_baseline` holds runs of the challenge's reference in the same image, by probe; empty where there are none.
    """

    submission: Submission
    challenge: Challenge
    dataset: Dataset
    runs: Mapping[str, Run]
    sandbox: SandboxInfo
    seed: int
    graded_at: str
    cost_baseline: Mapping[str, Run] = field(default_factory=dict)


class NotApplicable(Exception):
    """Nothing to judge here, for the reason given."""

    @property
    def reason(self) -> str:
        """The reason as it was given: `str()` of an error forgets what a text was made of."""
        return self.args[0] if self.args else ""


class Prevented(NotApplicable):
    """Nothing to judge here, and that is the doing of the candidate's code: it clears nobody and earns nothing."""


class Suggested(NotApplicable):
    """Nothing is judged and nothing held against anybody, though the source text suggests `evidence`: it is asked
    about."""

    def __init__(self, reason: str, evidence: Evidence) -> None:
        super().__init__(reason)
        self.evidence = evidence


def run_of(runs: Mapping[str, Run], name: str) -> Run:
    """The run of one probe; NotApplicable where it was not reached or did not end well, Prevented where that is the
    doing of the candidate's code."""
    run = runs.get(name)
    if run is None:
        raise NotApplicable(say("the probe '{name}' was not reached", name=name))
    if run.prevented:
        raise Prevented(
            say("the candidate's code made the probe '{name}' impossible: {exit}", name=name, exit=run.exit.value)
        )
    if not run.ok:
        raise NotApplicable(say("the probe '{name}' ended: {exit}", name=name, exit=run.exit.value))
    return run
