"""Leaks that show in the account of one traced run: which rows were fitted, and which were judged.

What it says explains and raises suspicion only, as the candidate's code shared the process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from graders.checks.leakage import chosen
from graders.checks.leakage.claimed import BEST_SCORE, Claimed, claimed, claims_a_metric, fit_of, overlap
from graders.checks.leakage.signal import Look, Signal, Source
from graders.checks.leakage.trace import Fit, Judgement, Place, Rows, Table, Trace
from graders.measure.wording import unit_word
from graders.model.arrays import IntArray
from graders.model.challenge import Challenge
from graders.model.later import pd
from graders.model.submission import Location
from graders.words import N_, say

Locate = Callable[[str, int | None], Location]

#: LEAK011 may be seen on the way; where it is not, nothing is said of it.
CODES = frozenset(f"LEAK00{n}" for n in (1, 3, 4, 5, 6, 7, 8, 9))
#: A share of the judged rows below which an overlap of rows or customers is an oversight without effect.
SHARE = 0.01
#: The share of judged rows not later than training from which a split is no split in time.
LATE_SHARE = 0.1
#: The share of judged rows from which a model is said to be judged on its own training rows; fewer are copies.
ALL_SHARE = 0.9
HAND_MADE = say("a model written by hand")
#: They learn names or nothing: what they hold does not depend on how often or with what a value occurs.
LEARN_NOTHING = frozenset(
    {"Binarizer", "ColumnTransformer", "FeatureHasher", "FeatureUnion", "FunctionTransformer", "HashingVectorizer"}
    | {"LabelBinarizer", "LabelEncoder", "MultiLabelBinarizer", "Normalizer", "OneHotEncoder", "OrdinalEncoder"}
    | {"Pipeline", "PolynomialFeatures", "HashingEncoder", "BaseNEncoder", "BinaryEncoder"}
)
#: They leave rows out without a look at what these or their neighbours hold.
LEAVE_OUT_AT_RANDOM = frozenset({"RandomUnderSampler"})
TARGET_ENCODERS = frozenset(
    {"TargetEncoder", "LeaveOneOutEncoder", "CatBoostEncoder", "JamesSteinEncoder", "MEstimateEncoder", "WOEEncoder"}
    | {"GLMMEncoder", "QuantileEncoder", "SummaryEncoder", "NestedCVWrapper"}
)


@dataclass(frozen=True)
class Pair:
    """One model of the claim with the rows it was fitted on and the rows it was judged on."""

    fit: Fit
    judged: Judgement
    fitted: IntArray
    held: IntArray


@dataclass(frozen=True)
class Seen:
    """Rows touched by one kind of leak in one pair."""

    code: str
    rows: IntArray
    place: Place | None
    subject: str


def look(trace: Trace, data: Data, challenge: Challenge, locate: Locate) -> Look:
    """What a traced run of evaluate on public rows shows; `locate` names a line in the candidate's own files."""
    behind = claimed(trace)
    pairs = list(pairs_of(trace, behind)) or list(_hand_made(trace, behind, data))
    shown = [list(_of_pair(trace, pair, data)) for pair in pairs]
    seen = [found for each in (shown if behind.sure else _in_all(shown)) for found in each]
    signals = [*_summed(seen, pairs, challenge, locate), *_selection(trace, behind, locate)]
    blind = _blind(trace, behind, pairs, {signal.code for signal in signals})
    able = (CODES | {signal.code for signal in signals}) - blind.keys()
    return Look(Source.INSIDE, tuple(signals), able, blind)


def _in_all(shown: list[list[Seen]]) -> list[list[Seen]]:
    """What each of these shows: where nobody knows which one is the claim, a step on the way to it accuses nobody."""
    codes = [{found.code for found in each if len(found.rows)} for each in shown]
    return [[found for found in each if all(found.code in own for own in codes)] for each in shown]


