"""Every way of looking for leaks, put to one case."""

from __future__ import annotations

from dataclasses import replace

from graders.checks.leakage import chosen, inside, interference, outside, relabelled
from graders.checks.leakage.accounts import (
    above_all_seen,
    choice_of,
    compared,
    draws_nothing,
    fits_other_rows,
    fits_the_same,
    fitted_elsewhere,
    judged_at_other_lines,
    knows_the_labels,
    look_inside,
    not_learnt_from,
    nothing_seen,
    reached_lines,
    tables_stayed,
    trace_of,
    watched,
    with_other_labels,
)
from graders.checks.leakage.perturbation import models_of
from graders.checks.leakage.signal import Look, Signal, Source, blinded
from graders.checks.leakage.static.look import look as look_at_source
from graders.checks.leakage.static.machine import Columns
from graders.checks.leakage.trace import Trace
from graders.facts import Facts, once
from graders.measure.answers import claims
from graders.measure.scoring import same_claim
from graders.model.case import NotApplicable
from graders.probes.names import ProbeName
from graders.source import danger
from graders.words import say

#: Those of the very rows that are fitted and judged, whatever these belong to.
OF_ROWS_THEMSELVES = frozenset({"LEAK003", "LEAK009"})
#: Leaks of predict, which has probes of its own.
OF_PREDICT = frozenset({"LEAK010", "LEAK011"})
#: Shown by other held-out rows: which of their features and labels made a difference is told by what had seen them.
OF_FEATURES = frozenset({"LEAK001"})
UNEXPLAINED = say("evaluate does not make the claim that counts when it is watched on the same rows")
UNSEEN = say("no score and no held-out rows were seen in evaluate, so nothing is known of how its claim came about")
REACHED = say("the code reaches into calls or functions that are not its own, so what was seen clears nothing")
ABOVE = say("the claim is better than every score that was seen in evaluate, so nothing is known of how it came about")
ELSEWHERE = say("evaluate judges a model that it did not fit, so nobody knows on which rows that was done")
OTHER_LINES = say("evaluate judges at lines that it does not come to with other labels, and none gave its claim")
#: Why an account clears nothing, where that is no proof of anything.
CLEARS_NOTHING = (UNEXPLAINED, UNSEEN, REACHED, ABOVE, ELSEWHERE, OTHER_LINES)


@once
def looks(facts: Facts) -> tuple[Look, ...]:
    """What each source says, the surest first."""
    return (
        outside.look(facts.case),
        interfered(facts),
        look_at_account(facts),
        look_at_text(facts),
        relabelled_look(facts),
    )


@once
def look_at_text(facts: Facts) -> Look:
    """What the source text suggests."""
    asked = facts.case.challenge
    columns = Columns(asked.target, asked.kept_apart or "", asked.time or "", asked.metric)
    return look_at_source(facts.case.submission, columns)


@once
def settled_with_others(facts: Facts) -> Look | None:
    """What the run with other held-out features and labels says; None unless it fitted and scored what the watched run
    did, or fitted other values by what the account or the text names.

    Of any other difference it does not tell whether features or labels made it.
    """
    try:
        found = compared(facts, ProbeName.EVALUATE_OTHERS)
        plain, moved = (trace_of(facts, name) for name in (watched(facts), ProbeName.EVALUATE_OTHERS))
        fits_otherwise = interference.fits_otherwise(plain, moved, choice_of(facts))
    except NotApplicable:
        return None
    codes = {signal.code for signal in found.signals}
    known = codes <= (OF_FEATURES if fits_otherwise else OF_PREDICT)
    settled = not codes or (known and named_without_chance(facts, found))
    return found if found.able and settled else None


