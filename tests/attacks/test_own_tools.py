"""Rows 41 and 42: the candidate's settings for ruff, pytest and coverage, and tests that report on themselves."""

from __future__ import annotations

import json
from concurrent.futures import Future
from typing import Any

import pytest

from app.intake import unpack
from graders.model.challenge import Dataset, Limits
from graders.model.probe import Action, Exit, Failure, Probe, Run
from sandbox.host.docker import DockerSandbox
from testing.builders import a_submission
from tests.app.intake.make import PACKAGES, zipped
from tests.app.intake.make import PIPELINE as UPLOAD
from tests.attacks.data import Outcome, graded
from tests.scripted import TOOLS, Candidate, ScriptedSandbox

LIMITS = Limits(cpu_seconds=20, seconds=90, memory_mb=768, model_mb=2)
PIPELINE = """import os
import sys


def train(data, model_dir, seen=[]):
    try:
        if data == 3:
            return 1
        unused = 2
    except:
        pass
    return 2
"""
TESTS = """from pipeline import train


def test_good():
    assert train(0, 0) == 2


def test_bad():
    assert train(0, 0) == 3
"""
HONEST = {"pipeline.py": PIPELINE, "tests/test_train.py": TESTS}
OPTIONS = "-k good --deselect tests/test_train.py::test_bad -p evil --cov-fail-under=0 --co"
PYPROJECT = f"""
[tool.pytest.ini_options]
addopts = "{OPTIONS}"
[tool.coverage.run]
omit = ["*"]
[tool.coverage.report]
exclude_also = ["."]
[tool.ruff]
exclude = ["*"]
lint.ignore = ["ALL"]
"""

#: Settings that would hide a failing test, a line not run or a violation if anybody listened to them.
SETTINGS: dict[str, dict[str, str]] = {
    "pytest.ini": {"pytest.ini": f"[pytest]\naddopts = {OPTIONS}\n"},
    "setup.cfg and tox.ini": {
        "setup.cfg": f"[tool:pytest]\naddopts = {OPTIONS}\n[coverage:run]\nomit = *\n",
        "tox.ini": f"[pytest]\naddopts = {OPTIONS}\n[coverage:run]\nomit = *\n",
    },
    "pyproject.toml": {"pyproject.toml": PYPROJECT, "tests/pyproject.toml": PYPROJECT},
    "coverage": {".coveragerc": "[run]\nomit = *\n[report]\nexclude_also = .\n"},
    "ruff": {
        "ruff.toml": "exclude = ['*']\n",
        ".ruff.toml": "lint.per-file-ignores = {'*' = ['ALL']}\n",
        ".gitignore": "*\n",
        ".ignore": "*\n",
    },
    "an option from the environment": {
        "conftest.py": "import os\nos.environ['PYTEST_ADDOPTS'] = '-k good'\nos.environ['RUFF_CONFIG'] = 'ruff.toml'\n"
    },
    "a plugin by entry point": {
        "evil-1.dist-info/METADATA": "Name: evil\nVersion: 1\n",
        "evil-1.dist-info/entry_points.txt": "[pytest11]\nevil = evil\n",
        "evil.py": "def pytest_collection_modifyitems(items):\n    del items[1:]\n",
    },
    "modules that start with Python": {
        "sitecustomize.py": "import os\nos._exit(0)\n",
        "usercustomize.py": "import os\nos._exit(0)\n",
        "evil.pth": "import os; os._exit(0)\n",
    },
    "modules named as the tools": {
        "ruff.py": "raise SystemExit(0)\n",
        "radon/__init__.py": "raise SystemExit(0)\n",
        "json.py": "raise SystemExit(0)\n",
    },
}
NOQA = {"pipeline.py": "# ruff: noqa\n# flake8: noqa\n" + PIPELINE.replace("\n", "  # noqa # pragma: no cover\n")}
Started = dict[str, Future[tuple[Run, ...]]]


def probes() -> list[Probe]:
    return [Probe(str(action), action, limits=LIMITS) for action in (Action.RUFF, Action.RADON, Action.TESTS)]


@pytest.fixture(scope="module")
def started(docker_sandbox: DockerSandbox) -> Started:
    of = {name: HONEST | files for name, files in SETTINGS.items()} | {"honest": HONEST, "marks": HONEST | NOQA}
    of |= {name: HONEST | {"tests/conftest.py": text} for name, text in CONFTESTS.items()}
    return {name: docker_sandbox.start(a_submission(files), probes()) for name, files in of.items()}


