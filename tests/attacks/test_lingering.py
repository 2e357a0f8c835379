"""Train and predict of one submission may share a container: predict finds nothing of what train left in it."""

from __future__ import annotations

import pytest

from sandbox.host.docker import DockerSandbox
from tests.attacks.attack import gained_nothing, hidden
from tests.attacks.lingering import LEAVINGS, Leaving, limits, with_secret


@pytest.mark.parametrize("leaving", LEAVINGS, ids=str)
def test_row_54_predict_finds_nothing_of_what_train_left(leaving: Leaving, docker_sandbox: DockerSandbox) -> None:
    """No file, process, descriptor, lock, time or byte in memory; what can't be emptied is not used again."""
    of, most = leaving.submission, limits(docker_sandbox)
    (train,) = docker_sandbox.start(of, [with_secret(most)]).result(300)
    assert train.ok, (train.failure, train.log[-2000:])
    (predict,) = docker_sandbox.start(of, [hidden(most, train.model)]).result(300)
    assert predict.ok, (predict.failure, predict.log[-2000:])
    gained_nothing(predict, of)
    assert predict.log == ("the container of train\n" if leaving.same_container else "another container\n")
