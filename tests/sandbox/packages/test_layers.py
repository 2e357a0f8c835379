"""Packages over the image, in the real engine: found by probes, last on their search path, and by nobody else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import docker
import pytest

from graders.model.packages import Wheel, lock_hash
from graders.model.probe import Action, Run, SandboxError
from sandbox.host.docker import DockerSandbox, shape_for
from sandbox.host.preload import modules
from sandbox.image import build
from sandbox.packages.layers import NAME, Layers
from sandbox.testing.specimens import probe, submission
from testing.wheels import HOOKS, laid, wheel

PIPELINE = """
import importlib.util, json, os, sys
import numpy, pandas, sklearn
import evil
assert evil.VALUE == 42
assert not hasattr(sys, "ran") and "RAN" not in os.environ
others = [path for path in sys.path if not path.startswith("/job/")]
assert others[-1] == "/opt/layer/site-packages", sys.path
for module in (numpy, pandas, sklearn):
    assert module.__file__.startswith("/opt/py/"), module.__file__
assert json.__file__.startswith("/usr/lib/"), json.__file__
def train(data, model_dir):
    for name in ("new", "evil.py"):
        try:
            open("/opt/layer/site-packages/" + name, "w")
        except OSError:
            continue
        raise AssertionError("the layer can be written to")
def evaluate(data):
    sys.path.remove("/opt/layer/site-packages")
    sys.path.insert(0, "/opt/layer/site-packages")
    return {"roc_auc": 0.5}
def predict(data, model_dir):
    return data["score"]
"""
PLAIN: dict[Action, dict[str, object]] = {Action.TESTS: {"data": None}}
TESTS = "import sys\ndef test_nothing_ran():\n    assert not hasattr(sys, 'ran')\n"
#: PID 1's memory holds none of the layer, and its path does not lead there: a fork has all that PID 1 has loaded.
SEES = """
import sys
assert not [name for name, m in sys.modules.items() if str(getattr(m, "__file__", "")).startswith("/opt/layer")]
def train(data, model_dir):
    pass
def evaluate(data):
    return {"roc_auc": 0.5}
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packages")


@pytest.fixture(scope="module")
def layered(home: Path) -> Iterator[DockerSandbox]:
    with DockerSandbox(packages=home, slots=2) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def evil(home: Path) -> tuple[Wheel, ...]:
    wheel(home / "given", "evil", files=HOOKS)
    return laid(home / "given", home, "evil")


def in_layer(sandbox: DockerSandbox, evil: tuple[Wheel, ...], source: str, *actions: Action) -> tuple[Run, ...]:
    of = replace(submission(source, test_it=TESTS), layer=evil)
    return sandbox.start(of, [probe(action, **PLAIN.get(action, {})) for action in actions]).result()


def test_no_hook_and_no_shadow_gains_anything(layered: DockerSandbox, evil: tuple[Wheel, ...]) -> None:
    train, evaluate = in_layer(layered, evil, PIPELINE, Action.TRAIN, Action.EVALUATE)
    assert train.ok, (train.failure, train.log)
    assert evaluate.ok, (evaluate.failure, evaluate.log)
    (predict,) = in_layer(layered, evil, PIPELINE, Action.PREDICT)
    assert predict.ok, predict.failure


def test_the_candidates_tests_are_run_by_the_images_pytest(layered: DockerSandbox, evil: tuple[Wheel, ...]) -> None:
    (tests,) = in_layer(layered, evil, PIPELINE, Action.TESTS)
    assert tests.ok, tests.failure
    assert '"passed": 1' in tests.output


def test_what_a_probe_takes_from_the_layer_stays_with_it(layered: DockerSandbox, evil: tuple[Wheel, ...]) -> None:
    """The next probe of the same container, and a begin anew for another seed, know nothing of it."""
    runs = in_layer(layered, evil, f"{SEES}\nimport evil\n", Action.TRAIN, Action.EVALUATE)
    assert all(run.ok for run in runs), runs[0].failure
    of = replace(submission(SEES), layer=evil)
    for run in layered.start(of, [probe(Action.TRAIN, seed=1), probe(Action.EVALUATE, seed=2)]).result():
        assert run.ok, run.failure


def test_other_submissions_have_none_of_it(layered: DockerSandbox) -> None:
    source = "import os\nassert not os.path.exists('/opt/layer')\ndef train(data, model_dir):\n    import evil\n"
    (run,) = layered.start(submission(source), [probe(Action.TRAIN)]).result()
    assert run.failure
    assert run.failure.kind == "ModuleNotFoundError"


def test_no_container_of_another_layer_fits() -> None:
    of = submission()
    plain = shape_for(of, [probe(Action.TRAIN)])
    first, second = replace(plain, layered="a"), replace(plain, layered="b")
    assert first.fits(first)
    assert not plain.fits(first)
    assert not first.fits(plain)
    assert not first.fits(second)


def test_a_layer_is_made_once_and_removed_when_nobody_uses_it(
    home: Path, evil: tuple[Wheel, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel(home / "given", "other")
    other = laid(home / "given", home, "other")
    client = docker.from_env()
    used = home / "layers"
    with DockerSandbox(packages=home, slots=1) as sandbox:
        of = replace(submission(), layer=evil)
        first = sandbox.prepare(of)
        with monkeypatch.context() as patch:
            patch.delattr(Layers, "_make")  # it is there
            assert sandbox.prepare(of) == first
        os.utime(used / first.partition(":")[2], (1, 1))
        second = sandbox.prepare(replace(of, layer=other))
        assert build.present(client, second)
        assert not build.present(client, first)
        assert sandbox.prepare(of) == first
    client.images.remove(first)
    client.images.remove(second)
    client.close()


def test_the_name_follows_the_lock_and_not_its_order() -> None:
    one, two = (Wheel(n, "1", f"{n}.whl", n * 64) for n in "ab")
    assert lock_hash([one, two]) == lock_hash([two, one]) != lock_hash([one])
    assert NAME


def test_without_a_folder_for_packages_it_is_our_fault(evil: tuple[Wheel, ...]) -> None:
    with DockerSandbox(slots=1) as sandbox, pytest.raises(SandboxError, match="without a folder"):
        Layers(sandbox._client, None, None).image("base", evil)


def test_only_the_images_libraries_are_loaded_ahead() -> None:
    """What a package of the layer imports of the image is, where the work imports it; no name of the layer's own."""
    layer = (Wheel("x", "1", "x.whl", "0" * 64, imports=("xlib",), uses=("seaborn", "x", "os")),)
    loaded = modules(Action.TRAIN, {"pipeline.py": b"import xlib"}, layer)
    assert "seaborn" in loaded
    assert not {"x", "os"}.intersection(loaded)
    assert "seaborn" not in modules(Action.TRAIN, {"pipeline.py": b"pass"}, layer)
