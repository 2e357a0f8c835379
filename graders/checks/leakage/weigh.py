"""How sure is it?  Signals of one code from all sources become evidence with one certainty.

Confirmed is what was measured from outside, or what two independent sources saw: interference, which no candidate
can steer towards a difference, counts as measured.  A measurement confirms only what no innocent explanation is left
for: the probes that would show one must have run.  One signal from inside or from the source text alone is a
suspicion, and says what would settle it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from graders.checks.leakage import gap, interference, permuted, relabelled
from graders.checks.leakage.accounts import knows_the_labels
from graders.checks.leakage.detectors import explained, looks, relabelled_look, settled_with_others
from graders.checks.leakage.doubts import (
    LIFT_NULL,
    can_relabel,
    known_when_asked,
    lifts_null,
    looked_at_again,
    others_unexplained,
    youngest,
)
from graders.checks.leakage.judged import chosen_rows
from graders.checks.leakage.signal import Look, Signal, Source
from graders.facts import Facts
from graders.measure.answers import claims
from graders.model.case import NotApplicable, Prevented, Suggested
from graders.model.finding import Certainty, Evidence
from graders.probes.names import ProbeName
from graders.words import N_, listed, say, sentences

MEASURED = frozenset({Source.OUTSIDE, Source.INTERFERENCE})
#: Leaks that can lift a claim above the hidden score: a measured lift confirms them.
LIFT_CLAIM = LIFT_NULL | {"LEAK004"}
#: Leaks that are nothing but which rows were fitted and which were judged.
OF_ROWS = frozenset({"LEAK003", "LEAK004", "LEAK005", "LEAK009"})
#: Leaks of rows that are on both sides: they lift a claim on labels that mean nothing, and labels alone show none.
MOVED_ROWS = frozenset({"LEAK003", "LEAK005", "LEAK008", "LEAK009"})
#: Leaks that say how rows were split and scores chosen: one that is sure settles the points for that as well.
OF_DESIGN = frozenset({"LEAK003", "LEAK005", "LEAK006", "LEAK009"})
#: Leaks of values of other rows: scores that other held-out rows move leave open whether one did it.
OF_VALUES = frozenset({"LEAK001", "LEAK007"})
#: Leaks at predict time: they change what is predicted, not what is claimed.
MOVE_NO_CLAIM = frozenset({"LEAK010", "LEAK011"})
#: The source of a sentence on how far the claim is off: it holds the hidden score, so no candidate reads it.
EFFECT = "effect"
#: Most pieces of evidence told of one source.
MOST = 4


def examine(code: str) -> Callable[[Facts], Iterable[Evidence]]:
    """The examination of one leak: evidence from every source, or NotApplicable where none could tell."""

    def found(facts: Facts) -> Iterable[Evidence]:
        evidence = evidence_of(code, facts)
        return (*evidence, *_moved(code, evidence, facts))

    return found


def evidence_of(code: str, facts: Facts) -> tuple[Evidence, ...]:
    seen = _aged(_seen(facts), facts) if code == "LEAK007" else _seen(facts)
    return weighed(
        code, seen, lambda: _effect(code, seen, facts), lambda: _refuted(code, facts), lambda: _unlifted(facts)
    )


def _seen(facts: Facts) -> tuple[Look, ...]:
    """What each source says; of interference what one run showed of rates, where permuted labels stood for others."""
    from_outside, between, *others = looks(facts)
    return from_outside, permuted.rates_shown(facts) or between, *others, _chosen_rows(facts)


def _chosen_rows(facts: Facts) -> Look:
    """Rows that are judged because of a value that nobody has by then.  A claim that is no better for it is in doubt
    where the target is a number; classes may be drawn by their number for other reasons, so nothing is said of them."""
    found = chosen_rows(facts)
    if found is not None and not _helped(facts):
        doubt = say("The claim is not shown to be better for it.")
        found = replace(found, doubt=doubt) if facts.case.challenge.task == "regression" else None
    return Look(Source.INTERFERENCE, () if found is None else (found,))


def _helped(facts: Facts) -> bool:
    """Whether the claim is better than what holds, or than labels that mean nothing allow."""
    try:
        return permuted.null_in_doubt(facts) or any(gap.claim_above_hidden(facts))
    except NotApplicable:
        return False


def _aged(seen: tuple[Look, ...], facts: Facts) -> tuple[Look, ...]:
    """Whether labels that reach later rows alone were known by then is in doubt, and no two witnesses settle it."""
    days = youngest(facts)
    if not days:
        return seen
    doubt = say(
        "Labels of held-out rows reach only rows at least {days} days later: they may be known by then.", days=days
    )
    return tuple(
        replace(look, signals=tuple(replace(one, doubt=one.doubt or doubt) for one in look.signals)) for look in seen
    )


def labels_in_doubt(facts: Facts) -> bool:
    """Whether labels of held-out rows may reach anything but the claim: the account or the text says so and nothing is
    sure, or other held-out rows moved what none of both explains, or labels that mean nothing are claimed upon.

    Not where a rate shows that permuted labels confirm, or may yet confirm."""
    if not can_relabel(facts) or permuted.rates_may_show(facts):
        return False
    named = {signal.code for look in looks(facts) for signal in look.signals}
    sure = {code for code in sorted(named) if _is_sure(code, facts)}
    settled = settled_with_others(facts)
    if named & set(relabelled.CODES) - sure and (settled is None or settled.signals):
        return True
    if sure & (OF_DESIGN | {*relabelled.CODES}):
        return False
    if others_unexplained(facts) or (looked_at_again(facts) and settled is None):
        return True
    # Where other features and labels at once moved no score of a row left as it was, labels alone would move none.
    return settled is None and permuted.null_in_doubt(facts) and not lifts_null(facts) and not named & MOVED_ROWS


def sure_of_all_that_shows(facts: Facts) -> bool:
    """Whether a leak is confirmed that says how rows were split or scores chosen, and every other one that other
    held-out features could confirm: they would change no points.  Not where anything speaks for LEAK001, which they
    alone show."""
    named = {signal.code for look in _seen(facts) for signal in look.signals}
    sure = {code for code in sorted(named - MOVE_NO_CLAIM) if _is_sure(code, facts)}
    return bool(sure & OF_DESIGN) and named & {*interference.CODES, "LEAK009"} <= sure - {"LEAK001"}


def _is_sure(code: str, facts: Facts) -> bool:
    try:
        return any(one.certainty is Certainty.CONFIRMED for one in evidence_of(code, facts))
    except NotApplicable:
        return False


def _moved(code: str, evidence: tuple[Evidence, ...], facts: Facts) -> Iterator[Evidence]:
    """How far the claim is off, where a leak can move it and nothing measured from outside says so already."""
    if not evidence or code in MOVE_NO_CLAIM or any(one.source == Source.OUTSIDE.value for one in evidence):
        return
    found = facts.measured
    far = abs(found.optimism)
    good, poor = (
        N_("With all causes together, the claim of {claimed:.3f} is {far:.3f} better than what holds."),
        N_("With all causes together, the claim of {claimed:.3f} is {far:.3f} worse than what holds."),
    )
    what = sentences(
        say(good if found.optimism > 0 else poor, claimed=found.claimed, far=far),
        say(
            "That is {errors:.1f} standard errors: hidden rows give {hidden:.3f}.",
            errors=far / found.optimism_error,
            hidden=found.hidden.value,
        ),
    )
    yield replace(evidence[0], where=None, what=what, source=EFFECT)


def _effect(code: str, seen: tuple[Look, ...], facts: Facts) -> str:
    """A sentence on what was measured of such a leak's effect; empty where nothing was, or another leak explains it."""
    if code == "LEAK011":
        sure = (s for s in seen[0].signals if s.code == "LEAK010" and not s.doubt)
        return next((say("it shows from outside as well: {what}", what=signal.what) for signal in sure), "")
    return "" if explained_by_another(code, seen) else _lifted(code, facts)


