"""The rubric that the shipped challenges share: 100 points, told in the words of each task where they differ."""

from __future__ import annotations

from graders.model.challenge import Criterion
from graders.words import N_

#: What is asked of code, whatever it is for.
CODE: tuple[Criterion, ...] = (
    Criterion("structure", "code", 7, N_("Clear modules; training and prediction share their preprocessing")),
    Criterion("complexity-duplication", "code", 3, N_("Short, simple functions; nothing is written twice")),
    Criterion("correctness", "code", 4, N_("No likely errors found by static analysis")),
    Criterion("readability", "code", 7, N_("Names, types and docstrings say what is meant")),
    Criterion(
        "error-handling", "code", 4, N_("Inputs are checked, errors are not swallowed, logging instead of print")
    ),
    Criterion("determinism", "code", 4, N_("Two runs give the same predictions")),
    Criterion("environment", "code", 4, N_("Pinned requirements, no absolute paths, no network, one command to run")),
    Criterion("tests", "code", 5, N_("Tests that run, pass and notice faults")),
    Criterion("hygiene", "code", 2, N_("A tidy hand-in without data, secrets or leftovers")),
)


def rubric(quality: str, calibration: str, worst_slice: str) -> tuple[Criterion, ...]:
    """All criteria; the titles of three depend on what is predicted."""
    return (
        Criterion("predictive-quality", "model", 14, quality),
        Criterion("calibration", "model", 3, calibration),
        Criterion("worst-slice", "model", 3, worst_slice),
        Criterion(
            "leakage", "model", 8, N_("Nothing that is unknown at prediction time reaches the model or its estimate")
        ),
        Criterion("generalisation", "model", 5, N_("Your own estimate agrees with the hidden score")),
        Criterion(
            "evaluation-design", "model", 4, N_("Validation fits the data and the task, with a baseline and intervals")
        ),
        Criterion(
            "robustness", "model", 3, N_("Missing values, new categories, single rows and another order are handled")
        ),
        *CODE,
        Criterion("cost", "production", 4, N_("Time, memory and model size in proportion to what they gain")),
        Criterion(
            "parity", "production", 3, N_("A row gets the same prediction alone, in a batch and in another order")
        ),
        Criterion("data-validation", "production", 3, N_("Incoming rows are checked against a schema")),
        Criterion("monitoring", "production", 2, N_("A plan for what to watch once the model is in use")),
        Criterion(
            "bias", "responsibility", 4, N_("How the data were collected, who is missing, and what that does to whom")
        ),
        Criterion(
            "communication", "responsibility", 4, N_("Problem, approach, results that hold, limits and next steps")
        ),
    )
