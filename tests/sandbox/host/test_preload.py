"""Which libraries are loaded before the probes, and that nothing of them is left for a probe to load."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from graders.model.probe import Action
from sandbox.host.docker import DockerSandbox
from sandbox.host.environment import THREADS
from sandbox.host.preload import modules
from sandbox.testing.conformance import probe, run_one, submission

ROOT = Path(__file__).parents[3]

TEXTS = {
    "import sklearn.svm": ["sklearn", "sklearn.svm"],
    "from sklearn.svm import SVC": ["sklearn", "sklearn.svm"],
    "from sklearn import svm, tree": ["sklearn", "sklearn.svm", "sklearn.tree"],
    "from sklearn import (\n    svm,\n)": ["sklearn", "sklearn.svm"],
    "import json": [],
}


@pytest.mark.parametrize(("text", "named"), TEXTS.items(), ids=TEXTS)
def test_what_the_text_imports_is_loaded(text: str, named: list[str]) -> None:
    """However it is written."""
    loaded = modules(Action.TRAIN, {"pipeline.py": text.encode()})
    assert [name for name in loaded if name.startswith("sklearn")] == named


USES = """
import sys
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
def evaluate(data):
    loaded = set(sys.modules)
    rows = data.assign(text=["a", "b"] * (len(data) // 2))
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    columns = ColumnTransformer([("numbers", numbers, ["score"]), ("texts", OneHotEncoder(), ["text"])])
    make_pipeline(columns, LogisticRegression()).fit(rows, rows["churned"]).predict_proba(rows)
    new = sorted(set(sys.modules) - loaded)
    print(*new)
    return {"roc_auc": 0.5, "new": len(new)}
"""


def test_what_libraries_load_when_they_are_used_is_loaded_before(docker_sandbox: DockerSandbox) -> None:
    """A usual pipeline imports nothing in its probe, which each of some thirty would have to do again."""
    run = run_one(docker_sandbox, probe(Action.EVALUATE), submission(USES))
    assert run.claims == {"roc_auc": 0.5, "new": 0}, (run.log, run.failure)


PROMISES = """
import os, random, sys, tempfile, threading, warnings
import joblib, numpy as np, pandas, pyarrow
from sklearn import compose, impute, linear_model, metrics, model_selection, pipeline, preprocessing
from sandbox.harness import rehearsal, tracing
def seen():
    files = sorted(os.listdir(tempfile.gettempdir()) + os.listdir("."))
    drawn = random.getstate(), np.random.get_state()[1].tolist()
    return drawn, len(os.listdir("/proc/self/task")), files, warnings.filters[:]
before = seen()
rehearsal.rehearse(rehearsal.PARTS)
assert seen() == before
for part in rehearsal.PARTS.values():
    part()  # what fails is not silenced here
"""


def test_a_rehearsal_draws_nothing_begins_no_thread_and_leaves_no_file(tmp_path: Path) -> None:
    """What is forked after it is as it would have been."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **THREADS, "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", PROMISES], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
