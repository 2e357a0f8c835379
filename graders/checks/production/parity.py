"""One row, one answer: alone, in a hundred, in ten thousand."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graders.checks.check import Check
from graders.facts import Facts
from graders.measure import batches
from graders.measure.answers import predictions
from graders.measure.importance import of_row, unit_of
from graders.measure.scoring import SAME
from graders.measure.wording import percent
from graders.model.arrays import FloatArray
from graders.model.case import NotApplicable
from graders.model.finding import Certainty, Evidence, Guide, Question, Severity
from graders.probes import sessions
from graders.probes.names import ProbeName
from graders.source import together
from graders.words import N_, listed, say, sentences


def batch_and_single_differ(facts: Facts) -> Iterator[Evidence]:
    whole, parts = predictions(facts.case, ProbeName.PREDICT_FRESH), predictions(facts.case, ProbeName.PREDICT_TIMED)
    small = min(_calls_of_at_most(100), len(whole))
    moved, same = of_row(parts[:small] - whole[:small]), SAME * unit_of(facts.case)
    if moved.max() > same:
        why = batches.cause(facts.case, float(moved.max()))
        if why == batches.TIES:
            raise NotApplicable(
                say(
                    "single rows and batches differ in {value}: {why}",
                    value=percent(float((moved > same).mean())),
                    why=say(why),
                )
            )
        worst = int(moved.argmax())
        yield Evidence(
            sentences(
                say(
                    "a row nobody had seen scores {whole} among {whole_2:,} and {parts} in a small batch; "
                    "{value} of {small} rows differ",
                    whole=_told(whole[worst]),
                    whole_2=len(whole),
                    parts=_told(parts[worst]),
                    value=percent(float((moved > same).mean())),
                    small=small,
                ),
                say(why) if why else "",
            ),
            certainty=Certainty.SUSPECTED if why == batches.UNASKED else Certainty.CONFIRMED,
        )
        if why == batches.STEP:
            yield from of_a_library(facts)


def of_a_library(facts: Facts) -> Iterator[Evidence]:
    """Steps in the code that are known to treat a batch otherwise than its rows one by one."""
    for where, step in together.steps(facts.code.sources.product):
        yield Evidence(step, where)


def _told(answer: FloatArray) -> str:
    return listed(say("{number:.4f}", number=number) for number in np.ravel(answer))


def _calls_of_at_most(size: int) -> int:
    """How many rows lie in the timed calls of at most `size` rows, which come first."""
    return sum(sessions.WARM_UP) + sum(times * rows for times, rows in sessions.TIMED if rows <= size)


CHECKS = (
    Check(
        code="SKEW001",
        title=N_("Batch and single answers differ"),
        severity=Severity.MAJOR,
        family="production",
        criteria=("parity",),
        shown_in="runs",
        open=True,
        examine=batch_and_single_differ,
        guide=Guide(
            detect=(
                say(
                    "Rows nobody has seen are predicted one by one and by the hundred. The saved model runs in a "
                    "process that never trained. The answers are compared with those for all rows at once. They "
                    "may differ by {same:g}. Where they differ more, the batch is asked again, beside other rows "
                    "and with another rounding. What rounding alone decides, as between equally near neighbours, "
                    "is held against nobody. A step of a library is named where answers stay once it sees single "
                    "rows.",
                    same=SAME,
                )
            ),
            why=N_("Training sees batches and a service sees single rows: the two must be one code path."),
            avoid=N_(
                "Save what was fitted and apply the same function in both; compute nothing over the batch in predict."
            ),
        ),
        question=Question(
            say("Batch and single predictions differ for this row. How do we find the cause?"),
            say("a hypothesis, a minimal case, one shared code path"),
            say("guesses at random"),
        ),
    ),
)
