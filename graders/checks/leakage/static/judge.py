"""From what was fitted and judged to what leaks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from graders.checks.leakage.static.rows import NO_ROWS, Cut, How, Place, clear, overlap, partings, within
from graders.checks.leakage.static.values import Comparison, Fit, Kind, Prediction
from graders.words import N_, say

#: Encoders of categories are left out: which values occur says next to nothing about held-out rows.
CODES = {
    Kind.FIT: "LEAK001",
    Kind.MOMENT: "LEAK001",
    Kind.TARGET: "LEAK007",
    Kind.DATED: "LEAK007",
    Kind.AHEAD: "LEAK002",
    Kind.OWN: "LEAK002",
    Kind.RESAMPLED: "LEAK008",
    Kind.PICKED: "LEAK008",
    Kind.REPEATED: "LEAK003",
}

DID = {
    Kind.AHEAD: N_("tells rows the labels of later ones, in"),
    Kind.OWN: N_("tells rows their own labels among earlier ones, in"),
    Kind.RESAMPLED: N_("picks, copies or makes rows out of"),
    Kind.PICKED: N_("picks rows by the answers of a model that had seen"),
    Kind.REPEATED: N_("repeats"),
}
SEES = N_("sees")
#: A place in words, as the candidate's own files have it: of a notebook by its cell.
Told = Callable[[Place], str]


@dataclass(frozen=True)
class Leak:
    code: str
    at: Place
    what: str


def shared_fits(asked: Prediction, own: bool = False) -> list[Fit]:
    """What the model rests on and its judged rows took part in; with `own`, also what only those rest on.

    A statistic of each time by itself brings nothing across a cut in time.
    """
    fits = asked.model.fits | asked.fits if own else asked.model.fits
    apart = {Kind.MOMENT} if any(cut.how is How.TIME for atom in asked.rows for cut, _ in atom.sides) else set()
    found = [f for f in fits if f.kind in CODES.keys() - apart and overlap(clear(f.rows, asked.rows), asked.rows)]
    return sorted(found, key=lambda f: (f.at, f.kind, f.name, not f.of, f.of))


def same_rows(asked: Prediction) -> bool:
    """Whether the model is asked about rows it was fitted on."""
    return overlap(asked.model.rows, asked.rows)


def leaks_in(judged: Iterable[Comparison], group: bool, time: bool, told: Told) -> Iterator[Leak]:
    """The leaks behind figures, those of one figure after another."""
    for one in sorted(judged, key=_order):
        asked = one.prediction
        if not asked.rows:
            continue
        fits = shared_fits(asked)
        if same_rows(asked):
            whole = within(asked.rows, asked.model.rows) or overlap(asked.model.guessed, asked.rows)
            code = "LEAK009" if whole else "LEAK003"
            yield Leak(code, one.at, _on_training(one, told))
            if code == "LEAK003":
                yield from _drawn(one, _draws(asked), group, time, told)
            continue
        yield from (Leak(CODES[f.kind], f.at, _fitted_before(f, one, told)) for f in fits)
        yield from _chosen(one, told)
        for cuts in (partings(asked.model.rows, asked.rows), *_stacked(asked)):
            yield from _drawn(one, cuts, group, time, told)


def choices_in(judged: Iterable[Comparison], told: Told) -> Iterator[Leak]:
    """Figures beside the main one: only whether the rows they are claimed on chose what they judge."""
    for one in sorted(judged, key=_order):
        if one.prediction.rows and not same_rows(one.prediction):
            yield from _chosen(one, told)


def _order(judged: Comparison) -> tuple[Place, Place, Place, str, list[str]]:
    asked = judged.prediction
    sides = sorted(f"{cut.key} {side}" for atom in asked.rows | asked.model.rows for cut, side in atom.sides)
    return judged.at, asked.at, asked.model.at, f"{judged.name} {asked.model.name}", sides


def _chosen(judged: Comparison, told: Told) -> Iterator[Leak]:
    asked, model = judged.prediction, judged.prediction.model
    if model.watched != NO_ROWS and overlap(model.watched, asked.rows):
        yield Leak(
            "LEAK006",
            model.at,
            say(
                "`{model}.fit` stops early on rows that `{judged}` at {at} then judges it on",
                model=model.name,
                judged=judged.name,
                at=told(judged.at),
            ),
        )
    if model.chosen != NO_ROWS and overlap(model.chosen, asked.rows):
        yield Leak(
            "LEAK006",
            judged.at,
            say(
                "`{model}` is preferred to others by its score on the rows that `{judged}` judges it on",
                model=model.name,
                judged=judged.name,
            ),
        )
    elif judged.tuned != NO_ROWS and overlap(judged.tuned, asked.rows):
        yield Leak(
            "LEAK006",
            judged.at,
            say(
                "`{judged}` judges what was chosen by a score on the same held-out rows, such as a threshold",
                judged=judged.name,
            ),
        )
    elif best := sorted((c for c in partings(model.rows, asked.rows) if c.best), key=lambda c: (c.at, c.key)):
        yield Leak(
            "LEAK006",
            best[0].at,
            say(
                "of several splits by `{cut}` the one with the best score is kept, and `{judged}` judges on it",
                cut=best[0].name,
                judged=judged.name,
            ),
        )
    elif judged.best_of and not model.search and not _folded(judged):
        yield Leak(
            "LEAK006",
            judged.at,
            say(
                "the best of several values of `{judged}` on the same held-out rows is what is reported",
                judged=judged.name,
            ),
        )


def _folded(judged: Comparison) -> bool:
    return any(cut.folds for cut in partings(judged.prediction.model.rows, judged.prediction.rows))


def _stacked(asked: Prediction) -> list[frozenset[Cut]]:
    """What keeps other models, whose answers are features of the judged rows, from these rows."""
    return sorted((partings(*pair) for pair in asked.stacked), key=lambda cuts: sorted((c.at, c.key) for c in cuts))


def _draws(asked: Prediction) -> frozenset[Cut]:
    """The cuts by which rows on both sides were drawn."""
    sides = (x.sides ^ y.sides for x in asked.model.rows for y in asked.rows)
    return frozenset(cut for differing in sides for cut, _ in differing)


def _drawn(judged: Comparison, cuts: frozenset[Cut], group: bool, time: bool, told: Told) -> Iterator[Leak]:
    """A split that draws single rows, where rows of one unit or of one time belong together."""
    if not cuts or any(cut.how is not How.RANDOM for cut in cuts):
        return
    cut = min(cuts, key=lambda c: (c.at.path, c.at.line, c.key))
    if group:
        yield Leak(
            "LEAK005",
            cut.at,
            say(
                "{drawing}, so rows of one unit lie on both sides; `{judged}` at {at} rests on it",
                drawing=_drawing(cut),
                judged=judged.name,
                at=told(judged.at),
            ),
        )
    if time:
        yield Leak(
            "LEAK004",
            cut.at,
            say(
                "{drawing} without regard to time; `{judged}` at {at} rests on it",
                drawing=_drawing(cut),
                judged=judged.name,
                at=told(judged.at),
            ),
        )


def _drawing(cut: Cut) -> str:
    return say("`{cut}` draws single rows at random", cut=cut.name)


def _on_training(judged: Comparison, told: Told) -> str:
    model = judged.prediction.model
    return say(
        "`{judged}` judges `{model}` on rows that it was fitted on at {at}",
        judged=judged.name,
        model=model.name,
        at=told(model.at),
    )


def _fitted_before(fit: Fit, judged: Comparison, told: Told) -> str:
    model, cuts = judged.prediction.model, partings(judged.prediction.model.rows, judged.prediction.rows)
    later = min(cuts, key=lambda c: (c.at.path, c.at.line, c.key)) if cuts else None
    of = say(" of `{of}`", of=fit.of) if fit.of else ""
    after = later is not None and later.at.line and not (later.at.path == fit.at.path and later.at < fit.at)
    split = (
        say("; `{later}` comes only at {at}", later=later.name, at=told(later.at))
        if later is not None and after
        else ""
    )
    did = say(DID.get(fit.kind, SEES))
    labels = say(" and their labels") if fit.kind in {Kind.TARGET, Kind.DATED, Kind.PICKED} else ""
    return say(
        "`{fit}` at {at} {did} all rows{of}{labels}{split}, and `{model}` is judged on some of them "
        "by `{judged}` at {at_2}",
        fit=fit.name,
        at=told(fit.at),
        did=did,
        of=of,
        labels=labels,
        split=split,
        model=model.name,
        judged=judged.name,
        at_2=told(judged.at),
    )
