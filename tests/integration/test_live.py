"""A live run on real containers: mending a leak takes the finding away, and bringing one in shows it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.adapters.live import run_live
from graders.live.difference import difference
from graders.live.kinds import TABLE
from graders.live.model import LiveTask
from graders.model.probe import Sandbox
from graders.words import say
from testing import tasks
from testing.builders import a_submission

TASK = tasks.demand()
CHALLENGE = replace(TASK.challenge, make=tasks.to_keep)
HONEST, LEAKY = ({"pipeline.py": text} for text in (TASK.honest, TASK.leaky))


def task(kind: str) -> LiveTask:
    found, nothing = next(one for one in TABLE if one.name == kind), say("x")
    return LiveTask(kind, kind, nothing, nothing, nothing, "pipeline.py", None, found.runs)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("live")


def test_a_leak_that_is_mended_is_gone_and_one_that_is_made_is_new(docker_sandbox: Sandbox, home: Path) -> None:
    """The same work gives the same twice, so that only the change makes the difference."""
    outcomes = {
        name: run_live(a_submission(files, id=name), CHALLENGE, task("held-out"), docker_sandbox, home=home)
        for name, files in (("honest", HONEST), ("leaky", LEAKY), ("again", HONEST))
    }
    mended = difference(outcomes["leaky"], outcomes["honest"], LEAKY, HONEST)
    spoilt = difference(outcomes["honest"], outcomes["leaky"], HONEST, LEAKY)
    assert mended.gone
    assert mended.gone == spoilt.new
    assert not mended.new
    assert {finding.code for finding in mended.gone} & {"LEAK005", "LEAK009", "OVR003"}
    same = difference(outcomes["honest"], outcomes["again"], HONEST, HONEST)
    assert (same.gone, same.new, same.figures) == ((), (), ())
    assert outcomes["honest"].claim == outcomes["again"].claim
