"""What the runs of a case answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from graders.measure.problems import problem
from graders.model.arrays import FloatArray
from graders.model.case import Case, NotApplicable, Prevented
from graders.model.probe import Run
from graders.model.report import Problem
from graders.probes import sessions

ESSENTIAL = (sessions.TRAIN, sessions.EVALUATE, sessions.PREDICT)


def ungraded(case: Case) -> Problem | None:
    """Why the case gives no grade: the first of train, evaluate and predict that did not end well."""
    for name in ESSENTIAL:
        run = case.runs.get(name)
        if run is not None and not run.ok:
            return problem(run)
    return None


def run_of(runs: Mapping[str, Run], name: str) -> Run:
    """The run of one probe; NotApplicable where it was not reached or did not end well, Prevented where that is the
    doing of the candidate's code."""
    run = runs.get(name)
    if run is None:
        raise NotApplicable(f"the probe '{name}' was not reached")
    if run.prevented:
        raise Prevented(f"the candidate's code made the probe '{name}' impossible: {run.exit.value}")
    if not run.ok:
        raise NotApplicable(f"the probe '{name}' ended: {run.exit.value}")
    return run


def predictions(case: Case, name: str) -> FloatArray:
    """The predictions of one probe, one for each row it was given."""
    found = run_of(case.runs, name).predictions
    if found is None:
        raise NotApplicable(f"the probe '{name}' gave no predictions")
    return found


def claims(case: Case, names: Iterable[str]) -> list[float]:
    """The ROC AUC that evaluate claimed in each of these probes, as far as they were reached and ended well."""
    runs = (case.runs.get(name) for name in names)
    return [run.claims["roc_auc"] for run in runs if run is not None and run.ok]
