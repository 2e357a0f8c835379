"""Leaks that show in the answers alone, where no candidate can hide or forge them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from graders.checks.leakage.signal import Look, Signal, Source
from graders.measure import batches
from graders.measure.answers import claims, predictions
from graders.measure.importance import answer_word, of_row, unit_of
from graders.measure.metrics import step
from graders.measure.scoring import SAME
from graders.measure.wording import percent
from graders.model.arrays import FloatArray, IntArray
from graders.model.case import Case, NotApplicable, Prevented
from graders.probes import sessions
from graders.probes.names import ProbeName
from graders.tasks.asked import metric_of, public_truth, uninformed
from graders.words import say, sentences

#: The fall in ROC AUC from which a model is said to rest on a column; a column merely kept costs less.  From half of it
#: changes of training rows that were made together are asked about one by one.
RESTS_ON = 0.02
#: By so much of their own standard deviation answers move with post-outcome columns where they rest on these, whether
#: that serves the metric or not; and so many rows that got their own values back must be there to stay where they were.
FAR, FEWEST_ALIKE = 0.1, 24
#: A smaller share of rows that move with the size of a batch alone are ties that its rounding decides.
FEW = 0.005
#: An answer to a changed training row that moves by less, in units of an answer, may move by its numbers.  They are
#: moved as well, by a millionth, which is up to .0003 for sound models and more only for rows next to a step.
STILL = 1e-3


def look(case: Case) -> Look:
    """What the answers say of the leaks that can be seen in them."""
    signals: list[Signal] = []
    blind: dict[str, str] = {}
    prevented: set[str] = set()
    for code, examine in EXAMINATIONS.items():
        try:
            signals += examine(case)
        except NotApplicable as why:
            blind[code] = why.reason
            prevented |= {code} if isinstance(why, Prevented) else set()
    able = frozenset(EXAMINATIONS) - frozenset(blind)
    if "LEAK010" in able:  # what is fitted on the batch makes answers depend on it
        able |= {"LEAK011"}
    return Look(Source.OUTSIDE, tuple(signals), able, blind, frozenset(prevented))


def moved_by_the_batch(case: Case) -> FloatArray:
    """By how much each sampled hidden row's answer is another one in small batches and another order."""
    whole, parts = predictions(case, ProbeName.PREDICT), predictions(case, ProbeName.PREDICT_PARTS)
    return of_row(parts - whole[sessions.sample_positions(len(whole), case.seed)])


def depends_on_the_batch(case: Case) -> Iterator[Signal]:
    moved, same = moved_by_the_batch(case), SAME * unit_of(case)
    if moved.max() > same:
        why, share = batches.cause(case, float(moved.max())), float((moved > same).mean())
        if why == batches.SIZE and share < FEW and not batches.more_often_alone(case):
            why = batches.TIES  # another rounding need not meet the same ties
        if why in batches.NOT_THE_ROWS:
            raise NotApplicable(
                say("answers change from batch to batch, but no other row decides them: {why}", why=say(why))
            )
        what = say(
            "{share} of {moved:,} hidden rows got another {answer_word} when they came in another order "
            "and in smaller batches; the largest change is {moved_2:.3g}",
            share=percent(share),
            moved=len(moved),
            answer_word=answer_word(case),
            moved_2=moved.max(),
        )
        yield Signal("LEAK010", Source.OUTSIDE, what, doubt=say(why) if why == batches.UNASKED else "")


def rests_on_post_outcome_columns(case: Case) -> Iterator[Signal]:
    """What the same rows are answered with these columns as they are and shuffled.

    Both times they come in the same batch, moved and under fresh identifiers: neither what reads the batch nor what
    looks rows up is taken for a use of these columns.
    """
    if not case.challenge.post_outcome:
        raise NotApplicable(say("the challenge declares no post-outcome column"))
    if not changes_matter(case):
        return
    kept = predictions(case, ProbeName.PREDICT_KEPT)
    columns, metric = ", ".join(case.challenge.post_outcome), metric_of(case.challenge)
    if (found := _worse(case, kept, RESTS_ON)) is not None:
        shuffled = say(
            "with the values of {columns} shuffled over the public rows, {metric} on them goes from {kept:.3f} to "
            "{blanked:.3f}: the model rests on what is known only after the outcome",
            columns=columns,
            metric=metric.title,
            kept=found[0],
            blanked=found[1],
        )
        claim = _moved_claim(case)
        yield Signal("LEAK002", Source.OUTSIDE, sentences(shuffled, claim) if claim else shuffled)
    elif (moved := _moved_by_post_outcome(case, kept)) >= FAR:
        what = say(
            "with the values of {columns} shuffled over the public rows, and nothing else changed, answers to these "
            "move by {share} of their own standard deviation: they rest on what is known only after the outcome",
            columns=columns,
            share=percent(moved),
        )
        yield Signal("LEAK002", Source.OUTSIDE, what)