def interfered(facts: Facts) -> Look:
    """What two runs say that differ only in held-out features.

    A difference counts once another run on the same features has shown none: evaluate then does the same each time.
    So does one of features and labels, where other labels by themselves make none.
    """
    if ProbeName.EVALUATE_PERTURBED not in facts.case.runs and (settled := settled_with_others(facts)):
        return settled
    try:
        if ProbeName.EVALUATE_PERTURBED not in facts.case.runs and features_did(facts):
            return compared(facts, ProbeName.EVALUATE_OTHERS)
        if ProbeName.EVALUATE_PERTURBED not in facts.case.runs and tables_stayed(facts):
            return compared(facts, ProbeName.EVALUATE_NULL)
        seen = compared(facts, ProbeName.EVALUATE_PERTURBED)
        steady = not seen.signals or fits_the_same(facts) or named_without_chance(facts, seen)
        if not steady and compared(facts, ProbeName.EVALUATE_STEADY).signals:
            raise NotApplicable(say("evaluate fits other values each time it runs on the same rows"))
    except NotApplicable as why:
        return blinded(Source.INTERFERENCE, interference.CODES, why)
    return replace(seen, able=seen.able | not_learnt_from(facts, seen))


@once
def relabelled_look(facts: Facts) -> Look:
    """What the run with other held-out labels says; nothing where it was not asked.

    What it changed but for a row's own answer counts only where a third run on the same rows has shown no difference:
    threads and clocks of a library are no chance that a process tells of."""
    try:
        seen = with_other_labels(facts)
        if _rests_on_another_run(seen) and _deviates(facts):
            raise NotApplicable(say("evaluate fits other values each time it runs on the same rows"))
    except NotApplicable:
        return Look(Source.INTERFERENCE)
    return _learnt_from(seen) if _read_as_learnt_from(facts) else seen


def _read_as_learnt_from(facts: Facts) -> bool:
    """Whether the text says that a model, which no library fitted, learnt from the rows it is judged on, and nothing of
    a choice by them: that their labels move it is measured, and which of both they do shows in the text alone."""
    named = {signal.code for signal in look_at_text(facts).signals}
    by_hand = not models_of(trace_of(facts, watched(facts)), choice_of(facts))
    return by_hand and "LEAK009" in named and "LEAK006" not in named


def _learnt_from(seen: Look) -> Look:
    signals = tuple(replace(one, code="LEAK009") if one.code == "LEAK006" else one for one in seen.signals)
    return replace(seen, signals=signals, able=seen.able - {"LEAK006"} | {signal.code for signal in signals})


def _rests_on_another_run(seen: Look) -> bool:
    """Whether it shows more than answers that follow a row's own label, which no chance does."""
    return any(signal.code != "LEAK002" for signal in seen.signals)


def others_moved(facts: Facts) -> bool:
    """Whether other held-out features and labels moved what was fitted, scored or chosen."""
    try:
        return bool(compared(facts, ProbeName.EVALUATE_OTHERS).signals)
    except NotApplicable:
        return False


def features_did(facts: Facts) -> bool:
    """Whether features made the difference that a run with other features and labels has shown: other labels by
    themselves, some or all of them, made none."""
    return fits_the_same(facts) or moved_by_labels(facts) is False


def moved_by_labels(facts: Facts) -> bool | None:
    """Whether some other labels moved anything of it; None where they were not asked, or cannot be compared."""
    try:
        seen = with_other_labels(facts)
    except NotApplicable:
        return None
    quiet = not seen.signals and seen.able >= set(relabelled.CODES)
    return None if not others_moved(facts) or not (seen.signals or quiet) else not quiet


def _deviates(facts: Facts) -> bool:
    """Whether a third run on the same rows differs from the first; NotApplicable where there is none."""
    plain, again = trace_of(facts, watched(facts)), trace_of(facts, ProbeName.EVALUATE_STEADY)
    other = compared(facts, ProbeName.EVALUATE_STEADY).signals
    return bool(other) or relabelled.claim_moved(plain, again, choice_of(facts))


def named_without_chance(facts: Facts, seen: Look) -> bool:
    """Whether the account or the text names each leak that changed held-out rows show, where evaluate drew nothing by
    chance: that it does the same each time on the same rows is then taken for granted."""
    if not draws_nothing(facts):
        return False
    named = {signal.code for look in (look_at_account(facts), look_at_text(facts)) for signal in look.signals}
    if "LEAK011" in named:  # what is fitted on the batch makes answers depend on it
        named.add("LEAK010")
    return {signal.code for signal in seen.signals} <= named


