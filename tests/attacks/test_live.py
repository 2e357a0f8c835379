"""A change made live is an upload like any other: attacks in it end as the table says, and gain nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app import intake
from app.adapters.live import run_live
from app.intake import Rejected
from challenges import vault
from graders.live import patch
from graders.live.kinds import TABLE
from graders.live.model import LiveOutcome, LiveTask, plain
from graders.model.challenge import Challenge
from graders.words import say
from sandbox.host.docker import DockerSandbox
from testing import tasks
from testing.builders import a_submission
from tests.attacks.attack import MARK, SECRET

TASK = tasks.demand()
#: What a change does before it answers honestly, by its row of the table of attacks.
ATTACKS = {
    "2 reads the environment of PID 1": 'print(open("/proc/1/environ").read())',
    "5 looks at its callers": "print([sys._getframe(n).f_locals for n in range(4)])",
    "9 leaves": "raise SystemExit(0)",
    "24 floods the log": 'print("x" * 30_000_000)',
    "31 writes a giant": 'open(model_dir / "x", "wb").truncate(2**40)',
}
HEAD = "import os, sys\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("live")


@pytest.fixture(scope="module")
def challenge() -> Challenge:
    return replace(TASK.challenge, make=tasks.to_keep)


def task(kind: str) -> LiveTask:
    found, nothing = next(one for one in TABLE if one.name == kind), say("x")
    return LiveTask(kind, kind, nothing, nothing, nothing, "pipeline.py", None, found.runs)


def run(words: str, challenge: Challenge, sandbox: DockerSandbox, home: Path, kind: str = "uncertainty") -> LiveOutcome:
    work = a_submission({"pipeline.py": TASK.honest})
    changed = intake.unpack(patch.upload(work, {"pipeline.py": words}), "change.zip", challenge.packages)
    return run_live(changed, challenge, task(kind), sandbox, home=home)


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_in_a_change_gains_nothing(
    attack: str, challenge: Challenge, docker_sandbox: DockerSandbox, home: Path
) -> None:
    """It ends as its own fault, with what to do, or answers; no secret and no secret seed is in what is told."""
    body = TASK.honest.replace("def train(data, model_dir):\n", f"def train(data, model_dir):\n    {ATTACKS[attack]}\n")
    assert ATTACKS[attack] in body
    found = run(HEAD + body, challenge, docker_sandbox, home)
    told = json.dumps(plain(found))
    assert SECRET not in told
    assert MARK not in told
    assert str(vault.seed(challenge, home)) not in told
    assert bool(found.failure) == bool(found.hint)
    assert found.failure or found.claim
    assert len(told) < 20_000


@pytest.mark.parametrize(("path", "code"), [("../pipeline.py", "NAME_UNSAFE"), ("x/\u202e.py", "NAME_UNSAFE")])
def test_a_change_with_a_name_that_no_upload_may_have_is_refused(path: str, code: str, challenge: Challenge) -> None:
    work = a_submission({"pipeline.py": TASK.honest})
    with pytest.raises(Rejected) as refused:
        intake.unpack(patch.upload(work, {path: "x = 1\n"}), "change.zip", challenge.packages)
    assert refused.value.problem.code == code
