"""Every attack that is code in a container, in a real one: it ends as the table says, and gains nothing."""

from __future__ import annotations

import os
import socket
from collections import Counter
from concurrent.futures import Future
from pathlib import Path

import docker
import docker.errors
import pytest
from docker.models.containers import Container as DockerContainer

from graders.model.probe import Action, Run
from sandbox.host import owner
from sandbox.host.docker import DockerSandbox
from sandbox.testing.specimens import submission as a_submission
from testing.waiting import until
from tests.attacks import ending, escaping, exhausting, forging, stealing
from tests.attacks.attack import FEATURE, MARK, SECRET, Attack, check, everything, gained_nothing, hidden, labelled

ATTACKS = (*stealing.ATTACKS, *ending.ATTACKS, *exhausting.ATTACKS, *forging.ATTACKS, *escaping.ATTACKS)
Started = dict[str, Future[tuple[Run, ...]]]


@pytest.fixture(scope="module")
def started(docker_sandbox: DockerSandbox, listener: socket.socket) -> Started:  # noqa: ARG001
    """All at once, each in a container of its own."""
    return {str(attack): docker_sandbox.start(attack.submission, [attack.probe]) for attack in ATTACKS}


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_attack(attack: Attack, started: Started, docker_sandbox: DockerSandbox) -> None:
    """The run ends as the table says, tells no secret and no hidden row, and answers with honest numbers or none."""
    (run,) = started[str(attack)].result(timeout=600)
    check(attack, run, docker_sandbox.info.runtime)


POISON = """
import json, os, pickle, sys, threading, time
import numpy as np
import pandas as pd
class Bomb:
    def __reduce__(self):
        return os.system, ("touch /tmp/left-by-attack left-by-attack; echo $ASSAY_TEST_SECRET; cat /etc/passwd",)
def train(data, model_dir):
    (model_dir / "model.pkl").write_bytes(pickle.dumps(Bomb()))
    (model_dir / "sitecustomize.py").write_text("print('left-by-attack')")
    for module in (json, np, pd, sys.modules["assay_harness.harness.calls"]):
        for name in ("loads", "asarray", "isfinite", "Series", "predictions", "perform", "claims"):
            setattr(module, name, None)
def evaluate(data):
    assert not any(os.path.exists(os.path.join(f, "left-by-attack")) for f in ("/tmp", "/job", "/dev/shm", "."))
    return {"roc_auc": 0.5}
def predict(data, model_dir):
    pickle.loads((model_dir / "model.pkl").read_bytes())
    return data["score"]
"""


@pytest.fixture(scope="module")
def poisoned(docker_sandbox: DockerSandbox) -> tuple[Run, ...]:
    """Train with a bomb for a model, evaluate in the same session, predict with the bomb."""
    of = a_submission(POISON)
    train, evaluate = docker_sandbox.start(of, [labelled(), labelled(action=Action.EVALUATE)]).result(300)
    (predict,) = docker_sandbox.start(of, [hidden(model=train.model)]).result(300)
    for run in (train, evaluate, predict):
        gained_nothing(run, of)
    return train, evaluate, predict


def test_row_8_what_train_replaces_stays_in_its_process(poisoned: tuple[Run, ...]) -> None:
    """Whatever train replaces in shared modules, the next probes find them whole and answer honestly."""
    _, evaluate, predict = poisoned
    assert evaluate.ok, evaluate.failure
    assert predict.ok, predict.failure


def test_row_37_a_model_that_runs_code_runs_it_in_predict_alone(poisoned: tuple[Run, ...], tmp_path: Path) -> None:
    """Loading the bomb is the candidate's own affair; the grader carries it as bytes and never opens it."""
    train, _, predict = poisoned
    assert train.model
    assert b"posix" in train.model
    assert "root:" in predict.log  # it went off in there
    assert not list(tmp_path.parent.parent.rglob(f"*{MARK}*"))


RACE = """
import os, time
def train(data, model_dir):
    target = str(model_dir / "m")
    for _ in range(8):
        if os.fork() == 0:
            os.setsid()
            while True:
                for make in (lambda: os.symlink("/etc/passwd", target), lambda: open(target, "w").close()):
                    try:
                        os.unlink(target)
                        make()
                    except OSError:
                        pass
    time.sleep(0.2)
"""


def test_row_34_swapping_files_while_they_are_collected(docker_sandbox: DockerSandbox) -> None:
    """Whoever swaps is dead before anything is read: the model is plain files or refused, never another file."""
    futures = [docker_sandbox.start(a_submission(RACE), [labelled()]) for _ in range(4)]
    for future in futures:
        (run,) = future.result(300)
        assert run.ok or (run.failure and run.failure.kind == "MODEL_UNSAFE"), run.failure
        assert "root:" not in everything(run)


def test_row_56_the_log_of_predict_holds_rows_and_goes_nowhere(docker_sandbox: DockerSandbox) -> None:
    """The channel exists, since whatever sees the rows may print them; what is told of the run does not hold it."""
    source = "def predict(data, model_dir):\n    print(data.to_string())\n    raise ValueError(data.to_string())\n"
    (run,) = docker_sandbox.start(a_submission(source), [hidden()]).result(300)
    assert FEATURE in run.log
    assert run.failure
    assert FEATURE in run.failure.message
    gained_nothing(run, a_submission(source))


def test_the_host_is_as_it_was(
    started: Started, poisoned: tuple[Run, ...], engine: docker.DockerClient, listener: socket.socket, vault: Path
) -> None:
    """After all attacks no container, process or file of theirs is left, and nobody called."""
    for future in started.values():
        future.result(timeout=600)
    label = f"{owner.OWNER}={owner.LABELS[owner.OWNER]}"

    def busy() -> list[str | None]:
        left = engine.containers.list(all=True, filters={"label": label}, ignore_removed=True)
        return [one.id for one in left if not idle(one)]

    until(busy, lambda left: not left)  # the last are removed while their answers are read
    assert [name for name in processes() if MARK in name] == []
    for folder in ("/", "/tmp", "/dev/shm", "/var/tmp", ".", "/etc", str(Path.home())):  # noqa: S108
        assert [path for path in os.listdir(folder) if MARK in path] == []
    assert Counter(path.name for path in vault.iterdir()) == {"labels.csv": 1}
    assert (vault / "labels.csv").read_text() == f"{SECRET}\n0\n1\n"
    with pytest.raises(BlockingIOError):
        listener.accept()
    assert len(poisoned) == 3


def idle(container: DockerContainer) -> bool:
    """Whether it is one that waits for its first probe, with PID 1, the sweeper and nobody else; or is gone by now.

    One that is being removed at this moment has no list of processes, or is said not to run.
    """
    try:
        return len(container.top()["Processes"] or []) <= 2
    except docker.errors.APIError as error:
        if error.status_code in (404, 409):
            return True
        raise


def processes() -> list[str]:
    """The names of all processes of this machine, those in containers included."""
    names = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            names.append(Path(f"/proc/{pid}/comm").read_text())
        except OSError:
            continue
    return names
