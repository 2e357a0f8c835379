"""Every way of looking for leaks, put to one case."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from graders.checks.leakage import chosen, inside, interference, outside, relabelled
from graders.checks.leakage.claimed import claimed
from graders.checks.leakage.interference import Choice
from graders.checks.leakage.signal import Look, Signal, Source, blinded
from graders.checks.leakage.static.look import look as look_at_source
from graders.checks.leakage.static.machine import Columns
from graders.checks.leakage.trace import Place, Trace, read
from graders.facts import Facts, once
from graders.measure.answers import claims
from graders.measure.scoring import same_claim
from graders.model.case import NotApplicable, run_of
from graders.model.later import pd
from graders.probes.names import ProbeName
from graders.tasks.asked import metric_of
from graders.words import say

#: What a watched run shows wherever it is known which rows were fitted and judged.  Where some of these were made up,
#: LEAK008 is left to other held-out rows: rows made of them would be other ones, too.
SHOWN_BY_ROWS = frozenset({"LEAK003", "LEAK005", "LEAK009"})
#: Those of the very rows that are fitted and judged, whatever these belong to.
OF_ROWS_THEMSELVES = frozenset({"LEAK003", "LEAK009"})
#: Leaks of predict, which has probes of its own.
OF_PREDICT = frozenset({"LEAK010", "LEAK011"})
#: Shown by rows as well, and neither hides another leak nor looks like one: with it one run still clears the rest.
OF_TIME = frozenset({"LEAK004"})
#: Shown by other held-out rows: which of their features and labels made a difference is told by what had seen them.
OF_FEATURES = frozenset({"LEAK001"})
#: Labels that reach other rows: that shows wherever these have other labels, whoever names them.
OF_RATES = frozenset({"LEAK007"})
#: Leaks that can lift a claim on labels that mean nothing: a measured lift confirms them.
LIFT_NULL = frozenset({"LEAK003", "LEAK005", "LEAK006", "LEAK007", "LEAK008", "LEAK009"})
#: So many rows that moved with other held-out rows are missed where none did by chance: one time in 20,000.
DUE = 10
UNEXPLAINED = say("evaluate does not make the claim that counts when it is watched on the same rows")
UNSEEN = say("no score and no held-out rows were seen in evaluate, so nothing is known of how its claim came about")
OTHERWISE = say(
    "a score was seen in evaluate on permuted labels and none on the public ones, so they cannot be compared"
)
#: Why an account clears nothing, where that is no proof of anything.
CLEARS_NOTHING = (UNEXPLAINED, UNSEEN)


@once
def looks(facts: Facts) -> tuple[Look, ...]:
    """What each source says, the surest first."""
    return (outside.look(facts.case), interfered(facts), _inside(facts), look_at_text(facts), relabelled_look(facts))


@once
def look_at_text(facts: Facts) -> Look:
    """What the source text suggests."""
    asked = facts.case.challenge
    columns = Columns(asked.target, asked.kept_apart or "", asked.time or "", asked.metric)
    return look_at_source(facts.case.submission, columns)


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
    inner, best = _look_inside(facts, watched(facts)), chosen.best_of(trace)
    many = best is not None and len(best.values) >= chosen.MANY
    known = OF_PREDICT | OF_TIME | (OF_FEATURES if _named_by_features_alone(facts, trace) else frozenset())
    known |= OF_RATES if _named_by_rates_alone(facts, trace) else frozenset()
    told = any(signal.code not in known | OF_RATES for signal in look_at_text(facts).signals)
    seen = any(signal.code not in known for signal in inner.signals) or held_out_by_labels(facts)
    return not (seen or many or told) and inner.able >= SHOWN_BY_ROWS


def held_out_by_labels(facts: Facts) -> bool:
    """Whether a splitter dealt the held-out rows out by labels: others are held out where these are other ones."""
    choice = choice_of(facts)
    held = np.union1d(choice.moved, choice.watched)
    by_labels = [split for split in trace_of(facts, watched(facts)).splits if split.kind.startswith("Stratified")]
    parts = [rows for split in by_labels for rows in (split.train, split.test) if rows is not None]
    return any(np.isin(held, rows.members).any() for rows in parts)


def _named_by_features_alone(facts: Facts, trace: Trace) -> bool:
    """Whether nothing that is no model was given labels, nor anything was drawn by chance: what changes beside other
    held-out rows then does so by their features."""
    fed = any(fit.fed and fit.role in ("transformer", "resampler") for fit in trace.fits)
    return not fed and _draws_nothing(facts)


def _named_by_rates_alone(facts: Facts, trace: Trace) -> bool:
    """Whether no encoder was given labels: a table of rates of all rows may be read as of an earlier day, or not."""
    encoders = (fit for fit in trace.fits if fit.role != "statistic")
    return not any(inside.encodes_target(fit, facts.case.challenge.target) for fit in encoders)


@once
def settled_with_others(facts: Facts) -> Look | None:
    """What the run with other held-out features and labels says; None unless it fitted and scored what the watched run
    did, or fitted other values by what the account or the text names.

    Of any other difference it does not tell whether features or labels made it.
    """
    try:
        found = _compared(facts, ProbeName.EVALUATE_OTHERS)
        plain, moved = (trace_of(facts, name) for name in (watched(facts), ProbeName.EVALUATE_OTHERS))
        fits_otherwise = interference.fits_otherwise(plain, moved, choice_of(facts))
    except NotApplicable:
        return None
    codes = {signal.code for signal in found.signals}
    known = codes <= (OF_FEATURES if fits_otherwise else OF_PREDICT)
    settled = not codes or (known and _named_without_chance(facts, found))
    return found if found.able and settled else None


@once
def names_rates(facts: Facts) -> Look | None:
    """What the same run says where other values were fitted, and what it names for it are rates of labels alone."""
    try:
        found = _compared(facts, ProbeName.EVALUATE_OTHERS)
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
    rows = _rows(facts)
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
    rows, time, days = _rows(facts), facts.case.challenge.time, youngest(facts)
    if days is None or time is None or rows.time is None:
        return False
    ahead = pd.to_datetime(facts.case.dataset.hidden[time]).to_numpy().max() - rows.time.max()
    return bool(days >= ahead / np.timedelta64(1, "D"))


def interfered(facts: Facts) -> Look:
    """What two runs say that differ only in held-out features.

    A difference counts once another run on the same features has shown none: evaluate then does the same each time.
    So does one of features and labels, where other labels by themselves make none.
    """
    if ProbeName.EVALUATE_PERTURBED not in facts.case.runs and (settled := settled_with_others(facts)):
        return settled
    try:
        if ProbeName.EVALUATE_PERTURBED not in facts.case.runs and features_did(facts):
            return _compared(facts, ProbeName.EVALUATE_OTHERS)
        if ProbeName.EVALUATE_PERTURBED not in facts.case.runs and tables_stayed(facts):
            return _compared(facts, ProbeName.EVALUATE_NULL)
        seen = _compared(facts, ProbeName.EVALUATE_PERTURBED)
        steady = not seen.signals or fits_the_same(facts) or _named_without_chance(facts, seen)
        if not steady and _compared(facts, ProbeName.EVALUATE_STEADY).signals:
            raise NotApplicable(say("evaluate fits other values each time it runs on the same rows"))
    except NotApplicable as why:
        return blinded(Source.INTERFERENCE, interference.CODES, why)
    return seen


@once
def swap_of(facts: Facts) -> relabelled.Swap:
    """The held-out labels that the run with other ones changes; NotApplicable where too few rows are known."""
    case = facts.case
    trace = trace_of(facts, watched(facts))
    return relabelled.swap(trace, choice_of(facts), case.dataset.public, case.challenge, case.seed)


@once
def relabelled_look(facts: Facts) -> Look:
    """What the run with other held-out labels says; nothing where it was not asked.

    What it changed but for a row's own answer counts only where a third run on the same rows has shown no difference:
    threads and clocks of a library are no chance that a process tells of."""
    try:
        seen = _relabelled(facts)
        if _rests_on_another_run(seen) and _deviates(facts):
            raise NotApplicable(say("evaluate fits other values each time it runs on the same rows"))
    except NotApplicable:
        return Look(Source.INTERFERENCE)
    return seen


def _rests_on_another_run(seen: Look) -> bool:
    """Whether it shows more than answers that follow a row's own label, which no chance does."""
    return any(signal.code != "LEAK002" for signal in seen.signals)


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


