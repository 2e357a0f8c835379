"""How the candidate judged their own model: metric, baseline, uncertainty and threshold."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence

import numpy as np

from graders.checks.check import Check
from graders.checks.leakage.judged import picked
from graders.facts import Facts
from graders.measure.performance import baseline_models, chosen_threshold, only_for, thresholds
from graders.model.case import run_of
from graders.model.finding import Certainty, Evidence, Guide, Question, Severity
from graders.model.probe import Run
from graders.model.submission import Location
from graders.probes.names import ProbeName
from graders.source import writing
from graders.source.module import Function, Module, last
from graders.tasks.asked import public_truth
from graders.words import N_, listed, say

SEARCHES = frozenset({"GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "cross_val_score", "cross_validate"})
BASELINES = re.compile(r"baseline|dummy|majority|naive|prior_rate|base_rate|simple_model|stump", re.IGNORECASE)
#: What a text calls answers that know nothing of a row, or a model that is plainer than others.
GUESSES = (
    r"guess\w*|by (?:class )?frequenc\w+|(?:by|than|is) chance|chance level|constant|without (?:a|any) model|"
    r"always (?:predict|say|answer)\w*|"
    r"(?:predict|say|answer)\w* the (?:mean|median|average)|simpler|rule of thumb|"
    r"last (?:week|month|year)['’]?s|same (?:day|week) (?:last|a) (?:week|year)"
)
PLAINER = re.compile(
    r"\b(?:logistic|linear|ridge|lasso|elastic net|decision tree|nearest neighbou?rs?|knn|(?:one|single) column)\b"
)
#: In a sentence, or by rows of a table.
COMPARES = re.compile(r"\b(?:against|versus|vs|compar\w*|than|while|whereas|instead of|only|beats?)\b|^\s?\|")
#: A figure in parentheses, behind what it is of.
BRACKETED = re.compile(r"\([^()\d]{0,30}\d?[.,]\d[^()]{0,20}\)")
#: Where a sentence, a row of a table or an item of a list ends.
ENDS = re.compile(r"(?<=[.!?])\s|\n\s?\n|\n(?=\s?[-*|#])")
LEAST_FIGURES = 2
#: Words of a name of a claim that is shown.
MOST_WORDS = 3
SPREADS = frozenset({
    "low", "high", "lower", "upper", "std", "sd", "se", "sem", "stderr", "ci", "interval", "margin", "error", "var",
    "min", "max", "worst", "spread", "deviation", "iqr", "range", "uncertainty", "confidence", "bootstrap", "quantile",
    "p", "q",
})  # fmt: skip
#: In lower case: ignoring the case costs twice the time on a long text.
SPREAD_WORDS = re.compile(
    r"±|\+/-|\b(?:intervals?|standard (?:errors?|deviations?)|confidence|bootstrap\w*|std|uncertaint\w*|error bars?|"
    r"plus or minus|give or take|worst (?:fold|month|week|quarter|split|seed)|"
    r"errors? of (?:this|that|it|the (?:claim|estimate|figure|mean|score)))\b|"
    r"\d\D{0,40}\bwith an error of\b|\d?\.\d{1,6} ?[-–] ?\d?\.\d|\bbetween \d?\.\d{1,6} and \d?\.\d"
)
#: How sure something is takes a number, in the same paragraph.
DIGIT = re.compile(r"\d")
#: The number of an item in a list is no figure.
NUMERAL = re.compile(r"^[ \t]{0,8}\d{1,3}[.)][ \t]", re.MULTILINE)
CUT_METRICS = re.compile(r"accuracy|(?:^|_)f1|(?<!average_)precision|recall", re.IGNORECASE)
#: The share by which costs at .5 may exceed the least before the threshold is worth a question.
WORTH_ASKING = 0.1


def does_not_fit(facts: Facts) -> Iterator[Evidence]:
    """A metric that does not fit the task, or rows that do not: chosen by what the model said of them."""
    if (found := picked(facts)) is not None:
        yield Evidence(
            say(
                "The claim is of {rows:,} of {answered:,} held-out rows that the model answered for. "
                "With other labels, {differ:,} rows came in or were left out: answers or labels chose them.",
                rows=found.rows,
                answered=found.answered,
                differ=found.differ,
            ),
            found.where,
        )
        if facts.case.challenge.task == "regression":
            return
    yield from accuracy_decides(facts)


def accuracy_decides(facts: Facts) -> Iterator[Evidence]:
    """A search or a comparison that is decided by accuracy, which mostly counts the most common class."""
    if facts.case.challenge.task != "multiclass":
        only_for(facts.case, "binary")
    truth = public_truth(facts.case.challenge, facts.case.dataset.public).astype(np.intp)
    two, shares = facts.case.challenge.task == "binary", np.bincount(truth) / len(truth)
    own = {node.name for module in facts.code.sources.product for node in module.nodes if isinstance(node, Function)}
    for module, call in _calls(facts, SEARCHES - own):
        scoring = next((k.value for k in call.keywords if k.arg == "scoring"), None)
        told = ast.literal_eval(scoring) if isinstance(scoring, ast.Constant) else scoring
        if told == "accuracy" or (told is None and len(call.args) < 4):
            yield Evidence(
                say(
                    "accuracy decides here, and saying no to everybody has an accuracy of {value:.2f} on the "
                    "public rows",
                    value=shares[0],
                )
                if two
                else say(
                    "accuracy decides here, and the most common class for every row has an accuracy of {value:.2f} on "
                    "the public rows",
                    value=shares.max(),
                ),
                module.where(call),
                Certainty.SUSPECTED,
            )


def _calls(facts: Facts, names: frozenset[str]) -> Iterator[tuple[Module, ast.Call]]:
    for module in facts.code.sources.product:
        for node in module.nodes:
            if isinstance(node, ast.Call) and last(node.func) in names:
                yield module, node


def has_baseline(facts: Facts) -> bool:
    """Whether evaluate, the code or the text compares with a simpler model."""
    claims = run_of(facts.case.runs, ProbeName.EVALUATE).claims
    named = any(BASELINES.search(name) for name in (*claims, *_identifiers(facts)))
    return named or any(_compares(one, facts.writing.language) for one in ENDS.split(facts.writing.prose))


def _compares(sentence: str, language: str) -> bool:
    """Whether a sentence gives the figure of something simpler."""
    lower = sentence.lower()
    if writing.only_lists(lower):
        return False
    simple = re.search(rf"\b(?:{writing.pattern('baseline', BASELINES.pattern, language)}|{GUESSES})", lower)
    if simple and any(map(str.isdigit, lower[simple.end() :])):
        return True
    figures = LEAST_FIGURES - lower.lstrip().startswith("|")
    if not PLAINER.search(lower):
        return False
    compares = COMPARES.search(lower) and len(writing.FIGURE.findall(lower)) >= figures
    return bool(compares) or len(BRACKETED.findall(lower)) >= LEAST_FIGURES


def has_uncertainty(facts: Facts) -> bool:
    """Whether evaluate or the text says how sure the estimate is, with a number that was measured."""
    claims = run_of(facts.case.runs, ProbeName.EVALUATE).claims
    if any(_is_spread(name) and not (_is_fixed(facts, name) or _is_stated(facts, name)) for name in claims):
        return True
    spoken = facts.writing.language
    words = re.compile(writing.pattern("uncertainty", SPREAD_WORDS.pattern, spoken))
    prose = NUMERAL.sub("", facts.writing.prose.lower())
    return any(
        words.search(said) and DIGIT.search(said) and not writing.only_lists(said)
        for said in writing.PARAGRAPH.split(prose)
    )


def goes_with_the_headline(facts: Facts, name: str) -> bool:
    """Whether a claimed number was made of the headline, or written down, and not measured: on other labels it stays as
    it is, or lies as far from the headline, or is as many times of it.

    Figures that are rounded may do so by luck, unless both are the same.
    """
    claims, metric = run_of(facts.case.runs, ProbeName.EVALUATE).claims, facts.case.challenge.metric
    if _is_fixed(facts, name) or claims[name] == claims[metric]:
        return True
    runs = _on_labels(facts, *OTHER_LABELS)
    known = [(run.claims[name], run.claims[metric]) for run in runs if name in run.claims]
    values, wholes = [value for value, _ in known], [whole for _, whole in known]
    if _all_alike(wholes) or any(round(number, ROUNDED) == number for number in known[0]):
        return False
    away = [value - whole for value, whole in known]
    times = [value / whole if whole else 0.0 for value, whole in known]
    return any(map(_all_alike, (values, away, times)))


#: Runs of evaluate in which labels are other ones, of some rows or of all.
OTHER_LABELS = (ProbeName.EVALUATE_NULL, ProbeName.EVALUATE_OTHERS)
#: Figures of no more digits are rounded, and closer ones are one.
ROUNDED, ALIKE = 4, 1e-9


def _all_alike(numbers: Sequence[float]) -> bool:
    return max(numbers) - min(numbers) <= ALIKE


def _on_labels(facts: Facts, *others: ProbeName) -> list[Run]:
    """The run that counts, and those on other labels that went well."""
    found = (facts.case.runs.get(name) for name in others)
    return [run_of(facts.case.runs, ProbeName.EVALUATE), *(run for run in found if run is not None and run.ok)]


def _is_fixed(facts: Facts, name: str) -> bool:
    """Whether a claim stays the same to the last digit under permuted labels: it was written down, and not measured."""
    runs = _on_labels(facts, ProbeName.EVALUATE_NULL)
    return len(runs) > 1 and len({run.claims.get(name) for run in runs}) == 1


def _is_stated(facts: Facts, name: str) -> bool:
    """Whether a claim lies off the headline by a number that stands in the code: a margin by the number of rows alone
    does not."""
    if not goes_with_the_headline(facts, name):
        return False
    claims = run_of(facts.case.runs, ProbeName.EVALUATE).claims
    value, whole = claims[name], claims[facts.case.challenge.metric]
    numbers = [
        abs(node.value)
        for module in facts.code.sources.product
        for node in module.nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, float)
    ]
    return any(min(abs(abs(value - whole) - number), abs(value - number * whole)) <= ALIKE for number in numbers)


def _is_spread(name: str) -> bool:
    return any(part.lower().rstrip("0123456789") in SPREADS for part in name.split("_"))


def _identifiers(facts: Facts) -> Iterator[str]:
    for module in facts.code.sources.product:
        for node in module.nodes:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                yield node.name
            elif isinstance(node, ast.Name | ast.Attribute):
                yield last(node)


def no_baseline(facts: Facts) -> Iterator[Evidence]:
    if not has_baseline(facts):
        ours = listed(
            say("{name} {value:.3f}", name=say(name), value=auc.value)
            for name, (auc, _) in baseline_models(facts.scored, facts.case.dataset).items()
        )
        title = facts.measured.metric.title
        reach = say("ROC AUCs") if title == "ROC AUC" else title
        yield Evidence(
            say(
                "we found no figure of a simpler model in evaluate, code or text; ours reach {reach} of {ours}",
                reach=reach,
                ours=ours,
            ),
            certainty=Certainty.SUSPECTED,
        )


def no_uncertainty(facts: Facts) -> Iterator[Evidence]:
    if not has_uncertainty(facts):
        claims = run_of(facts.case.runs, ProbeName.EVALUATE).claims
        yield Evidence(
            say(
                "evaluate returns {claims}: none says how sure it is, and we found nothing in the text that does",
                claims=names_of(claims),
            ),
            certainty=Certainty.SUSPECTED,
        )


def names_of(claims: Collection[str]) -> str:
    """The names of claims for a sentence of ours.  They are the candidate's: one of several words could pass for ours,
    so such names are counted."""
    names = sorted(name for name in claims if len(name.split()) <= MOST_WORDS)
    others = len(claims) - len(names)
    told = [f"`{name.replace('`', '')}`" for name in names]
    return listed(told + [say("{n} whose names are of many words", n=others)] * bool(others))


def cuts_at_default(facts: Facts) -> Iterator[Location]:
    """Where the code makes decisions at .5: a comparison with it."""
    for module in facts.code.sources.product:
        for node in module.nodes:
            if isinstance(node, ast.Compare) and any(
                isinstance(part, ast.Constant) and part.value == 0.5 for part in node.comparators
            ):
                yield module.where(node)


def default_threshold(facts: Facts) -> Iterator[Evidence]:
    """Decisions at .5, where that costs clearly more than the best threshold."""
    only_for(facts.case, "binary")
    places = list(cuts_at_default(facts))
    cut = [name for name in run_of(facts.case.runs, ProbeName.EVALUATE).claims if CUT_METRICS.search(name)]
    chosen = chosen_threshold(facts.case)
    if chosen not in (None, 0.5) or not (places or cut or chosen):
        return
    by_cut = {threshold.at: threshold for threshold in thresholds(facts.scored, facts.case.challenge.use, chosen)}
    best, usual = min(by_cut.values(), key=lambda threshold: threshold.cost.value), by_cut[0.5]
    if usual.regret.value > WORTH_ASKING * best.cost.value:
        use = facts.case.challenge.use
        yield Evidence(
            say(
                "decisions are made at 0.5, which costs {cost:,.0f} {currency} for a thousand customers; at "
                "{at:.2f} it would be {cost_2:,.0f} (a contact {contact:g}, a customer lost {loss:g})",
                cost=usual.cost.value,
                currency=use.currency,
                at=best.at,
                cost_2=best.cost.value,
                contact=use.contact,
                loss=use.loss,
            ),
            places[0] if places else None,
        )


CHECKS = (
    Check(
        code="EVAL001",
        title=N_("Metric does not fit"),
        severity=Severity.MINOR,
        family="performance",
        criteria=("evaluation-design",),
        shown_in="performance",
        function="evaluate",
        examine=does_not_fit,
        guide=Guide(
            detect=N_(
                "Searches and cross-validations are read for what decides them. Accuracy, also by default, is named. "
                "Rows that were judged are compared with rows that were answered, also with other labels."
            ),
            why=N_(
                "Where one class is rarer, the best accuracy goes to whoever never finds it. A score of rows that the "
                "model is sure of says nothing of the others."
            ),
            avoid=N_("Let the metric of the task decide, or the cost of the two errors. Judge all held-out rows."),
        ),
        question=Question(
            say("Why this metric? What would the business lose if we optimised it?"),
            say("links it to the cost of errors and to imbalance; ranking against decision"),
            say('"it is standard"'),
        ),
    ),
    Check(
        code="EVAL002",
        title=N_("No baseline"),
        severity=Severity.MINOR,
        family="performance",
        criteria=("evaluation-design",),
        shown_in="rivals",
        function="evaluate",
        examine=no_baseline,
        guide=Guide(
            detect=N_(
                "What evaluate returns, names in the code and the text are searched for a comparison with "
                "something simpler."
            ),
            why=N_("A score by itself says nothing: .75 is brilliant here and poor there."),
            avoid=N_(
                "Score the mean, one column or a logistic regression in the same design, and say what you gained."
            ),
        ),
        question=Question(
            say("What does a model of one column score here?"),
            say("knows, or estimates it and says why it matters"),
            say("never checked"),
        ),
    ),
    Check(
        code="EVAL003",
        title=N_("No uncertainty"),
        severity=Severity.MINOR,
        family="performance",
        criteria=("evaluation-design",),
        shown_in="performance",
        function="evaluate",
        examine=no_uncertainty,
        guide=Guide(
            detect=N_("What evaluate returns and the text are searched for an interval, a standard error or a spread."),
            why=N_("Without it nobody can tell an improvement from luck."),
            avoid=N_("Bootstrap by {unit}, or repeat over folds by {unit}, and report the interval."),
        ),
        question=Question(
            say("How sure are you that your model beats the second best?"),
            say("a paired comparison, its standard error, and what size matters in practice"),
            say("the third decimal wins"),
        ),
    ),
    Check(
        code="EVAL004",
        title=N_("Default threshold"),
        severity=Severity.MINOR,
        family="performance",
        criteria=("evaluation-design",),
        shown_in="thresholds",
        function="evaluate",
        examine=default_threshold,
        guide=Guide(
            detect=(
                say(
                    "Code or evaluate makes decisions at 0.5 and names no threshold of its own. We compare its "
                    "cost on the hidden rows with the best threshold, at the costs in the brief. Named where it "
                    "is more than {worth_asking:.0f} % dearer.",
                    worth_asking=WORTH_ASKING * 100,
                )
            ),
            why=N_("A missed positive costs several times a needless contact, so .5 acts far too seldom."),
            avoid=N_("Take the threshold from the costs or the capacity, and check it on rows held out for that."),
        ),
        question=Question(
            say("You decide at 0.5, and positives are fewer than half. Walk me to a better threshold."),
            say("a cost matrix or the capacity, a curve, checked on other rows"),
            say("tunes it on the test rows"),
        ),
    ),
)
