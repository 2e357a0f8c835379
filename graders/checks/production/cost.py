"""What the submission costs to train and to ask, as a multiple of the challenge's reference in the same image.

Seconds are CPU seconds of all processes, counted from outside, of single calls as well: what belongs to no call shows
as time to start.  They are brought to the pace that the machine had when the reference was measured, by a fixed piece
of work of ours done beside either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate

import numpy as np

from graders.checks.check import Check
from graders.checks.leakage import outside
from graders.checks.production.parity import batch_and_single_differ
from graders.facts import Facts
from graders.measure import batches
from graders.measure.importance import unit_of
from graders.measure.scoring import SAME
from graders.model.case import NotApplicable, Prevented
from graders.model.challenge import Use
from graders.model.finding import Evidence, Guide, Question, Severity
from graders.model.probe import Run
from graders.probes import sessions
from graders.probes.names import ProbeName
from graders.words import N_, Text, say

#: From so many times the reference a cost is worth a question; up to the other it is as good as equal.
WORTH_ASKING, EQUAL = 5.0, 1.5
#: Below these nobody would notice: seconds, and MB.
LEAST_SECONDS, LEAST_MB = 0.5, 5.0
ALLOWANCE = say(
    "What nobody would notice is added to both first, such as {seconds:g} CPU s or {mb:g} MB of a model.",
    seconds=LEAST_SECONDS,
    mb=LEAST_MB,
)
HOURS_A_MONTH = 730
MB_OF_A_BARE_PROCESS = 120.0


@dataclass(frozen=True)
class Calls:
    """CPU seconds of calls of one size: median and 95th percentile."""

    rows: int
    median: float
    high: float


@dataclass(frozen=True)
class Cost:
    """train and start: CPU seconds to train, and from a fresh process to the first answer; memory above that of
    a bare process, and model, in MB."""

    train: float
    start: float
    memory: float
    model: float
    calls: tuple[Calls, ...]

    def call(self, rows: int) -> Calls:
        return next(calls for calls in self.calls if calls.rows == rows)


def cost_of(runs: Mapping[str, Run]) -> Cost:
    """The cost of one submission; NotApplicable where training or the timed calls gave none."""
    trained, called = runs.get(ProbeName.TRAIN), runs.get(ProbeName.PREDICT_TIMED)
    if called is not None and called.prevented:
        raise Prevented(
            say(
                "the candidate's code made the probe '{predict_timed}' impossible: {exit}",
                predict_timed=ProbeName.PREDICT_TIMED,
                exit=called.exit,
            )
        )
    if trained is None or called is None or not trained.ok or not called.ok or not called.call_seconds:
        raise NotApplicable(say("the probe '{predict_timed}' gave no times", predict_timed=ProbeName.PREDICT_TIMED))
    seconds = called.call_seconds[len(sessions.WARM_UP) :]
    ends = list(accumulate(times for times, _ in sessions.TIMED))
    parts = np.split(np.asarray(seconds), ends[:-1])
    return Cost(
        train=trained.cpu_seconds,
        start=max(called.cpu_seconds - sum(called.call_seconds[1:]), 0.0),
        memory=max(trained.max_rss_mb, called.max_rss_mb) - MB_OF_A_BARE_PROCESS,
        model=trained.saved_mb,
        calls=tuple(
            Calls(size, float(np.median(part)), float(np.percentile(part, 95)))
            for (_, size), part in zip(sessions.TIMED, parts, strict=True)
        ),
    )


class Figure(StrEnum):
    """What is measured of a submission's cost; of calls for each number of rows."""

    TRAIN = "train"
    EVALUATE = "evaluate"
    START = "start"
    CALL = N_("call, median")
    SLOW_CALL = N_("call, 95th percentile")
    MEMORY = "memory"
    MODEL = "model"


@dataclass(frozen=True)
class Compared:
    """One figure of the submission beside the reference's; `least` is a difference nobody would notice, `rows` the
    rows of a call."""

    figure: Figure
    name: str
    unit: str
    own: float
    reference: float
    least: float
    rows: int = 0

    @property
    def ratio(self) -> float:
        """How many times the reference, both raised by what nobody would notice."""
        return (max(self.own, 0.0) + self.least) / (max(self.reference, 0.0) + self.least)

    @property
    def said(self) -> Text:
        return say(
            "{name}: {own:.3g} {unit}, the reference {reference:.3g}; {ratio:.0f} × where both get {least:g} more",
            name=self.name,
            own=self.own,
            unit=self.unit,
            reference=self.reference,
            ratio=self.ratio,
            least=self.least,
        )


#: Where our work takes more than so many times as long as beside the reference, the rest is not made up for.
MOST_SLOWED = 3.0


def own_cost(facts: Facts) -> Cost:
    """The cost of the submission, as if the machine had been as fast as it was for the reference."""
    return cost_of({name: at_pace(run, facts.case.cost_baseline.get(name)) for name, run in facts.case.runs.items()})


