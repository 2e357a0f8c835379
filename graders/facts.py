"""A case and what is worked out of it: each thing once, however many checks ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from graders.measure import importance, metrics, performance
from graders.measure.importance import Importance
from graders.measure.metrics import Measured
from graders.measure.performance import Scored
from graders.model.case import Case
from graders.mutation import trial
from graders.mutation.trial import Kills
from graders.source import tools, writing
from graders.source.code import Code
from graders.source.tools import TestResults
from graders.source.writing import Writing

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


@dataclass(frozen=True, eq=False)
class Facts:
    """What checks, criteria and tables may ask of a case.

    Every property raises NotApplicable where the runs it rests on gave nothing.
    """

    case: Case
    _known: dict[tuple[object, ...], Any] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def code(self) -> Code:
        """What can be read without running anything."""
        return Code(self.case.submission, self.case.runs)

    @cached_property
    def measured(self) -> Measured:
        return metrics.measure(self.case)

    @cached_property
    def scored(self) -> Scored:
        return performance.scored(self.case)

    @cached_property
    def importances(self) -> tuple[Importance, ...]:
        return importance.importances(self.case)

    @cached_property
    def tests(self) -> TestResults:
        """How the candidate's tests ended as they were handed in."""
        return tools.test_results(self.case)

    @cached_property
    def kills(self) -> Kills:
        """What the candidate's tests noticed of planted faults."""
        return trial.kills(self.case)

    @cached_property
    def writing(self) -> Writing:
        """README and notes, read with the words of these data in mind."""
        return writing.read(self.case.submission, self.case.challenge, self.case.dataset.public)


def once(
    work: Callable[Concatenate[Facts, Arguments], Result],
) -> Callable[Concatenate[Facts, Arguments], Result]:
    """Let what a family of checks works out be worked out once for each case."""

    @wraps(work)
    def known(facts: Facts, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        key = (work, *args, *kwargs.items())
        if key not in facts._known:
            facts._known[key] = work(facts, *args, **kwargs)
        result: Result = facts._known[key]
        return result

    return known
