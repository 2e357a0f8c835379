"""What odd rows do to a model, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import lightgbm
import numpy as np
import pandas as pd
import pytest

from graders.checks.production.robustness import Outcome, Reaction, reactions, unseen_category
from graders.facts import Facts
from graders.model.challenge import Column, Dataset
from graders.model.finding import Status
from graders.model.probe import Action, Exit, Failure, Probe, Run
from graders.probes import sessions, variants
from graders.probes.variants import VARIANTS
from testing.builders import a_case, a_challenge, a_dataset, a_run
from tests.graders.cases import (
    HONEST,
    PIPELINE,
    SHOPS,
    crash,
    finding,
    graded,
    named_with_evidence,
    on,
    points,
    table,
)
from tests.scripted import Candidate

GAPS = "predict with values missing"


REORDERED = "predict with columns in another order"


def first_half_off(answers: np.ndarray) -> np.ndarray:
    return np.where(np.arange(len(answers)) % 2 == 0, answers, np.clip(answers + 0.1, 0, 1))


def by_position(probe: Probe) -> np.ndarray:
    """Reads the column in third place, whatever it is."""
    third = pd.to_numeric(probe.data.iloc[:, 2], errors="coerce").fillna(0.0).clip(-30, 30)
    return 1 / (1 + np.exp(-third.to_numpy(dtype=np.float64)))


#: What a candidate does -> a code that must be flagged.
FAULTS = {
    "crashes on an unseen category": (Candidate(broken=crash(SHOPS)), "ROB001"),
    "moves rows that were left alone": (on(SHOPS, first_half_off), "ROB001"),
    "nonsense where values are missing": (on(GAPS, lambda p: np.full(len(p), 0.99)), "ROB002"),
    "reads columns by position": (Candidate(predict=by_position), "ROB003"),
    "crashes without rows": (Candidate(broken=crash("predict no rows")), "ROB005"),
    "nonsense in other units": (on("predict in other units", lambda p: np.full(len(p), 0.99)), "ROB005"),
}


def boosted(way: str, public: pd.DataFrame) -> Callable[[pd.DataFrame], np.ndarray]:
    """LightGBM fitted on the measured numbers, in one of its three ways to predict."""
    table, target = public[NUMBERS], public["churned"]
    model = lightgbm.LGBMClassifier(n_estimators=20, verbose=-1, random_state=0).fit(table, target)
    if way == "LGBMClassifier":
        return lambda rows: model.predict_proba(rows)[:, 1]
    if way == "Booster":
        return model.booster_.predict
    return lightgbm.Booster(model_str=model.booster_.model_to_string()).predict


NUMBERS = ["score", "noise"]


@pytest.mark.parametrize("way", ["LGBMClassifier", "Booster", "a booster from its file"])
@pytest.mark.filterwarnings("ignore")
def test_lightgbm_finds_columns_by_position_only(way: str, customers: Dataset) -> None:
    """LightGBM 4.7.0 reads a frame whose columns came in another order without a word; ROB003 says so."""
    noisy = replace(customers, public=with_noise(customers.public), hidden=with_noise(customers.hidden))
    answer = boosted(way, noisy.public)

    def predict(probe: Probe) -> np.ndarray:
        rows = probe.data[[name for name in probe.data if name in NUMBERS]]
        return np.asarray(answer(rows)) if len(rows) else np.empty(0)

    candidate = Candidate(predict=predict)
    assert any(REORDERED_CLAUSE in evidence.what for evidence in finding(graded(candidate, noisy), "ROB003").evidence)


REORDERED_CLAUSE = "columns came in another order"


def with_noise(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(noise=np.random.default_rng(len(rows)).normal(size=len(rows)))


@pytest.mark.parametrize(("candidate", "code"), FAULTS.values(), ids=FAULTS.keys())
def test_each_fault_is_named_with_evidence(candidate: Candidate, code: str, customers: Dataset) -> None:
    """The code is flagged, and its evidence is a sentence with a figure or a place."""
    assert named_with_evidence(graded(candidate, customers), code)


def test_an_error_raised_on_purpose_is_told_from_a_crash(customers: Dataset) -> None:
    """A place that raises is a refusal; any other line is a crash."""
    pipeline = PIPELINE.replace('    return data["score"]\n', '    raise ValueError("no such shop")\n')
    line = pipeline.splitlines().index('    raise ValueError("no such shop")') + 1
    refused = graded(Candidate(broken=crash(SHOPS, line)), customers, pipeline=pipeline)
    crashed = graded(Candidate(broken=crash(SHOPS)), customers, pipeline=pipeline)
    outcome = {row[0]: row[1] for row in table(refused, "robustness").rows}
    assert outcome["every category was one not seen before"] == "refused in words"
    assert not finding(refused, "ROB001").flagged
    assert finding(crashed, "ROB001").flagged


def test_a_busy_machine_is_held_against_nobody(customers: Dataset) -> None:
    """A probe that the wall clock ended is left out, of findings and of points."""
    slow = Failure("WALL_LIMIT", "60 s")
    late = {SHOPS: Run(SHOPS, Action.PREDICT, Exit.TIMED_OUT, failure=slow)}
    report = graded(Candidate(broken=late), customers)
    assert finding(report, "ROB001").status is Status.NOT_APPLICABLE
    assert points(report, "robustness") == pytest.approx(points(graded(HONEST, customers), "robustness"), abs=0.2)


def test_reactions_need_sound_rows() -> None:
    """Without answers on sound rows there is nothing to compare with."""
    with pytest.raises(Exception, match="was not reached"):
        reactions(Facts(a_case()))


@pytest.mark.parametrize(("strayed", "told"), [(0.4312, "0.431"), (0.0004, "0.0004"), (2e-6, "2e-06")])
def test_a_change_is_never_told_as_nothing(strayed: float, told: str) -> None:
    """However small an answer moved, its figure does not round to zero."""
    clause = Reaction(VARIANTS[0], Outcome.NONSENSE, strayed=strayed).clause
    assert f"moved by up to {told} when" in clause
    of_a_number = Reaction(VARIANTS[0], Outcome.NONSENSE, strayed=strayed, unit=" standard deviations").clause
    assert f"moved by up to {told} standard deviations when" in of_a_number


PLANS = np.array(["L", "M", "S", "XL"])


def by_sorting(plan: pd.Series) -> np.ndarray:
    """As XGBoost 3.2.0 does: what was never seen gets the code of the next one in the order of sorting."""
    return np.minimum(np.searchsorted(PLANS, plan.to_numpy(str)), 3) / 10


#: How a category becomes an answer -> whether codes are silently wrong.
ENCODINGS: dict[str, tuple[Callable[[pd.Series], np.ndarray], bool]] = {
    "the next code": (by_sorting, True),
    "a bucket for the unknown": (lambda plan: np.where(plan.isin(PLANS), by_sorting(plan), 0.07), False),
    "the most frequent for the unknown": (lambda plan: np.where(plan.isin(PLANS), by_sorting(plan), 0.1), False),
    "the column is not used": (lambda plan: np.full(len(plan), 0.3), False),
}


@pytest.mark.parametrize(("encode", "wrong"), ENCODINGS.values(), ids=ENCODINGS)
def test_silent_wrong_codes_are_named(encode: Callable[[pd.Series], np.ndarray], wrong: bool) -> None:
    """An unseen value that always looks like the next known one is told from every bucket of its own."""
    public = a_dataset(400).public.assign(plan=np.resize(PLANS, 400))
    challenge = a_challenge(columns=(*a_challenge().columns, Column("plan", "text", "the plan")))
    sample = sessions.sample_rows(public.drop(columns="churned"), 7)
    frames = variants.frames(challenge, public.drop(columns="churned"), sample)
    runs = [
        a_run(str(name), Action.PREDICT, predictions=encode(rows["plan"]))
        for name, rows in frames.items()
        if "plan" in rows and len(rows)
    ]
    facts = Facts(a_case(*runs, challenge=challenge, dataset=a_dataset(public=public)))
    told = [evidence.what for evidence in unseen_category(facts)]
    assert any("silent wrong codes" in what for what in told) == wrong, told
