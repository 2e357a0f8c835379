"""What candidates are told on their own machine is what the server says, for everything that can be wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.intake.receive import examine
from challenges import registry, vault
from graders.model.probe import Sandbox
from graders.model.report import Problem
from sandbox.host.local import LocalSandbox
from starter_kit import check

CHALLENGE = registry.get("ml_pipeline")
FACTS = check.Facts(CHALLENGE.target, CHALLENGE.group, CHALLENGE.packages)
SOUND = {
    "train": "(model_dir / 'model.txt').write_text('fitted')",
    "evaluate": "return {'roc_auc': 0.5}",
    "predict": "return np.full(len(data), 0.5)",
}
#: What is wrong -> (the function's body, the code of the verdict).
FAULTS = {
    "nothing": ("train", SOUND["train"], None),
    "predictions of the wrong length": ("predict", "return [0.5]", "PRED_LENGTH"),
    "predictions in two columns": ("predict", "return np.full((len(data), 2), 0.5)", "PRED_SHAPE"),
    "predictions of text": ("predict", "return ['yes'] * len(data)", "PRED_TYPE"),
    "predictions of NaN": ("predict", "return np.full(len(data), np.nan)", "PRED_NOT_FINITE"),
    "predictions of infinity": ("predict", "return np.full(len(data), np.inf)", "PRED_NOT_FINITE"),
    "predictions above one": ("predict", "return np.full(len(data), 1.5)", "PRED_RANGE"),
    "no predictions": ("predict", "pass", "PRED_SHAPE"),
    "predict raises": ("predict", "return data['churned']", "PREDICT_CRASHED"),
    "an estimate that is a number": ("evaluate", "return 0.8", "CLAIMS_TYPE"),
    "an estimate without roc_auc": ("evaluate", "return {'accuracy': 0.8}", "CLAIMS_NO_METRIC"),
    "an estimate of NaN": ("evaluate", "return {'roc_auc': float('nan')}", "CLAIMS_NOT_FINITE"),
    "an estimate above one": ("evaluate", "return {'roc_auc': 80}", "CLAIMS_RANGE"),
    "a model over the limit": ("train", "(model_dir / 'big').write_bytes(bytes(60 << 20))", "MODEL_TOO_LARGE"),
    "a model that is a link": ("train", "(model_dir / 'link').symlink_to('/etc/passwd')", "MODEL_UNSAFE"),
    "leaving the process": ("train", "import sys; sys.exit(0)", "NO_ANSWER"),
    "an import that the image lacks": ("train", "import torch", "IMPORT_UNAVAILABLE"),
    "a syntax error": ("train", "return return", "SYNTAX_ERROR"),
}


def written(tmp_path: Path, function: str, body: str) -> Path:
    bodies = SOUND | {function: body}
    heads = {"train": "data, model_dir", "evaluate": "data", "predict": "data, model_dir"}
    functions = [f"def {name}({heads[name]}):\n    {text}\n" for name, text in bodies.items()]
    path = tmp_path / "pipeline.py"
    path.write_text("\n\n".join(["import numpy as np", *functions]))
    return path


def told(problem: Problem | None) -> tuple[str, str, str] | None:
    return problem and (problem.code, problem.hint, str(problem.where))  # messages hold measured seconds


@pytest.fixture(scope="module")
def local_sandbox() -> Iterator[Sandbox]:
    with LocalSandbox() as sandbox:
        yield sandbox


@pytest.mark.parametrize(("function", "body", "code"), FAULTS.values(), ids=FAULTS.keys())
def test_the_check_says_what_the_server_says(
    function: str,
    body: str,
    code: str | None,
    tmp_path: Path,
    local_sandbox: Sandbox,
    docker_sandbox: Sandbox,
    home: Path,
) -> None:
    """Code, advice and place are equal on a machine without Docker and in the server's containers."""
    path = written(tmp_path, function, body)
    public = vault.load(CHALLENGE, home).public
    boxes = (local_sandbox, docker_sandbox)
    here, there = (check.run(examine(path, FACTS.packages), public, FACTS, box).problem for box in boxes)
    assert (here.code if here else None) == code
    assert told(here) == told(there)
