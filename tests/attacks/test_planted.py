"""Row 69: tests that try to look as if they noticed the faults planted for them, on real containers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from graders.model.case import Case
from graders.model.challenge import Limits
from graders.model.probe import SandboxInfo
from graders.mutation import trial
from graders.probes import sessions
from sandbox.host.docker import DockerSandbox
from testing.builders import a_challenge, a_dataset, a_submission

PIPELINE = '''"""Counting customers who may leave."""

LEAST = 3


def leaving(rows):
    found = [row for row in rows if row["calls"] > 2]
    return found[:LEAST]


def share(rows):
    total = len(rows)
    if total == 0:
        return 0.0
    return len(leaving(rows)) / total


def spread(values):
    low, high = min(values), max(values)
    return high - low


def ranked(values, best=1):
    ordered = sorted(values)
    return ordered[-best:]


def train(data, model_dir): ...


def evaluate(data):
    return {"roc_auc": share(data) - spread(data["x"])}


def predict(data, model_dir):
    return ranked(data["x"])
'''
HONEST = """
from pipeline import *

ROWS = [{"calls": n} for n in range(8)]

def test_leaving():
    assert leaving(ROWS) == ROWS[3:6]
    assert leaving([]) == []

def test_share():
    assert share(ROWS[:4]) == 0.25
    assert share([]) == 0.0

def test_spread():
    assert spread([1, 5, 9]) == 8

def test_ranked():
    assert ranked([3, 1, 2]) == [3]
    assert ranked([3, 1, 2], 2) == [2, 3]

def test_evaluate():
    class Data(list):
        def __getitem__(self, key):
            return [1.0, 2.0] if key == "x" else super().__getitem__(key)
    assert evaluate(Data([{"calls": 9}, {"calls": 0}])) == {"roc_auc": -0.5}

def test_predict():
    assert predict({"x": [2, 7, 1]}, None) == [7]
"""
#: Runs every line, and asserts nothing of what comes back.
CALLS = """
from pipeline import *
ROWS = [{"calls": n} for n in range(8)]
class Data(list):
    def __getitem__(self, key):
        return [1.0, 2.0] if key == "x" else super().__getitem__(key)
def called():
    share(ROWS), share([]), spread([1, 5, 9]), ranked([3, 1, 2]), evaluate(Data(ROWS)), predict({"x": [2]}, None)
    return len(ROWS)
def test_it():
    assert called() == 8
"""
#: What a test that never looks at behaviour may look at instead, knowing the text it was handed in with.
CHEATS = {
    "the text of the file": """
import pathlib, pipeline
def test_text():
    assert pathlib.Path(pipeline.__file__).read_text() == ORIGINAL
""",
    "lines and symbols": """
import pathlib, pipeline
def test_symbols():
    text = pathlib.Path(pipeline.__file__).read_text()
    assert [text.count(symbol) for symbol in "+-*/<>()"] == [ORIGINAL.count(symbol) for symbol in "+-*/<>()"]
""",
    "the byte code": """
import pipeline
def test_code():
    fresh = {}
    exec(ORIGINAL, fresh)
    for name in ("leaving", "share", "spread", "ranked"):
        assert getattr(pipeline, name).__code__.co_code == fresh[name].__code__.co_code
""",
    "the tree without its names": """
import ast, pathlib, pipeline
def shape(text):
    return [type(node).__name__ for node in ast.walk(ast.parse(text))]
def test_tree():
    assert shape(pathlib.Path(pipeline.__file__).read_text()) == shape(ORIGINAL)
""",
    "the options of the run": """
def test_options(request):
    assert not request.config.getoption("maxfail")
""",
    "what the loader says": """
import inspect, pipeline
def test_source():
    assert inspect.getsource(pipeline) == ORIGINAL == pipeline.__loader__.get_source("pipeline")
""",
    "whether lines are counted": """
import sys
def test_measured():
    assert "coverage" in sys.modules
""",
}
#: The others find nothing that differs from the code as it was handed in.
SEES_A_CHANGE = ("the byte code", "whether lines are counted")
SUITES = {"honest": HONEST, "calls": CALLS} | {name: CALLS + cheat for name, cheat in CHEATS.items()}
LIMITS = Limits(cpu_seconds=20, seconds=90, memory_mb=768, model_mb=2)


def kills(sandbox: DockerSandbox, suite: str) -> trial.Kills:
    """What a suite notices, by the way grading goes."""
    files = {"pipeline.py": PIPELINE, "tests/test_it.py": f"ORIGINAL = {PIPELINE!r}\n{SUITES[suite]}"}
    submission, challenge = a_submission(files), a_challenge(tool_limits=LIMITS)
    *_, alone = sandbox.start(submission, sessions.tools_session(challenge, 1)).result(300)
    runs = [alone, *sandbox.start(submission, trial.session(submission, challenge, alone, 1)).result(300)]
    by_name = {run.name: run for run in runs}
    return trial.kills(Case(submission, challenge, a_dataset(), by_name, SandboxInfo("image", "runc"), 1, "today"))


@pytest.fixture(scope="module")
def found(docker_sandbox: DockerSandbox) -> dict[str, trial.Kills]:
    with ThreadPoolExecutor(len(SUITES)) as callers:
        return dict(zip(SUITES, callers.map(partial(kills, docker_sandbox), SUITES), strict=True))


def test_honest_tests_notice_nearly_everything(found: dict[str, trial.Kills]) -> None:
    """Values worked out by hand fail over planted faults, and hold where only the text changed."""
    assert found["honest"].alarms == ()
    assert found["honest"].plan.reached > 0.9
    assert found["honest"].share > 0.8


def test_tests_that_only_call_notice_what_breaks_and_no_more(found: dict[str, trial.Kills]) -> None:
    """Running every line without a look at the result hardly notices anything."""
    assert found["calls"].alarms == ()
    assert found["calls"].plan.reached > 0.9
    assert found["calls"].share < 0.35


@pytest.mark.parametrize("cheat", CHEATS)
def test_row_69_tests_that_look_at_the_text_have_no_kills(cheat: str, found: dict[str, trial.Kills]) -> None:
    """What they read is the candidate's own text, fault or not; what sees the loaded code fails without a fault too."""
    assert found[cheat].suite.steady, "the cheat must hold on the code as it was handed in"
    if cheat in SEES_A_CHANGE:
        assert found[cheat].alarms
        assert found[cheat].share == 0.0
    else:
        assert not found[cheat].alarms
        assert found[cheat].noticed == found["calls"].noticed