def pairs_of(trace: Trace, behind: Claimed) -> Iterator[Pair]:
    """The models behind the claim, as far as any of their rows are known."""
    for judged in behind.leaves:
        fit = fit_of(trace, judged)
        if fit is not None and fit.rows is not None and len(fit.rows) and judged.rows is not None and len(judged.rows):
            yield Pair(fit, judged, fit.rows.members, judged.rows.members)


def _hand_made(trace: Trace, behind: Claimed, data: Data) -> Iterator[Pair]:
    """Where no library fitted a model: each judged row of the claim beside a table without any judged row, or beside
    such rows whose labels were counted by group.

    Folds are often pooled, so each row gets a table of its own that knows nothing of its customer. Rows for which
    there is none stand beside the table that shares the fewest customers, so that a wrong table accuses nobody.  Of
    several folds each, nobody knows which table belongs to which."""
    fitted = any(fit.role in ("model", "search") for fit in trace.fits)
    counted = tuple(fit for fit in trace.fits if encodes_target(fit, data.target))
    known: tuple[Table | Fit, ...] = (*trace.tables, *counted)
    for judged in behind.found if not fitted and len(behind.found) == 1 else ():
        if judged.rows is None or not len(judged.rows) or len(judged.rows) > 0.7 * trace.rows:
            continue
        held = judged.rows.members
        others = [table for table in known if table.rows is not None and not overlap(table.rows, judged.rows)]
        large = {id(table.rows): table for table in reversed(others) if 2 * len(table.rows or ()) >= len(held)}
        beside = [
            (table, np.isin(data.group[held], data.group[table.rows.members])) for table in large.values() if table.rows
        ]
        beside.sort(key=lambda pair: int(pair[1].sum()))
        waiting = np.ones(len(held), bool)
        for number, (table, shared) in enumerate(beside):
            own = waiting & ~shared
            if number == 0:  # with all that no table is free of
                own |= np.logical_and.reduce([customers for _, customers in beside])
            waiting &= ~own
            if own.any() and table.rows is not None:
                fit = Fit(-1, 0, table.place, HAND_MADE, "model", table.rows, labels=data.target)
                yield Pair(fit, judged, table.rows.members, held[own])


def ancestors(trace: Trace, numbers: Iterable[int]) -> list[Fit]:
    """These fits and all whose output they were given, in order."""
    found: set[int] = set()
    waiting = list(numbers)
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            waiting += trace.fits[number].via
    return [trace.fits[number] for number in sorted(found)]


def learns(fit: Fit) -> bool:
    return not set(fit.parts or (fit.kind,)) <= LEARN_NOTHING


def encodes_target(fit: Fit, target: str) -> bool:
    """Whether what was fitted puts the labels into features."""
    if fit.role == "statistic":
        return fit.labels == target
    return fit.fed and not TARGET_ENCODERS.isdisjoint((fit.kind, *fit.parts))


def predicts_target(fit: Fit, target: str) -> bool:
    """Whether what was fitted is a model of the labels, whose answers are features of another one."""
    return fit.role in ("model", "search") and fit.labels == target


class Data:
    """What the challenge knows of the public rows, by position."""

    def __init__(self, public: pd.DataFrame, challenge: Challenge) -> None:
        self.target = challenge.target
        self.apart = challenge.kept_apart is not None
        self.group = pd.factorize(challenge.units(public))[0]
        self.time = None if challenge.time is None else pd.to_datetime(public[challenge.time]).to_numpy()
        self.copied = public.duplicated(keep=False).to_numpy()
        self.copy = np.arange(len(public))  # a number that equal rows share
        if self.copied.any():
            copies = public[self.copied].groupby(list(public.columns), dropna=False, sort=False)
            self.copy[self.copied] = len(public) + copies.ngroup().to_numpy()