def explained_by_another(code: str, seen: Iterable[Look]) -> bool:
    """Whether a measured leak of another kind would explain a claim that is too high.

    A row's own label in its features is a rate's doing where a rate is named, and no other kind.
    """
    others = (s for one in seen for s in one.signals if s.source in MEASURED and s.code != code)
    return any(code != "LEAK007" or s.code != "LEAK002" or s.source is not Source.INTERFERENCE for s in others)


def weighed(
    code: str,
    seen: Iterable[Look],
    lifted: Callable[[], str],
    refuted: Callable[[], bool] = lambda: False,
    unlifted: Callable[[], bool] = lambda: False,
) -> tuple[Evidence, ...]:
    """The evidence for one code; `lifted` gives a sentence on what a measurement says of its effect, or none,
    `refuted` says whether one speaks against what the source text alone suggests, and `unlifted` whether all that a
    leak lifts was measured and is as it should be."""
    all_looks = tuple(seen)
    signals = [signal for look in all_looks for signal in look.signals if signal.code == code]
    stands = bool(signals) and not _overruled(code, {signal.source for signal in signals}, all_looks, refuted)
    read_alone = stands and _read_alone(all_looks) and (code in MOVE_NO_CLAIM or unlifted())
    if stands and not read_alone:
        return tuple(_told(code, signals, all_looks, lifted()))
    _require_sight(code, all_looks, _shown(signals)[0] if read_alone else None)
    return ()


