"""The accounts of watched runs: which rows are compared, what they show, and what two of them have in common."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from graders.checks.leakage import inside, interference, relabelled
from graders.checks.leakage.claimed import BY_HAND, NEAR, claimed
from graders.checks.leakage.interference import Choice
from graders.checks.leakage.signal import Look
from graders.checks.leakage.trace import Place, Trace, read
from graders.facts import Facts, once
from graders.model.case import NotApplicable, run_of
from graders.model.submission import Location
from graders.probes.names import ProbeName
from graders.tasks.asked import metric_of


@once
def trace_of(facts: Facts, name: str) -> Trace:
    """The account of a traced probe; NotApplicable where there is none that can be read."""
    metric, run = metric_of(facts.case.challenge), run_of(facts.case.runs, name)
    trace = read(run.output, len(facts.case.dataset.public))
    return replace(trace, metric=metric.name, loss=not metric.higher, rooted=metric.rooted)


def links_claim(facts: Facts) -> bool:
    """Whether the watched run shows what gave its claim, or may have lost it."""
    try:
        trace = trace_of(facts, watched(facts))
    except NotApplicable:
        return True
    return bool(trace.lost) or claimed(trace).linked


def watched(facts: Facts) -> ProbeName:
    """The watched run that others are compared with call by call: the one that counts, and in cases of old the
    second."""
    counted = facts.case.runs.get(ProbeName.EVALUATE)
    of_old = counted is None or counted.watched is None
    return ProbeName.EVALUATE_AGAIN if of_old else ProbeName.EVALUATE


@once
def choice_of(facts: Facts) -> Choice:
    """The held-out rows of the watched run that interference changes; NotApplicable where none are known."""
    trace, case = trace_of(facts, watched(facts)), facts.case
    return interference.choose(trace, case.dataset.public, case.challenge, case.seed)


def held_out_by_labels(facts: Facts) -> bool:
    """Whether a splitter dealt the held-out rows out by labels: others are held out where these are other ones."""
    choice = choice_of(facts)
    held = np.union1d(choice.moved, choice.watched)
    by_labels = [split for split in trace_of(facts, watched(facts)).splits if split.kind.startswith("Stratified")]
    parts = [rows for split in by_labels for rows in (split.train, split.test) if rows is not None]
    return any(np.isin(held, rows.members).any() for rows in parts)


@once
def swap_of(facts: Facts) -> relabelled.Swap:
    """The held-out labels that the run with other ones changes; NotApplicable where too few rows are known."""
    case = facts.case
    trace = trace_of(facts, watched(facts))
    return relabelled.swap(trace, choice_of(facts), case.dataset.public, case.challenge, case.seed)


def with_other_labels(facts: Facts) -> Look:
    """What a run with other held-out labels shows beside the watched one; NotApplicable where there is none."""
    plain, other = (trace_of(facts, name) for name in (watched(facts), ProbeName.EVALUATE_RELABELLED))
    case = facts.case
    return relabelled.look(plain, other, choice_of(facts), swap_of(facts), case.challenge, case.submission.locate)


def draws_nothing(facts: Facts) -> bool:
    """Whether evaluate drew nothing by chance, as far as its process and its text tell."""
    counted = facts.case.runs.get(ProbeName.EVALUATE)
    return counted is not None and counted.by_chance is False and not facts.may_rest_on_chance


def fits_the_same(facts: Facts) -> bool:
    """Whether the models that other held-out features changed were fitted on the same values once more where all
    features were the same: in the run on permuted labels.  A third run would tell nothing new then."""
    alone = ProbeName.EVALUATE_PERTURBED in facts.case.runs
    others = ProbeName.EVALUATE_PERTURBED if alone else ProbeName.EVALUATE_OTHERS
    try:
        plain, moved, null = (trace_of(facts, name) for name in (watched(facts), others, ProbeName.EVALUATE_NULL))
        choice = choice_of(facts)
    except NotApplicable:
        return False
    if interference.fits_otherwise(plain, moved, choice):
        return interference.fits_the_same(plain, moved, null, choice)
    return bool(choice.leaves) and interference.tables_the_same(plain, moved, null, choice)


def tables_alone(facts: Facts) -> bool:
    """Whether of evaluate nothing but tables of rows is known, and no score: other held-out features then clear nobody.
    They come with permuted labels, and by themselves only where these leave something open."""
    try:
        return not choice_of(facts).leaves
    except NotApplicable:
        return False


def tables_stayed(facts: Facts) -> bool:
    """Whether other held-out features changed no other table, as far as they came with permuted labels."""
    try:
        plain, null = (trace_of(facts, name) for name in (watched(facts), ProbeName.EVALUATE_NULL))
        return tables_alone(facts) and interference.tables_alike(plain, null, choice_of(facts))
    except NotApplicable:
        return False


def compared(facts: Facts, name: str) -> Look:
    """What this run with other held-out rows shows beside the watched one; NotApplicable where there is none."""
    plain, other = trace_of(facts, watched(facts)), trace_of(facts, name)
    return interference.look(plain, other, choice_of(facts), facts.case.challenge, facts.case.submission.locate)


def not_learnt_from(facts: Facts, seen: Look) -> frozenset[str]:
    """The leaks of rows that a model by hand cannot have, where other features of half of its judged rows moved no
    answer to the other half, as `seen` says: it has learnt from none of them."""
    trace, choice = trace_of(facts, watched(facts)), choice_of(facts)
    judged = [trace.judged[number] for number in choice.leaves]
    by_hand = all(one.fit is None and one.scores and one.rows is not None for one in judged)
    if seen.signals or not judged or not by_hand or not seen.able:
        return frozenset()
    held = np.unique(np.concatenate([one.rows.members for one in judged if one.rows is not None]))
    asked = np.isin(held, np.concatenate([choice.moved, choice.watched])).mean()
    return inside.out_of_reach(held, public_rows(facts)) if asked >= inside.ALL_SHARE else frozenset()


def nothing_seen(trace: Trace) -> bool:
    """Whether a whole account shows neither a score nor rows that were held out: the claim was read somewhere, or made
    where nobody sees.  Who works by hand takes rows apart."""
    return not (trace.judged or trace.tables or trace.splits or trace.lost or claimed(trace).linked)


def above_all_seen(trace: Trace) -> bool:
    """Whether the claim is better than every score of its metric, by the candidate's own calls and of all answers by
    hand, and is none of them: an average is not, nor is who takes something off."""
    headline = trace.claims.get(trace.metric)
    if headline is None or trace.loss or trace.lost or claimed(trace).linked:
        return False
    own = [one.value for one in trace.judged if one.value is not None and one.how.startswith(trace.metric)]
    by_hand = [one.value for one in trace.judged if one.value is not None and one.how == BY_HAND]
    return bool(own) and headline > max(own + by_hand) + NEAR


def fitted_elsewhere(trace: Trace) -> bool:
    """Whether the claim is of answers of a model, and a whole account shows none that was fitted: what it was fitted on
    may be the very rows that it is judged on.  A rule written by hand is no model."""
    behind = claimed(trace)
    answers = all(leaf.fit is None and leaf.value is None for leaf in behind.leaves)
    fitted = any(fit.fed or fit.role in ("model", "search") for fit in trace.fits)
    return behind.linked and bool(behind.leaves) and answers and not fitted and not trace.lost


def judged_at_other_lines(facts: Facts) -> bool:
    """Whether nobody knows what the claim is of, and some of its run's scores are of lines that no run with other rows
    or labels came to: what these show is then of other code."""
    names = (ProbeName.EVALUATE_NULL, ProbeName.EVALUATE_OTHERS, ProbeName.EVALUATE_PERTURBED)
    asked = [name for name in names if name in facts.case.runs]
    try:
        real, others = trace_of(facts, watched(facts)), [trace_of(facts, name) for name in asked]
    except NotApplicable:
        return False
    own = {one.place for one in real.judged} - {None}
    unreached = any(own - {one.place for one in other.judged} for other in others)
    return unreached and not claimed(real).linked and not real.lost


def reached_lines(facts: Facts, name: str) -> set[Location]:
    """The lines of the candidate's own files at which a watched run fitted, judged, split or made anything."""
    trace, locate = trace_of(facts, name), facts.case.submission.locate
    kinds = (trace.fits, trace.judged, trace.splits, trace.tables)
    places = {one.place for events in kinds for one in events}
    return {locate(place.path, place.line) for place in places if place is not None}