def out_of_reach(held: IntArray, data: Data) -> frozenset[str]:
    """The leaks of rows that no model has which was fitted on none of these, whatever others it was fitted on: no other
    is a copy of one, or beside such copies of its unit, or later."""
    others = np.setdiff1d(np.arange(len(data.copy)), held)
    alike = np.isin(data.copy[others], data.copy[held])
    found = {"LEAK009"} if alike.any() else {"LEAK003", "LEAK009"}
    others = others[~alike]
    if not data.apart or not np.isin(data.group[held], data.group[others]).any():
        found.add("LEAK005")
    if data.time is None or not len(others) or (data.time[held] <= data.time[others].max()).mean() < LATE_SHARE:
        found.add("LEAK004")
    return frozenset(found)


def _of_pair(trace: Trace, pair: Pair, data: Data) -> Iterator[Seen]:
    both = np.intersect1d(pair.held, pair.fitted, assume_unique=True)
    own = both[~data.copied[both]]
    line, name = pair.judged.place, pair.fit.kind
    yield from _resampled(trace, pair, own)
    if len(own) >= max(5, SHARE * len(pair.held)) and pair.fit.labels != data.target:
        guessed = pair.fit.fed and len(own) < len(pair.fitted) - len(own)  # with labels made for them, beside others
        if not _of_copies(pair):
            yield Seen("LEAK009" if guessed else "LEAK011", own, pair.fit.place, name)
        return
    if len(own) >= ALL_SHARE * len(pair.held) and not (pair.fit.rows and pair.fit.rows.repeated):
        yield Seen("LEAK009", own, line, name)
        return
    if len(own) and _taught_by_guesses(trace, pair, own):
        yield Seen("LEAK009", own, pair.fit.place, name)
        return
    yield Seen("LEAK003", pair.held[np.isin(data.copy[pair.held], data.copy[pair.fitted])], pair.fit.place, name)
    others = np.setdiff1d(pair.fitted, own, assume_unique=True)  # the very rows that are judged say no more of units
    same_group = pair.held[np.isin(data.group[pair.held], data.group[others])]
    if data.apart and len(same_group) >= max(5, SHARE * len(pair.held)):
        yield Seen("LEAK005", same_group, pair.fit.place, name)
    if data.time is not None:
        not_later = pair.held[data.time[pair.held] <= data.time[others].max()] if len(others) else pair.held
        if len(not_later) >= LATE_SHARE * len(pair.held):
            yield Seen("LEAK004", not_later, pair.fit.place, name)
    yield from _fitted_too_early(trace, pair, data)


def _taught_by_guesses(trace: Trace, pair: Pair, own: IntArray) -> bool:
    """Whether a model of the other rows had been asked about these: they were added with its answers for labels, of
    which those that are right look like the column of the data."""
    others = np.setdiff1d(pair.fitted, own, assume_unique=True)
    for judged in trace.judged:
        fit = fit_of(trace, judged)
        if fit is None or fit.id >= pair.fit.id or fit.labels != pair.fit.labels or fit.rows is None:
            continue
        if (
            judged.rows is not None
            and np.isin(own, judged.rows.members).all()
            and np.array_equal(fit.rows.members, others)
        ):
            return True
    return False


def _fitted_too_early(trace: Trace, pair: Pair, data: Data) -> Iterator[Seen]:
    for fit in ancestors(trace, {*pair.fit.via, *pair.judged.via}):
        if fit.rows is None or fit.role not in ("transformer", "model", "search", "statistic") or fit.id == pair.fit.id:
            continue
        touched = np.setdiff1d(np.intersect1d(pair.held, fit.rows.members, assume_unique=True), pair.fitted)
        if len(touched) and not np.isin(pair.fitted, fit.rows.members).any():
            if learns(fit) and fit.role != "statistic":
                yield Seen("LEAK011", touched, fit.place, fit.kind)
        elif encodes_target(fit, data.target):
            yield Seen("LEAK007", touched, fit.place, fit.kind)
        elif predicts_target(fit, data.target):
            yield Seen("LEAK009", touched, fit.place, say("{kind}, whose answers it was given", kind=fit.kind))
        elif fit.role != "statistic" and learns(fit):
            yield Seen("LEAK001", touched, fit.place, fit.kind)
    if pair.fit.stopped_on is not None:
        held = Rows(pair.held)
        touched = np.intersect1d(pair.held, pair.fit.stopped_on.members, assume_unique=True)
        if overlap(held, pair.fit.stopped_on) >= SHARE * len(held):
            little = N_("{kind}, which keeps its last iteration and so gains little by it,")
            subject = say(little, kind=pair.fit.kind) if pair.fit.kind.startswith("Hist") else pair.fit.kind
            yield Seen("LEAK006", touched, pair.fit.place, subject)