def changes_matter(case: Case) -> bool:
    """Whether the changes of training rows, all at once, are worth asking about one by one: answers got worse by them,
    or moved far where one of them may be of a post-outcome column."""
    if worse_when_changed(case):
        return True
    before = predictions(case, ProbeName.PREDICT_PUBLIC)[_crowd(case)]
    return bool(case.challenge.post_outcome) and _moved(case, before) >= FAR


def _moved_by_post_outcome(case: Case, kept: FloatArray) -> float:
    """The root mean square by which answers move with these columns alone, in standard deviations of the answers; 0
    where rows that got their own values back move too, as by chance or with the batch, or are too few to tell."""
    rows = sessions.moved(case.challenge, case.dataset, case.seed)
    own, others = (
        some[list(case.challenge.post_outcome)] for some in (rows, sessions.blank(rows, case.challenge, case.seed))
    )
    alike = ((own == others) | (own.isna() & others.isna())).all(axis=1).to_numpy()
    changes = of_row(predictions(case, ProbeName.PREDICT_CHANGED) - kept)
    if alike.sum() < FEWEST_ALIKE or (changes[alike] > STILL * unit_of(case)).mean() > FEW:
        return 0.0
    return _moved(case, kept)


def _moved(case: Case, before: FloatArray) -> float:
    spread = float(np.std(before, axis=0).max())
    changes = of_row(predictions(case, ProbeName.PREDICT_CHANGED) - before)
    return float(np.sqrt(np.mean(changes**2))) / spread if spread > 0 else 0.0


def worse_when_changed(case: Case) -> bool:
    """Whether the metric on training rows falls where they are moved, under fresh identifiers and without post-outcome
    columns, all at once and in a smaller batch: the reason is not known then."""
    return _worse(case, predictions(case, ProbeName.PREDICT_PUBLIC)[_crowd(case)], RESTS_ON / 2) is not None


def unmoved_by_changes(case: Case) -> bool:
    """Whether answers to training rows stay where these come under fresh identifiers, and with all other changes."""
    moved = predictions(case, ProbeName.PREDICT_CHANGED) - predictions(case, ProbeName.PREDICT_PUBLIC)[_crowd(case)]
    return float((of_row(moved) > STILL * unit_of(case)).mean()) < FEW


def _crowd(case: Case) -> IntArray:
    """Positions of the training rows that were changed: of as many as were answered."""
    answered = len(predictions(case, ProbeName.PREDICT_CHANGED))
    return sessions.crowd_positions(len(case.dataset.public), case.seed, answered)


def _worse(case: Case, kept: FloatArray, auc: float) -> tuple[float, float] | None:
    """The metric of some answers to the rows that were changed, and of those to the changed ones; None where that is
    not worse by more than weighs `auc`."""
    challenge, metric, changed = case.challenge, metric_of(case.challenge), predictions(case, ProbeName.PREDICT_CHANGED)
    truth = public_truth(challenge, case.dataset.public)[_crowd(case)]
    before, after = metric.statistic.value(truth, kept), metric.statistic.value(truth, changed)
    least = step(metric, uninformed(challenge, truth, truth), after, auc)
    return (before, after) if metric.better(before, after) > least else None


def _moved_claim(case: Case) -> str:
    """How the claim changes without these columns, where evaluate was asked, as it was up to grader 0.13."""
    found = claims(case, (ProbeName.EVALUATE, ProbeName.EVALUATE_BLANKED))
    if len(found) < 2:
        return ""
    return say("The own claim of evaluate goes from {kept:.3f} to {blanked:.3f}.", kept=found[0], blanked=found[1])


EXAMINATIONS: dict[str, Callable[[Case], Iterator[Signal]]] = {
    "LEAK002": rests_on_post_outcome_columns,
    "LEAK010": depends_on_the_batch,
}
