"""Many variants of a submission, read by the tools in one go."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from app.intake.source_tree import read_source
from challenges import registry
from challenges.rubric import CODE
from graders.catalog import BY_CODE
from graders.checks.check import judge_code
from graders.model.challenge import Limits
from graders.model.finding import Evidence
from graders.model.probe import Action, Exit, Probe, Run
from graders.model.submission import Submission
from graders.probes.names import ProbeName
from graders.readable import CHECKS, code_section
from graders.source.code import Code
from sandbox.static_tools import analysis
from testing.builders import a_submission

Files = Mapping[str, str]
Points = dict[str, float]
CHALLENGE = registry.get("ml_pipeline")
REFERENCES = Path(CHALLENGE.folder) / "reference"


def reference(name: str) -> dict[str, str]:
    """The files of a reference submission as text."""
    return {path: data.decode() for path, data in read_source(REFERENCES / name).files.items()}


def evidence_of(code: str, submission: Submission) -> list[Evidence]:
    """What one check finds in a submission that is read and not run."""
    read = BY_CODE[code].read
    assert read is not None
    return list(read(Code(submission, {})))


def points(variants: Mapping[str, Files]) -> dict[str, Points]:
    """The points of each variant by criterion, as far as reading goes, and their sum as `total`."""
    submissions = {name: a_submission(dict(files)) for name, files in variants.items()}
    outputs = {action: _read(action, submissions) for action in (Action.RUFF, Action.RADON)}
    return {name: _judge(submission, name, outputs) for name, submission in submissions.items()}


def _read(action: Action, submissions: Mapping[str, Submission]) -> dict[str, list[dict[str, object]]]:
    """What the tool found, by variant."""
    together = {f"{n}/{path}": data for n, s in submissions.items() for path, data in s.files.items()}
    run = analysis.run(a_submission(together), Probe(str(action), action, limits=Limits(seconds=300)))
    assert run.ok, run.failure
    found = json.loads(run.output)
    assert not found.get("truncated")
    by_variant: dict[str, list[dict[str, object]]] = {name: [] for name in submissions}
    for item in found["violations" if action is Action.RUFF else "functions"]:
        name, _, path = item["path"].partition("/")
        by_variant[name].append(item | {"path": path})
    return by_variant


def _judge(submission: Submission, name: str, outputs: Mapping[Action, Mapping[str, object]]) -> Points:
    said = {
        ProbeName.RUFF: {"violations": outputs[Action.RUFF][name]},
        ProbeName.RADON: {"functions": outputs[Action.RADON][name]},
    }
    runs = {tool: Run(tool, Action(tool), Exit.OK, output=json.dumps(output)) for tool, output in said.items()}
    code = Code(submission, runs)
    section = code_section(code, CODE, tuple(judge_code(check, code) for check in CHECKS))
    got = {c.id: c.points for c in section.criteria if c.points is not None}
    return got | {"total": sum(got.values())}
