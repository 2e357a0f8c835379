"""What to ask next: probes that settle a doubt the first answers left, most telling first, none twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from graders.checks.leakage import accounts, detectors, doubts, interference, judged, lookup, outside, permuted, weigh
from graders.checks.production import cost, parity, reproducibility
from graders.facts import Facts
from graders.measure import batches
from graders.model.case import Case, NotApplicable
from graders.model.later import pd
from graders.model.probe import Action, Probe, exhausted
from graders.probes import copies, sessions
from graders.probes.names import ProbeName
from graders.source import together

#: Below this many CPU seconds no doubt is left standing for the sake of cost.
ALWAYS_SECONDS = 45.0
#: What is asked whatever evaluate costs: once more, and labels that mean nothing, of some held-out rows or of all.
ALWAYS = (ProbeName.EVALUATE_AGAIN, ProbeName.EVALUATE_OTHERS, ProbeName.EVALUATE_NULL)
#: What needs nothing but answers of evaluate.
EARLY = (*ALWAYS, ProbeName.EVALUATE_PERTURBED, ProbeName.EVALUATE_RELABELLED, ProbeName.EVALUATE_BLANKED)
ASKED_LATER = (
    *(ProbeName.EVALUATE_PERTURBED, ProbeName.EVALUATE_RELABELLED, ProbeName.EVALUATE_STEADY),
    ProbeName.EVALUATE_BLANKED,
    *sessions.NULL_DRAWS,
)
#: So many are asked whatever evaluate costs.
LEAST = 3


def follow_up(facts: Facts) -> list[Probe]:
    """Evaluations worth their CPU time, as many as the challenge's budget allows; empty where all is settled."""
    return [_probe(name, facts) for name in _affordable(facts)]


def on_batches(facts: Facts) -> list[Probe]:
    """What tells why answers change with the batch, once they are known to."""
    train, case = facts.case.runs.get(ProbeName.TRAIN), facts.case
    if train is None or train.model is None or ProbeName.PREDICT_ROUNDED in case.runs or not _batches_differ(facts):
        return []
    asked = case.challenge, case.dataset, case.seed, train.model
    if ProbeName.PREDICT_BESIDE not in case.runs:
        return sessions.batch_session(*asked, steps=together.named(facts.sources.product))
    if batches.other_rows_decide(case) is False:  # where nobody can tell, another rounding would tell nothing either
        return sessions.rounding_session(*asked)
    return sessions.chance_session(*asked) if batches.chance_in_doubt(case) else []


def on_changes(facts: Facts) -> list[Probe]:
    """Which change of training rows made answers worse, or others, once all together did."""
    train, case = facts.case.runs.get(ProbeName.TRAIN), facts.case
    if train is None or train.model is None or ProbeName.PREDICT_JITTERED in case.runs or not _changes_matter(case):
        return []
    return sessions.change_session(case.challenge, case.dataset, case.seed, train.model)


def on_identifiers(facts: Facts) -> list[Probe]:
    """Hidden rows under fresh identifiers, where training rows that were changed in this and other ways got other
    answers: those that did not rest on no identifier either."""
    train, case = facts.case.runs.get(ProbeName.TRAIN), facts.case
    if train is None or train.model is None or ProbeName.PREDICT_REKEYED in case.runs:
        return []
    if not _identifier_in_doubt(facts):
        return []
    return sessions.identifier_session(case.challenge, case.dataset, case.seed, train.model)


def _identifier_in_doubt(facts: Facts) -> bool:
    if facts.case.challenge.kept_apart is None:
        return False
    try:
        return not lookup.of_the_batch(facts) and not outside.unmoved_by_changes(facts.case)
    except NotApplicable:
        return False


def _changes_matter(case: Case) -> bool:
    try:
        return outside.changes_matter(case)
    except NotApplicable:
        return False