def _resamplers(trace: Trace, pair: Pair) -> list[Fit]:
    return [fit for fit in trace.fits[: pair.fit.id] if fit.role == "resampler" and overlap(fit.rows, pair.judged.rows)]


def chose(fit: Fit, fitted: IntArray) -> bool:
    """Whether a resampler left rows out by what others hold, and these are some that it left."""
    kept = fit.kept
    if kept is None or kept.unknown or kept.repeated or fit.rows is None or fit.kind in LEAVE_OUT_AT_RANDOM:
        return False
    return len(kept) < len(fit.rows) and bool(np.isin(fitted, kept.members).all())


def _resampled(trace: Trace, pair: Pair, own: IntArray) -> Iterator[Seen]:
    """Rows judged that the resampler drew from, or chose among, or that came to lie on both sides as copies."""
    fitted, held = pair.fit.rows, pair.judged.rows
    if fitted is None or held is None:
        return
    for fit in _resamplers(trace, pair):
        if chose(fit, pair.fitted) and fit.rows is not None:
            yield Seen("LEAK008", np.intersect1d(pair.held, fit.rows.members), fit.place, fit.kind)
            return
    if not (fitted.repeated or fitted.unknown):
        return
    for fit in _resamplers(trace, pair)[:1]:
        assert fit.rows is not None  # it overlaps
        yield Seen("LEAK008", np.intersect1d(pair.held, fit.rows.members), fit.place, fit.kind)
        return
    if fitted.unknown and held.unknown and _more_than_there_are(trace, pair):
        yield Seen("LEAK008", pair.held, pair.fit.place, say("rows were made up"))
    elif _of_copies(pair):
        yield Seen("LEAK008", own, pair.fit.place, say("copies of rows"))


def _of_copies(pair: Pair) -> bool:
    """Whether both sides hold rows more than once: such rows lie on both as copies, whatever their labels became."""
    return all(rows is not None and rows.repeated for rows in (pair.fit.rows, pair.judged.rows))


def _more_than_there_are(trace: Trace, pair: Pair) -> bool:
    """Whether both sides, or a table that something was fitted on before, have more rows than the data."""
    earlier = [fit.rows for fit in trace.fits[: pair.fit.id] if overlap(fit.rows, pair.judged.rows)]
    sides = [rows for rows in (pair.fit.rows, pair.judged.rows) if rows is not None]
    return any(_size(rows) > trace.rows for rows in earlier if rows) or sum(map(_size, sides)) > trace.rows


def _size(rows: Rows) -> int:
    return len(rows) + rows.unknown + rows.repeated


SENTENCES = {
    "LEAK001": N_("{subject} was fitted on {rows:,} of the {held:,} rows that the model behind the claim is judged on"),
    "LEAK003": N_("{rows:,} of {held:,} judged rows equal a row that their model was trained on, in every column"),
    "LEAK004": N_("{rows:,} of {held:,} judged rows are not later than the last row their model was trained on"),
    "LEAK005": N_("{rows:,} of {held:,} judged rows belong to a {unit} whose other rows their model was trained on"),
    "LEAK006": N_("{subject} stopped early by the score on {rows:,} of the {held:,} rows it is then judged on"),
    "LEAK007": N_("{subject} learnt from the labels of {rows:,} of the {held:,} rows that are then judged with it"),
    "LEAK008": N_("rows were resampled before the split: {rows:,} of {held:,} judged rows took part ({subject})"),
    "LEAK011": N_("{subject} was fitted anew on {rows:,} of the {held:,} rows that were to be predicted"),
    "LEAK009": N_("{rows:,} of {held:,} judged rows were trained on by the model that is judged ({subject})"),
}


