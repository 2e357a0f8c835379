"""Whether a model looks rows up, or knows them by their identifier."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graders.checks.leakage import outside
from graders.checks.leakage.permuted import uninformed_at_best
from graders.facts import Facts
from graders.measure.answers import predictions
from graders.measure.importance import answer_word, of_row, unit_of
from graders.measure.metrics import step
from graders.measure.scoring import SAME
from graders.measure.wording import heading, percent
from graders.model.arrays import FloatArray
from graders.model.case import Case, NotApplicable
from graders.model.challenge import Challenge
from graders.model.finding import Evidence
from graders.probes import sessions
from graders.probes.names import ProbeName
from graders.tasks.asked import metric_of, public_truth
from graders.words import say

#: A row's answer jumps by so much, in probability or standard deviations; and the share of rows that may.
JUMP = 0.2
JUMPING = 0.05
#: The fall in ROC AUC under fresh identifiers from which a model is said to know its customers by them, where as many
#: rows jump as for a lookup: a number that is merely one feature among many moves the order a little, and no row far.
KNOWS_CUSTOMERS = 0.05
#: The same where a thousand rows are moved a little: what is looked up is the label, and it is lost.
KNOWS_ROWS = 0.05


def memorises(facts: Facts) -> Iterator[Evidence]:
    if ProbeName.PREDICT_JITTERED not in facts.case.runs and not outside.worse_when_changed(facts.case):
        return
    known = predictions(facts.case, ProbeName.PREDICT_PUBLIC)
    labels, metric = public_truth(facts.case.challenge, facts.case.dataset.public), metric_of(facts.case.challenge)
    unit = unit_of(facts.case)
    at = sessions.sample_positions(len(known), facts.case.seed)
    jittered, same_rows = predictions(facts.case, ProbeName.PREDICT_JITTERED), known[at]
    share = float(np.mean(of_row(jittered - same_rows) > JUMP * unit))
    exact, near = (metric.statistic.value(labels[at], answers) for answers in (same_rows, jittered))
    least = step(metric, uninformed_at_best(facts), near, KNOWS_ROWS)
    looks_up = share > JUMPING and metric.better(exact, near) > least and not of_the_batch(facts)
    if looks_up:
        yield Evidence(  # of the batch: the smaller one may have moved them
            say(
                "{share} of {jittered:,} training rows jump by more than {jump} when their numbers move by "
                "the least that their columns can hold, and {metric_title} on them goes from {exact:.3f} "
                "to {near:.3f}: the model looks rows up",
                share=percent(share),
                jittered=len(jittered),
                jump=_jump(facts.case),
                metric_title=metric.title,
                exact=exact,
                near=near,
            )
        )
    if no_identifier(facts.case.challenge):
        return
    strange = predictions(facts.case, ProbeName.PREDICT_STRANGERS)
    # The oldest records hold an answer for every row.
    in_a_crowd = len(strange) < len(known) or len(known) <= sessions.CROWD_OF_OLD
    if in_a_crowd:
        asked = sessions.sample_positions(len(known), facts.case.seed, len(strange))
        known, labels = known[asked], labels[asked]
    own, fresh = (metric.statistic.value(labels, answers) for answers in (known, strange))
    least = step(metric, uninformed_at_best(facts), fresh, KNOWS_CUSTOMERS)
    jumping = float(np.mean(of_row(strange - known) > JUMP * unit))
    if metric.better(own, fresh) > least and jumping > JUMPING and not (in_a_crowd and of_the_batch(facts)):
        if not _follow_the_identifier(facts, strange):
            if looks_up:
                return
            raise NotApplicable(
                say(
                    "answers change under a {group} that nobody has, but do not follow it: figures may leave out the "
                    "row's own {group}",
                    group=facts.case.challenge.group,
                )
            )
        yield Evidence(
            say(
                "{metric} on the training rows goes from {own:.3f} to {fresh:.3f} when {group} holds "
                "numbers that nobody has: the model knows its training rows by it",
                metric=heading(metric),
                own=own,
                fresh=fresh,
                group=facts.case.challenge.group,
            )
        )


def _follow_the_identifier(facts: Facts, strange: FloatArray) -> bool:
    """Whether training rows get answers that go with another unit's identifier, unlike those under fresh ones: what is
    stored of a unit does, and figures of all others do not.  True of old records, which were not asked."""
    if ProbeName.PREDICT_EXCHANGED not in facts.case.runs:
        return True
    exchanged = predictions(facts.case, ProbeName.PREDICT_EXCHANGED)
    return float(np.mean(of_row(exchanged - strange) > JUMP * unit_of(facts.case))) > JUMPING


def _jump(case: Case) -> str:
    return (
        say("{jump} standard deviations of the target", jump=JUMP)
        if case.challenge.task == "regression"
        else say("{jump} in probability", jump=JUMP)
    )


def of_the_batch(facts: Facts) -> bool:
    """Whether a row's prediction is another one in another batch, for whatever reason; NotApplicable where nobody has
    asked, as answers that differ for another reason may do so for this one."""
    return bool(outside.moved_by_the_batch(facts.case).max() > SAME * unit_of(facts.case))


def no_identifier(challenge: Challenge) -> str:
    """Why no model is asked about rows under fresh identifiers; empty where models are."""
    if challenge.group is None:
        return say("the challenge has no column that names the unit of a row")
    if challenge.kept_apart:
        return ""
    if challenge.hidden_units == "both":
        return say("some hidden rows are of known units, so that {group} may be used", group=challenge.group)
    return say("hidden rows are of known units, so that {group} may be used", group=challenge.group)


def rests_on_the_identifier(facts: Facts) -> Iterator[Evidence]:
    if why := no_identifier(facts.case.challenge):
        raise NotApplicable(why)
    if of_the_batch(facts):
        raise NotApplicable(
            say("predictions depend on the rows beside them, so that one column's effect cannot be told")
        )
    if ProbeName.PREDICT_REKEYED not in facts.case.runs and outside.unmoved_by_changes(facts.case):
        return
    whole = predictions(facts.case, ProbeName.PREDICT)
    same_rows = whole[sessions.sample_positions(len(whole), facts.case.seed)]
    rekeyed = predictions(facts.case, ProbeName.PREDICT_REKEYED)
    moved = of_row(rekeyed - same_rows)
    if moved.max() > SAME * unit_of(facts.case):
        share = float((moved > SAME * unit_of(facts.case)).mean())
        if share < outside.FEW:
            raise NotApplicable(
                say("only {share} of the rows move, as rounding alone may do in a smaller batch", share=percent(share))
            )
        yield Evidence(
            say(
                "{share} of {moved:,} hidden rows get another {answer_word} when {group} holds other numbers "
                "that nobody has had, by {moved_2:.3g} at most",
                share=percent(share),
                moved=len(moved),
                answer_word=answer_word(facts.case),
                group=facts.case.challenge.group,
                moved_2=moved.max(),
            )
        )
