"""The leaks that Assay knows, each with its entry in the guide and its question."""

from __future__ import annotations

from graders.checks.check import Check
from graders.checks.leakage.weigh import examine
from graders.measure.metrics import Measured
from graders.model.finding import Guide, Question, Severity
from graders.words import N_, say, sentences


def held_by_a_leak(measured: Measured) -> str:  # noqa: ARG001
    return say("A confirmed leak means that the estimate does not speak of rows to come.")


INSIDE = say(
    "One run of evaluate is followed from inside: which rows each fitted object saw, and which it was judged on."
)
INTERFERENCE = say(
    "We run evaluate twice and change only the features of the held-out rows. The training data "
    "of the judged model must stay the same."
)


CHECKS = (
    Check(
        code="LEAK001",
        title=N_("Fitted before the split"),
        severity=Severity.MAJOR,
        family="leakage",
        examine=examine("LEAK001"),
        verdict="leakage",
        criteria=("leakage",),
        shown_in="gap",
        function="evaluate",
        guide=Guide(
            detect=sentences(
                INTERFERENCE,
                N_(
                    "What changes was fitted on rows that it is later judged on. The log of the run and the code "
                    "give the line."
                ),
            ),
            why=(
                N_(
                    "Statistics of the held-out rows enter training. The estimate no longer says how the model "
                    "does on new data. The error may be tiny or large."
                )
            ),
            avoid=N_("Put every fitted step into a pipeline, and fit the pipeline inside the fold."),
        ),
        question=Question(
            say(
                "This step sees all rows before the split. What does that do to your estimate, and how large "
                "is it here?"
            ),
            (
                say(
                    "Says that held-out rows influence training, and that the size depends on the step. Would "
                    "measure it. Moves the step into a pipeline inside the folds"
                )
            ),
            say("says scaling does not matter, or has no fix"),
        ),
    ),
    Check(
        code="LEAK002",
        title=N_("Target-derived or post-outcome feature used"),
        severity=Severity.CRITICAL,
        family="leakage",
        examine=examine("LEAK002"),
        verdict="leakage",
        cap=held_by_a_leak,
        criteria=("leakage",),
        shown_in="importance",
        function="evaluate",
        guide=Guide(
            detect=sentences(
                N_(
                    "The model predicts the public rows twice, once with the challenge's post-outcome columns "
                    "shuffled. Where the {metric} gets clearly worse, the model rests on them."
                ),
                N_(
                    "In doubt we run evaluate with other labels in some held-out rows. No answer may follow its row's "
                    "own label."
                ),
            ),
            why=(
                N_(
                    "In the training table such a column carries the answer. When the model is used, it is empty "
                    "or different. The estimate is high and the deployed model is poor."
                )
            ),
            avoid=N_(
                "For every column ask when its value is known. Leave out, or lag, what is recorded after the "
                "moment of prediction."
            ),
        ),
        question=Question(
            say("Which of your features would not be known at the moment of prediction, and how would you notice?"),
            say(
                "reasons about prediction time and data lineage; compares the column before and after the "
                "outcome; drops or lags it"
            ),
            say("keeps it because it helps"),
        ),
    ),
    Check(
        code="LEAK003",
        title=N_("Same rows in train and validation"),
        severity=Severity.MAJOR,
        family="leakage",
        examine=examine("LEAK003"),
        verdict="leakage",
        criteria=(
            "leakage",
            "evaluation-design",
        ),
        shown_in="gap",
        function="evaluate",
        guide=Guide(
            detect=sentences(INSIDE, N_("Rows that are equal in every column, and lie on both sides, are counted.")),
            why=N_("The model has already seen the rows it is judged on. Copies make the estimate too high."),
            avoid=N_("Drop duplicates before splitting, or keep copies on one side."),
        ),
        question=Question(
            say(
                "Some rows occur in both your training and validation part. How did that happen, and what would you do?"
            ),
            say("asks where the copies come from, looks at entity identifiers, splits by group, estimates again"),
            say("drop_duplicates without asking why"),
        ),
    ),
    Check(
        code="LEAK004",
        title=N_("Validation rows are not later than the training rows"),
        severity=Severity.MINOR,
        family="leakage",
        examine=examine("LEAK004"),
        verdict="leakage",
        criteria=(
            "leakage",
            "evaluation-design",
        ),
        shown_in="gap",
        function="evaluate",
        guide=Guide(
            detect=sentences(INSIDE, N_("Validation rows that are no later than rows trained on are counted.")),
            why=N_(
                "The model will be used on months that come after all it has seen. A split that ignores time "
                "hides drift, and lets it learn from the future."
            ),
            avoid=N_("Validate on later months than those trained on, for instance with an expanding window."),
        ),
        question=Question(
            say("Your split ignores time. What would a rolling split show?"),
            say("expects a fall, explains drift and seasonality, validates forward"),
            say("shuffling makes it fair"),
        ),
    ),
    Check(
        code="LEAK005",
        title=N_("Rows that belong together in train and validation"),
        severity=Severity.MAJOR,
        family="leakage",
        examine=examine("LEAK005"),
        verdict="leakage",
        criteria=(
            "leakage",
            "evaluation-design",
        ),
        shown_in="gap",
        function="evaluate",
        guide=Guide(
            detect=sentences(
                INSIDE,
                N_(
                    "We count each {unit} with rows on both sides. We also permute the labels by {unit}: a claim "
                    "that stays above chance confirms it."
                ),
            ),
            why=(
                N_(
                    "The model recognises the {unit} instead of the reasons for the outcome. It is made for new "
                    "ones. There it will do worse than the estimate says."
                )
            ),
            avoid=N_("Split by {unit}, for instance with GroupKFold on the identifier."),
        ),
        question=Question(
            (say("Rows of one {unit} appear on both sides of your split. Which question does your score then answer?")),
            say("new rows of a known {unit} against a new {unit}; splits by group; estimates again"),
            say("sees no difference"),
        ),
    ),
    Check(
        code="LEAK006",
        title=N_("Test rows used for selection, tuning or early stopping"),
        severity=Severity.MAJOR,
        family="leakage",
        examine=examine("LEAK006"),
        verdict="leakage",
        criteria=(
            "leakage",
            "evaluation-design",
        ),
        shown_in="gap",
        function="evaluate",
        guide=Guide(
            detect=sentences(
                INSIDE,
                N_(
                    "We name models chosen by the rows that also give the claim. We name rows that stop a "
                    "training and then judge it."
                ),
                N_(
                    "We hand labels to other rows and look which rows are judged then. Rows of some labels may not be "
                    "left out."
                ),
            ),
            why=sentences(
                N_("The best of many noisy scores is too high, as it is partly chance. New data will not repeat it."),
                N_("Nor will it leave out the rows that are hard."),
            ),
            avoid=sentences(
                N_("Choose on one part, and quote the score of another that took no part in the choice."),
                N_("Judge every row that the model will be asked about."),
            ),
        ),
        question=Question(
            say("The judged rows had a say in what is claimed. What is the number you would quote to a manager?"),
            say("a third, untouched set or nested validation; quotes the lower one; knows the winner's curse"),
            say("quotes the best"),
        ),
    ),
    Check(
        code="LEAK007",
        title=N_("Target encoding outside the folds"),
        severity=Severity.MAJOR,
        family="leakage",
        examine=examine("LEAK007"),
        verdict="leakage",
        criteria=("leakage",),
        shown_in="gap",
        function="evaluate",
        guide=Guide(
            detect=sentences(
                INTERFERENCE,
                N_("In the log we name encoders and group means that got the labels of rows they are judged on."),
            ),
            why=N_(
                "The label of a row travels into its own feature; for rare categories it is nearly the label itself."
            ),
            avoid=N_("Encode inside the fold, or with cross-fitting and smoothing."),
        ),
        question=Question(
            say("How is the target encoding computed inside a fold?"),
            say("out of fold, smoothed, with a prior for unseen levels"),
            say("the mean over all data"),
        ),
    ),
    Check(
        code="LEAK008",
        title=N_("Resampling before the split"),
        severity=Severity.MAJOR,
        family="leakage",
        examine=examine("LEAK008"),
        verdict="leakage",
        criteria=("leakage",),
        shown_in="gap",
        function="evaluate",
        guide=Guide(
            detect=sentences(INSIDE, N_("Resampled or synthetic rows whose origins lie on both sides are counted.")),
            why=N_("Copies and interpolations of validation rows are trained on."),
            avoid=N_(
                "Resample inside the fold and only the training part, for instance with imbalanced-learn's pipeline."
            ),
        ),
        question=Question(
            say("You balance the classes before splitting. Where do the copies of one row end up?"),
            say("on both sides; resamples the training part inside the fold, or weights instead"),
            say("needs it because the classes are unbalanced"),
        ),
    ),
    Check(
        code="LEAK009",
        title=N_("Evaluated on rows it was trained on"),
        severity=Severity.CRITICAL,
        family="leakage",
        examine=examine("LEAK009"),
        verdict="leakage",
        criteria=(
            "leakage",
            "evaluation-design",
        ),
        shown_in="gap",
        function="evaluate",
        guide=Guide(
            detect=sentences(
                INSIDE, N_("A score that reaches the claim, of a model on rows it was fitted on, is named.")
            ),
            why=N_(
                "It measures memory. A model that has learnt its rows by heart scores perfectly and predicts nothing."
            ),
            avoid=N_("Score rows that no fitted step has seen."),
        ),
        question=Question(
            say("Which rows is this score computed on, and what had the model seen of them?"),
            say("sees it, re-estimates on held-out rows, says how far the numbers will fall"),
            say("a high score is a good score"),
        ),
    ),
    Check(
        code="LEAK010",
        title=N_("A prediction depends on the other rows of the batch or on their order"),
        severity=Severity.MAJOR,
        family="leakage",
        examine=examine("LEAK010"),
        verdict="leakage",
        criteria=(
            "leakage",
            "parity",
        ),
        shown_in="gap",
        function="evaluate",
        guide=Guide(
            detect=N_(
                "A thousand hidden rows are predicted again in another order, one by one and in small "
                "batches. A row's answer may not change."
            ),
            why=N_(
                "In production rows arrive one at a time or in whatever batch there is. A model whose answer "
                "depends on the neighbours has seen the test distribution, and two systems will disagree."
            ),
            avoid=N_(
                "Fit scalers, encoders, imputers and rank transforms in train, save them, and only apply "
                "them in predict."
            ),
        ),
        question=Question(
            say("The same row got another prediction in another batch. Hunt it down with me."),
            say("makes a minimal case of one row, names the statistic computed at predict time, moves it into train"),
            say("guesses at random, or finds it harmless"),
        ),
    ),
    Check(
        code="LEAK011",
        title=N_("Fitted again at predict time"),
        severity=Severity.MAJOR,
        family="leakage",
        examine=examine("LEAK011"),
        verdict="leakage",
        criteria=("leakage",),
        shown_in="gap",
        function="evaluate",
        guide=Guide(
            detect=N_(
                "The source text shows a fit that predict reaches; predictions that depend on the batch confirm it."
            ),
            why=(
                N_(
                    "A step fitted on the rows to predict makes another model for every batch. None of these "
                    "models was validated."
                )
            ),
            avoid=N_("Save what train fitted, and load it in predict."),
        ),
        question=Question(
            say("predict fits something. What happens on a batch of one row?"),
            say("sees that the statistic is of the batch, moves the fit into train, tests single rows"),
            say("it is needed to transform the data"),
        ),
    ),
)