def _told(code: str, signals: list[Signal], seen: tuple[Look, ...], effect: str) -> Iterator[Evidence]:
    """What is shown of signals that count, how sure they are together, and why where they are not."""
    sources = {signal.source for signal in signals}
    doubt = next((signal.doubt for signal in signals if signal.doubt), "")
    sure = not doubt and (bool(sources & MEASURED) or len(sources) > 1 or bool(effect))
    certainty = Certainty.CONFIRMED if sure else Certainty.SUSPECTED
    shown = [_evidence(signal, certainty) for signal in _shown(signals)]
    yield from shown
    if effect:
        yield Evidence(effect, None, certainty, Source.OUTSIDE.value)
    if not sure:
        why = sentences(doubt, say("Ask about it.")) if doubt else _open(code, seen, sources)
        yield Evidence(why, None, certainty, shown[0].source)


def _overruled(code: str, sources: set[Source], seen: tuple[Look, ...], refuted: Callable[[], bool]) -> bool:
    """Whether a run showed that it is not so, which outweighs what the text or a table of rates suggests."""
    if code == "LEAK010" and _asked(seen):
        return True
    if sources == {Source.STATIC}:
        return _followed(code, seen) or refuted()
    return code == "LEAK007" and not sources & MEASURED and refuted()


def _read_alone(seen: tuple[Look, ...]) -> bool:
    """Whether all that speaks for any leak was read in the source text.

    Of pipelines never seen before seven of 48 honest ones were suspected so, and one of 28 leaky ones: see
    benchmarks/results/leakage.md.
    """
    return all(s.source is Source.STATIC for look in seen for s in look.signals)


def _followed(code: str, seen: tuple[Look, ...]) -> bool:
    """Whether the rows in question were followed while the code ran, which shows what the text can only suggest.

    Rows that were seen on both sides leave open whether that is all of LEAK009: some labels may be guesses.
    """
    followed = (one for one in seen if one.source is Source.INSIDE and code in one.able)
    return code in OF_ROWS and any(code != "LEAK009" or not _names("LEAK003", one) for one in followed)


def _asked(seen: tuple[Look, ...]) -> bool:
    """Whether predict gave the same answers in other batches, and nothing is fitted anew on what it is asked about.

    It depends on no other row then, whatever the text suggests.  Nor do scores of evaluate say so that other held-out
    rows move: evaluate may read on, as a mean of the days before does, what predict takes from training rows.
    """
    told = [look for look in seen if look.source is Source.OUTSIDE]
    same = any("LEAK010" in look.able for look in told) and not any(_names("LEAK010", look) for look in told)
    return same and not (_reads_on(seen) and any(_names("LEAK011", look) for look in seen))


def _reads_on(seen: tuple[Look, ...]) -> bool:
    """Whether other held-out rows moved scores in evaluate, of the same fits."""
    return any(_names("LEAK010", look) for look in seen if look.source is Source.INTERFERENCE)


def _names(code: str, look: Look) -> bool:
    return any(signal.code == code for signal in look.signals)


