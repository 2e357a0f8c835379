"""Run an evaluate function traced, in a fork of this process: the harness's own call, without a new interpreter."""

from __future__ import annotations

import os
import pickle
import sys
import tempfile
import warnings
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pandas as pd

from challenges import registry
from graders.checks.leakage import inside, interference
from graders.checks.leakage.signal import Look
from graders.checks.leakage.trace import Trace, read
from graders.model.case import NotApplicable
from graders.model.challenge import Challenge
from graders.model.contract import BINARY, Contract
from graders.model.submission import Location
from sandbox.harness import calls

SEED = 3
ASKED = replace(BINARY, target="churned")
PRELOADED = ("sklearn.ensemble", "sklearn.linear_model", "sklearn.model_selection", "lightgbm", "xgboost", "imblearn")


@dataclass(frozen=True)
class Ran:
    """What came of one call: the claims, or the failure, and the account."""

    header: dict[str, object]
    account: str

    @property
    def claims(self) -> dict[str, float]:
        assert "claims" in self.header, self.header
        return self.header["claims"]  # type: ignore[return-value]  # the harness's own answer


@cache
def challenge() -> Challenge:
    return registry.get("ml_pipeline")


@cache
def public(customers: int = 600) -> pd.DataFrame:
    """The rows of some customers of the challenge."""
    rows = challenge().make(11).public
    kept = sorted(rows["customer_id"].unique())[:customers]
    return rows[rows["customer_id"].isin(kept)].reset_index(drop=True)


def run(source: str, data: pd.DataFrame, traced: bool = True, contract: Contract = ASKED, **files: str) -> Ran:
    """One evaluate call on `data` in a process of its own."""
    for name in PRELOADED:
        __import__(name)  # once, here, so that the forks have them
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {"pipeline": source, **files}.items():
            Path(folder, f"{name}.py").write_text(text)
        read_fd, write_fd = os.pipe()
        child = os.fork()
        if child == 0:
            _answer(folder, data, traced, contract, write_fd)
        os.close(write_fd)
        with os.fdopen(read_fd, "rb") as answer:
            found = answer.read()
        os.waitpid(child, 0)
    header, payload = pickle.loads(found)  # noqa: S301  (written by this very process)
    return Ran(header, payload.decode())


def _answer(folder: str, data: pd.DataFrame, traced: bool, contract: Contract, write_fd: int) -> None:
    """In the fork: call, put the answer down the pipe, end."""
    warnings.resetwarnings()  # what a candidate's library warns of is no fault of ours
    try:
        sys.modules.pop("pipeline", None)
        answer = calls.perform(calls.Call("evaluate", folder, folder, SEED, (), data.copy, contract.header(), traced))
        with os.fdopen(write_fd, "wb") as out:
            pickle.dump((answer.header, answer.payload), out)
    finally:
        os._exit(0)


def looks(source: str, data: pd.DataFrame, **files: str) -> tuple[Trace, list[Look]]:
    """Both looks at one submission: at its account, and at how it changes with other held-out features."""
    plain, traced = run(source, data, traced=False, **files), run(source, data, **files)
    assert dict(plain.claims) == dict(traced.claims)
    trace = read(traced.account, len(data))
    found = [inside.look(trace, inside.Data(data, challenge()), challenge(), Location)]
    try:
        choice = interference.choose(trace, data, challenge(), SEED)
    except NotApplicable:
        return trace, found
    again = run(source, interference.perturb(data, choice.moved, challenge(), SEED), **files)
    moved = read(again.account, len(data))
    return trace, [*found, interference.look(trace, moved, choice, challenge(), Location)]
