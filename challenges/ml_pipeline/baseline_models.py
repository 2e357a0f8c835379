"""Simple models of ours on the same rows, to say what a submission's complexity buys."""

from __future__ import annotations

from graders.model.arrays import FloatArray
from graders.model.later import pd


def baseline_models(public: pd.DataFrame, hidden: pd.DataFrame) -> dict[str, FloatArray]:
    """Scores of the hidden rows by a single split and by a logistic regression, both on cleaned columns."""
    from challenges import simple_models  # noqa: PLC0415 - loads scikit-learn, and grading rarely needs it
    from challenges.ml_pipeline import ladder  # noqa: PLC0415

    found = simple_models.on_cleaned(ladder.cleaned, public, hidden, "churned")
    return {name: answers[:, 1] for name, answers in found.items()}
