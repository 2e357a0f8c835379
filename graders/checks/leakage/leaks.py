"""The leaks that Assay knows, each with its entry in the guide and its question."""

from __future__ import annotations

from graders.checks.check import Check
from graders.checks.leakage.weigh import examine
from graders.model.finding import Guide, Question, Severity

INSIDE = "One run of evaluate is followed from inside: which rows each fitted object saw, and which it was judged on. "
INTERFERENCE = (
    "A second run gets other features for the rows held out, and nothing else; what the judged model was fitted on "
    "may not change. "
)


def _leak(code: str, title: str, severity: Severity, guide: Guide, question: Question) -> Check:
    return Check(code=code, title=title, severity=severity, examine=examine(code), guide=guide, question=question)


CHECKS = (
    _leak(
        "LEAK001",
        "Fitted before the split",
        Severity.MAJOR,
        Guide(
            detect=INTERFERENCE + "What changes names the scaler, imputer, selector or hand-written statistic that saw "
            "rows it is later judged on; the log of the run and the source text give its line.",
            why="Statistics of the held-out rows enter training. The estimate no longer says how new data will do, by "
            "an amount that may be tiny or large and that nobody knows without measuring.",
            avoid="Put every fitted step into a pipeline, and fit the pipeline inside the fold.",
        ),
        Question(
            "This step sees all rows before the split. What does that do to your estimate, and how large is it here?",
            "held-out statistics enter training; direction and size depend on the step; would measure it; moves it "
            "into a pipeline inside the folds",
            "says scaling does not matter, or has no fix",
        ),
    ),
    _leak(
        "LEAK002",
        "Target-derived or post-outcome feature used",
        Severity.CRITICAL,
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
    _leak(
        "LEAK003",
        "Same rows in train and validation",
        Severity.MAJOR,
        Guide(
            detect=INSIDE + "Rows that are equal in every column, and lie on both sides, are counted.",
            why="The model is asked what it has been told. Copies count as successes that new data will not repeat.",
            avoid="Drop duplicates before splitting, or keep copies on one side.",
        ),
        Question(
            "Some rows occur in both your training and validation part. How did that happen, and what would you do?",
            "asks where the copies come from, looks at entity identifiers, splits by group, estimates again",
            "drop_duplicates without asking why",
        ),
    ),
    _leak(
        "LEAK004",
        "Validation rows are not later than the training rows",
        Severity.MINOR,
        Guide(
            detect=INSIDE + "Validation rows that are no later than rows trained on are counted.",
            why="The model will be used on months that come after all it has seen. A split that ignores time hides "
            "drift, and lets it learn from the future.",
            avoid="Validate on later months than those trained on, for instance with an expanding window.",
        ),
        Question(
            "Your split ignores time. What would a rolling split show?",
            "expects a fall, explains drift and seasonality, validates forward",
            "shuffling makes it fair",
        ),
    ),
    _leak(
        "LEAK005",
        "Same customer in train and validation",
        Severity.MAJOR,
        Guide(
            detect=INSIDE + "Customers with rows on both sides are counted; a claim that stays above chance on labels "
            "permuted by customer confirms it from outside.",
            why="The model recognises the customer instead of the reasons for leaving. New customers, which it is for, "
            "will do worse than the estimate says.",
            avoid="Split by customer, for instance with GroupKFold on the customer's identifier.",
        ),
        Question(
            "One customer appears on both sides of your split. Which question does your score then answer?",
            "new rows of known customers against new customers; splits by group; estimates again",
            "sees no difference",
        ),
    ),
    _leak(
        "LEAK006",
        "Test rows used for selection, tuning or early stopping",
        Severity.MAJOR,
        Guide(
            detect=INSIDE + "Several models judged on the same rows, of which the best score is claimed, and rows that "
            "stop a training and then judge it, are named.",
            why="The best of many noisy scores is too good: the winner is partly luck, and luck does not return.",
            avoid="Choose on one part, and quote the score of another that took no part in the choice.",
        ),
        Question(
            "The rows that chose this model also judge it. What is the number you would quote to a manager?",
            "a third, untouched set or nested validation; quotes the lower one; knows the winner's curse",
            "quotes the best",
        ),
    ),
    _leak(
        "LEAK007",
        "Target encoding outside the folds",
        Severity.MAJOR,
        Guide(
            detect=INTERFERENCE + "From inside, an encoder or a group mean that was given the labels of the rows it is "
            "judged on is named.",
            why="The label of a row travels into its own feature; for rare categories it is nearly the label itself.",
            avoid="Encode inside the fold, or with cross-fitting and smoothing.",
        ),
        Question(
            "How is the target encoding computed inside a fold?",
            "out of fold, smoothed, with a prior for unseen levels",
            "the mean over all data",
        ),
    ),
    _leak(
        "LEAK008",
        "Resampling before the split",
        Severity.MAJOR,
        Guide(
            detect=INSIDE + "Resampled or synthetic rows whose origins lie on both sides are counted.",
            why="Copies and interpolations of validation rows are trained on.",
            avoid="Resample inside the fold and only the training part, for instance with imbalanced-learn's pipeline.",
        ),
        Question(
            "You balance the classes before splitting. Where do the copies of one row end up?",
            "on both sides; resamples the training part inside the fold, or weights instead",
            "needs it because the classes are unbalanced",
        ),
    ),
    _leak(
        "LEAK009",
        "Evaluated on rows it was trained on",
        Severity.CRITICAL,
        Guide(
            detect=INSIDE + "A score that reaches the claim, of a model on rows it was fitted on, is named.",
            why="It measures memory. A model that has learnt its rows by heart scores perfectly and predicts nothing.",
            avoid="Score rows that no fitted step has seen.",
        ),
        Question(
            "Which rows is this score computed on, and what had the model seen of them?",
            "sees it, re-estimates on held-out rows, says how far the numbers will fall",
            "a high score is a good score",
        ),
    ),
    _leak(
        "LEAK010",
        "A prediction depends on the other rows of the batch or on their order",
        Severity.MAJOR,
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
    _leak(
        "LEAK011",
        "Fitted again at predict time",
        Severity.MAJOR,
        Guide(
            detect="The source text shows a fit that predict reaches; predictions that depend on the batch confirm it.",
            why="What is fitted on the rows to be predicted is another model for every batch, and none of them was "
            "validated.",
            avoid="Save what train fitted, and load it in predict.",
        ),
        Question(
            "predict fits something. What happens on a batch of one row?",
            "sees that the statistic is of the batch, moves the fit into train, tests single rows",
            "it is needed to transform the data",
        ),
    ),
)