def others_moved(facts: Facts) -> bool:
    """Whether other held-out features and labels moved what was fitted, scored or chosen."""
    try:
        return bool(_compared(facts, ProbeName.EVALUATE_OTHERS).signals)
    except NotApplicable:
        return False


def features_did(facts: Facts) -> bool:
    """Whether features made the difference that a run with other features and labels has shown: other labels by
    themselves, some or all of them, made none."""
    return fits_the_same(facts) or _moved_by_labels(facts) is False


def told_apart(facts: Facts) -> bool:
    """Whether it is known which of both made it."""
    return features_did(facts) or _moved_by_labels(facts) is True


def _moved_by_labels(facts: Facts) -> bool | None:
    """Whether some other labels moved anything of it; None where they were not asked, or cannot be compared."""
    try:
        seen = _relabelled(facts)
    except NotApplicable:
        return None
    quiet = not seen.signals and seen.able >= set(relabelled.CODES)
    return None if not others_moved(facts) or not (seen.signals or quiet) else not quiet


def others_unexplained(facts: Facts) -> bool:
    """Whether other held-out rows changed what was fitted or scored, and nothing says that features did: neither the
    account, nor the text of features by themselves, nor a run in which all labels were other ones and the same was
    fitted."""
    known = OF_FEATURES if any(signal.code == "LEAK001" for signal in _inside(facts).signals) else frozenset()
    explained = settled_with_others(facts) is not None or fits_the_same(facts)
    for name in (ProbeName.EVALUATE_OTHERS, ProbeName.EVALUATE_PERTURBED):
        try:
            seen = _compared(facts, name)
            named = explained or (name == ProbeName.EVALUATE_PERTURBED and _named_without_chance(facts, seen))
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


