"""Reading the JSON that ruff, radon and pytest left; all of it may be shaped by the candidate."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from graders import probes
from graders.examine import run_of
from graders.model import Case, Location, NotApplicable
from graders.quality.sources import product_paths


@dataclass(frozen=True)
class Violation:
    """One violation ruff found outside the tests."""

    rule: str
    message: str
    where: Location


@dataclass(frozen=True)
class Complexity:
    """Cyclomatic complexity of one function outside the tests, as radon counts it."""

    name: str
    value: int
    lines: int
    where: Location


@dataclass(frozen=True)
class TestResults:
    """How the candidate's tests ended in the sandbox; `coverage` of the lines outside tests, 0 to 1."""

    total: int
    passed: int
    coverage: float


def violations(case: Case) -> list[Violation] | None:
    """What ruff found outside the tests; None where there was more than could be listed."""
    product = product_paths(case)
    output = _output(case, probes.RUFF)
    if output.get("truncated"):
        return None
    return [
        Violation(str(item["code"]), str(item["message"]), case.submission.locate(item["path"], int(item["line"])))
        for item in output["violations"]
        if item["path"] in product
    ]


def complexities(case: Case) -> list[Complexity]:
    """One entry for each function; NotApplicable where there is none."""
    product = product_paths(case)
    found = [
        Complexity(
            str(item["name"]),
            int(item["complexity"]),
            int(item["lines"]),
            case.submission.locate(item["path"], int(item["line"])),
        )
        for item in _output(case, probes.RADON)["functions"]
        if item["path"] in product
    ]
    if not found:
        raise NotApplicable("there is no function to measure")
    return found


def test_results(case: Case) -> TestResults:
    output = _output(case, probes.TESTS)
    total, passed, coverage = int(output["total"]), int(output["passed"]), float(output["coverage"])
    return TestResults(max(total, 0), min(max(passed, 0), max(total, 0)), min(max(coverage, 0.0), 1.0))


def ended_by_candidate(case: Case, name: str) -> bool:
    """Whether the candidate's own code or files ended the tool: our faults raise, and the wall clock may be ours."""
    run = case.runs.get(name)
    return run is not None and not run.ok and (run.failure is None or run.failure.kind != "WALL_LIMIT")


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is no number")


def _output(case: Case, name: str) -> dict[str, Any]:
    """The JSON object a tool left; NotApplicable where it is not one or lacks what is asked of it."""
    try:
        found = json.loads(run_of(case, name).output, parse_constant=_refuse)
    except ValueError as bad:
        raise NotApplicable(f"the output of '{name}' cannot be read") from bad
    if not isinstance(found, dict):
        raise NotApplicable(f"the output of '{name}' is not what was expected")
    return found
