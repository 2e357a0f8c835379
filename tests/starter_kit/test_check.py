"""The candidates' own check gives the server's codes, and small runs of all three functions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from app.intake.receive import examine
from challenges.kit import facts
from challenges.ml_pipeline.challenge import CHALLENGE
from sandbox.host.local import LocalSandbox
from starter_kit.check import CheckResult, Facts, lines, main, run, sample, smoke
from starter_kit.grader import Grader
from testing import tasks
from testing.builders import a_submission
from tests.app.intake.make import PACKAGES, PIPELINE, notebook

FACTS = Facts("churned", "customer_id", PACKAGES)
HONEST = """\
def train(data, model_dir):
    (model_dir / "rate").write_text(str(data["churned"].mean()))

def evaluate(data):
    return {"roc_auc": 0.5}

def predict(data, model_dir):
    assert "churned" not in data
    return [float((model_dir / "rate").read_text())] * len(data)
"""


def public(customers: int = 700, snapshots: int = 5) -> pd.DataFrame:
    """Rows of `customers` customers, each at several snapshots."""
    rng = np.random.default_rng(0)
    ids = np.repeat(np.arange(customers), snapshots)
    return pd.DataFrame({"customer_id": rng.permutation(ids), "x": 1.0, "churned": rng.integers(0, 2, len(ids))})


@pytest.fixture(scope="module")
def box() -> Iterator[LocalSandbox]:
    with LocalSandbox() as sandbox:
        yield sandbox


def check(tmp_path: Path, source: str | bytes, box: LocalSandbox, name: str = "work.py") -> CheckResult:
    path = tmp_path / name
    path.write_bytes(source if isinstance(source, bytes) else source.encode())
    return run(examine(path, PACKAGES), public(), FACTS, box)


@pytest.mark.parametrize("customers", [3, 40, 700])
def test_the_sample_keeps_customers_apart(customers: int) -> None:
    """No customer is on both sides, and the rows to predict have no target."""
    labelled, unlabelled = sample(public(customers), FACTS)
    assert not set(labelled["customer_id"]) & set(unlabelled["customer_id"])
    assert len(labelled) > 0
    assert len(unlabelled) > 0
    assert "churned" not in unlabelled
    assert len(labelled) < 1510
    assert len(unlabelled) < 510


def test_a_sound_submission_passes(tmp_path: Path, box: LocalSandbox) -> None:
    """All three functions run as the grader runs them, the model going from train to predict."""
    result = check(tmp_path, HONEST, box)
    assert result.problem is None
    assert [r.name for r in result.runs] == ["train", "evaluate", "predict"]
    assert any("roc_auc 0.500" in line for line in lines(result))


CONSTANT = """\
import numpy as np
import pandas as pd
def train(data, model_dir):
    (model_dir / "nothing").write_text("")
def evaluate(data):
    return CLAIM
def predict(data, model_dir):
    return ANSWER
