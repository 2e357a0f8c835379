"""Points for production: what it costs, whether answers agree, whether rows are looked at and the model is watched."""

from __future__ import annotations

import numpy as np

from graders.checks.production import robustness
from graders.checks.production.cost import ALLOWANCE, EQUAL, Figure, bill, compared, never_ended, own_cost
from graders.checks.production.robustness import Outcome
from graders.checks.responsibility import validation
from graders.measure.scoring import constant
from graders.model.case import NotApplicable
from graders.rubric.model import Context, sentence
from graders.rubric.scoring_rules import Judged, ramp
from graders.source.writing import MONITORING
from graders.words import count, listed, say, sentences

#: So many times the reference earns nothing.
FAR = 20.0
#: What each figure weighs, of calls by their rows; other calls are shown and weigh nothing.
COST_WEIGHTS = {
    (Figure.TRAIN, 0): 0.15,
    (Figure.EVALUATE, 0): 0.1,
    (Figure.START, 0): 0.1,
    (Figure.CALL, 1): 0.2,
    (Figure.SLOW_CALL, 1): 0.05,
    (Figure.CALL, 100): 0.1,
    (Figure.CALL, 10_000): 0.1,
    (Figure.MEMORY, 0): 0.1,
    (Figure.MODEL, 0): 0.1,
}
#: What became of rows without the columns of categories, as the end of a sentence.
GONE = {
    Outcome.SOUND: say("answers and says so"),
    Outcome.REFUSED: say("refuses in words"),
    Outcome.SILENT: say("answers without a word"),
    Outcome.NONSENSE: say("answers nonsense without a word"),
    Outcome.CRASHED: say("crashes"),
}
#: What an outcome is worth; refusing rows that could be answered is better than a crash, and worse than an answer.
WORTH = {Outcome.SOUND: 1.0, Outcome.REFUSED: 0.8, Outcome.SILENT: 0.65, Outcome.NONSENSE: 0.0, Outcome.CRASHED: 0.0}


def cost(about: Context) -> Judged:
    if never_ended(about.facts):
        return Judged(constant(0.0), sentence(about.findings["PERF001"]), ("PERF001",))
    found = compared(about.facts)
    share = whole = 0.0  # stored cases may lack a figure
    for cost_figure in found:
        weight = COST_WEIGHTS.get((cost_figure.figure, cost_figure.rows), 0.0)
        whole += weight
        share += weight * float(ramp(np.log(FAR), np.log(EQUAL))(np.log([max(cost_figure.ratio, EQUAL)]))[0])
    told = bill(own_cost(about.facts).call(1), about.facts.case.challenge.use)
    dearest = sorted(found, key=lambda c: -c.ratio)[:3]
    figures = listed(
        say("{name} {own:.3g} {unit} ({ratio:.1f} ×)", name=c.name, own=c.own, unit=c.unit, ratio=c.ratio)
        for c in dearest
    )
    return Judged(
        constant(min(share / whole, 1.0)),
        sentences(
            say(
                "Against the reference in the same image, up to {equal:g} times is full marks and {far:g} times none.",
                equal=EQUAL,
                far=FAR,
            ),
            ALLOWANCE,
            say("Dearest: {figures}.", figures=figures),
            told,
        ),
        about.reasons("cost"),
    )


def parity(about: Context) -> Judged:
    if about.findings["ROB004"].flagged:
        return Judged(constant(0.0), sentence(about.findings["ROB004"]), ("ROB004",))
    for code in ("SKEW001", "LEAK010"):
        found = about.finding(code)
        if found.flagged:
            return Judged(constant(0.0), sentence(found), about.reasons("parity"))
    return Judged(
        constant(1.0),
        say(
            "Rows predicted alone, in small batches and all at once got the same answers, from the "
            "saved model in processes that never trained."
        ),
    )


def robust(about: Context) -> Judged:
    found = robustness.reactions(about.facts)
    if not found:
        raise NotApplicable(say("no odd rows were put to predict"))
    worth = [1.0 if one.variant.gone and one.outcome is Outcome.REFUSED else WORTH[one.outcome] for one in found]
    one_row = about.findings["ROB004"]
    if one_row.status.value != "not applicable":  # ended by a busy machine
        worth.append(0.0 if one_row.flagged else 1.0)
    counts = {outcome: sum(one.outcome is outcome for one in found) for outcome in Outcome}
    told = listed(
        say("{times} {outcome}", times=times, outcome=say(outcome.value)) for outcome, times in counts.items() if times
    )
    return Judged(
        constant(float(np.mean(worth))),
        sentences(
            say(
                "Of {kinds} of odd rows: {told}.",
                told=told,
                kinds=count("{n:,} kind", "{n:,} kinds", len(found)),
            ),
            say("Single rows fail.") if one_row.flagged else say("Single rows work."),
        ),
        about.reasons("robustness"),
    )


def data_validation(about: Context) -> Judged:
    odd = robustness.reaction(about.facts, *validation.ODD_VALUES)
    gone = robustness.reaction(about.facts, validation.GONE)
    if not odd or not gone:
        raise NotApplicable(say("no odd rows were put to predict"))
    noticed, code = validation.noticed(about.facts), validation.in_code(about.facts)
    refused = gone[0].outcome is Outcome.REFUSED
    share = 0.4 * refused + 0.1 * (gone[0].outcome is Outcome.CRASHED)
    share += 0.4 * min(len(noticed) / 2, 1.0) + 0.2 * bool(code.drift)
    return Judged(
        constant(min(share, 1.0)),
        say(
            "Without its columns of categories predict {gone}; {noticed} of {odd} kinds of odd values "
            "are noticed. Places in the code path of predict that raise: {raises}, that log: {logs}, that compare with "
            "training: {drift}.",
            gone=GONE[gone[0].outcome],
            noticed=len(noticed),
            odd=len(odd),
            raises=len(code.raises),
            logs=len(code.logs),
            drift=len(code.drift),
        ),
        about.reasons("data-validation"),
    )


def monitoring(about: Context) -> Judged:
    planned = about.facts.writing.covered("monitoring", MONITORING)
    code = validation.in_code(about.facts)
    emitted = 0.5 * bool(code.logs) + 0.5 * bool(code.drift)
    told = say("The plan speaks of {parts}.", parts=listed(map(say, planned)))
    return Judged(
        constant(0.6 * len(planned) / len(MONITORING) + 0.4 * emitted),
        sentences(
            told if planned else say("We found no plan in README and notes for watching the model in use."),
            say("predict logs.") if code.logs else say("predict logs nothing."),
            say("It compares its rows with those of training.")
            if code.drift
            else say("It does not compare its rows with those of training."),
        ),
        about.reasons("monitoring"),
    )


CRITERIA = {
    "cost": cost,
    "parity": parity,
    "robustness": robust,
    "data-validation": data_validation,
    "monitoring": monitoring,
}
