"""Points for what the candidate says of the data and tells the reader."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

import numpy as np

from graders.checks.leakage.accounts import trace_of, watched
from graders.checks.leakage.claimed import same
from graders.checks.performance.evaluation import goes_with_the_headline
from graders.checks.responsibility import claims, collection, fairness
from graders.facts import Facts
from graders.measure import groups
from graders.measure.scoring import constant
from graders.model.case import NotApplicable, run_of
from graders.model.finding import Certainty
from graders.probes.names import ProbeName
from graders.rubric.model import Context
from graders.rubric.scoring_rules import Judged
from graders.source.module import Function, last
from graders.source.writing import COLLECTION, FIGURE
from graders.words import Text, count, listed, say, sentences

TOPICS = ("problem", "approach", "results", "limits", "next steps")


def bias(context: Context) -> Judged:
    facts = context.facts
    said = facts.writing.covered("collection", COLLECTION)
    measured = measures_groups(facts)
    parts = [(0.4, len(said) / len(COLLECTION)), (0.25, float(measured))]
    parts += [(0.2, share) for share in _outcome(context)]
    parts += [(0.15, share) for share in _sensitive(context)]
    share = sum(weight * part for weight, part in parts) / sum(weight for weight, _ in parts)
    return Judged(
        constant(share),
        sentences(
            _text(said),
            say("The code measures groups.")
            if measured
            else say("No function and no figure of evaluate measures groups of people."),
            _collected(facts),
        ),
        context.reasons("bias"),
    )


def _text(said: Sequence[str]) -> str:
    if not said:
        return say("We found no passage in README and notes on how the data were collected.")
    return say("On how the data were collected, README and notes speak of {said}.", said=listed(map(say, said)))


def _outcome(context: Context) -> list[float]:
    """Whether the model puts under-collected groups right; nothing where there are none."""
    found = context.findings["DATA002"]
    return [] if found.status.value in {"not applicable", "broken"} else [float(not found.flagged)]


def _sensitive(context: Context) -> list[float]:
    found = context.findings["FAIR002"]
    return [] if found.status.value in {"not applicable", "broken"} else [float(not found.flagged)]


def _collected(facts: Facts) -> str:
    try:
        found, wrong = collection.under_collected(facts), fairness.misjudged(facts)
    except NotApplicable as why:
        return say("Missing groups were not measured: {why}.", why=why.reason)
    if not found:
        return say("No group was found to be under-collected.")
    names = ", ".join(one.group.name for one in found[:3])
    if not wrong:
        return say("Under-collected: {names}. Their risk was not found to be predicted too low.", names=names)
    return say(
        "Under-collected: {names}. The risk of {groups} is predicted too low.",
        names=names,
        groups=count("{n:,} group", "{n:,} groups", len(wrong)),
    )


#: Shares of a group between which rows are of it and of others.
MIXED = (0.02, 0.9)
#: What is measured of rows.
MEASURES = re.compile(
    r"(?:^|_)(?:scores?|auc|loss|errors?|mean|rates?|median|sum|agg|precision|recall|deviance)(?:_|$)"
)


def measures_groups(facts: Facts) -> bool:
    """Whether evaluate reports a figure of groups of people that it measured, or a function of the code measures some
    and the text names them."""
    columns = groups.sensitive(facts.case.challenge)
    words = {column.name for column in columns}
    for column in columns:
        found = groups.values(facts.case.dataset.public, column)
        words |= set() if found is None or column.bands else set(found.unique())
    any_of = "|".join(re.escape(word) for word in sorted(words))
    named = re.compile(rf"(?:^|_)(?:{any_of}|seniors?|group)(?:_|$)", re.IGNORECASE)
    claimed = run_of(facts.case.runs, ProbeName.EVALUATE).claims
    own = [name for name in claimed if named.search(name) and not goes_with_the_headline(facts, name)]
    if any(not _is_of_others(facts, name) for name in own):
        return True
    return any(map(_measures, facts.code.sources.functions())) and any(
        facts.writing.speaks_of(column.name) for column in columns
    )


def _is_of_others(facts: Facts, name: str) -> bool:
    """Whether the watched run shows a figure that is named after a group to be a score of rows of all groups.  Of
    everybody but a group it may be."""
    value, public = run_of(facts.case.runs, ProbeName.EVALUATE).claims[name], facts.case.dataset.public
    try:
        trace = trace_of(facts, watched(facts))
    except NotApplicable:
        return False
    scored = [one.rows.members for one in trace.judged if one.rows and one.value is not None and same(one.value, value)]
    group = np.zeros(len(public), bool)
    for column in groups.sensitive(facts.case.challenge):
        known = None if column.bands else groups.values(public, column)
        for one in () if known is None else known.unique():
            if re.search(rf"(?:^|_){re.escape(one)}(?:_|$)", name, re.IGNORECASE):
                group |= (known == one).to_numpy()
    return bool(scored) and all(MIXED[0] < group[rows].mean() < MIXED[1] for rows in scored)


def _measures(function: Function) -> bool:
    """Whether a function that is named after groups works out a figure: one that deals rows out into folds does not."""
    return bool(re.search(r"group|slice|fair|segment", function.name)) and any(
        isinstance(node, ast.Call) and MEASURES.search(last(node.func)) for node in ast.walk(function)
    )


def communication(context: Context) -> Judged:
    facts = context.facts
    missing = [topic for topic in TOPICS if not facts.writing.about(topic)]
    if "results" not in missing and not FIGURE.search(facts.writing.about("results")):
        missing.append("results")  # words for a result are none
    headed = [topic for topic in missing if facts.writing.has_heading(topic)]
    found = claims.verified(facts)
    if found and "results" in missing:  # the figure of a metric is a result
        missing.remove("results")
    wrong = [one for one in found if one.certainty]
    sure = any(one.certainty is Certainty.CONFIRMED for one in wrong)
    honest = 0.0 if sure or not found else 0.5 if wrong else 1.0
    spoken = listed(say(topic) for topic in TOPICS if topic not in missing) or say("none of the topics")
    why = sentences(
        say("README and notes speak, with reference to these data, of {spoken}.", spoken=spoken),
        say("What stands under headings on {topics} does not refer to these data.", topics=listed(map(say, headed)))
        if headed
        else "",
        say(
            "Not found with reference to these data: {missing}.",
            missing=listed(say(topic) for topic in missing if topic not in headed),
        )
        if len(missing) > len(headed)
        else "",
        _numbers(found, wrong),
    )
    share = 0.7 * (1 - len(missing) / len(TOPICS)) + 0.3 * honest
    return Judged(constant(share), why, context.reasons("communication"))


def _numbers(stated: Sequence[claims.Verified], wrong: Sequence[claims.Verified]) -> Text:
    if not stated:
        return say("We found no number for a metric of the model that we could check.")
    if not wrong:
        return count(
            "{n} number for a metric of the model was checked, and holds.",
            "{n} numbers for a metric of the model were checked, and hold.",
            len(stated),
        )
    return count(
        "Of {n} number for a metric of the model, {wrong} did not hold.",
        "Of {n} numbers for a metric of the model, {wrong} did not hold.",
        len(stated),
        wrong=len(wrong),
    )


CRITERIA = {"bias": bias, "communication": communication}