def _batches_differ(facts: Facts) -> bool:
    try:
        return lookup.of_the_batch(facts) or any(parity.batch_and_single_differ(facts))
    except NotApplicable:
        return False


def at_once(facts: Facts) -> list[Probe]:
    """What evaluate's answers alone call for, before predict has given any."""
    return [_probe(name, facts) for name in _affordable(facts) if name in EARLY]


def _affordable(facts: Facts) -> list[ProbeName]:
    """What has not been asked yet, as far as the budget goes."""
    evaluate = facts.case.runs.get(ProbeName.EVALUATE)
    if evaluate is None or not evaluate.ok:
        return []
    labelled = [run for run in facts.case.runs.values() if run.action in (Action.TRAIN, Action.EVALUATE)]
    if exhausted(labelled):
        return []
    left = int((_budget(facts) - _spent(facts)) / max(evaluate.cpu_seconds, 0.01))
    asked = sum(name in facts.case.runs for name in ASKED_LATER)
    doubts = [name for name in _doubts(facts) if name not in facts.case.runs]
    always = [name for name in doubts if name in ALWAYS]
    return always + [name for name in doubts if name not in ALWAYS][: max(left, LEAST - asked, 0)]


def _doubts(facts: Facts) -> Iterator[ProbeName]:
    """Names of the probes that would settle something, most telling first, whether asked before or not."""
    if reproducibility.may_claim_otherwise(facts) or cost.watching_may_cost(facts):
        yield ProbeName.EVALUATE_AGAIN
    about_rows = list(_about_rows(facts))
    yield from about_rows
    if not _labels_wait(about_rows, facts) and weigh.labels_in_doubt(facts):
        yield ProbeName.EVALUATE_RELABELLED
    if not set(about_rows) - facts.case.runs.keys() and judged.later_values_may_choose(facts):
        yield ProbeName.EVALUATE_BLANKED
    if doubts.differs(facts):
        yield ProbeName.EVALUATE_STEADY
    if permuted.another_draw_is_due(facts):
        yield from [name for name in sessions.NULL_DRAWS if name not in facts.case.runs][:1]


def _about_rows(facts: Facts) -> Iterator[ProbeName]:
    """Permuted labels and other held-out features: both in one run where nothing speaks against evaluate that it could
    not settle, and each in its own where that run leaves a doubt, or something does."""
    others = ProbeName.EVALUATE_OTHERS
    if doubts.others_may_settle(facts) and others not in facts.case.runs:
        yield others
        return
    settled = detectors.settled_with_others(facts)
    if not settled or not permuted.fell_with_the_labels(facts):
        yield ProbeName.EVALUATE_NULL
    open_still = not settled and _knows_held_out(facts) and not _permuted_labels_may_settle(facts)
    if not open_still or _null_comes_first(facts) or doubts.features_deal_rows_out(facts) is not False:
        return
    if _both_in_doubt(facts):
        yield others
    elif ProbeName.EVALUATE_NULL in facts.case.runs and not _labels_tell(facts):
        yield ProbeName.EVALUATE_PERTURBED  # after permuted labels: of whom claims upon these, both are asked at once


def _both_in_doubt(facts: Facts) -> bool:
    """Whether features and labels of held-out rows are asked about, so that one run may clear of both."""
    asked = (ProbeName.EVALUATE_OTHERS, ProbeName.EVALUATE_PERTURBED, ProbeName.EVALUATE_RELABELLED)
    if any(name in facts.case.runs for name in asked):
        return False
    return weigh.labels_in_doubt(facts) and not accounts.held_out_by_labels(facts)


def _labels_tell(facts: Facts) -> bool:
    """Whether labels by themselves have told, or may still tell, what made a difference that both together did."""
    if ProbeName.EVALUATE_RELABELLED in facts.case.runs or detectors.features_did(facts):
        return doubts.told_apart(facts)
    return detectors.others_moved(facts) and weigh.labels_in_doubt(facts)