def at_pace(run: Run, reference: Run | None) -> Run:
    if reference is None or not (run.pace > 0 and reference.pace > 0):
        return run
    factor = float(np.clip(reference.pace / run.pace, 1 / MOST_SLOWED, MOST_SLOWED))
    return replace(
        run,
        cpu_seconds=run.cpu_seconds * factor,
        call_seconds=tuple(seconds * factor for seconds in run.call_seconds),
    )


def compared(facts: Facts) -> tuple[Compared, ...]:
    """Every figure beside the reference's; NotApplicable without both."""
    own = own_cost(facts)
    if answers_otherwise(facts):
        raise Prevented(say("single rows got other answers when they were timed, so that their times say nothing"))
    if not facts.case.cost_baseline:
        raise NotApplicable(say("the challenge's reference was not measured in this image"))
    reference = cost_of(facts.case.cost_baseline)
    calls = [
        Compared(
            figure, say("predict {rows}, {word}", rows=_rows(a.rows), word=word), say("CPU s"), x, y, 0.005, a.rows
        )
        for a, b in zip(own.calls, reference.calls, strict=True)
        for figure, word, x, y in (
            (Figure.CALL, say("median"), a.median, b.median),
            (Figure.SLOW_CALL, say("95th percentile"), a.high, b.high),
        )
    ]
    evaluate = of_evaluate(facts)
    return (
        Compared(Figure.TRAIN, "train", say("CPU s"), own.train, reference.train, LEAST_SECONDS),
        *([evaluate] if evaluate else []),
        Compared(Figure.START, say("start to first answer"), say("CPU s"), own.start, reference.start, LEAST_SECONDS),
        *calls,
        Compared(Figure.MEMORY, say("memory above a bare process"), "MB", own.memory, reference.memory, 10 * LEAST_MB),
        Compared(Figure.MODEL, "model", "MB", own.model, reference.model, LEAST_MB),
    )


def of_evaluate(facts: Facts) -> Compared | None:
    """What evaluate costs beside the reference, both as nobody watched them; else both watched, where that costs no
    points: what the tracer takes is held against nobody.  None where a case has no such measure."""
    plain, seen = _evaluates(facts, False), _evaluates(facts, True)
    return plain or (seen if seen is not None and seen.ratio <= EQUAL else None)


def watching_may_cost(facts: Facts) -> bool:
    """Whether evaluate looks dear as it is watched, so that it is asked once more unwatched."""
    found = _evaluates(facts, True)
    return found is not None and found.ratio > EQUAL


def _evaluates(facts: Facts, watched: bool) -> Compared | None:
    baseline = facts.case.cost_baseline
    own, reference = (_evaluate_of(runs, watched) for runs in (facts.case.runs, baseline))
    if own is None or reference is None:
        return None
    seconds = at_pace(own, reference).cpu_seconds
    return Compared(Figure.EVALUATE, "evaluate", say("CPU s"), seconds, reference.cpu_seconds, LEAST_SECONDS)


def _evaluate_of(runs: Mapping[str, Run], watched: bool) -> Run | None:
    """A run of evaluate on the public rows that was watched, or that was not; of old cases the one that counts."""
    for run in (runs.get(ProbeName.EVALUATE), runs.get(ProbeName.EVALUATE_AGAIN)):
        of_old = run is not None and run.watched is None and run.name == ProbeName.EVALUATE and not watched
        if run is not None and run.ok and (run.watched is watched or of_old):
            return run
    return None


def answers_otherwise(facts: Facts) -> bool:
    """Whether timed rows got other answers than in one call, where predict does not depend on the batch anyway, nor a
    step of a library does: it does its work in any batch."""
    try:
        same = SAME * unit_of(facts.case)
        if not any(batch_and_single_differ(facts)) or batches.one_by_one_they_stay(facts.case):
            return False
        return bool(outside.moved_by_the_batch(facts.case).max() <= same)
    except NotApplicable:
        return False


def _rows(count: int) -> str:
    return say("1 row") if count == 1 else say("{count:,} rows", count=count)


def bill(call: Calls, use: Use) -> str:
    """What serving single requests costs a month, with the arithmetic; empty where the brief states no price."""
    if use.requests_per_second is None or use.core_hour is None:
        return ""
    cores = use.requests_per_second * call.median
    price = cores / use.busy * HOURS_A_MONTH * use.core_hour
    return say(
        "{requests_per_second:g} requests/s × {median:.3f} CPU s = {cores:.1f} cores busy; ÷ "
        "{busy:g} = {cores_2:.1f} cores × {hours_a_month} h × {core_hour:g} {currency} = "
        "{price:,.0f} {currency} a month",
        requests_per_second=use.requests_per_second,
        median=call.median,
        cores=cores,
        busy=use.busy,
        cores_2=cores / use.busy,
        hours_a_month=HOURS_A_MONTH,
        core_hour=use.core_hour,
        currency=use.currency,
        price=price,
    )


