"""Leaks that show in the answers alone, where no candidate can hide or forge them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from graders.checks.leakage.signal import Look, Signal, Source
from graders.measure import batches
from graders.measure.answers import claims, predictions
from graders.measure.scoring import SAME, roc_auc
from graders.measure.wording import percent
from graders.model.arrays import FloatArray
from graders.model.case import Case, NotApplicable, Prevented
from graders.probes import sessions
from graders.source import together
from graders.source.code import Code

#: The fall in ROC AUC from which a model is said to rest on a column; a column merely kept costs less.
RESTS_ON = 0.02


def look(case: Case) -> Look:
    """What the answers say of the leaks that can be seen in them."""
    signals: list[Signal] = []
    blind: dict[str, str] = {}
    prevented: set[str] = set()
    for code, examine in EXAMINATIONS.items():
        try:
            signals += [Signal(code, Source.OUTSIDE, what) for what in examine(case)]
        except NotApplicable as why:
            blind[code] = str(why)
            prevented |= {code} if isinstance(why, Prevented) else set()
    able = frozenset(EXAMINATIONS) - frozenset(blind)
    if "LEAK010" in able:  # what is fitted on the batch makes answers depend on it
        able |= {"LEAK011"}
    return Look(Source.OUTSIDE, tuple(signals), able, blind, frozenset(prevented))


def moved_by_the_batch(case: Case) -> FloatArray:
    """By how much each sampled hidden row's answer is another one in small batches and another order."""
    whole, parts = predictions(case, sessions.PREDICT), predictions(case, sessions.PREDICT_PARTS)
    moved: FloatArray = np.abs(parts - whole[sessions.sample_positions(len(whole), case.seed)])
    return moved


def depends_on_the_batch(case: Case) -> Iterator[str]:
    moved = moved_by_the_batch(case)
    if moved.max() > SAME:
        why = batches.cause(case, float(moved.max()))
        if why in batches.NOT_THE_ROWS:
            raise NotApplicable(f"answers change from batch to batch, but no other row decides them: {why}")
        for _, step in together.steps(Code(case.submission, case.runs).sources.product):
            raise NotApplicable(f"answers change from batch to batch, and a step of a library may be why: {step}")
        share = float((moved > SAME).mean())
        yield (
            f"{percent(share)} of {len(moved):,} hidden rows got another probability when they came in another order "
            f"and in smaller batches; the largest change is {moved.max():.3g}"
        )


def rests_on_post_outcome_columns(case: Case) -> Iterator[str]:
    found = post_outcome(case)
    if found is None:
        return
    kept, blanked = found
    columns = ", ".join(case.challenge.post_outcome)
    yield (
        f"with the values of {columns} shuffled over the public rows, ROC AUC on them falls "
        f"from {kept:.3f} to {blanked:.3f}: the model rests on what is known only after the outcome"
        + _moved_claim(case)
    )


def post_outcome(case: Case) -> tuple[float, float] | None:
    """ROC AUC on the public rows with the post-outcome columns as they are and shuffled; None where it hardly falls."""
    if not case.challenge.post_outcome:
        raise NotApplicable("the challenge declares no post-outcome column")
    labels = case.dataset.public[case.challenge.target].to_numpy()
    kept = roc_auc(labels, predictions(case, sessions.PREDICT_PUBLIC))
    blanked = roc_auc(labels, predictions(case, sessions.PREDICT_BLANKED))
    return (kept, blanked) if kept - blanked > RESTS_ON else None


def _moved_claim(case: Case) -> str:
    """How the claim changes without these columns, where evaluate was asked."""
    found = claims(case, (sessions.EVALUATE, sessions.EVALUATE_BLANKED))
    if len(found) < 2:
        return ""
    return f"; evaluate's own claim falls from {found[0]:.3f} to {found[1]:.3f}"


EXAMINATIONS: dict[str, Callable[[Case], Iterator[str]]] = {
    "LEAK002": rests_on_post_outcome_columns,
    "LEAK010": depends_on_the_batch,
}