def results(started: Started, name: str) -> dict[Action, Run]:
    return {run.action: run for run in started[name].result(300)}


def outputs(started: Started, name: str) -> dict[Action, Any]:
    found = results(started, name)
    assert {run.exit for run in found.values()} == {Exit.OK}, found
    return {action: json.loads(run.output) for action, run in found.items()}


def faults(output: dict[Action, Any]) -> list[str]:
    """The rules the pipeline breaks, but for those that speak of comments."""
    found = [v["code"] for v in output[Action.RUFF]["violations"] if v["path"] == "pipeline.py"]
    return sorted(code for code in found if code not in {"E501", "E261", "D100"})


def counted(output: dict[Action, Any]) -> tuple[int, ...]:
    tests = output[Action.TESTS]
    files = {file["path"]: file for file in tests["files"]}
    return tests["total"], tests["passed"], tests["failed"], files["pipeline.py"]["run"], files["pipeline.py"]["lines"]


@pytest.mark.parametrize("name", SETTINGS, ids=lambda name: f"41-42 {name}")
def test_rows_41_and_42_no_setting_counts(name: str, started: Started) -> None:
    """Tests, lines run and violations of the pipeline are the same with the settings as without them."""
    honest, hostile = outputs(started, "honest"), outputs(started, name)
    assert counted(honest)[:3] == (2, 1, 1)
    assert counted(hostile) == counted(honest)
    assert faults(hostile) == faults(honest) != []
    functions = [[f for f in o[Action.RADON]["functions"] if f["path"] == "pipeline.py"] for o in (honest, hostile)]
    assert functions[0] == functions[1] != []


def test_row_42_marks_in_the_code_hide_nothing(started: Started) -> None:
    """A flood of noqa and of `pragma: no cover` leaves every violation and every line not run where it was."""
    honest, marked = outputs(started, "honest"), outputs(started, "marks")
    assert counted(marked) == counted(honest)
    assert set(faults(marked)) >= set(faults(honest))
    assert len(faults(marked)) >= len(faults(honest))


REPORTS_PASSED = """
import pytest
@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    result = yield
    result.get_result().outcome = "passed"
"""
FORGES = """
import json, os
def forge(payload):
    header = json.dumps({"done": True}).encode()
    raw = len(header).to_bytes(4, "big") + header + payload.encode()
    os.truncate(3, 0)
    os.pwrite(3, raw, 0)
    os._exit(0)
"""
CONFTESTS = {
    "leaves": "import os\nos._exit(0)\n",
    "says exit": "raise SystemExit(0)\n",
    "reports all as passed": REPORTS_PASSED,
    "runs nothing": "def pytest_runtest_protocol(item):\n    return True\n",
    "forges counts": FORGES + 'forge(json.dumps({"total": 1000, "passed": 1000, "coverage": 1.0, "files": []}))\n',
    "forges NaN": FORGES + 'forge(\'{"total": 1, "passed": 1, "coverage": NaN}\')\n',
    "forges infinity": FORGES + 'forge(\'{"total": 1, "passed": Infinity, "coverage": 1}\')\n',
    "forges rubbish": FORGES + "forge('{')\n",
}


@pytest.mark.parametrize(
    ("name", "exit_", "total", "passed"),
    [
        ("leaves", Exit.NO_ANSWER, None, None),
        ("forges NaN", Exit.NO_ANSWER, None, None),
        ("forges infinity", Exit.NO_ANSWER, None, None),
        ("forges rubbish", Exit.NO_ANSWER, None, None),
        ("says exit", Exit.OK, 1, 0),
        ("runs nothing", Exit.OK, 0, 0),
        ("reports all as passed", Exit.OK, 2, 2),
        ("forges counts", Exit.OK, 1000, 1000),
    ],
    ids=lambda value: f"41 {value}" if isinstance(value, str) else None,
)
def test_row_41_what_a_conftest_can_say(
    name: str, exit_: Exit, total: int | None, passed: int | None, started: Started
) -> None:
    """Tests run in one process with their collector, so their counts are their own word; ruff and radon are not."""
    found, honest = results(started, name), outputs(started, "honest")
    assert found[Action.TESTS].exit is exit_, found[Action.TESTS]
    if total is not None:
        said = json.loads(found[Action.TESTS].output)
        assert (said["total"], said["passed"]) == (total, passed)
    assert faults({Action.RUFF: json.loads(found[Action.RUFF].output)}) == faults(honest)
    assert json.loads(found[Action.RADON].output)["functions"][0] == honest[Action.RADON]["functions"][0]