def _dear(facts: Facts, *figures: Figure) -> list[Compared]:
    return [c for c in compared(facts) if c.figure in figures and c.ratio >= WORTH_ASKING]


def never_ended(facts: Facts) -> bool:
    """Whether the timed calls used up their CPU time: dearer than can be measured, and no fault of ours."""
    run = facts.case.runs.get(ProbeName.PREDICT_TIMED)
    return run is not None and run.failure is not None and run.failure.kind == "CPU_LIMIT"


def slow_answers(facts: Facts) -> Iterator[Evidence]:
    if never_ended(facts):
        calls = sum(times for times, _ in sessions.TIMED) + len(sessions.WARM_UP)
        limit = facts.case.challenge.predict_limits.cpu_seconds
        yield Evidence(
            say(
                "{calls} calls of 1 to 10,000 rows used up the {limit:g} CPU s of predict and did not end",
                calls=calls,
                limit=limit,
            )
        )
        return
    dear = _dear(facts, Figure.CALL, Figure.SLOW_CALL, Figure.START)
    if not dear:
        return
    medians = {(c.rows, c.own) for c in dear if c.figure is Figure.CALL}
    for c in dear:
        if c.figure is not Figure.SLOW_CALL or (c.rows, c.own) not in medians:  # of one call they are the same
            yield Evidence(c.said)
    if told := bill(own_cost(facts).call(1), facts.case.challenge.use):
        yield Evidence(told)


def heavy(facts: Facts) -> Iterator[Evidence]:
    for c in _dear(facts, Figure.MEMORY, Figure.MODEL):
        yield Evidence(c.said)


def dear_training(facts: Facts) -> Iterator[Evidence]:
    for c in _dear(facts, Figure.TRAIN, Figure.EVALUATE):
        yield Evidence(c.said)


CHECKS = (
    Check(
        code="PERF001",
        title=N_("Slow answers"),
        severity=Severity.MINOR,
        family="production",
        criteria=("cost",),
        shown_in="cost",
        open=True,
        examine=slow_answers,
        guide=Guide(
            detect=(
                say(
                    "After a warm-up, predict is called with 1, 100 and 10,000 rows that nobody has seen. The "
                    "CPU seconds of each call are counted outside its process. They are compared with the "
                    "reference in the same image. What belongs to no call counts as its start. Named from "
                    "{worth_asking:g} times the reference.",
                    worth_asking=WORTH_ASKING,
                )
            ),
            why=N_("A service is paid for by the core and judged by its slowest answers."),
            avoid=N_(
                "Measure before changing anything; work on columns, not on rows; take a smaller model if it is as good."
            ),
        ),
        question=Question(
            say("Your answers take several times as long as they need. What are your first three moves?"),
            say("profiles first; vectorises or batches; a smaller model, precomputing; checks the score again"),
            say("rewrites it in another language"),
        ),
    ),
    Check(
        code="PERF002",
        title=N_("Large in memory or on disk"),
        severity=Severity.MINOR,
        family="production",
        criteria=("cost",),
        shown_in="cost",
        open=True,
        examine=heavy,
        guide=Guide(
            detect=(
                say(
                    "We measure the peak memory of training and of predict, above that of a bare process. We "
                    "also measure the size of what train saved. Each is compared with the reference. Named from "
                    "{worth_asking:g} times.",
                    worth_asking=WORTH_ASKING,
                )
            ),
            why=N_("Size is start-up time, memory on every machine, and a slow rollback."),
            avoid=N_("Fewer or shallower trees, no training rows in the model, compressed arrays."),
        ),
        question=Question(
            say("What does a model of this size cost at a thousand requests a second?"),
            say("does the arithmetic aloud: instances, memory, cold start"),
            say("no numbers"),
        ),
    ),
    Check(
        code="PERF003",
        title=N_("Dear to train or to evaluate"),
        severity=Severity.MINOR,
        family="production",
        criteria=("cost",),
        shown_in="cost",
        open=True,
        examine=dear_training,
        guide=Guide(
            detect=say(
                "CPU seconds of train and of evaluate, counted from outside the process, against the "
                "reference in the same image. Named from {worth_asking:g} times.",
                worth_asking=WORTH_ASKING,
            ),
            why=N_("A model is trained again every month, and in every experiment before that."),
            avoid=N_("Ask what each part of the search or of the ensemble earned; keep what paid."),
        ),
        question=Question(
            say(
                "Training or evaluating takes several times as long as the reference. Is it worth that monthly? Daily?"
            ),
            say("the value of the difference against compute and people"),
            say("looks at the score only"),
        ),
    ),
)