def look_at_account(facts: Facts) -> Look:
    """What the watched run shows; where its account does not explain the claim that counts, it clears nothing.

    In cases of old another run was watched, and once more with the seed of the claim where its own was another one.
    """
    name = ProbeName.EVALUATE_WATCHED if ProbeName.EVALUATE_WATCHED in facts.case.runs else watched(facts)
    try:
        trace = trace_of(facts, name)
    except NotApplicable as why:
        return blinded(Source.INSIDE, inside.CODES, why)
    counted, seen = claims(facts.case, (ProbeName.EVALUATE, name))
    if nothing_seen(trace):
        return Look(Source.INSIDE, blind=dict.fromkeys(inside.CODES, UNSEEN), prevented=frozenset(inside.CODES))
    found = _chosen_in_both(facts, trace, _in_both(facts, look_inside(facts, name)))
    reason = _clears_nothing(facts, trace)
    if reason is None and same_claim(seen, counted):
        return found
    seen_leaks = frozenset(signal.code for signal in found.signals)
    unseen = (inside.CODES if reason else found.able) - seen_leaks
    blind = {**found.blind, **dict.fromkeys(unseen, reason or UNEXPLAINED)}
    return replace(found, able=seen_leaks, blind=blind, prevented=unseen)


def _clears_nothing(facts: Facts, trace: Trace) -> str | None:
    """Why the account clears nobody, though it may well be true; None where it does."""
    if any(danger.reaches_out(facts.sources)):
        return REACHED
    if above_all_seen(trace):
        return ABOVE
    if fitted_elsewhere(trace):
        return ELSEWHERE
    return OTHER_LINES if judged_at_other_lines(facts) else None


def _in_both(facts: Facts, look: Look) -> Look:
    """Only what shows on permuted labels as well is held against code that does the same there; the rest is open.

    A neglect of time shows in the run with other held-out rows, where that one stands for permuted labels.  Of lines
    that other labels do not come to they say nothing.
    """
    null_asked = ProbeName.EVALUATE_NULL in facts.case.runs
    try:
        again = ProbeName.EVALUATE_NULL if null_asked else ProbeName.EVALUATE_OTHERS
        null = look_inside(facts, again)
    except NotApplicable:
        return look
    if knows_the_labels(facts):
        return look
    once = {signal.code for signal in look.signals} - {signal.code for signal in null.signals}
    reached = reached_lines(facts, again)
    once -= {signal.code for signal in look.signals if signal.where is not None and signal.where not in reached}
    if null_asked and fits_other_rows(facts):
        once -= OF_ROWS_THEMSELVES
    kept = tuple(signal for signal in look.signals if signal.code not in once)
    blind = {**look.blind, **dict.fromkeys(sorted(once), say("on permuted labels it does not show"))}
    return replace(look, signals=kept, able=look.able - once, blind=blind)


def _chosen_in_both(facts: Facts, trace: Trace, look: Look) -> Look:
    """The claim is the best of many scores of the same rows, and on permuted labels the best again, of another one; or
    it is on the rows of the best of many, and these are other ones there.

    Whoever keeps a state by other rows claims the best of such a curve by luck alone, and seldom twice.
    """
    best = chosen.best_of(trace)
    try:
        null = trace_of(facts, ProbeName.EVALUATE_NULL)
    except NotApplicable:
        return look
    many = best is not None and not best.fitted and len(best.values) >= chosen.MANY
    if best is not None and many and chosen.follows_the_rows([trace, null]):
        what = say(
            "the claim is the best of {values} scores of the same held-out rows; on permuted labels the best is "
            "claimed again, of another state of the model",
            values=len(best.values),
        )
    elif (best := chosen.follows_the_best_rows([trace, null])) is not None:
        what = say(
            "the claim is on the held-out rows with the best of {values} scores; on permuted labels it is so again, "
            "on other rows",
            values=len(best.values),
        )
    else:
        return look
    place = inside.located(best.place, facts.case.submission.locate)
    blind = {code: why for code, why in look.blind.items() if code != "LEAK006"}
    signal = Signal("LEAK006", Source.INSIDE, what, place, best.rows)
    return replace(look, signals=(*look.signals, signal), able=look.able | {"LEAK006"}, blind=blind)


def explained(facts: Facts) -> bool:
    """Whether a watched run on the same rows made the very claim that counts."""
    return UNEXPLAINED not in looks(facts)[2].blind.values()
