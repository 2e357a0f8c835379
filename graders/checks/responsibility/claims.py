"""Numbers in README and notes that name a metric, held against what was measured."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from graders.checks.check import Check
from graders.checks.leakage.generalisation import beyond
from graders.facts import Facts
from graders.measure.answers import predictions
from graders.measure.performance import only_for
from graders.measure.scoring import Estimate
from graders.measure.wording import interval
from graders.model.case import NotApplicable
from graders.model.finding import Certainty, Evidence, Guide, Question, Severity
from graders.model.report import Score
from graders.model.submission import Location
from graders.probes.names import ProbeName

METRICS = {
    "roc_auc": r"roc[\s_-]*auc|au-?roc|auc",
    "average_precision": r"average[\s_]precision|pr[\s_-]*auc|auprc",
    "brier": r"brier(?:[\s_]score)?",
    "accuracy": r"accuracy",
}
SMALLER_IS_BETTER = frozenset({"brier"})
#: A clause with one of these speaks of something other than what the delivered model does on new customers.
WORD = re.compile(r"\w+")
ELSEWHERE = frozenset(
    WORD.findall(
        "baseline dummy naive majority logistic stump train training alone single each every per fold folds group "
        "groups region senior seniors interval std lower upper worse better more less would without if when where "
        "alarm fall falls drop drops target goal should must month months previous first before instead improve "
        "improves improved from difference"
    )
)
STEMS = ("simple", "trigger", "alert", "retrain", "monitor", "gain")
PHRASES = ("in-sample", "random split", "random row split")
NUMBER = r"(?P<n>0?\.\d{1,4}|\d{2}(?:\.\d+)?\s?%|1\.0+)"
CLAUSE = re.compile(r"[;,()\n|]+(?!\d)|(?<=[a-z%\d])\.\s|[!?]")
MOST_CLAUSES = 5000


@dataclass(frozen=True)
class Stated:
    """A number of the text: what it names, as a share, and half a unit of its last digit."""

    metric: str
    value: float
    rounding: float
    words: str
    where: Location | None


@dataclass(frozen=True)
class Verified:
    stated: Stated
    measured: Score
    certainty: Certainty | None  # that it is too good; None where it holds


def stated(facts: Facts) -> tuple[Stated, ...]:
    """Every clause of the text that gives a metric of the delivered model a number."""
    text = re.sub(r"[*`_]{1,3}+(?=[\w.])|(?<=[\w.%])[*`]{1,3}+", "", facts.writing.prose)
    text = re.sub(r"(?<=[a-z,])\n(?=[a-z.\d])", " ", text)  # a sentence that runs over the line
    clauses = [clause.strip() for clause in CLAUSE.split(text)[:MOST_CLAUSES]]
    found = [_read(facts, clause) for clause in clauses if clause and not _is_elsewhere(clause)]
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _is_elsewhere(clause: str) -> bool:
    lowered = clause.lower()
    words = WORD.findall(lowered)
    return any(w in ELSEWHERE or w.startswith(STEMS) for w in words) or any(p in lowered for p in PHRASES)


def _read(facts: Facts, clause: str) -> Stated | None:
    for metric, pattern in METRICS.items():
        named = re.search(rf"\b(?:{pattern})\b[^\d.]{{0,40}}?{NUMBER}(?![\w.]*\d)", clause, re.IGNORECASE)
        named = named or re.search(rf"(?<![\w.]){NUMBER}\s*(?:{pattern})\b", clause, re.IGNORECASE)
        if named:
            value, rounding = _share(named.group("n"))
            return Stated(metric, value, rounding, clause[:160], facts.writing.place_of(named.group("n")))
    return None


def _share(number: str) -> tuple[float, float]:
    """A number such as `.79`, `79 %` or `0.785` as a share, with half a unit of its last digit."""
    digits = number.rstrip("% ")
    decimals = len(digits.partition(".")[2]) + 2 * number.endswith("%")
    return float(digits) / (100 if number.endswith("%") else 1), 0.5 * 10**-decimals


def verified(facts: Facts) -> tuple[Verified, ...]:
    """Each stated number beside the measured one, with how sure it is that it is too good."""
    only_for(facts.case, "binary")
    found = facts.measured
    own = {
        "roc_auc": found.hidden,
        **{name: estimate for name, (_, estimate) in found.others.items()},
        "accuracy": _accuracy(facts),
    }
    error = found.optimism_error / max(found.hidden.standard_error, 1e-9)
    return tuple(_verify(one, own[one.metric], error) for one in stated(facts))


def _verify(stated: Stated, measured: Estimate, inflation: float) -> Verified:
    """The claim rests on fewer rows than ours, by as much as evaluate's does: hence the wider error."""
    sign = -1 if stated.metric in SMALLER_IS_BETTER else 1
    gap = sign * (stated.value - measured.value) - stated.rounding
    return Verified(stated, measured.score(0, 1), beyond(gap, inflation * measured.standard_error))


def _accuracy(facts: Facts) -> Estimate:
    right = (predictions(facts.case, ProbeName.PREDICT) >= 0.5) == (facts.case.dataset.labels == 1)
    value = float(right.mean())
    return facts.measured.sample.linear(np.asarray([value]), ((right - value) / len(right))[None, :])[0]


def numbers_that_do_not_hold(facts: Facts) -> Iterator[Evidence]:
    found = verified(facts)
    if not found:
        raise NotApplicable("README and notes give no number for a metric of the delivered model")
    for one in found:
        if one.certainty:
            yield Evidence(
                f"the text says {one.stated.metric} {one.stated.value:g}; on the hidden rows we measured "
                f"{interval(one.measured)}",
                one.stated.where,
                one.certainty,
            )


CHECKS = (
    Check(
        code="DOC003",
        title="A number in the text does not hold",
        severity=Severity.MAJOR,
        family="responsibility",
        criteria=("communication",),
        shown_in="claims",
        examine=numbers_that_do_not_hold,
        guide=Guide(
            detect=(
                "We compare numbers for a metric in README and notes with the hidden rows. Numbers for a "
                "baseline, a group or the training score are left out. The allowed difference is that of "
                "OVR002."
            ),
            why="Decisions are made on the number in the text, long after the code has run.",
            avoid="Write down what evaluate returned, with its interval, and which rows it comes from.",
        ),
        question=Question(
            "Your text gives a better number than we measured. Which one would you give a manager?",
            "the measured one with its interval; explains how the other came about",
            "the better one",
        ),
    ),
)
