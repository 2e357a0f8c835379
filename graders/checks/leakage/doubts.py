"""What one look has left open, and which run would tell: asked before another probe, and before a verdict."""

from __future__ import annotations

import numpy as np

from graders.checks.leakage import chosen, inside, interference, judged, relabelled
from graders.checks.leakage.accounts import (
    choice_of,
    compared,
    draws_nothing,
    fits_the_same,
    held_out_by_labels,
    knows_the_labels,
    look_inside,
    public_rows,
    swap_of,
    trace_of,
    watched,
    with_other_labels,
)
from graders.checks.leakage.detectors import (
    OF_FEATURES,
    OF_PREDICT,
    features_did,
    interfered,
    look_at_account,
    look_at_text,
    moved_by_labels,
    named_without_chance,
    relabelled_look,
    settled_with_others,
)
from graders.checks.leakage.signal import Look
from graders.checks.leakage.trace import Trace
from graders.facts import Facts, once
from graders.model.case import NotApplicable
from graders.model.later import pd
from graders.probes.names import ProbeName

#: What a watched run shows wherever it is known which rows were fitted and judged.  Where some of these were made up,
#: LEAK008 is left to other held-out rows: rows made of them would be other ones, too.
SHOWN_BY_ROWS = frozenset({"LEAK003", "LEAK005", "LEAK009"})
#: Shown by rows as well, and neither hides another leak nor looks like one: with it one run still clears the rest.
OF_TIME = frozenset({"LEAK004"})
#: Labels that reach other rows: that shows wherever these have other labels, whoever names them.
OF_RATES = frozenset({"LEAK007"})
#: Leaks that can lift a claim on labels that mean nothing: a measured lift confirms them.
LIFT_NULL = frozenset({"LEAK003", "LEAK005", "LEAK006", "LEAK007", "LEAK008", "LEAK009"})
#: So many rows that moved with other held-out rows are missed where none did by chance: one time in 20,000.
DUE = 10


@once
def others_may_settle(facts: Facts) -> bool:
    """Whether one run with other held-out rows may be enough to clear evaluate, or to show a statistic of these rows.

    It is for those whose watched run shows which rows were fitted and judged, and shows no leak but a neglect of time,
    what was fitted too early to features alone, or a rate of labels; nor may the text suggest another one.  For all
    others what permuted labels and other features do is told apart.
    """
    if ProbeName.EVALUATE_OTHERS in facts.case.runs:  # the text was read before it was asked
        return True
    try:
        trace = trace_of(facts, watched(facts))
        choice_of(facts)
    except NotApplicable:
        return False
    inner, best = look_inside(facts, watched(facts)), chosen.best_of(trace)
    many = best is not None and len(best.values) >= chosen.MANY
    known = OF_PREDICT | OF_TIME | (OF_FEATURES if _named_by_features_alone(facts, trace) else frozenset())
    known |= OF_RATES if _named_by_rates_alone(facts, trace) else frozenset()
    told = any(signal.code not in known | OF_RATES for signal in look_at_text(facts).signals)
    seen = any(signal.code not in known for signal in inner.signals) or held_out_by_labels(facts)
    chose = judged.labels_may_choose(facts) or judged.answers_may_choose(facts)
    return not (seen or many or told or chose) and inner.able >= SHOWN_BY_ROWS


def _named_by_features_alone(facts: Facts, trace: Trace) -> bool:
    """Whether nothing that is no model was given labels, nor anything was drawn by chance: what changes beside other
    held-out rows then does so by their features."""
    fed = any(fit.fed and fit.role in ("transformer", "resampler") for fit in trace.fits)
    return not fed and draws_nothing(facts)


def _named_by_rates_alone(facts: Facts, trace: Trace) -> bool:
    """Whether no encoder was given labels: a table of rates of all rows may be read as of an earlier day, or not."""
    encoders = (fit for fit in trace.fits if fit.role != "statistic")
    return not any(inside.encodes_target(fit, facts.case.challenge.target) for fit in encoders)


@once
def names_rates(facts: Facts) -> Look | None:
    """What the run with other held-out features and labels says where other values were fitted, and rates of labels
    alone are named for that."""
    try:
        found = compared(facts, ProbeName.EVALUATE_OTHERS)
    except NotApplicable:
        return None
    return found if {signal.code for signal in found.signals} == OF_RATES else None


@once
def youngest(facts: Facts) -> int | None:
    """How many days older than a judged row whatever reaches it of other held-out rows is at least: for so long from
    the first of them on no score moves with these, and later ones do.

    None where that is not known, or may be luck: were the first rows as likely to move as later ones, fewer than
    DUE of them would have moved.
    """
    rows = public_rows(facts)
    if rows.time is None:
        return None
    try:
        plain, other = (trace_of(facts, name) for name in (watched(facts), ProbeName.EVALUATE_OTHERS))
        choice = choice_of(facts)
        moved = interference.moved_rows(plain, other, choice)
    except NotApplicable:
        return None
    if not len(moved):
        return None
    first = rows.time[moved].min()
    started = min(rows.time[choice.moved].min(), rows.time[choice.watched].min())
    stayed = int((rows.time[choice.watched] < first).sum())
    due = stayed * len(moved) / (len(choice.watched) - stayed)
    return int((first - started) / np.timedelta64(1, "D")) if due >= DUE else None