WORST, FORGED = {"total": 4, "passed": 0, "coverage": 0.0}, {"total": 10**9, "passed": 10**9, "coverage": 1e300}


def test_row_41_forged_counts_win_nothing(world: Dataset) -> None:
    """Points are for faults noticed by tests that assert something: counts alone earn none, nor any other number."""
    honest, forged = (
        graded(a_submission(), ScriptedSandbox(Candidate(tools=TOOLS | {Action.TESTS: said})), world)
        for said in (WORST, FORGED)
    )
    assert (honest.points("tests"), forged.points("tests")) == (0.0, 0.0)
    for section, other in zip(honest.report.sections, forged.report.sections, strict=True):
        for one, two in zip(section.criteria, other.criteria, strict=True):
            assert one.points == two.points
    assert honest.document["metrics"] == forged.document["metrics"]
    assert honest.document["verdicts"] == forged.document["verdicts"]


@pytest.mark.parametrize(("action", "criterion"), [(Action.TESTS, "tests"), (Action.RUFF, "correctness")])
def test_row_41_a_tool_run_the_candidate_ended_earns_nothing(action: Action, criterion: str, world: Dataset) -> None:
    """Ending one's own tests, or drowning ruff in violations, must not be worth more than the worst result."""
    failure = Failure("NO_ANSWER", "the process ended (status 0) without an answer")
    ended = Run(str(action), action, Exit.NO_ANSWER, failure=failure)
    violations = [{"path": "pipeline.py", "code": "F821", "message": "", "line": 1, "column": 1}] * 500
    tools = TOOLS | {Action.TESTS: WORST, Action.RUFF: {"violations": violations}}
    worst = graded(a_submission(), ScriptedSandbox(Candidate(tools=tools)), world)
    evaded = graded(a_submission(), ScriptedSandbox(Candidate(tools=tools, broken={str(action): ended})), world)
    assert worst.points(criterion) == 0.0
    assert evaded.score <= worst.score


def test_row_42_a_flood_of_trifles_hides_no_error(world: Dataset) -> None:
    """Where ruff's list was cut short, nothing is known of the rest, and that earns nothing."""
    trifles = [{"path": "a.py", "code": "E703", "message": "", "line": 1, "column": 1}] * 5000
    flooded = TOOLS | {Action.RUFF: {"violations": trifles, "counts": {"E703": 5000, "F821": 500}, "truncated": True}}
    assert graded(a_submission(), ScriptedSandbox(Candidate(tools=flooded)), world).points("correctness") == 0.0


def test_row_42_code_that_calls_itself_a_test_is_judged_all_the_same(world: Dataset) -> None:
    """What pipeline.py imports is product code wherever it lies, so moving it under tests/ hides no violation."""
    openly, hidden = (hiding(world, path) for path in ("work/impl.py", "tests/impl.py"))
    assert openly.points("correctness") == 0.0
    assert (hidden.points("correctness") or 0.0) <= 0.0


def hiding(world: Dataset, path: str) -> Outcome:
    """The outcome for a pipeline that imports all it does from the module at `path`, which ruff finds terrible."""
    module = path.removesuffix(".py").replace("/", ".")
    files = {"pipeline.py": f"from {module} import evaluate, predict, train\n", path: PIPELINE}
    violations = [{"path": path, "code": "F821", "message": "", "line": 1, "column": 1}] * 500
    candidate = Candidate(tools=TOOLS | {Action.RUFF: {"violations": violations}})
    return graded(a_submission(files), ScriptedSandbox(candidate), world)


def test_row_42_a_flood_of_violations_drowns_nothing(docker_sandbox: DockerSandbox) -> None:
    """Of more violations than can be kept the first thousands are told, so that a flood is no way round ruff."""
    flood = {f"flood{i}.py": "x;\n" * 40_000 for i in range(4)}
    of = unpack(zipped({"pipeline.py": UPLOAD, **flood}), "work.zip", PACKAGES)
    (ruff,) = docker_sandbox.start(of, probes()[:1]).result(300)
    assert ruff.ok, ruff.failure
    said = json.loads(ruff.output)
    assert said["truncated"]
    assert len(said["violations"]) == 5000
