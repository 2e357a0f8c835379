"""Leaks that show in the predictions alone, where no candidate can hide or forge them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graders import probes
from graders.examine import predictions
from graders.model import Case, Check, Evidence, Guide, NotApplicable, Question, Severity
from graders.scoring import roc_auc

#: Batch size alone moves a prediction by about 1e-12 through the order of floating-point sums.
SAME = 1e-6
#: The fall in ROC AUC from which a model is said to rest on a column; a column merely kept costs less.
RESTS_ON = 0.02


def depends_on_the_batch(case: Case) -> Iterator[Evidence]:
    whole = predictions(case, probes.PREDICT)
    parts = predictions(case, probes.PREDICT_PARTS)
    same_rows = whole[probes.sample_positions(len(whole), case.seed)]
    moved = np.abs(parts - same_rows)
    if moved.max() > SAME:
        share = float((moved > SAME).mean())
        yield Evidence(
            f"{share:.0%} of {len(moved):,} hidden rows got another probability when they came in another order "
            f"and in smaller batches; the largest change is {moved.max():.3f}"
        )


def rests_on_post_outcome_columns(case: Case) -> Iterator[Evidence]:
    columns = case.challenge.post_outcome
    if not columns:
        raise NotApplicable("the challenge declares no post-outcome column")
    labels = case.dataset.public[case.challenge.target].to_numpy()
    kept = roc_auc(labels, predictions(case, probes.PREDICT_PUBLIC))
    blanked = roc_auc(labels, predictions(case, probes.PREDICT_BLANKED))
    if kept - blanked > RESTS_ON:
        yield Evidence(
            f"with the values of {', '.join(columns)} shuffled over the public rows, ROC AUC on them falls "
            f"from {kept:.3f} to {blanked:.3f}: the model rests on what is known only after the outcome"
        )


CHECKS = (
    Check(
        "LEAK002",
        "Target-derived or post-outcome feature used",
        Severity.CRITICAL,
        rests_on_post_outcome_columns,
        Guide(
            detect="The model predicts the public rows twice, once with the challenge's post-outcome columns "
            "shuffled. A fall in ROC AUC of more than .02 shows that it rests on them.",
            why="Such a column carries the answer in the training table and is empty, or different, on the day "
            "the model is used: the estimate is brilliant and the deployed model is not.",
            avoid="For every column ask when its value is known. Leave out, or lag, what is recorded after the "
            "moment of prediction.",
        ),
        Question(
            "Which of your features would not be known at the moment of prediction, and how would you notice?",
            "reasons about prediction time and data lineage; compares the column before and after the outcome; "
            "drops or lags it",
            "keeps it because it helps",
        ),
    ),
    Check(
        "LEAK010",
        "A prediction depends on the other rows of the batch or on their order",
        Severity.MAJOR,
        depends_on_the_batch,
        Guide(
            detect="A thousand hidden rows are predicted again in another order, one by one and in small "
            "batches. A row's probability may not change.",
            why="In production rows arrive one at a time or in whatever batch there is. A model whose answer "
            "depends on the neighbours has seen the test distribution, and two systems will disagree.",
            avoid="Fit scalers, encoders, imputers and rank transforms in train, save them, and only apply them "
            "in predict.",
        ),
        Question(
            "The same customer got another score in another batch. Hunt it down with me.",
            "makes a minimal case of one row, names the statistic computed at predict time, moves it into train",
            "guesses at random, or finds it harmless",
        ),
    ),
)