"""
SHUFFLED = "pd.DataFrame({'sales': .2, 'billing': .5, 'network': .3}, index=data.index)"
#: Task, claim, answer; what is said, if anything.
OF_TASKS = [
    (tasks.demand("rmsle"), "{'rmsle': 1.2}", "np.full(len(data), 12.0)", ""),
    (tasks.tickets(), "{'log_loss': 1.2}", SHUFFLED, ""),
    (tasks.demand("rmsle"), "{'rmsle': 1.2}", "np.full(len(data), -1.0)", "0 or more"),
    (tasks.demand("mae"), "{'rmse': 1.2}", "np.full(len(data), 1.0)", "the key `mae`"),
    (tasks.demand("mae"), "{'mae': -1.2}", "np.full(len(data), 1.0)", "negative `mae`"),
    (tasks.tickets(), "{'log_loss': 1.2}", "np.full((len(data), 2), .5)", "one column of probabilities for each class"),
    (tasks.tickets(), "{'log_loss': 1.2}", "np.full((len(data), 3), .5)", "must sum to 1"),
]


@pytest.mark.parametrize(("asked", "claim", "answer", "said"), OF_TASKS, ids=[f"{c} {s}" for _, c, _, s in OF_TASKS])
def test_each_task_has_its_own_contract(
    asked: tasks.Task, claim: str, answer: str, said: str, box: LocalSandbox
) -> None:
    source = CONSTANT.replace("CLAIM", claim).replace("ANSWER", answer)
    known = Facts.parse(facts(asked.challenge))
    result = smoke(a_submission({"pipeline.py": source}), asked.dataset.public.iloc[:400], known, box)
    assert (result.problem is None) is (not said)
    assert result.problem is None or said in result.problem.message, result.problem


def test_rows_without_a_unit_are_sampled_one_by_one() -> None:
    labelled, unlabelled = sample(public(700), Facts("churned", None, PACKAGES))
    assert (len(labelled), len(unlabelled)) == (1499, 501)


BROKEN = [
    ("refused at intake", "import torch\n" + PIPELINE, "IMPORT_UNAVAILABLE", 1),
    ("crash in train", PIPELINE + "def train(data, model_dir):\n    raise ValueError('no')\n", "TRAIN_CRASHED", 10),
    ("crash at import", PIPELINE + "open('missing.csv')\n", "IMPORT_FAILED", 9),
    ("claims of the wrong type", PIPELINE + "def evaluate(data):\n    return 0.7\n", "CLAIMS_TYPE", None),
    ("too few predictions", PIPELINE + "def predict(data, model_dir):\n    return [0.5]\n", "PRED_LENGTH", None),
    ("crash in predict", PIPELINE + "def predict(data, model_dir):\n    return data['y']\n", "PREDICT_CRASHED", 10),
]


@pytest.mark.parametrize(("source", "code", "line"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_a_broken_submission_gets_the_servers_code(
    tmp_path: Path, box: LocalSandbox, source: str, code: str, line: int | None
) -> None:
    """Each fault has its stable code, its line where there is one, and a hint."""
    problem = check(tmp_path, source, box).problem
    assert problem is not None
    assert problem.code == code
    assert problem.where is None or problem.where.line == line
    assert problem.hint


def test_a_crash_in_a_notebook_names_the_cell(tmp_path: Path, box: LocalSandbox) -> None:
    """The place is the cell's line, and never one of the cut program."""
    book = notebook("x = 1", PIPELINE, "\n\ndef train(data, model_dir):\n    return 1 / 0")
    result = check(tmp_path, book, box, "work.ipynb")
    assert result.problem is not None
    assert str(result.problem.where) == "work.ipynb, cell 3, line 4"


@pytest.mark.parametrize(("source", "status"), [(HONEST, 0), ("x = 1", 2)])
def test_the_exit_status_says_the_verdict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], source: str, status: int
) -> None:
    """0 when the grader will accept it, 2 when not; the verdict is plain text with the code."""
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "pipeline.py").write_text(source)
    public().to_csv(tmp_path / "public.csv", index=False)
    (tmp_path / "facts.json").write_text(facts(CHALLENGE))
    assert main([str(tmp_path / "work")], tmp_path / "public.csv", tmp_path / "facts.json", examine) == status
    told = capsys.readouterr().out
    agrees = Grader(**json.loads(facts(CHALLENGE))["grader"]).differences(a_submission({"pipeline.py": source})) == ()
    assert ("All is well" in told) == (status == 0 and agrees)


def test_without_a_path_the_usage_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A candidate who calls it wrongly learns how to call it."""
    assert main([], tmp_path / "public.csv", tmp_path / "facts.json", examine) == 2
    assert "usage" in capsys.readouterr().out


def test_facts_come_back_as_they_were_written() -> None:
    """The starter kit's JSON holds all that the check needs."""
    found = Facts.parse(facts(CHALLENGE))
    assert (found.target, found.group, found.packages) == (CHALLENGE.target, CHALLENGE.group, CHALLENGE.packages)
    assert found.grader is not None
    assert found.grader.provides["sklearn"] == "scikit-learn"


LOOKED_UP = """\
import json

def train(data, model_dir):
    (model_dir / "rates").write_text(json.dumps(data.groupby("machine")["churned"].mean().to_dict()))

def evaluate(data):
    return {"roc_auc": 0.5}

def predict(data, model_dir):
    rates = json.loads((model_dir / "rates").read_text())
    return [rates[machine] for machine in data["machine"]]
"""


@pytest.mark.parametrize("later", [True, False])
def test_a_look_up_of_known_units_is_asked_about_no_other(later: bool, tmp_path: Path, box: LocalSandbox) -> None:
    """Where hidden rows are later ones of known units, so are those of the check; else it tells what would crash."""
    rows = public(700).assign(day=lambda made: [f"2024-01-{1 + number % 28:02}" for number in range(len(made))])
    rows["machine"] = "M" + rows.pop("customer_id").astype(str)
    known = Facts("churned", "machine", PACKAGES, later="day" if later else None)
    path = tmp_path / "work.py"
    path.write_text(LOOKED_UP)
    assert run(examine(path, PACKAGES), rows, known, box).ok == later
    if later:
        labelled, asked = sample(rows, known)
        assert labelled["day"].max() < asked["day"].min()
        assert set(asked["machine"]) <= set(labelled["machine"])
        assert 0 < len(asked) < 700 < len(labelled) < 2100
