"""Ruff, radon and the candidate's own tests as probes: their JSON, and that no setting of the candidate's counts.

Ruff and radon only read, so they run in a bounded child process on the host, tests in a container.
"""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from graders.model.challenge import Limits
from graders.model.probe import Action, Exit, Probe, Run, Sandbox
from graders.model.submission import Form, Submission
from sandbox.harness.own_tests import Results
from sandbox.host.docker import DockerSandbox

PIPELINE = """\
import os
from helper import add
def train(data, model_dir):
    if data:
        return 1
    return add(1, 2)  # noqa
"""
FILES = {
    "pipeline.py": PIPELINE,
    "helper.py": "def add(a, b):\n    return a + b\n",
    "broken.py": "def (",
    "tests/conftest.py": "import pytest\n@pytest.fixture\ndef three():\n    return 3\n",
    "tests/test_train.py": "from pipeline import train\n"
    "def test_good(three):\n    assert train(0, 1) == three\n"
    "def test_bad():\n    assert False\n",
    "tests/test_broken.py": "import absent_package\n",
    "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '--no-such-option'\n[tool.ruff]\nexclude = ['*']\n"
    "[tool.coverage.run]\nomit = ['*']\n",
    "ruff.toml": "exclude = ['*']\n",
    ".gitignore": "*\n",
    ".coveragerc": "[run]\nomit = *\n",
    "pytest.ini": "[pytest]\naddopts = --no-such-option\n",
}
LIMITS = Limits(cpu_seconds=60, seconds=120, memory_mb=512, model_mb=2)


def submission(files: dict[str, str]) -> Submission:
    content = {path: text.encode() for path, text in files.items()}
    return Submission("tools", "0" * 64, Form.PACKAGE, "pipeline.py", content, content)


def runs(sandbox: Sandbox, files: dict[str, str]) -> dict[Action, Run]:
    probes = [Probe(str(action), action, limits=LIMITS) for action in (Action.RUFF, Action.RADON, Action.TESTS)]
    return {run.action: run for run in sandbox.start(submission(files), probes).result(600)}


@pytest.fixture(scope="module")
def outputs(docker_sandbox: DockerSandbox) -> dict[Action, Any]:
    found = runs(docker_sandbox, FILES)
    assert {run.exit for run in found.values()} == {Exit.OK}, found
    return {action: json.loads(run.output) for action, run in found.items()}


def test_ruff_sees_everything(outputs: dict[Action, Any]) -> None:
    """Neither exclusions, .gitignore nor noqa hide a line, and places are given by path under the root."""
    found = {(item["path"], item["line"], item["code"]) for item in outputs[Action.RUFF]["violations"]}
    assert ("pipeline.py", 1, "F401") in found
    assert ("pipeline.py", 3, "E302") in found
    assert {path for path, _, _ in found} >= {"broken.py", "tests/test_train.py"}
    assert [path for path, _, code in sorted(found) if code == "F401"] == ["pipeline.py", "tests/test_broken.py"]


def test_radon_measures_every_function(outputs: dict[Action, Any]) -> None:
    """One entry for each function; a file that is no Python is named."""
    functions = {(f["path"], f["name"]): f for f in outputs[Action.RADON]["functions"]}
    train = functions["pipeline.py", "train"]
    assert (train["line"], train["lines"], train["complexity"]) == (3, 4, 2)
    assert outputs[Action.RADON]["unreadable"] == ["broken.py"]
    assert train["cognitive"] == 1


def test_own_tests_are_counted(outputs: dict[Action, Any]) -> None:
    """Passed, failed and broken test files are told apart; fixtures of a conftest.py work."""
    found = outputs[Action.TESTS]
    assert (found["total"], found["passed"], found["failed"], found["errors"]) == (3, 1, 1, 1)
    assert {test["id"]: test["outcome"] for test in found["tests"]} == {
        "tests/test_train.py::test_good": "passed",
        "tests/test_train.py::test_bad": "failed",
    }


def test_coverage_is_of_the_code_outside_the_tests(outputs: dict[Action, Any]) -> None:
    """Lines run of all lines, the one branch not taken being missed."""
    files = {file["path"]: (file["run"], file["lines"]) for file in outputs[Action.TESTS]["files"]}
    assert files == {"pipeline.py": (5, 6), "helper.py": (2, 2)}
    assert outputs[Action.TESTS]["coverage"] == 7 / 8


def test_no_tests_are_zero_tests(docker_sandbox: DockerSandbox) -> None:
    """A submission without tests gives zeros, not a failure."""
    found = runs(docker_sandbox, {"pipeline.py": PIPELINE, "helper.py": FILES["helper.py"]})
    results = json.loads(found[Action.TESTS].output)
    assert (results["total"], results["passed"], results["coverage"]) == (0, 0, 0.0)


@pytest.mark.parametrize(
    ("test", "exit_"),
    [
        ("import os\ndef test_x():\n    os._exit(0)\n", Exit.NO_ANSWER),
        ("def test_x():\n    while True: pass\n", Exit.TIMED_OUT),
    ],
)
def test_hostile_tests_end_their_own_run_only(test: str, exit_: Exit, docker_sandbox: DockerSandbox) -> None:
    """Tests that leave or hang cost the candidate that one run."""
    brief = replace(LIMITS, cpu_seconds=3) if exit_ is Exit.TIMED_OUT else LIMITS
    of = submission({"pipeline.py": "x = 1\n", "test_x.py": test})
    probes = [Probe("tests", Action.TESTS, limits=brief), Probe("ruff", Action.RUFF, limits=LIMITS)]
    tests, ruff = docker_sandbox.start(of, probes).result(600)
    assert tests.exit is exit_
    assert ruff.ok


def test_files_named_first_come_first() -> None:
    """In the order named; the tests of one file, and the files nobody named, keep theirs."""
    paths = ["/s/test_a.py", "/s/test_a.py", "/s/test_b.py", "/s/tests/test_c.py"]
    items = [SimpleNamespace(number=number, path=path) for number, path in enumerate(paths)]
    Results("/s", ["tests/test_c.py", "test_b.py"]).pytest_collection_modifyitems(items)
    assert [item.number for item in items] == [3, 2, 0, 1]
