"""The attack table once more, by submissions with a layer of packages that tries every start-up hook and shadow."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest

from graders.model.packages import Wheel
from graders.model.probe import Run
from graders.model.submission import Submission
from sandbox.host.docker import DockerSandbox
from testing.wheels import HOOKS, laid, wheel
from tests.attacks.attack import SECRET, Attack, check
from tests.attacks.test_containers import ATTACKS

#: What a layer could change: who finds what, who is asked, and what the next one finds.
CORE = {1, 2, 3, 5, 7, 8, 12, 17, 39, 40, 51, 52, 54}
TABLE = [
    pytest.param(attack, id=str(attack), marks=[] if attack.row in CORE else pytest.mark.slow) for attack in ATTACKS
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packages")


@pytest.fixture(scope="module")
def evil(home: Path) -> tuple[Wheel, ...]:
    wheel(home / "given", "evil", files=HOOKS)
    return laid(home / "given", home, "evil")


@pytest.fixture(scope="module")
def attacked(
    home: Path,
    vault: Path,
    listener: socket.socket,  # noqa: ARG001
) -> Iterator[DockerSandbox]:
    """A sandbox as in conftest.py, which can lay the wheel over its image."""
    os.environ["ASSAY_TEST_SECRET"] = f"{SECRET} {vault}"
    with DockerSandbox(packages=home) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def started(
    attacked: DockerSandbox, evil: tuple[Wheel, ...], request: pytest.FixtureRequest
) -> dict[str, Future[tuple[Run, ...]]]:
    """Those that are asked for, all at once, each in a container of its own."""
    items = [item for item in request.session.items if item.path == request.path]
    asked = [item.callspec.params["attack"] for item in items if hasattr(item, "callspec")]
    return {str(attack): attacked.start(with_layer(attack, evil), [attack.probe]) for attack in asked}


def with_layer(attack: Attack, evil: tuple[Wheel, ...]) -> Submission:
    """The attack by a pipeline that has imported the wheel."""
    of = attack.submission
    files = {**of.runnable, "pipeline.py": b"import evil\n" + of.runnable["pipeline.py"]}
    return replace(of, files=files, runnable=files, layer=evil)


@pytest.mark.parametrize("attack", TABLE)
def test_attack_with_a_layer(
    attack: Attack, started: dict[str, Future[tuple[Run, ...]]], attacked: DockerSandbox
) -> None:
    """The run ends as the table says and gains nothing, whatever lies in the layer."""
    (run,) = started[str(attack)].result(timeout=600)
    check(attack, run, attacked.info.runtime)
