"""Train and predict of one submission may share a container: predict finds nothing of what train left in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.docker import DockerSandbox
from tests.attacks.attack import GVISOR, ROOMY, gained_nothing, hidden
from tests.attacks.lingering import LEAVINGS, Leaving, with_secret

#: Under gVisor, memory that was merely set aside becomes memory that is used where predict reads all of its own.
LIMITS = replace(ROOMY, memory_mb=2500, seconds=180) if GVISOR else ROOMY


@pytest.mark.parametrize("leaving", LEAVINGS, ids=str)
def test_row_54_predict_finds_nothing_of_what_train_left(leaving: Leaving, docker_sandbox: DockerSandbox) -> None:
    """No file, process, descriptor, lock, time or byte in memory; what can't be emptied is not used again."""
    of = leaving.submission
    (train,) = docker_sandbox.start(of, [with_secret(LIMITS)]).result(300)
    assert train.ok, (train.failure, train.log[-2000:])
    (predict,) = docker_sandbox.start(of, [hidden(LIMITS, train.model)]).result(300)
    assert predict.ok, (predict.failure, predict.log[-2000:])
    gained_nothing(predict, of)
    assert predict.log == ("the container of train\n" if leaving.same_container else "another container\n")