def seen_on_other_labels_alone(facts: Facts) -> bool:
    """Whether that is so on the public labels, and not on permuted ones: what these give says nothing of the claim."""
    try:
        real, null = (trace_of(facts, name) for name in (watched(facts), ProbeName.EVALUATE_NULL))
    except NotApplicable:
        return False
    return nothing_seen(real) and claimed(null).linked


@once
def look_inside(facts: Facts, name: str) -> Look:
    """What the account of one run shows by itself."""
    return inside.look(trace_of(facts, name), public_rows(facts), facts.case.challenge, facts.case.submission.locate)


@once
def public_rows(facts: Facts) -> inside.Data:
    """The public rows with what the challenge says of their columns."""
    return inside.Data(facts.case.dataset.public, facts.case.challenge)


def knows_the_labels(facts: Facts) -> bool:
    """Whether evaluate judges at other lines, or other numbers of rows, where the labels are not the public ones.

    What permuted labels give then says nothing of the claim.  False where one of the accounts is missing.
    """
    try:
        real, null = (trace_of(facts, name) for name in (watched(facts), ProbeName.EVALUATE_NULL))
    except NotApplicable:
        return False
    return bool(real.judged) and not _judgements(real) & _judgements(null)


def fits_other_rows(facts: Facts) -> bool:
    """Whether the models of the claim were fitted on other numbers of rows where labels mean nothing, as where answers
    choose what is trained on: what does not show there may show with real labels."""
    real, null = (trace_of(facts, name) for name in (watched(facts), ProbeName.EVALUATE_NULL))
    return bool(_fittings(real)) and not _fittings(real) & _fittings(null)


def _fittings(trace: Trace) -> set[tuple[Place | None, int]]:
    """Where the models of the claim were fitted, and on how many rows."""
    return {(pair.fit.place, len(pair.fitted)) for pair in inside.pairs_of(trace, claimed(trace))}


def _judgements(trace: Trace) -> set[tuple[Place, int]]:
    """Where rows were judged, and how many."""
    return {(one.place, len(one.rows or ())) for one in trace.judged if one.place is not None}
