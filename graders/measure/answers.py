"""What the runs of a case answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from graders.measure.problems import problem
from graders.model.arrays import FloatArray
from graders.model.case import Case, NotApplicable, run_of
from graders.model.probe import Action, Failure
from graders.model.report import Problem
from graders.probes.names import ProbeName
from graders.tasks.asked import contract_of, public_truth
from graders.words import say

#: Columns are said to be swapped where the right order fits so many times as well.
MANY_TIMES = 2.0
ESSENTIAL = (ProbeName.TRAIN, ProbeName.EVALUATE, ProbeName.PREDICT)


def ungraded(case: Case) -> Problem | None:
    """Why the case gives no grade: the first of train, evaluate and predict that did not end well."""
    for name in ESSENTIAL:
        run = case.runs.get(name)
        if run is not None and not run.ok:
            return problem(run, contract_of(case.challenge))
    return columns_swapped(case)


def columns_swapped(case: Case) -> Problem | None:
    """Where a multiclass answer names the classes in another order: on the public rows the probabilities fit them far
    better when columns change places, and as they are they are worse than saying nothing."""
    challenge, run = case.challenge, case.runs.get(ProbeName.PREDICT_PUBLIC)
    if challenge.task != "multiclass" or run is None or not run.ok or run.predictions is None:
        return None
    truth = public_truth(challenge, case.dataset.public).astype(np.intp)
    given = np.stack([run.predictions[truth == k].sum(axis=0) for k in range(len(challenge.classes))])
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - 24 MB that a server never needs

    real, told = linear_sum_assignment(-given)
    as_it_is, best = float(np.trace(given)), float(given[real, told].sum())
    if (real == told).all() or as_it_is >= len(truth) / len(challenge.classes) or best < MANY_TIMES * as_it_is:
        return None
    first = int(np.flatnonzero(real != told)[0])
    message = say(
        "column {told} fits {classes}, and that is column {first} of the order",
        told=told[first] + 1,
        classes=challenge.classes[first],
        first=first + 1,
    )
    failure = Failure("PRED_ORDER", message)
    # The public rows are the candidate's own, so that what they show may be said.
    return problem(replace(run, action=Action.EVALUATE, failure=failure), contract_of(challenge))


def predictions(case: Case, name: str) -> FloatArray:
    """The predictions of one probe, one for each row it was given."""
    found = run_of(case.runs, name).predictions
    if found is None:
        raise NotApplicable(say("the probe '{name}' gave no predictions", name=name))
    return found


def claims(case: Case, names: Iterable[str]) -> list[float]:
    """The metric that evaluate claimed in each of these probes, as far as they were reached and ended well."""
    runs = (case.runs.get(name) for name in names)
    return [run.claims[case.challenge.metric] for run in runs if run is not None and run.ok]
