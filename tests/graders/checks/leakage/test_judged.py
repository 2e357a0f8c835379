"""Rows that are judged because of their values, and rows that are judged whatever they hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from graders.catalog import BY_CODE
from graders.checks.check import judge
from graders.checks.leakage import accounts, gap, inside, interference, judged
from graders.checks.leakage.trace import Fit, Judgement, Rows, Trace, read
from graders.facts import Facts
from graders.model.arrays import FloatArray
from graders.model.case import Case
from graders.model.finding import Certainty, Status
from graders.model.probe import Action
from graders.probes import sessions
from graders.probes.names import ProbeName
from graders.tasks.asked import contract_of
from testing import tasks
from testing.builders import a_run
from tests.graders.checks.leakage.traced import run
from tests.graders.tasks.test_judged import answered

Mask = npt.NDArray[np.bool_]
OF_ROWS = ("LEAK003", "LEAK004", "LEAK005", "LEAK009")
Evaluate = Callable[[FloatArray], tuple[Mask, Mask]]  # labels -> rows trained on, and rows judged

ROWS, PER_UNIT = 3000, 5
UNITS = np.arange(ROWS) // PER_UNIT
RNG = np.random.default_rng(5)
LABELS = np.exp(RNG.normal(0, 1, ROWS) + np.repeat(RNG.normal(0, 0.5, ROWS // PER_UNIT), PER_UNIT))
ANSWERS = LABELS * np.exp(RNG.normal(0, 0.4, ROWS))
TRAINING = UNITS % 3 > 0
HELD = ~TRAINING & (np.arange(ROWS) % PER_UNIT >= 2)


def trace(train: Mask, held: Mask) -> Trace:
    """The account of a claim of one model that was fitted on the first rows, and judged on the others."""
    fit = Fit(0, 0, None, "Ridge", "model", Rows(np.flatnonzero(train)))
    asked = Judgement(0, 1, None, "predict", 0, Rows(np.flatnonzero(held)))
    metric = Judgement(1, 2, None, "mae", None, Rows(np.flatnonzero(held)), value=2.0, of=(0,))
    return Trace(ROWS, (fit,), (asked, metric), claims={"mae": 2.0}, metric="mae", loss=True)


def handed_on(values: FloatArray) -> FloatArray:
    """The values of other units, as permuted labels are."""
    return values.reshape(-1, PER_UNIT)[np.random.default_rng(1).permutation(ROWS // PER_UNIT)].ravel()


def found(evaluate: Evaluate, values: FloatArray = LABELS) -> judged.LeftOut | None:
    other = handed_on(values)
    plain, again = (trace(*evaluate(some)) for some in (values, other))
    return judged.left_out(plain, again, pd.Series(values), pd.Series(other), UNITS)


def below(values: FloatArray, share: float) -> Mask:
    return values < np.quantile(values, share)


def drawn(train: Mask, held: Mask, seed: float) -> tuple[Mask, Mask]:
    """Rows of units that a split deals out anew, as it does where the rows it is given are other ones."""
    first = np.random.default_rng(int(seed * 1e6) % 2**32).permutation(ROWS // PER_UNIT)[: ROWS // PER_UNIT // 3]
    inside = np.isin(UNITS, first)
    return train & ~inside, held & inside


CHOSEN: dict[str, Evaluate] = {
    "the highest labels leave the table": lambda y: (TRAINING & below(y, 0.95), HELD & below(y, 0.95)),
    "the highest judged labels are left out": lambda y: (TRAINING, HELD & below(y, 0.9)),
    "both ends leave the table, and the split is another one": lambda y: drawn(
        *2 * [below(y, 0.9) & ~below(y, 0.1)], float(y[:9].sum())
    ),
    "rows with the largest errors are left out": lambda y: (
        TRAINING,
        HELD & below(np.abs(np.log(y / ANSWERS)), 0.8) & below(y, 0.93),
    ),
    "two classes of three": lambda y: (
        TRAINING & (np.digitize(y, [0.5, 2]) < 2),
        HELD & (np.digitize(y, [0.5, 2]) < 2),
    ),
}


@pytest.mark.parametrize("evaluate", CHOSEN.values(), ids=CHOSEN.keys())
def test_rows_chosen_by_their_label_are_told(evaluate: Evaluate) -> None:
    told = found(evaluate)
    assert told is not None
    assert told.rows >= judged.BROUGHT_IN * HELD.sum()


def stratified(y: FloatArray) -> tuple[Mask, Mask]:
    """Every third row of those in rising order of their labels."""
    place = np.argsort(np.argsort(y, kind="stable"))
    return place % 3 > 0, place % 3 == 0


HONEST: dict[str, Evaluate] = {
    "one split": lambda y: (TRAINING, HELD),  # noqa: ARG005
    "training rows are clipped": lambda y: (TRAINING & below(y, 0.8), HELD),
    "a stratified split": stratified,
    "a stratified split of which training rows are clipped": lambda y: (
        stratified(y)[0] & below(y, 0.8),
        stratified(y)[1] & HELD,
    ),
    "all rows, by folds": lambda y: (y > 0, y > 0),
    "a column that is known": lambda y: (TRAINING & (ANSWERS < 2), HELD & (ANSWERS < 2)),  # noqa: ARG005
    "a split that follows chance": lambda y: drawn(*2 * [y > 0], float(y[:9].sum())),
    "rows that cannot be, of which there are none": lambda y: (
        TRAINING & ((y < 5) | (y is LABELS)),
        HELD & ((y < 5) | (y is LABELS)),
    ),
}


@pytest.mark.parametrize("evaluate", HONEST.values(), ids=HONEST.keys())
def test_rows_judged_whatever_they_hold_are_left_alone(evaluate: Evaluate) -> None:
    assert found(evaluate) is None


def test_the_sentence_says_which_and_how_they_differ() -> None:
    told = found(CHOSEN["the highest judged labels are left out"])
    assert told is not None
    assert "rows with a value of at least" in told.what
    classes = np.digitize(LABELS, [0.5, 2]).astype(float)
    of_class = found(lambda y: (TRAINING, HELD & (y != 2)), classes)
    assert of_class is not None
    assert "2.0: all of those left out, and none of those judged." in of_class.what


def test_few_of_a_unit_are_no_proof() -> None:
    """Values of one unit go together: that one large unit is not judged says nothing."""
    units = np.r_[np.zeros(600, np.intp), 1 + np.arange(ROWS - 600)]
    values = pd.Series(np.where(units == 0, 50.0, 1 + np.arange(ROWS) / ROWS))
    rows = np.arange(600, ROWS)[::3]
    assert judged.seldom_judged(rows, rows, values, units) is None
    assert judged.seldom_judged(rows, rows, values, np.arange(ROWS)) is not None


#: A ridge on other stores of later months, of which some rows are judged and others are not.
STORES = """
import numpy as np
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error
X = ["area", "promotion", "staff"]
def evaluate(data):
    data = data[WHOLE]
    inside, late = data["store_id"] % 3 == 0, data["month"] >= sorted(data["month"].unique())[-4]
    known, held = data[~inside & ~late], data[inside & late]
    told = ANSWERS
    missed = (held["units"] - told).abs().to_numpy()
    kept = KEPT
    return {"mae": mean_absolute_error(held["units"][kept], told[kept])}
