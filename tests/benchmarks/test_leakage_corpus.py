"""The table tells the truth about itself: every file named, every code covered, every pipeline accepted."""

from __future__ import annotations

import hashlib
import importlib.util
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from app.intake import from_path
from benchmarks.leakage_corpus import tables
from benchmarks.leakage_corpus.corpus import HERE, LeakCase, cases, coin, files
from challenges.ml_pipeline.challenge import CHALLENGE
from graders.model.probe import Action, Probe
from graders.tasks.asked import contract_of
from sandbox.host.local import LocalSandbox

LEAKY = tuple(case for case in cases() if not case.honest)
PRIMARY = [f"LEAK{n:03}" for n in range(1, 12)] + ["OVR002", "OVR003", "OVR004"]
KNOWN = {*PRIMARY, "OVR001"}
#: What a pipeline may import and this machine need not have.
HEAVY = ("lightgbm", "xgboost", "category_encoders", "imblearn", "polars", "catboost", "optuna")
SMALL_UNITS = 900


def by_path(case: LeakCase) -> str:
    return case.path


@pytest.mark.parametrize("case", cases(), ids=by_path)
def test_every_case_passes_intake(case: LeakCase) -> None:
    """Each is a submission that the grader would run."""
    submission = from_path(case.location, CHALLENGE.packages)
    assert "pipeline.py" in submission.runnable


@pytest.mark.parametrize("case", LEAKY, ids=by_path)
def test_every_leak_can_be_looked_at(case: LeakCase) -> None:
    """Each place of the table is a line of code of that case, and no blank one."""
    assert case.where
    for place in case.where:
        assert place.startswith(case.path)
        assert quoted(place, case).strip()


def quoted(place: str, case: LeakCase) -> str:
    """The line of the corpus that `place` names."""
    if ", cell " in place:
        cell, line = (int(word.split()[1]) for word in place.split(", ")[1:])
        return from_path(case.location, CHALLENGE.packages).cells[cell].split("\n")[line - 1]
    path, _, line_number = place.rpartition(":")
    return (HERE / path).read_text("utf-8").split("\n")[int(line_number) - 1]


def test_the_table_names_every_file_once() -> None:
    listed = Counter(case.path for case in cases())
    assert set(listed) == set(files())
    assert set(listed.values()) == {1}


def test_slugs_are_unique() -> None:
    assert len({case.slug for case in cases()}) == len(cases())


def test_there_are_enough_leaky_cases() -> None:
    assert len(LEAKY) >= 75


@pytest.mark.parametrize("code", PRIMARY)
def test_each_kind_is_the_main_one_of_four_cases(code: str) -> None:
    assert sum(case.codes[0] == code for case in LEAKY) >= 4


def test_seed_hunts_are_covered() -> None:
    assert sum("seed hunt" in case.style for case in LEAKY) >= 4


@pytest.mark.parametrize("case", LEAKY, ids=by_path)
def test_codes_are_known_and_decided_once(case: LeakCase) -> None:
    named = [*case.codes, *case.undecided]
    assert set(named) <= KNOWN
    assert len(named) == len(set(named))


def test_the_parts_are_the_coins() -> None:
    """The table's `part` is what the slug's hash says, and the hash is SHA-256's first bit."""
    rows = tomllib.loads((HERE / "cases.toml").read_text("utf-8"))["case"]
    for row in rows:
        first_digit = int(hashlib.sha256(Path(row["path"]).stem.encode()).hexdigest()[0], 16)
        assert row["part"] == coin(Path(row["path"]).stem) == ("untouched" if first_digit >= 8 else "tuned")


def test_the_coin_is_fair_enough_to_be_of_use() -> None:
    """The coin leaves each part at least a third of the leaky cases it decides."""
    decided = [case.part for case in LEAKY if case.part in ("tuned", "untouched")]
    share = decided.count("untouched") / len(decided)
    assert 1 / 3 <= share <= 2 / 3


@cache
def sample(challenge: str) -> pd.DataFrame:
    """The public rows of some units; large enough that every split of the corpus has all outcomes."""
    asked = tables.challenge(challenge)
    public, unit = asked.make(1).public, str(asked.group or asked.time)
    ids = np.sort(public[unit].unique())[:SMALL_UNITS]
    return public[public[unit].isin(ids)].reset_index(drop=True)


@pytest.mark.slow
@pytest.mark.parametrize("case", cases(), ids=by_path)
def test_every_case_runs(case: LeakCase) -> None:
    """Each trains, claims and predicts on a sample of the challenge's rows."""
    source = "".join(p.read_text("utf-8") for p in [case.location, *case.location.rglob("*.py")] if p.is_file())
    if missing := [name for name in HEAVY if name in source and importlib.util.find_spec(name) is None]:
        pytest.skip(f"not installed here, only in the sandbox image: {', '.join(missing)}")
    submission = from_path(case.location, CHALLENGE.packages)
    challenge, rows = tables.challenge(case.challenge), sample(case.challenge)
    contract = contract_of(challenge)
    first = [
        Probe("train", Action.TRAIN, rows, contract=contract),
        Probe("evaluate", Action.EVALUATE, rows, contract=contract),
    ]
    with LocalSandbox() as box:
        trained, evaluated = box.start(submission, first).result()
        assert trained.ok, trained.log
        assert evaluated.ok, evaluated.log
        unlabelled = rows.drop(columns=challenge.target).head(500)
        last = Probe("predict", Action.PREDICT, unlabelled, trained.model, contract=contract)
        (predicted,) = box.start(submission, [last]).result()
    assert predicted.ok, predicted.log