def _refuted(code: str, facts: Facts) -> bool:
    """Whether a run shows that it is not what the text, or a table of rates, suggests.

    A model that is scored on rows it was fitted on does well on labels that mean nothing, too, but not by guesses for
    labels of rows that were seen on both sides.  Where labels of held-out rows reach others through a rate, other
    labels come to other values: a rate as of an earlier day reads a table of all labels, and gives none of a judged
    row on, or none but those that are known of every hidden row.  Where other labels of held-out rows move nothing but
    the claim, none is in a feature.
    """
    if code in relabelled_look(facts).able and not youngest(facts):  # nobody asks where it is named there
        return True
    if code == "LEAK007":
        settled = settled_with_others(facts)
        old = known_when_asked(facts) or (settled is not None and not settled.signals)
        return old and permuted.fell_with_the_labels(facts)
    guessed = any(_names("LEAK003", look) for look in looks(facts) if look.source is Source.INSIDE)
    asked = code == "LEAK009" and not guessed and bool(claims(facts.case, [ProbeName.EVALUATE_NULL]))
    return asked and not permuted.null_in_doubt(facts) and explained(facts) and not knows_the_labels(facts)


def _evidence(signal: Signal, certainty: Certainty) -> Evidence:
    return Evidence(signal.what, signal.where, certainty, signal.source.value)


def _shown(signals: list[Signal]) -> list[Signal]:
    """The surest source first, and of each no more than a reader will look at."""
    order = list(Source)
    ranked = sorted(signals, key=lambda s: (order.index(s.source), str(s.where or ""), s.what))
    return [s for n, s in enumerate(ranked) if sum(t.source is s.source for t in ranked[:n]) < MOST]


def _require_sight(code: str, seen: tuple[Look, ...], read: Signal | None) -> None:
    """NotApplicable where nobody could have seen it, or where it was `read` in the source text and no run shows it.

    Clean is only what somebody who runs the code could have seen; the source text alone clears nobody, and nobody is
    cleared by one look whose code kept another from looking.
    """
    for one in seen:
        if code in one.prevented:
            raise Prevented(one.blind[code])
    if code in OF_VALUES and _reads_on(seen) and _asked(seen):
        raise NotApplicable(say("other held-out rows move scores in evaluate, though not the answers of predict"))
    reasons = sorted({one.blind[code] for one in seen if code in one.blind})
    if read is not None:
        suggests = say("the code suggests it ({place}), but no run shows it", place=read.where or "")
        raise Suggested(listed((suggests, *reasons), "; "), _evidence(read, Certainty.SUSPECTED))
    if not any(code in one.able for one in seen if one.source is not Source.STATIC):
        raise NotApplicable(listed(reasons, "; ") or say("no probe that could show it was run"))


def _open(code: str, seen: tuple[Look, ...], sources: set[Source]) -> str:
    """Why it stays a suspicion, and what would settle it."""
    witness = say("Seen in one run, not confirmed by a measurement.")
    if sources == {Source.STATIC}:
        witness = say("Read in the code, not confirmed by a measurement.")
    reasons = sorted({one.blind[code] for one in seen if code in one.blind and one.source in MEASURED})
    return sentences(witness, *reasons, say("Ask about it."))


def _lifted(code: str, facts: Facts) -> str:
    """A sentence on the measured optimism that such a leak explains; empty where none was measured."""
    null = _confirmed(permuted.claim_without_signal, facts)
    if code in LIFT_NULL and null:
        return say("it shows from outside as well: {null}", null=null)
    if null:  # what lifts a claim on labels that mean nothing is another leak, and it lifts this claim too
        return ""
    if code in LIFT_CLAIM and (what := _confirmed(gap.claim_above_hidden, facts)):
        return say("it shows from outside as well: {what}", what=what)
    return ""


def _unlifted(facts: Facts) -> bool:
    """Whether the claim was held against hidden rows and against labels that mean nothing, and neither is in doubt."""
    try:
        return not any(any(check(facts)) for check in (gap.claim_above_hidden, permuted.claim_without_signal))
    except NotApplicable:
        return False


def _confirmed(check: Callable[[Facts], Iterable[Evidence]], facts: Facts) -> str:
    try:
        found = [evidence for evidence in check(facts) if evidence.certainty is Certainty.CONFIRMED]
    except NotApplicable:
        return ""
    return found[0].what if found else ""
