"""Numbers in README and notes that name a metric, held against what was measured."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from graders.checks.check import Check
from graders.checks.leakage.gap import beyond, drift
from graders.facts import Facts
from graders.measure.answers import predictions
from graders.measure.metrics import step
from graders.measure.scoring import Estimate
from graders.measure.wording import interval
from graders.model.case import NotApplicable
from graders.model.contract import TaskName
from graders.model.finding import Certainty, Evidence, Guide, Question, Severity
from graders.model.report import Score
from graders.model.submission import Location
from graders.probes.names import ProbeName
from graders.source.writing import LANGUAGES, PARAGRAPH
from graders.tasks.asked import public_truth, uninformed
from graders.tasks.decisions import BALANCED_ACCURACY, decided
from graders.tasks.metric import Metric
from graders.words import N_, say

#: Accuracy in the languages of `graders/source/languages.toml`; with the word for balanced it is another metric.
ACCURACIES = r"exactitude|exactitud|acur[aá]cia|exatid[aã]o|accuratezza"
IS_ACCURACY = (
    r"(?<!balanced[\s_-])accuracy|(?<!balancierte\s)(?<!ausgewogene\s)(?:treffer)?genauigkeit"
    rf"|(?:{ACCURACIES})(?!\s(?:balanc|bilanc|[eé]quilibr))"
)
IS_BALANCED = (
    r"balanced[\s_-]accuracy|(?:balancierte|ausgewogene)\s(?:treffer)?genauigkeit"
    rf"|(?:{ACCURACIES})\s(?:balanceada|bilanciata|[eé]quilibr(?:ée|ee|ada|ata))"
)
#: The mean absolute error in the languages of `graders/source/languages.toml`.
ABSOLUTE_ERRORS = (
    r"erreur\s(?:absolue\smoyenne|moyenne\sabsolue)|mittlere[nr]?\sabsolute[nr]?\sfehler"
    r"|err(?:or|o|ore)\s(?:absolut[oa]\sm[eé]dio|assoluto\smedio|m[eé]dio\sabsoluto)"
)
#: What a text calls each metric, by the name it has in the table: shares, then losses in whatever unit.
SHARES = {
    "roc_auc": r"roc[\s_-]*auc|au-?roc|auc",
    "average_precision": r"average[\s_]precision|pr[\s_-]*auc|auprc",
    "brier": r"brier(?:[\s_]score)?",
    "accuracy": IS_ACCURACY,
}
OF_CLASSES = {
    "roc_auc_ovr": SHARES["roc_auc"],
    "f1_macro": r"(?:macro[\s_-]*f1|f1[\s_-]*macro)(?:[\s_-]score)?",
    "balanced_accuracy": IS_BALANCED,
    "accuracy": IS_ACCURACY,
}
OF_NUMBERS = {
    "rmse": r"rmse|root[\s_-]mean[\s_-]squared[\s_-]error",
    "mae": rf"mae|mean[\s_-]absolute[\s_-]error|{ABSOLUTE_ERRORS}",
    "r2": r"r2|r²|r\^2|r-squared",
    "rmsle": r"rmsle",
    "mean_pinball_loss": r"pinball[\s_-]loss",
    "mean_poisson_deviance": r"poisson[\s_-]deviance",
    "log_loss": r"log[\s_-]?loss|cross[\s_-]entropy",
}
NAMED: Mapping[TaskName, Mapping[str, str]] = {
    "binary": SHARES,
    "multiclass": {**OF_CLASSES, "log_loss": OF_NUMBERS["log_loss"]},
    "regression": OF_NUMBERS,
}
WORD = re.compile(r"\w+")
#: A clause with one of these speaks of something other than what the delivered model does on new customers.
#: `graders/source/languages.toml` has those of other languages; there `per` stands for "for".
ELSEWHERE = frozenset(
    WORD.findall(
        "baseline dummy naive majority logistic stump train training alone single each every per fold group groups "
        "region senior seniors worse better more less would without if when where "
        "alarm fall falls drop drops target goal should must month months previous first before instead improve tried "
        "improves improved from difference"
    )
)
#: These speak of something other where they stand before the number; behind it they say how sure it is.
SPREAD = frozenset({"folds", "interval", "intervals", "std", "lower", "upper"})
#: How the rows were divided, which is no fold by itself, and how far an interval reaches.
DIVIDED = re.compile(r"\b(?:(?:\d{1,3}|k|two|three|four|five|six|seven|eight|nine|ten)[ -]folds?|each side)\b")
STEMS = ("simple", "trigger", "alert", "retrain", "monitor", "gain")
PHRASES = ("in-sample", "random split", "random row split")
#: A share; with a decimal comma it has two digits behind, as a list of small numbers has not.
NUMBER = r"(?P<n>0?\.\d{1,4}|0,\d{2,4}|\d{2}(?:[.,]\d+)?\s?%|1\.0+)"
#: What may stand between a metric's name and its number, in English and in the other languages.
IS = r"is|was|of|at|about|around"
IS_ABROAD = (
    r"est|était|de|environ|d['’]environ|ist|war|beträgt|betrug|liegt|lag|bei|von|rund|etwa|es|era|fue|é|foi|è|di|circa"
)
#: A number in a unit stands right behind the metric's name, and has two digits or more; no year, share or thousands.
DIGITS = r"(?P<n>\d{{1,9}}{point}\d{{1,6}}|{point}\d{{1,6}}|\d{{2,9}})(?![\w.,]*\d)(?!\s?(?:[%km]\b|thousand|million))"
IN_UNITS = rf"\s{{0,3}}(?:(?:{IS})\b|[=:~≈])?\s{{0,3}}{DIGITS.format(point='[.]')}"
IN_UNITS_ABROAD = rf"(?:\s{{0,3}}(?:(?:{IS}|{IS_ABROAD})\b|[=:~≈])){{0,2}}\s{{0,3}}{DIGITS.format(point='[.,]')}"
#: A number that lies further off is taken for one of another unit.
OTHER_UNIT = 5.0
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
    paragraph: int = field(compare=False)


@dataclass(frozen=True)
class Verified:
    stated: Stated
    measured: Score
    certainty: Certainty | None  # that it is too good; None where it holds
    is_worse: bool = False  # than what was measured


def stated(facts: Facts) -> tuple[Stated, ...]:
    """Every clause of the text that gives a metric of the delivered model a number."""
    text = re.sub(r"[*`_]{1,3}+(?=[\w.])|(?<=[\w.%])[*`]{1,3}+", "", facts.writing.prose)
    text = re.sub(r"(?<=[a-z,])\n(?=[a-z.\d])", " ", text)  # a sentence that runs over the line
    clauses = [(i, *one) for i, passage in enumerate(PARAGRAPH.split(text)) for one in _clauses(passage)]
    found = [
        _read(facts, clause, paragraph, f"{of} ")
        for paragraph, clause, of in clauses[:MOST_CLAUSES]
        if clause and not _is_elsewhere(f"{of} {clause}", facts.writing.language)
    ]
    return tuple(dict.fromkeys(one for one in found if one is not None))


def _clauses(passage: str) -> Iterator[tuple[str, str]]:
    """Each clause, and where it stands in parentheses the one before, which says what it is of."""
    before, end = "", 0
    for mark in (*CLAUSE.finditer(passage), None):
        clause = passage[end : mark.start() if mark else None].strip()
        yield clause, before
        before = clause if mark and mark.group().endswith("(") else ""
        end = mark.end() if mark else end


def _is_elsewhere(clause: str, language: str) -> bool:
    """Whether a clause speaks of another model, other rows or a wish; `language` is that of the text, "" English."""
    lowered = DIVIDED.sub(" ", clause.lower())
    words = WORD.findall(lowered)
    exact = ELSEWHERE - {"per"} if language else ELSEWHERE
    stems = (*STEMS, *LANGUAGES.get(language, {}).get("elsewhere", ()))
    return any(w in exact or w.startswith(stems) for w in words) or any(p in lowered for p in PHRASES)


def _is_whole(before: str) -> bool:
    """Whether what stands before a number does not say that it is a part or an end of something."""
    return SPREAD.isdisjoint(WORD.findall(DIVIDED.sub(" ", before.lower())))


def _read(facts: Facts, clause: str, paragraph: int, before: str = "") -> Stated | None:
    """The number that a clause gives a metric; `before` is what the clause is of."""
    names = NAMED[facts.case.challenge.task]
    for metric in [metric for metric in names if metric in OF_NUMBERS]:
        in_units = IN_UNITS_ABROAD if facts.writing.language else IN_UNITS
        named = re.search(rf"\b(?:{OF_NUMBERS[metric]}){in_units}", clause, re.IGNORECASE)
        if named and _is_whole(before + clause[: named.start("n")]):
            value, rounding = _number(named.group("n"))
            return Stated(metric, value, rounding, clause[:160], facts.writing.place_of(named.group("n")), paragraph)
    for metric, pattern in names.items():
        if metric in OF_NUMBERS:
            continue
        named = re.search(rf"\b(?:{pattern})\b[^\d.]{{0,40}}?{NUMBER}(?![\w.]*\d)", clause, re.IGNORECASE)
        named = named or re.search(rf"(?<![\w.])(?<!\d,){NUMBER}\s*(?:{pattern})\b", clause, re.IGNORECASE)
        if named and _is_whole(before + clause[: named.start("n")]):
            value, rounding = _number(named.group("n"))
            return Stated(metric, value, rounding, clause[:160], facts.writing.place_of(named.group("n")), paragraph)
    return None


def _number(number: str) -> tuple[float, float]:
    """A number such as `.79`, `0,785` or `12`, or `79 %` as a share, with half a unit of its last digit."""
    digits = number.rstrip("%").rstrip().replace(",", ".")
    decimals = len(digits.partition(".")[2]) + 2 * number.endswith("%")
    return float(digits) / (100 if number.endswith("%") else 1), 0.5 * 10**-decimals


def verified(facts: Facts) -> tuple[Verified, ...]:
    """Each stated number beside the measured one, with how sure it is that it is too good."""
    found = facts.measured
    own = {found.metric.name: (found.metric, found.hidden), **found.others}
    if found.metric.name == "brier_score":
        own["brier"] = own.pop("brier_score")
    if facts.case.challenge.task != "regression":
        own["accuracy"] = (ACCURACY, _accuracy(facts))
    error = found.optimism_error / max(found.hidden.standard_error, 1e-9)
    judged = (_verify(facts, one, *own[one.metric], error) for one in stated(facts) if one.metric in own)
    return tuple(_without_the_compared([one for one in judged if one is not None]))


def _without_the_compared(found: Sequence[Verified]) -> list[Verified]:
    """Without the better ones of a paragraph that also says what was measured: it compares with another model."""
    told = {(one.stated.metric, one.stated.paragraph) for one in found if not one.certainty and not one.is_worse}
    return [one for one in found if not one.certainty or (one.stated.metric, one.stated.paragraph) not in told]


#: A share of right answers, of which only the direction and the bounds are asked.
ACCURACY = replace(BALANCED_ACCURACY, name="accuracy", title="accuracy")


def _verify(facts: Facts, stated: Stated, metric: Metric, measured: Estimate, inflation: float) -> Verified | None:
    """The claim rests on fewer rows than ours, by as much as evaluate's does: hence the wider error.  None for what may
    be told in another unit."""
    unit = allowed = 0.0
    if metric.bounded:
        unit = 1.0
    else:
        if metric.target_unit and measured.value > OTHER_UNIT * stated.value:
            return None
        truth = public_truth(facts.case.challenge, facts.case.dataset.public)
        chance = uninformed(facts.case.challenge, truth, facts.case.dataset.labels, metric)
        unit, allowed = step(metric, chance, measured.value, 1.0), drift(facts, metric)
    gap, error = metric.better(stated.value, measured.value), inflation * measured.standard_error
    sure = beyond(gap - stated.rounding, error, unit, allowed)
    is_worse = bool(beyond(-gap - stated.rounding, error, unit))
    return Verified(stated, measured.score(metric.low, metric.high), sure, is_worse)


def _accuracy(facts: Facts) -> Estimate:
    told, labels = predictions(facts.case, ProbeName.PREDICT), facts.case.dataset.labels
    right = (told >= 0.5) == (labels == 1) if told.ndim == 1 else decided(told) == labels
    value = float(right.mean())
    return facts.measured.sample.linear(np.asarray([value]), ((right - value) / len(right))[None, :])[0]


def numbers_that_do_not_hold(facts: Facts) -> Iterator[Evidence]:
    found = verified(facts)
    if not found:
        raise NotApplicable(
            say("we found no number in README and notes for a metric of the delivered model that we could check")
        )
    measured = facts.measured
    titles = {
        metric.name: metric.title for metric, _ in ((measured.metric, measured.hidden), *measured.others.values())
    }
    for one in found:
        if one.certainty:
            yield Evidence(
                say(
                    "the text says {metric} {stated:g}; on the hidden rows we measured {measured}",
                    metric=titles.get(one.stated.metric, one.stated.metric),
                    stated=one.stated.value,
                    measured=interval(one.measured),
                ),
                one.stated.where,
                one.certainty,
            )


CHECKS = (
    Check(
        code="DOC003",
        title=N_("A number in the text does not hold"),
        severity=Severity.MAJOR,
        family="responsibility",
        criteria=("communication",),
        shown_in="claims",
        examine=numbers_that_do_not_hold,
        guide=Guide(
            detect=(
                N_(
                    "We compare numbers for a metric in README and notes with the hidden rows. Numbers for a "
                    "baseline, a group or the training score are left out. The allowed difference is that of "
                    "OVR002."
                )
            ),
            why=N_("Decisions are made on the number in the text, long after the code has run."),
            avoid=N_("Write down what evaluate returned, with its interval, and which rows it comes from."),
        ),
        question=Question(
            say("Your text gives a better number than we measured. Which one would you give a manager?"),
            say("the measured one with its interval; explains how the other came about"),
            say("the better one"),
        ),
    ),
)