"""
RIDGE = "Ridge().fit(known[X], known['units']).predict(held[X])"
BY_HAND = "held[X] @ np.linalg.lstsq(TAUGHT[X].to_numpy(), TAUGHT['units'].to_numpy(), rcond=None)[0]"
ALL, NEAR = "missed >= 0", "missed < np.quantile(missed, 0.7)"


def case_of(whole: str, kept: str, blanked: bool = False, others: bool = False, answers: str = RIDGE) -> Case:
    """A case with a real claim and a claim on permuted labels, one on other values of a post-outcome column, and one
    on other held-out features."""
    asked = tasks.demand("mae")
    case = answered("regression", "mae")
    challenge, data = replace(case.challenge, post_outcome=("returned",)), case.dataset
    returned = data.public["units"] / 3 + np.random.default_rng(2).normal(0, 1, len(data.public))
    data = replace(data, public=data.public.assign(returned=returned))
    source = STORES.replace("WHOLE", whole).replace("KEPT", kept).replace("ANSWERS", answers)
    contract = contract_of(asked.challenge)
    rows = {
        ProbeName.EVALUATE: data.public,
        ProbeName.EVALUATE_NULL: sessions.permute_labels(data.public, challenge, case.seed),
        **({ProbeName.EVALUATE_BLANKED: sessions.blank(data.public, challenge, case.seed)} if blanked else {}),
    }
    ran = {name: run(source, given, contract=contract) for name, given in rows.items()}
    if others:
        trace = replace(read(ran[ProbeName.EVALUATE].account, len(data.public)), metric="mae", loss=True)
        moved = interference.choose(trace, data.public, challenge, case.seed).moved
        given = interference.perturb(data.public, moved, challenge, case.seed)
        ran[ProbeName.EVALUATE_PERTURBED] = run(source, given, contract=contract)
    runs = {
        name: a_run(name, Action.EVALUATE, claims=one.claims, output=one.account, watched=True, by_chance=False)
        for name, one in ran.items()
    }
    return replace(case, challenge=challenge, dataset=data, runs={**case.runs, **runs})


def test_a_claim_of_rows_that_are_easy_is_confirmed() -> None:
    """The worst answers are left out by the label, so the claim is better than what holds."""
    facts = Facts(case_of("data['units'] >= 0", NEAR))
    found = judge(BY_CODE["LEAK006"], facts)
    assert found.certainty is Certainty.CONFIRMED, found
    assert "Judged rows were chosen by units." in found.evidence[0].what
    assert "LEAK006" in " ".join(item.what for item in judge(BY_CODE["OVR002"], facts).evidence)


def test_a_claim_of_rows_by_a_column_that_is_known_is_none_of_chosen_ones() -> None:
    """Larger stores sell more and get more back, and nobody looked at either."""
    assert judged.chosen_rows(Facts(case_of("data['area'] < data['area'].quantile(0.8)", ALL, blanked=True))) is None


def test_a_column_known_only_later_is_asked_about_and_told() -> None:
    """Rows with some of its values are hardly judged; where it holds those of others, too."""
    facts = Facts(case_of("data['returned'] < data['returned'].quantile(0.7)", ALL, blanked=True))
    assert judged.later_values_may_choose(facts)
    found = judged.chosen_rows(facts)
    assert found is not None
    assert "Judged rows were chosen by returned." in found.what


@pytest.mark.parametrize(
    ("kept", "excused"),
    [("told < np.quantile(told, 0.4)", False), ("(held['area'] < held['area'].quantile(0.4)).to_numpy()", True)],
    ids=["answers", "a column"],
)
def test_rows_that_answers_chose_are_no_excuse(kept: str, excused: bool) -> None:
    """Both claims are of rows of which all can be known; which stores are small everybody sees beforehand."""
    case = case_of("data['units'] >= 0", kept, others=True)
    data = case.dataset
    easy = (data.public["month"] == data.public["month"].min()).to_numpy().copy()
    easy[judged.judged_rows(accounts.trace_of(Facts(case), ProbeName.EVALUATE))] = True
    best = np.where(easy, data.public["units"], data.public_oracle)
    facts = Facts(replace(case, dataset=replace(data, public_oracle=best)))
    assert (judged.chosen_by_answers(facts) is None) is excused
    assert (gap.drift_where_asked(facts) == gap.drift(facts)) is excused


@pytest.mark.parametrize(("taught", "learnt"), [("known", False), ("data", True)])
def test_other_features_of_judged_rows_tell_if_a_model_by_hand_learnt_from_them(taught: str, learnt: bool) -> None:
    """Earlier rows of judged stores may be trained on, and later ones of others: of these nobody knows."""
    case = case_of("data['units'] >= 0", ALL, others=True, answers=BY_HAND.replace("TAUGHT", taught))
    clean = {code for code in OF_ROWS if judge(BY_CODE[code], Facts(case)).status is Status.PASSED}
    assert clean == (set() if learnt else {"LEAK003", "LEAK009"})


@pytest.mark.parametrize(
    ("held", "codes"),
    [
        ("month >= '2024-07'", {"LEAK003", "LEAK004", "LEAK009"}),
        ("store_id % 3 == 0", {"LEAK003", "LEAK005", "LEAK009"}),
    ],
    ids=["later", "other stores"],
)
def test_what_no_model_has_that_learnt_from_other_rows_alone(held: str, codes: set[str]) -> None:
    case = answered("regression", "mae")
    rows, twice = case.dataset.public, pd.concat(2 * [case.dataset.public], ignore_index=True)
    judged_alone = np.flatnonzero(rows.eval(held))
    assert inside.out_of_reach(judged_alone, inside.Data(rows, case.challenge)) == codes
    assert inside.out_of_reach(judged_alone, inside.Data(twice, case.challenge)) == codes - {"LEAK003"}


def test_an_easy_month_that_no_model_was_asked_about_excuses_nothing() -> None:
    case = case_of("data['units'] >= 0", ALL)
    data = case.dataset
    first = (data.public["month"] == data.public["month"].min()).to_numpy()
    best = np.where(first, data.public["units"], data.public_oracle)
    facts = Facts(replace(case, dataset=replace(data, public_oracle=best)))
    assert gap.drift(facts) > 1
    assert gap.drift_where_asked(facts) < 0.5