def _relabelled(facts: Facts) -> Look:
    plain, other = (trace_of(facts, name) for name in (watched(facts), ProbeName.EVALUATE_RELABELLED))
    case = facts.case
    return relabelled.look(plain, other, choice_of(facts), swap_of(facts), case.challenge, case.submission.locate)


def _deviates(facts: Facts) -> bool:
    """Whether a third run on the same rows differs from the first; NotApplicable where there is none."""
    plain, again = trace_of(facts, watched(facts)), trace_of(facts, ProbeName.EVALUATE_STEADY)
    other = _compared(facts, ProbeName.EVALUATE_STEADY).signals
    return bool(other) or relabelled.claim_moved(plain, again, choice_of(facts))


def differs(facts: Facts) -> bool:
    """Whether changed held-out rows changed what was fitted, so that it remains to be seen if anything else did."""
    try:
        seen = _relabelled(facts)
        if {signal.code for signal in seen.signals} - {"LEAK002"} - _sure_of_features(facts):
            return True
    except NotApplicable:
        pass
    try:
        seen = _compared(facts, ProbeName.EVALUATE_PERTURBED)
    except NotApplicable:
        return False
    return bool(seen.signals) and not fits_the_same(facts) and not _named_without_chance(facts, seen)


def _sure_of_features(facts: Facts) -> set[str]:
    """What other features have shown already, without a third run."""
    return {signal.code for signal in interfered(facts).signals}


def leaks_features(facts: Facts) -> bool:
    """Whether other features or labels of held-out rows changed what judged models were fitted on, each time they run.

    Rates of labels are left out: they may be known by then.
    """
    shown = (*interfered(facts).signals, *relabelled_look(facts).signals)
    return any(signal.code not in OF_PREDICT | OF_RATES for signal in shown)


def _named_without_chance(facts: Facts, seen: Look) -> bool:
    """Whether the account or the text names each leak that changed held-out rows show, where evaluate drew nothing by
    chance: that it does the same each time on the same rows is then taken for granted."""
    if not _draws_nothing(facts):
        return False
    named = {signal.code for look in (_inside(facts), look_at_text(facts)) for signal in look.signals}
    if "LEAK011" in named:  # what is fitted on the batch makes answers depend on it
        named.add("LEAK010")
    return {signal.code for signal in seen.signals} <= named


def _draws_nothing(facts: Facts) -> bool:
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


def features_deal_rows_out(facts: Facts) -> bool | None:
    """Whether other features of held-out rows lead to other held-out rows, so that these features tell no more; None
    where labels may have done so, as long as permuted ones are not asked."""
    others, null = ProbeName.EVALUATE_OTHERS, ProbeName.EVALUATE_NULL
    if not _dealt_otherwise(facts, others) or _compared(facts, others).signals:
        return False
    return None if null not in facts.case.runs else not _dealt_otherwise(facts, null)


def _dealt_otherwise(facts: Facts, name: str) -> bool:
    """False where one of the accounts is missing."""
    try:
        plain, other = trace_of(facts, watched(facts)), trace_of(facts, name)
        return interference.deals_out_otherwise(plain, other, choice_of(facts))
    except NotApplicable:
        return False


def _compared(facts: Facts, name: str) -> Look:
    plain, other = trace_of(facts, watched(facts)), trace_of(facts, name)
    return interference.look(plain, other, choice_of(facts), facts.case.challenge, facts.case.submission.locate)


def _inside(facts: Facts) -> Look:
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
    found = _chosen_in_both(facts, trace, _in_both(facts, _look_inside(facts, name)))
    if same_claim(seen, counted):
        return found
    seen_leaks = frozenset(signal.code for signal in found.signals)
    unseen = found.able - seen_leaks
    blind = {**found.blind, **dict.fromkeys(unseen, UNEXPLAINED)}
    return replace(found, able=seen_leaks, blind=blind, prevented=unseen)


