"""Non-interference: what a judged model was fitted on may not depend on the features of the rows it is judged on.

Two traced runs of `evaluate`, alike but for these features, are compared call by call.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

import numpy as np

from graders.checks.leakage import chosen
from graders.checks.leakage.claimed import claimed, claims_a_metric, fit_of
from graders.checks.leakage.inside import ancestors, chose, encodes_target, learns, located, predicts_target
from graders.checks.leakage.perturbation import Choice, choose, models_of, perturb, relabel, without_copies
from graders.checks.leakage.signal import Look, Signal, Source
from graders.checks.leakage.trace import SCORE_BYTES, Fit, Judgement, Place, Rows, Trace
from graders.model.arrays import IntArray
from graders.model.case import NotApplicable
from graders.model.challenge import Challenge
from graders.model.submission import Location
from graders.words import N_, say, sentences

__all__ = ["Choice", "choose", "look", "perturb", "relabel", "without_copies"]

CODES = ("LEAK001", "LEAK006", "LEAK007", "LEAK008")  # looked for; LEAK009 may be seen on the way
#: Scores of watched rows that may differ before anything is said: a rounded last digit may.
TOLERATED = 0.01


def look(
    plain: Trace,
    moved: Trace,
    choice: Choice,
    challenge: Challenge,
    locate: Callable[[str, int | None], Location],
) -> Look:
    """Compare a traced run with one on `perturb`ed rows; `choice` as it was made from the plain run."""
    try:
        check_alike(plain, moved, choice)
    except NotApplicable as why:
        signals = tuple(_other_rows(plain, moved, choice, challenge.target, locate))
        flagged = {signal.code for signal in signals}
        return Look(
            Source.INTERFERENCE, signals, frozenset(flagged), {c: why.reason for c in CODES if c not in flagged}
        )
    signals = tuple(_differences(plain, moved, choice, challenge, locate))
    if not choice.leaves and not signals:
        return Look(Source.INTERFERENCE, blind=dict.fromkeys(CODES, say("no score of a model was seen")))
    flagged = {signal.code for signal in signals}
    able, blind = {"LEAK001", "LEAK007", "LEAK008", *flagged}, {}
    if "LEAK006" not in able:
        blind["LEAK006"] = say("a choice by score need not change when the features of some rows do")
    return Look(Source.INTERFERENCE, signals, frozenset(able), blind)


def check_alike(plain: Trace, moved: Trace, choice: Choice) -> None:
    """NotApplicable unless both runs did the same with the same rows, as far as the chosen judgements."""
    if plain.lost or moved.lost:
        raise NotApplicable(say("a traced run did more than its account holds"))
    last = max(choice.leaves, default=-1)
    if len(moved.judged) <= last:
        raise NotApplicable(say("with other features in the held-out rows fewer models were judged"))
    for number in choice.leaves:
        one, other = plain.judged[number], moved.judged[number]
        if (one.place, one.how, one.fit) != (other.place, other.how, other.fit) or not equal(one.rows, other.rows):
            raise NotApplicable(say("with other features in the held-out rows other rows were held out"))
        if one.fit is not None and not equal(plain.fits[one.fit].rows, moved.fits[one.fit].rows):
            raise NotApplicable(say("with other features in the held-out rows the models were fitted on other rows"))


def fits_the_same(plain: Trace, moved: Trace, again: Trace, choice: Choice) -> bool:
    """Whether the models whose training values differ in `moved` had those of `plain` in another run as well, `again`,
    where no feature was changed: then chance did not make the difference."""
    changed = [fit for fit in models_of(plain, choice) if not _same_values(fit, moved)]
    return bool(changed) and not again.lost and all(_same_values(fit, again) for fit in changed)


def tables_the_same(plain: Trace, moved: Trace, again: Trace, choice: Choice) -> bool:
    """The same of models by hand: whether the first table of other rows alone that holds other values in `moved` held
    those of `plain` in `again`."""
    at = _first_other(plain, moved, choice)
    if at is None or again.lost or at >= len(again.tables):
        return False
    one, other = plain.tables[at], again.tables[at]
    return (one.place, one.x) == (other.place, other.x) and equal(one.rows, other.rows)


def tables_alike(plain: Trace, other: Trace, choice: Choice) -> bool:
    """Whether two runs made the same tables of the same rows, and those without a changed row hold the same."""
    pairs = list(zip(plain.tables, other.tables, strict=False))
    alike = all(one.place == two.place and equal(one.rows, two.rows) for one, two in pairs)
    lost = plain.lost or other.lost or len(plain.tables) != len(other.tables)
    return alike and not lost and _first_other(plain, other, choice) is None


def deals_out_otherwise(plain: Trace, other: Trace, choice: Choice) -> bool:
    """Whether another run held other rows out, or fitted other ones, as far as the chosen judgements."""
    try:
        check_alike(plain, other, choice)
    except NotApplicable:
        return True
    return False


def fits_otherwise(plain: Trace, moved: Trace, choice: Choice) -> bool:
    """Whether a model that is judged on the chosen rows was fitted on other values in `moved`."""
    return any(not _same_values(fit, moved) for fit in models_of(plain, choice))


def taught_otherwise(fit: Fit, other: Fit) -> bool:
    """Whether features, labels or weights that it was fitted on are other ones."""
    return (fit.x, fit.y) != (other.x, other.y)


def _same_values(fit: Fit, other: Trace) -> bool:
    """Whether another run fitted the same kind of object on the same values of the same rows, call for call."""
    if not fit.x or fit.id >= len(other.fits):
        return False
    found = other.fits[fit.id]
    return (fit.place, fit.kind, fit.x) == (found.place, found.kind, found.x) and equal(fit.rows, found.rows)


def _other_rows(
    plain: Trace, moved: Trace, choice: Choice, target: str, locate: Callable[[str, int | None], Location]
) -> Iterator[Signal]:
    """The model was fitted on other rows, and what chose them had seen the rows that were changed."""
    number = min(choice.leaves, default=-1)
    if number < 0 or len(moved.judged) <= number or plain.lost or moved.lost:
        return
    one, other = plain.judged[number], moved.judged[number]
    if one.fit is None or other.fit is None or (one.place, one.how) != (other.place, other.how):
        return
    model, again = plain.fits[one.fit], moved.fits[other.fit]
    if model.rows is None or again.rows is None or model.kind != again.kind or equal(model.rows, again.rows):
        return
    chooser = _chooser(plain, model, choice, target if equal(one.rows, other.rows) else "")
    if chooser is not None:
        what = say(
            "with other features in {moved:,} held-out rows, {kind} was fitted on other rows: {cause} "
            "had seen the held-out rows and their labels, and chose the training rows",
            moved=len(choice.moved),
            kind=model.kind,
            cause=chooser[0],
        )
        yield Signal("LEAK008", Source.INTERFERENCE, what, located(chooser[1], locate), len(choice.moved))


def _chooser(plain: Trace, model: Fit, choice: Choice, target: str) -> tuple[str, Place | None] | None:
    """What saw the changed rows and then left out training rows: a resampler, or, where a target is given, a model of
    it that was asked about every row trained on."""
    assert model.rows is not None  # the caller compared them
    earlier = [fit for fit in plain.fits[: model.id] if _touches(fit, choice.moved)]
    for fit in earlier[::-1]:
        if fit.role == "resampler" and chose(fit, model.rows.members):
            return fit.kind, fit.place
    asked: dict[Place | None, list[IntArray]] = {}
    for judged in plain.judged:
        fit_asked = fit_of(plain, judged)
        if judged.at < model.at and judged.rows is not None and fit_asked is not None and fit_asked.labels == target:
            asked.setdefault(judged.place, []).append(judged.rows.members)
            saw = any(_touches(fit, choice.moved) for fit in earlier if fit.place == fit_asked.place)
            if saw and np.isin(model.rows.members, np.concatenate(asked[judged.place])).all():
                return fit_asked.kind, judged.place
    return None


def equal(first: Rows | None, second: Rows | None) -> bool:
    """Whether two sets hold the same rows."""
    if first is None or second is None:
        return first is second
    return np.array_equal(first.members, second.members)


def _differences(
    plain: Trace, moved: Trace, choice: Choice, challenge: Challenge, locate: Callable[[str, int | None], Location]
) -> Iterator[Signal]:
    fits = models_of(plain, choice)
    changed = [fit for fit in fits if taught_otherwise(fit, moved.fits[fit.id])]
    count = len(choice.moved)
    if changed:
        if _other_columns(plain, moved, changed[0], choice):
            what = say(
                "with other features in {count:,} held-out rows, {kind} was fitted on other columns: scores "
                "on held-out rows chose them",
                count=count,
                kind=changed[0].kind,
            )
            yield Signal("LEAK006", Source.INTERFERENCE, what, located(changed[0].place, locate), count)
            return
        if other_candidate(plain, moved, changed[0], choice):
            yield _another_reported(plain, choice, locate)
            return
        code, carrier, place = cause(plain, moved, changed[0], choice, challenge.target)
        sentence = N_("Changing {rows:,} held-out rows changed the training data of {kind}.")
        if carrier:
            sentence = N_(
                "Changing {rows:,} held-out rows changed the training data of {kind}: "
                "{cause} had seen the held-out rows."
            )
        what = say(sentence, rows=count, kind=changed[0].kind, cause=carrier)
        yield Signal(code, Source.INTERFERENCE, what, located(place, locate), count)
    elif not choice.leaves:
        yield from _other_tables(plain, moved, choice, locate)
    elif _choice_moved(plain, moved):
        yield _another_reported(plain, choice, locate)
    else:
        scores = list(_other_scores(plain, moved, choice, locate))
        yield from scores or _other_threshold(plain, moved, choice, locate)


def _another_reported(plain: Trace, choice: Choice, locate: Callable[[str, int | None], Location]) -> Signal:
    count, place = len(choice.moved), plain.judged[choice.leaves[0]].place
    what = say(
        "with other features in {count:,} held-out rows another candidate is reported: they made the choice",
        count=count,
    )
    return Signal("LEAK006", Source.INTERFERENCE, what, located(place, locate), count)


def _other_threshold(
    plain: Trace, moved: Trace, choice: Choice, locate: Callable[[str, int | None], Location]
) -> Iterator[Signal]:
    """A metric claimed beside the main one is the best of the same candidates in both runs, each time of another."""
    for name in filter(claims_a_metric, sorted(plain.claims)):
        best = chosen.best_of(plain, name)
        if best is not None and chosen.follows_the_rows([plain, moved], name):
            what = say(
                "with other features in {moved:,} held-out rows, another of {values} candidates is the one "
                "whose {name} is claimed: these rows made the choice",
                moved=len(choice.moved),
                values=len(best.values),
                name=name,
            )
            yield Signal("LEAK006", Source.INTERFERENCE, what, located(best.place, locate), len(choice.moved))
            return


def _choice_moved(plain: Trace, moved: Trace) -> bool:
    """Whether other models than before are behind the claim, of those that were judged in both runs."""
    if chosen.follows_the_rows([plain, moved]):
        return True
    one, other = claimed(plain), claimed(moved)
    both = one.linked and other.linked and len(plain.judged) == len(moved.judged)
    ids = [tuple(leaf.id for leaf in behind.leaves) for behind in (one, other)]
    return both and ids[0] != ids[1] and chosen.best_of(plain) is not None


def _other_columns(plain: Trace, moved: Trace, model: Fit, choice: Choice) -> bool:
    """Whether the model was fitted on a choice of columns that hold what they held, after models had been judged on
    the changed rows: the scores chose, and no value of a training row is another one."""
    columns = moved.fits[model.id].columns
    alike = [fit for fit in plain.fits[: model.id + 1] if equal(fit.rows, model.rows)]
    known = {column for fit in alike for column in fit.columns}
    if any(learns(fit) and _touches(fit, choice.moved) for fit in ancestors(plain, model.via) if fit.id != model.id):
        return False  # a selector that was fitted on them chose, and is named
    if not columns or not model.columns or set(columns) == set(model.columns) or not set(columns) <= known:
        return False
    return _were_compared(plain, model, choice)


def other_candidate(plain: Trace, moved: Trace, model: Fit, choice: Choice) -> bool:
    """Whether the model was fitted on just what another one had been fitted on before, after models had been judged on
    the changed rows: the scores chose, as of several scales of the target."""
    found = moved.fits[model.id]
    candidates = {(fit.kind, fit.x, fit.y) for fit in plain.fits[: model.id] if equal(fit.rows, model.rows)}
    return bool(found.x) and (found.kind, found.x, found.y) in candidates and _were_compared(plain, model, choice)


def _were_compared(plain: Trace, model: Fit, choice: Choice) -> bool:
    """Whether several models had been judged on the changed rows before this one was fitted."""
    before = (judged for judged in plain.judged if judged.fit is not None and judged.fit < model.id)
    return len({judged.fit for judged in before if _holds(judged.rows, choice.moved)}) > 1


def _were_scored(plain: Trace, model: Fit, choice: Choice) -> bool:
    """Whether a metric had given several values at one line, of rows with changed ones among them, before this model
    was fitted: something was chosen by them."""
    values: dict[tuple[Place | None, int], set[float]] = defaultdict(set)
    for judged in plain.judged:
        if judged.value is not None and judged.at < model.at and _holds(judged.rows, choice.moved):
            values[judged.place, id(judged.rows)].add(judged.value)  # sets of rows are shared where they are equal
    return any(len(told) > 1 for told in values.values())


def _holds(rows: Rows | None, some: IntArray) -> bool:
    return rows is not None and bool(np.isin(some, rows.members).any())


def cause(
    plain: Trace, moved: Trace, model: Fit, choice: Choice, target: str, labels_alone: bool = False
) -> tuple[str, str, Place | None]:
    """What carried the features over, or where these are the same the labels, as far as a traced call did: its code,
    its name and its line.  What was given no labels carries none."""
    before = [fit for fit in ancestors(plain, model.via) if fit.id != model.id and _touches(fit, choice.moved)]
    earlier = [fit for fit in plain.fits[: model.id] if _touches(fit, choice.moved)]
    made_rows = model.rows is not None and bool(model.rows.unknown or model.rows.repeated)
    carriers: tuple[tuple[str, list[Fit], Callable[[Fit], bool]], ...] = (  # the first that there is
        ("LEAK007", before, lambda fit: encodes_target(fit, target)),
        ("LEAK009", before, lambda fit: predicts_target(fit, target)),
        ("LEAK001", before, lambda fit: learns(fit) and fit.role != "resampler"),
        ("LEAK008", earlier, lambda fit: fit.role == "resampler" and made_rows),
        ("LEAK007", earlier, lambda fit: fit.role == "statistic" and fit.labels == target),
        ("LEAK001", earlier, lambda fit: fit.role == "transformer"),
    )
    for code, fits, carried in carriers:
        for fit in filter(carried, fits):
            if not labels_alone or fit.fed or fit.labels == target:
                return code, fit.kind, fit.place
    return "LEAK001", "", first_table(plain, moved, choice) or model.place


def _touches(fit: Fit, rows: IntArray) -> bool:
    return _holds(fit.rows, rows)


def first_table(plain: Trace, moved: Trace, choice: Choice) -> Place | None:
    """The first line at which a table without any changed row holds other values."""
    at = _first_other(plain, moved, choice)
    return None if at is None else plain.tables[at].place


def _first_other(plain: Trace, moved: Trace, choice: Choice) -> int | None:
    """The number of that table."""
    for at, (one, other) in enumerate(zip(plain.tables, moved.tables, strict=False)):
        if one.place != other.place or not equal(one.rows, other.rows):
            return None
        own = one.rows is not None and not np.isin(choice.moved, one.rows.members).any()
        if own and one.x != other.x and (choice.leaves or equal(one.rows, Rows(choice.fitted))):
            return at
    return None


def _other_tables(
    plain: Trace, moved: Trace, choice: Choice, locate: Callable[[str, int | None], Location]
) -> Iterator[Signal]:
    """Where model and metric are written by hand: the tables of the rows that were not changed."""
    place = first_table(plain, moved, choice)
    if place is not None:
        what = say(
            "with other features in {moved:,} held-out rows, a table of other rows alone holds other values",
            moved=len(choice.moved),
        )
        yield Signal("LEAK001", Source.INTERFERENCE, what, located(place, locate), len(choice.moved))


def _other_scores(
    plain: Trace, moved: Trace, choice: Choice, locate: Callable[[str, int | None], Location]
) -> Iterator[Signal]:
    """Rows that were not changed may not get other scores."""
    for number in choice.leaves:
        one, other = plain.judged[number], moved.judged[number]
        found, of = _moved_scores(one, other, choice.watched)
        differ = len(found)
        if not more_than_rounding(differ, of):
            continue
        code, place, why = steered(plain, one, choice)
        if code == "LEAK001":  # nothing was seen fitted: a table of other rows may show where it happened
            place = first_table(plain, moved, choice) or place
        what = say(
            "with other features in {moved:,} held-out rows, {differ:,} of {of:,} other held-out rows "
            "got another score",
            moved=len(choice.moved),
            differ=differ,
            of=of,
        )
        what = sentences(what, why) if why else what
        yield Signal(code, Source.INTERFERENCE, what, located(place, locate), differ)
        return


def steered(plain: Trace, judged: Judgement, choice: Choice) -> tuple[str, Place | None, str]:
    """By what held-out rows can change a score of another: early stopping or tuning on them, or a statistic."""
    fit = None if judged.fit is None else plain.fits[judged.fit]
    if fit is not None and fit.stopped_on is not None and np.isin(choice.moved, fit.stopped_on.members).any():
        return "LEAK006", fit.place, say("{kind} stops by them", kind=fit.kind)
    if fit is not None:
        for search in plain.fits[: fit.id]:
            if search.role == "search" and _touches(search, choice.moved):
                return "LEAK006", search.place, say("{kind} was tuned on them", kind=search.kind)
        compared = {
            other.fit for other in plain.judged[: judged.id] if other.rows is judged.rows and other.fit != fit.id
        }
        if len(compared - {None}) > 1 or _were_scored(plain, fit, choice):
            return "LEAK006", judged.place, say("Models had been compared on them")
        return "LEAK010", judged.place, say("{kind} was fitted on the very same table", kind=fit.kind)
    return "LEAK001", judged.place, ""


def more_than_rounding(moved: int, of: int) -> bool:
    """Whether more scores moved than may for no reason."""
    return moved > max(2, TOLERATED * of)


def moved_rows(plain: Trace, other: Trace, choice: Choice) -> IntArray:
    """Rows left as they were that got another score of the same fits; NotApplicable where the runs do not compare."""
    check_alike(plain, other, choice)
    if not choice.leaves or fits_otherwise(plain, other, choice):
        raise NotApplicable(say("no score of a model was seen"))
    found = [_moved_scores(plain.judged[n], other.judged[n], choice.watched)[0] for n in choice.leaves]
    return np.unique(np.concatenate(found))


def moved_scores(before: Judgement, after: Judgement) -> IntArray:
    """The rows that got another score, of all that both runs scored."""
    return np.empty(0, np.int64) if before.rows is None else _moved_scores(before, after, before.rows.members)[0]


def _moved_scores(before: Judgement, after: Judgement, watched: IntArray) -> tuple[IntArray, int]:
    """The watched rows that got another score, of how many that both runs scored."""
    if before.rows is None or not before.scores or not after.scores or len(before.scores) != len(after.scores):
        return np.empty(0, np.int64), 0
    scores = [np.frombuffer(judged.scores, np.uint8).reshape(-1, SCORE_BYTES) for judged in (before, after)]
    at = np.isin(before.rows.members, watched)
    return before.rows.members[at & (scores[0] != scores[1]).any(axis=1)], int(at.sum())
