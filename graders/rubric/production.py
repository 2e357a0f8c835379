"""Points for production: what it costs, whether answers agree, whether rows are looked at and the model is watched."""

from __future__ import annotations

import numpy as np

from graders.checks.production import robustness
from graders.checks.production.cost import EQUAL, Figure, bill, compared, never_ended, own_cost
from graders.checks.production.robustness import Outcome
from graders.checks.responsibility import validation
from graders.measure.scoring import constant
from graders.measure.wording import plural
from graders.model.case import NotApplicable
from graders.rubric.model import Context, sentence
from graders.rubric.scoring_rules import Judged, ramp
from graders.source.writing import MONITORING

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
    Outcome.SOUND: "answers and says so",
    Outcome.REFUSED: "refuses in words",
    Outcome.SILENT: "answers without a word",
    Outcome.NONSENSE: "answers nonsense without a word",
    Outcome.CRASHED: "crashes",
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
    figures = ", ".join(f"{c.name} {c.own:.3g} {c.unit} ({c.ratio:.1f} ×)" for c in dearest)
    return Judged(
        constant(min(share / whole, 1.0)),
        f"Against the reference in the same image, up to {EQUAL:g} times is full marks and {FAR:g} times none. "
        f"Dearest: {figures}.{f' {told}.' * bool(told)}",
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
        "Rows predicted alone, in small batches and all at once got the same probability, from the saved model in "
        "processes that never trained.",
    )


def robust(about: Context) -> Judged:
    found = robustness.reactions(about.facts)
    if not found:
        raise NotApplicable("no odd rows were put to predict")
    worth = [1.0 if one.variant.gone and one.outcome is Outcome.REFUSED else WORTH[one.outcome] for one in found]
    one_row = about.findings["ROB004"]
    if one_row.status.value != "not applicable":  # ended by a busy machine
        worth.append(0.0 if one_row.flagged else 1.0)
    counts = {outcome: sum(one.outcome is outcome for one in found) for outcome in Outcome}
    told = ", ".join(f"{count} {outcome.value}" for outcome, count in counts.items() if count)
    return Judged(
        constant(float(np.mean(worth))),
        f"Of {plural(len(found), 'kind')} of odd rows: {told}; single rows {'fail' if one_row.flagged else 'work'}.",
        about.reasons("robustness"),
    )


def data_validation(about: Context) -> Judged:
    odd = robustness.reaction(about.facts, *validation.ODD_VALUES)
    gone = robustness.reaction(about.facts, validation.GONE)
    if not odd or not gone:
        raise NotApplicable("no odd rows were put to predict")
    noticed, code = validation.noticed(about.facts), validation.in_code(about.facts)
    refused = gone[0].outcome is Outcome.REFUSED
    share = 0.4 * refused + 0.1 * (gone[0].outcome is Outcome.CRASHED)
    share += 0.4 * min(len(noticed) / 2, 1.0) + 0.2 * bool(code.drift)
    return Judged(
        constant(min(share, 1.0)),
        f"Without its columns of categories predict {GONE[gone[0].outcome]}; "
        f"{len(noticed)} of {len(odd)} kinds of odd values are noticed; in the code path of predict "
        f"{plural(len(code.raises), 'place')} raise, {len(code.logs)} log and {len(code.drift)} compare with training.",
        about.reasons("data-validation"),
    )


def monitoring(about: Context) -> Judged:
    planned = about.facts.writing.covered("monitoring", MONITORING)
    code = validation.in_code(about.facts)
    emitted = 0.5 * bool(code.logs) + 0.5 * bool(code.drift)
    told = ", ".join(planned) or "none of what makes a plan"
    return Judged(
        constant(0.6 * len(planned) / len(MONITORING) + 0.4 * emitted),
        f"The plan speaks of {told}; predict {'logs' if code.logs else 'logs nothing'} and "
        f"{'compares' if code.drift else 'does not compare'} its rows with those of training.",
        about.reasons("monitoring"),
    )


CRITERIA = {
    "cost": cost,
    "parity": parity,
    "robustness": robust,
    "data-validation": data_validation,
    "monitoring": monitoring,
}