def nothing_seen(trace: Trace) -> bool:
    """Whether a whole account shows neither a score nor rows that were held out: the claim was read somewhere, or made
    where nobody sees.  Who works by hand takes rows apart."""
    return not (trace.judged or trace.tables or trace.splits or trace.lost or claimed(trace).linked)


def seen_on_other_labels_alone(facts: Facts) -> bool:
    """Whether that is so on the public labels, and not on permuted ones: what these give says nothing of the claim."""
    try:
        real, null = (trace_of(facts, name) for name in (watched(facts), ProbeName.EVALUATE_NULL))
    except NotApplicable:
        return False
    return nothing_seen(real) and claimed(null).linked


@once
def _look_inside(facts: Facts, name: str) -> Look:
    return inside.look(trace_of(facts, name), _rows(facts), facts.case.challenge, facts.case.submission.locate)


@once
def _rows(facts: Facts) -> inside.Data:
    return inside.Data(facts.case.dataset.public, facts.case.challenge)


def _in_both(facts: Facts, look: Look) -> Look:
    """Only what shows on permuted labels as well is held against code that does the same there; the rest is open.

    A neglect of time shows in the run with other held-out rows, where that one stands for permuted labels.
    """
    null_asked = ProbeName.EVALUATE_NULL in facts.case.runs
    try:
        again = ProbeName.EVALUATE_NULL if null_asked else ProbeName.EVALUATE_OTHERS
        null = _look_inside(facts, again)
    except NotApplicable:
        return look
    if knows_the_labels(facts):
        return look
    once = {signal.code for signal in look.signals} - {signal.code for signal in null.signals}
    if null_asked and _fits_other_rows(facts):
        once -= OF_ROWS_THEMSELVES
    kept = tuple(signal for signal in look.signals if signal.code not in once)
    blind = {**look.blind, **dict.fromkeys(sorted(once), say("on permuted labels it does not show"))}
    return replace(look, signals=kept, able=look.able - once, blind=blind)


def _chosen_in_both(facts: Facts, trace: Trace, look: Look) -> Look:
    """The claim is the best of many scores of the same rows, and on permuted labels the best again, of another one.

    Whoever keeps a state by other rows claims the best of such a curve by luck alone, and seldom twice.
    """
    best = chosen.best_of(trace)
    try:
        null = trace_of(facts, ProbeName.EVALUATE_NULL)
    except NotApplicable:
        return look
    many = best is not None and not best.fitted and len(best.values) >= chosen.MANY
    if best is None or not many or not chosen.follows_the_rows([trace, null]):
        return look
    what = say(
        "the claim is the best of {values} scores of the same held-out rows; on permuted labels the best is claimed "
        "again, of another state of the model",
        values=len(best.values),
    )
    place = inside.located(best.place, facts.case.submission.locate)
    blind = {code: why for code, why in look.blind.items() if code != "LEAK006"}
    signal = Signal("LEAK006", Source.INSIDE, what, place, best.rows)
    return replace(look, signals=(*look.signals, signal), able=look.able | {"LEAK006"}, blind=blind)


def knows_the_labels(facts: Facts) -> bool:
    """Whether evaluate judges at other lines, or other numbers of rows, where the labels are not the public ones.

    What permuted labels give then says nothing of the claim.  False where one of the accounts is missing.
    """
    try:
        real, null = (trace_of(facts, name) for name in (watched(facts), ProbeName.EVALUATE_NULL))
    except NotApplicable:
        return False
    return bool(real.judged) and not _judgements(real) & _judgements(null)


def _fits_other_rows(facts: Facts) -> bool:
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


def may_lift_null(facts: Facts) -> bool:
    """Whether the account of the claim shows a leak that lifts a claim on labels that mean nothing."""
    return any(signal.code in LIFT_NULL for signal in _inside(facts).signals)


def lifts_null(facts: Facts) -> bool:
    """Whether the account of permuted labels shows a leak, as that of the claim does, which lifts a claim on labels
    that mean nothing."""
    asked = ProbeName.EVALUATE_NULL in facts.case.runs and not knows_the_labels(facts)
    return asked and may_lift_null(facts)


def lifted_by_two(facts: Facts) -> bool:
    """Whether the account and the text both name a leak that lifts a claim on labels that mean nothing."""
    named = [{signal.code for signal in look.signals} for look in (_inside(facts), look_at_text(facts))]
    return bool(LIFT_NULL & named[0] & named[1])


def explained(facts: Facts) -> bool:
    """Whether a watched run on the same rows made the very claim that counts."""
    return UNEXPLAINED not in looks(facts)[2].blind.values()