def known_when_asked(facts: Facts) -> bool:
    """Whether it is so old that it is known of every hidden row, however late: labels end with the public rows."""
    rows, time, days = public_rows(facts), facts.case.challenge.time, youngest(facts)
    if days is None or time is None or rows.time is None:
        return False
    ahead = pd.to_datetime(facts.case.dataset.hidden[time]).to_numpy().max() - rows.time.max()
    return bool(days >= ahead / np.timedelta64(1, "D"))


def can_relabel(facts: Facts) -> bool:
    """Whether a run with other held-out labels can be compared; not before one with other held-out rows, where that
    may settle all."""
    if others_may_settle(facts) and ProbeName.EVALUATE_OTHERS not in facts.case.runs:
        return False
    try:
        swap_of(facts)
    except NotApplicable:
        return False
    return bool(choice_of(facts).leaves)


def told_apart(facts: Facts) -> bool:
    """Whether it is known if features or labels made the difference that a run with both has shown."""
    return features_did(facts) or moved_by_labels(facts) is True


def others_unexplained(facts: Facts) -> bool:
    """Whether other held-out rows changed what was fitted or scored, and nothing says that features did: neither the
    account, nor the text of features by themselves, nor a run in which all labels were other ones and the same was
    fitted."""
    known = OF_FEATURES if any(signal.code == "LEAK001" for signal in look_at_account(facts).signals) else frozenset()
    explained = settled_with_others(facts) is not None or fits_the_same(facts)
    for name in (ProbeName.EVALUATE_OTHERS, ProbeName.EVALUATE_PERTURBED):
        try:
            seen = compared(facts, name)
            named = explained or (name == ProbeName.EVALUATE_PERTURBED and named_without_chance(facts, seen))
            if not named and {one.code for one in seen.signals} - known:
                return True
            plain, other = trace_of(facts, watched(facts)), trace_of(facts, name)
            if not (named and seen.signals) and relabelled.claim_moved(plain, other, choice_of(facts)):
                return True
        except NotApplicable:
            continue
    return False


def looked_at_again(facts: Facts) -> bool:
    """Whether evaluate, by a model that no library fitted, came back to the rows it is judged on again and again."""
    try:
        return relabelled.returns_to_held_out(trace_of(facts, watched(facts)), choice_of(facts))
    except NotApplicable:
        return False


def differs(facts: Facts) -> bool:
    """Whether changed held-out rows changed what was fitted, so that it remains to be seen if anything else did."""
    try:
        seen = with_other_labels(facts)
        if {signal.code for signal in seen.signals} - {"LEAK002"} - _sure_of_features(facts):
            return True
    except NotApplicable:
        pass
    try:
        seen = compared(facts, ProbeName.EVALUATE_PERTURBED)
    except NotApplicable:
        return False
    return bool(seen.signals) and not fits_the_same(facts) and not named_without_chance(facts, seen)


def _sure_of_features(facts: Facts) -> set[str]:
    """What other features have shown already, without a third run."""
    return {signal.code for signal in interfered(facts).signals}


def leaks_features(facts: Facts) -> bool:
    """Whether other features or labels of held-out rows changed what judged models were fitted on, each time they run.

    Rates of labels are left out: they may be known by then.
    """
    shown = (*interfered(facts).signals, *relabelled_look(facts).signals)
    return any(signal.code not in OF_PREDICT | OF_RATES for signal in shown)


def features_deal_rows_out(facts: Facts) -> bool | None:
    """Whether other features of held-out rows lead to other held-out rows, so that these features tell no more; None
    where labels may have done so, as long as permuted ones are not asked."""
    others, null = ProbeName.EVALUATE_OTHERS, ProbeName.EVALUATE_NULL
    if not _dealt_otherwise(facts, others) or compared(facts, others).signals:
        return False
    return None if null not in facts.case.runs else not _dealt_otherwise(facts, null)


def _dealt_otherwise(facts: Facts, name: str) -> bool:
    """False where one of the accounts is missing."""
    try:
        plain, other = trace_of(facts, watched(facts)), trace_of(facts, name)
        return interference.deals_out_otherwise(plain, other, choice_of(facts))
    except NotApplicable:
        return False


def may_lift_null(facts: Facts) -> bool:
    """Whether the account of the claim shows a leak that lifts a claim on labels that mean nothing."""
    return any(signal.code in LIFT_NULL for signal in look_at_account(facts).signals)


def lifts_null(facts: Facts) -> bool:
    """Whether the account of permuted labels shows a leak, as that of the claim does, which lifts a claim on labels
    that mean nothing."""
    asked = ProbeName.EVALUATE_NULL in facts.case.runs and not knows_the_labels(facts)
    return asked and may_lift_null(facts)


def lifted_by_two(facts: Facts) -> bool:
    """Whether the account and the text both name a leak that lifts a claim on labels that mean nothing."""
    named = [{signal.code for signal in look.signals} for look in (look_at_account(facts), look_at_text(facts))]
    return bool(LIFT_NULL & named[0] & named[1])