def _labels_wait(about_rows: list[ProbeName], facts: Facts) -> bool:
    """Whether what is asked now may tell what some other labels would: both at once, or all labels once both moved."""
    null = ProbeName.EVALUATE_NULL
    waits = null in about_rows and null not in facts.case.runs and detectors.others_moved(facts)
    return waits or ProbeName.EVALUATE_OTHERS in about_rows


def _null_comes_first(facts: Facts) -> bool:
    """Whether other held-out features come with permuted labels, and these have not been asked or changed no table."""
    asked = ProbeName.EVALUATE_NULL in facts.case.runs
    return accounts.tables_alone(facts) and (not asked or accounts.tables_stayed(facts))


def _permuted_labels_may_settle(facts: Facts) -> bool:
    """Whether permuted labels have shown, or may still show, all that other held-out features are asked for."""
    if permuted.rates_may_show(facts):
        return True
    if ProbeName.EVALUATE_NULL not in facts.case.runs:
        return doubts.may_lift_null(facts)
    waiting = doubts.lifts_null(facts) and permuted.another_draw_is_due(facts)
    return waiting or permuted.settled(facts) or weigh.sure_of_all_that_shows(facts)


def _probe(name: ProbeName, facts: Facts) -> Probe:
    """Where the run that counts could not be watched, no other is: what it claims is then told all the same.  Nor is a
    fresh draw of which the claim alone is asked."""
    case = facts.case
    probe = sessions.evaluation(name, _rows(name, facts), case.challenge, case.seed)
    claim_alone = name in sessions.NULL_DRAWS and not permuted.by_order(facts)
    if not probe.traced or claim_alone or case.runs[ProbeName.EVALUATE].watched is False:
        return replace(probe, traced=False)
    # Numbers worked out by hand are tried for the claim unless that found nothing in the run that counts.
    told = copies.told(case.challenge, case.dataset)
    return replace(probe, copies=told, sought=accounts.links_claim(facts))


def _rows(name: ProbeName, facts: Facts) -> pd.DataFrame:
    """The rows that this probe hands to evaluate."""
    challenge, rows, seed = facts.case.challenge, facts.case.dataset.public, facts.case.seed
    if name == ProbeName.EVALUATE_NULL or name in sessions.NULL_DRAWS:
        draw = 0 if name == ProbeName.EVALUATE_NULL else 1 + sessions.NULL_DRAWS.index(name)
        if not draw and accounts.tables_alone(facts):
            rows = interference.perturb(rows, accounts.choice_of(facts).moved, challenge, seed)
        return sessions.permute_labels(rows, challenge, seed + draw)
    if name == ProbeName.EVALUATE_BLANKED:
        return sessions.blank(rows, challenge, seed)
    if name == ProbeName.EVALUATE_RELABELLED:
        return accounts.swap_of(facts).data
    if name in (ProbeName.EVALUATE_PERTURBED, ProbeName.EVALUATE_OTHERS):
        choice, others = accounts.choice_of(facts), name == ProbeName.EVALUATE_OTHERS
        rows = interference.relabel(rows, choice, challenge, seed) if others else rows
        rows = interference.perturb(rows, choice.moved, challenge, seed, against=others)
    return rows


def _knows_held_out(facts: Facts) -> bool:
    try:
        return len(accounts.choice_of(facts).moved) > 0
    except NotApplicable:
        return False


def _budget(facts: Facts) -> float:
    bare = sum(
        facts.case.runs[name].cpu_seconds for name in (ProbeName.TRAIN, ProbeName.EVALUATE) if name in facts.case.runs
    )
    return max(facts.case.challenge.follow_up_budget * bare, ALWAYS_SECONDS)


def _spent(facts: Facts) -> float:
    """CPU seconds of the evaluations so far that were no part of the bare run."""
    extra = (
        run for run in facts.case.runs.values() if run.action is Action.EVALUATE and run.name != ProbeName.EVALUATE
    )
    return sum(run.cpu_seconds for run in extra)
