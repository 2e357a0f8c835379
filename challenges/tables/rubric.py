"""What earns points in a challenge on a company's own table: the criteria of ml_pipeline in words for any table."""

from __future__ import annotations

from graders.model.challenge import Criterion

RUBRIC = (
    Criterion(
        "predictive-quality", "model", 14, "Predictions for hidden rows, between no information and a strong model"
    ),
    Criterion("calibration", "model", 3, "What is predicted agrees with what happens"),
    Criterion("worst-slice", "model", 3, "No group of rows is served much worse than the rest"),
    Criterion("leakage", "model", 8, "Nothing that is unknown at prediction time reaches the model or its estimate"),
    Criterion("generalisation", "model", 5, "Your own estimate agrees with the hidden score"),
    Criterion("evaluation-design", "model", 4, "Validation fits the data and the task, with a baseline and intervals"),
    Criterion("robustness", "model", 3, "Missing values, new categories, single rows and another order are handled"),
    Criterion("structure", "code", 7, "Clear modules; training and prediction share their preprocessing"),
    Criterion("complexity-duplication", "code", 3, "Short, simple functions; nothing is written twice"),
    Criterion("correctness", "code", 4, "No likely errors found by static analysis"),
    Criterion("readability", "code", 7, "Names, types and docstrings say what is meant"),
    Criterion("error-handling", "code", 4, "Inputs are checked, errors are not swallowed, logging instead of print"),
    Criterion("determinism", "code", 4, "Two runs give the same predictions"),
    Criterion("environment", "code", 4, "Pinned requirements, no absolute paths, no network, one command to run"),
    Criterion("tests", "code", 5, "Tests that run, pass and notice faults"),
    Criterion("hygiene", "code", 2, "A tidy hand-in without data, secrets or leftovers"),
    Criterion("cost", "production", 4, "Time, memory and model size in proportion to what they gain"),
    Criterion("parity", "production", 3, "A row gets the same prediction alone, in a batch and in another order"),
    Criterion("data-validation", "production", 3, "Incoming rows are checked against a schema"),
    Criterion("monitoring", "production", 2, "A plan for what to watch once the model is in use"),
    Criterion("bias", "responsibility", 4, "How the data were collected, who is missing, and what that does to whom"),
    Criterion("communication", "responsibility", 4, "Problem, approach, results that hold, limits and next steps"),
)
