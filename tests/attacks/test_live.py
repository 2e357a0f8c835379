"""A change made live is an upload like any other: attacks in it end as the table says, and gain nothing."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from app import intake
from app.adapters.live import run_live
from app.intake import Rejected
from challenges import vault
from graders.archive import packed
from graders.live import patch
from graders.live.kinds import TABLE
from graders.live.model import LiveOutcome, LiveTask, plain
from graders.model.challenge import Challenge
from graders.model.probe import Action
from graders.model.submission import Submission
from graders.words import say
from sandbox.host.docker import DockerSandbox
from testing import tasks
from testing.builders import a_submission
from tests.attacks.attack import MARK, SECRET, Attack
from tests.attacks.test_containers import ATTACKS

TASK = tasks.demand()
WORK = a_submission({"pipeline.py": TASK.honest})
#: What a change does before it answers honestly, by rows of the table of attacks; one that ends leaves nothing to do.
IN_TRAIN = {
    "2, 5 and 24 looks around and floods the log": (
        'print(open("/proc/1/environ", "rb").read() if os.access("/proc/1/environ", os.R_OK) else "")',
        "print([sys._getframe(n).f_locals for n in range(4)])",
        'print("x" * 30_000_000)',
    ),
    "9 leaves": ("raise SystemExit(0)",),
    "31 writes a giant": ('open(model_dir / "x", "wb").truncate(2**40)',),
}
HEAD = "import os, sys\n"
HONEST = {
    Action.TRAIN: "def train(data, model_dir):\n    return None\n",
    Action.EVALUATE: "def evaluate(data):\n    return {'roc_auc': 0.5}\n",
    Action.PREDICT: "def predict(data, model_dir):\n    return data['score']\n",
}


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
    changed = intake.unpack(patch.upload(WORK, {"pipeline.py": words}), "change.zip", challenge.packages)
    return run_live(changed, challenge, task(kind), sandbox, home=home)


@pytest.mark.parametrize("attack", IN_TRAIN)
def test_an_attack_in_a_change_gains_nothing(
    attack: str, challenge: Challenge, docker_sandbox: DockerSandbox, home: Path
) -> None:
    """It ends as its own fault, with what to do, or answers; no secret and no secret seed is in what is told."""
    words = "".join(f"    {line}\n" for line in IN_TRAIN[attack])
    body = TASK.honest.replace("def train(data, model_dir):\n", f"def train(data, model_dir):\n{words}")
    assert words in body
    found = run(HEAD + body, challenge, docker_sandbox, home)
    told = json.dumps(plain(found))
    assert SECRET not in told
    assert MARK not in told
    assert str(vault.seed(challenge, home)) not in told
    assert bool(found.failure) == bool(found.hint)
    assert found.failure or found.claim
    assert len(told) < 20_000


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_a_change_with_an_attack_is_the_upload_with_it(attack: Attack, challenge: Challenge) -> None:
    """Through intake it becomes the very submission that an upload gives, byte for byte, or is refused as that is.

    So what its container does, and what is told of it, is what test_attack shows of the same row.
    """
    functions = {action: text for action, text in HONEST.items() if action is not attack.action}
    files = {path: data.decode() for path, data in attack.submission.runnable.items()}
    files["pipeline.py"] += "\n\n" + "\n\n".join(functions.values())

    def received(data: bytes) -> Submission | str:
        try:
            return intake.unpack(data, "change.zip", challenge.packages)
        except Rejected as refused:
            return refused.problem.code

    live, uploaded = (
        received(data)
        for data in (patch.upload(WORK, files), packed({path: text.encode() for path, text in files.items()}))
    )
    assert isinstance(live, str) == isinstance(uploaded, str)
    if isinstance(live, Submission) and isinstance(uploaded, Submission):
        assert live.runnable == uploaded.runnable
        assert live.runnable["pipeline.py"].decode() == files["pipeline.py"]
    else:
        assert live == uploaded


def test_each_row_of_the_table_is_held_for_changes_made_live() -> None:
    """A row's attack goes through a change as through an upload, or README says what holds it; none is in both."""
    text = (Path(__file__).parent / "README.md").read_text().partition("## On a change made live")[2]
    listed = [
        int(number) for line in re.findall(r"^\| rows ([\d, ]+) \|", text, re.MULTILINE) for number in line.split(",")
    ]
    assert sorted([*listed, *{attack.row for attack in ATTACKS}]) == list(range(1, 70))
    cited = re.findall(r"`([\w/.]+\.py)::(\w+)`", text)
    root = Path(__file__).parent
    paths = [(root.parent.parent / path if "/" in path else root / path, name) for path, name in cited]
    assert [name for path, name in paths if f"def {name}(" not in path.read_text()] == []


@pytest.mark.parametrize(("path", "code"), [("../pipeline.py", "NAME_UNSAFE"), ("x/\u202e.py", "NAME_UNSAFE")])
def test_a_change_with_a_name_that_no_upload_may_have_is_refused(path: str, code: str, challenge: Challenge) -> None:
    with pytest.raises(Rejected) as refused:
        intake.unpack(patch.upload(WORK, {path: "x = 1\n"}), "change.zip", challenge.packages)
    assert refused.value.problem.code == code
