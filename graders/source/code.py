"""What can be read of a submission without running it: its text, and what ruff and radon say of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from graders.model.case import NotApplicable, run_of
from graders.model.probe import Run
from graders.model.submission import Submission
from graders.probes.names import ProbeName
from graders.source import tools
from graders.source.module import Module
from graders.source.sources import Sources, Unreadable, read
from graders.source.tools import Complexity, Violation
from graders.words import say

#: The tools whose runs it takes to read code.
READ_BY = (ProbeName.RUFF, ProbeName.RADON)


@dataclass(frozen=True, eq=False)
class Code:
    """A submission with the runs of the tools that read it, by probe; `parse` may know its files already."""

    submission: Submission
    runs: Mapping[str, Run]
    parse: Callable[[Submission], Sources] = read

    @cached_property
    def everything(self) -> Sources:
        """The work handed in, as far as it can be parsed; empty where nothing can."""
        return self.parse(self.submission)

    @cached_property
    def sources(self) -> Sources:
        """The same; NotApplicable where there is no code, Unreadable where none of it can be read."""
        found = self.everything
        if not any(module.code_lines or module.padding for module in found.product):
            if found.broken:
                raise Unreadable(say("no source file could be parsed"))
            if found.unread:
                raise Unreadable(say("the code is too long to be read"))
            raise NotApplicable(say("there is no code"))
        return found

    @cached_property
    def violations(self) -> list[Violation] | None:
        """What ruff found outside the tests; None where there was more than could be listed."""
        return tools.violations(self._product, run_of(self.runs, ProbeName.RUFF))

    @cached_property
    def complexities(self) -> list[Complexity]:
        """One entry for each function that serves something; none where there is none."""
        return tools.complexities(self._product, run_of(self.runs, ProbeName.RADON))

    @property
    def _product(self) -> dict[str, Module]:
        return {module.path: module for module in self.sources.product}

    def ended_by_candidate(self, name: str) -> bool:
        """Whether the candidate's own code or files ended a tool: our faults raise, the wall clock may be ours."""
        run = self.runs.get(name)
        return run is not None and run.prevented