def _summed(seen: list[Seen], pairs: list[Pair], challenge: Challenge, locate: Locate) -> Iterator[Signal]:
    """One signal for each code: its rows over all models, at the first line it happens at."""
    held = len(np.unique(np.concatenate([pair.held for pair in pairs]))) if pairs else 0
    for code in sorted({found.code for found in seen}):
        of_code = [found for found in seen if found.code == code and len(found.rows)]
        if not of_code:
            continue
        first = of_code[0]
        rows = len(np.unique(np.concatenate([found.rows for found in of_code])))
        what = say(SENTENCES[code], subject=first.subject, rows=rows, held=held, unit=unit_word(challenge))
        yield Signal(code, Source.INSIDE, what, located(first.place, locate), rows)


def located(place: Place | None, locate: Locate) -> Location | None:
    return None if place is None else locate(place.path, place.line)


def _selection(trace: Trace, behind: Claimed, locate: Locate) -> Iterator[Signal]:
    """The claim is the best of many scores, each of another candidate on the same kind of rows."""
    for judged in behind.found:
        fit = fit_of(trace, judged)
        if judged.how == BEST_SCORE and fit is not None and fit.tried > 1:
            what = say(
                "the claim is the best of {tried:,} candidates' scores on the rows they were chosen on", tried=fit.tried
            )
            rows = None if judged.rows is None else len(judged.rows)
            yield Signal("LEAK006", Source.INSIDE, what, located(fit.place, locate), rows)
            return
    best = chosen.best_of(trace)
    if best is not None and best.fitted and len(best.values) >= chosen.MANY:
        what = say("the claim is the best of {values} candidates' scores on held-out rows", values=len(best.values))
        yield Signal("LEAK006", Source.INSIDE, what, located(best.place, locate), best.rows)
        return
    for name in filter(claims_a_metric, sorted(trace.claims)):
        best = chosen.best_of(trace, name)
        if best is not None and len(best.values) >= chosen.MANY and chosen.alone(trace, best):
            what = say(
                "the claimed {name} is the best of {values} on the same held-out rows",
                name=name,
                values=len(best.values),
            )
            yield Signal("LEAK006", Source.INSIDE, what, located(best.place, locate), best.rows)
            return


def _blind(trace: Trace, behind: Claimed, pairs: list[Pair], flagged: set[str]) -> dict[str, str]:
    """Every code that could not be decided, with the reason."""
    if trace.lost:
        return dict.fromkeys(CODES - flagged, say("the traced run did more than its account holds"))
    if not pairs or len(pairs) < len(behind.leaves) or (behind.linked and not behind.sure):
        why = say("it is not known which rows the models behind the claim were trained and judged on")
        return dict.fromkeys(CODES - flagged, why)
    if any(pair.fit.kind == HAND_MADE for pair in pairs):
        return dict.fromkeys(CODES - flagged, say("the model is written by hand: no call shows what it was trained on"))
    blind = {
        code: say("statistics computed by hand do not show in the traced calls")
        for code in ("LEAK001", "LEAK007")
        if pairs
    }
    if not behind.linked:
        blind = dict.fromkeys(CODES, say("the claim is not the value of a metric that was seen, nor a mean of such"))
    elif (best := chosen.best_of(trace)) is not None:
        blind["LEAK006"] = say("the claim is the best of {values} scores: choice or chance", values=len(best.values))
    if any(pair.fit.rows is not None and pair.fit.rows.unknown for pair in pairs):
        blind["LEAK008"] = say("some rows a model was trained on are no known rows of the data")
    return {code: why for code, why in blind.items() if code not in flagged}
