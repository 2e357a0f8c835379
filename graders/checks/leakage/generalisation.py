"""Does the candidate's own estimate hold on rows nobody had seen?"""

from __future__ import annotations

from graders.checks.check import Check
from graders.checks.leakage.gap import claim_above_hidden, held_by_optimism, train_above_hidden
from graders.checks.leakage.leaks import held_by_a_leak
from graders.checks.leakage.lookup import memorises, rests_on_the_identifier
from graders.checks.leakage.permuted import claim_without_signal
from graders.model.finding import Guide, Question, Severity
from graders.words import N_, say

WITHOUT_SIGNAL = Guide(
    detect=N_(
        "evaluate runs once more on data whose targets were handed to other rows. Nothing can be "
        "learnt from it, so an honest {metric} is no better than without any information. A first "
        "draw that is better is followed by up to three fresh ones, which alone decide. None is made "
        "where the first is too good for luck."
    ),
    why=N_("An estimate that finds signal where there is none measures the leak, not the model."),
    avoid=N_(
        "Keep the rows of one {unit} on one side of every split. Fit everything inside the fold. "
        "Never score rows the model was fitted on."
    ),
)

CHECKS = (
    Check(
        code="OVR001",
        title=N_("Train score far above hidden score"),
        severity=Severity.MINOR,
        family="leakage",
        verdict="overfitting",
        criteria=("generalisation",),
        shown_in="gap",
        function="evaluate",
        examine=train_above_hidden,
        guide=Guide(
            detect=(
                N_(
                    "The saved model scores the rows it was trained on. A wide gap to the hidden rows counts "
                    "only where the candidate's own estimate missed it. A forest with a perfect train score and "
                    "an honest estimate is sound."
                )
            ),
            why=N_(
                "A model that learnt its rows by heart wastes capacity and misleads whoever looks at the train score."
            ),
            avoid=N_("Regularise, stop early on rows held out for that, and judge by validation, never by the fit."),
        ),
        question=Question(
            say("Train and hidden score lie far apart. Three causes, and the first experiment you would run?"),
            say("variance, leakage, shift; a learning curve or regularisation; one change at a time"),
            say('"more data", or a bigger model'),
        ),
    ),
    Check(
        code="OVR002",
        title=N_("Claim above hidden score beyond noise"),
        severity=Severity.MAJOR,
        family="leakage",
        verdict="overfitting",
        cap=held_by_optimism,
        criteria=("generalisation",),
        shown_in="gap",
        function="evaluate",
        examine=claim_above_hidden,
        guide=Guide(
            detect=(
                N_(
                    "The claim of evaluate is compared with the score on hidden rows, in units of both standard "
                    "errors. We leave room for honest drift."
                )
            ),
            why=N_("Decisions are made on the estimate. One that is too good hides every other problem."),
            avoid=(
                N_(
                    "Validate as the model will be used: on a {unit} it was not trained on, later than all "
                    "training rows."
                )
            ),
        ),
        question=Question(
            say("You estimated better than we measured on new rows. Explain the gap."),
            say("considers intervals, selection, leakage and shift, without defending"),
            say("blames the hidden data only"),
        ),
    ),
    Check(
        code="OVR003",
        title=N_("The claim stays above chance when labels are permuted"),
        severity=Severity.CRITICAL,
        family="leakage",
        verdict="leakage",
        cap=held_by_a_leak,
        criteria=(
            "leakage",
            "evaluation-design",
        ),
        shown_in="gap",
        function="evaluate",
        examine=claim_without_signal,
        guide=WITHOUT_SIGNAL,
        question=Question(
            say("With meaningless labels your evaluation still reports skill. Where does it come from?"),
            (say("names the rows that are shared, or the step fitted on all rows; splits by {unit}; re-estimates")),
            say("cannot say what the permutation shows"),
        ),
        by_task=dict.fromkeys(
            ("multiclass", "regression"),
            (
                WITHOUT_SIGNAL,
                Question(
                    say("With meaningless targets your evaluation still reports skill. Where does it come from?"),
                    say(
                        "names the rows that are shared, or the step fitted on all rows; splits by {unit}; re-estimates"
                    ),
                    say("cannot say what the permutation shows"),
                ),
            ),
        ),
    ),
    Check(
        code="OVR004",
        title=N_("Memorises training rows"),
        severity=Severity.MAJOR,
        family="leakage",
        verdict="overfitting",
        shown_in="gap",
        function="evaluate",
        examine=memorises,
        guide=Guide(
            detect=(
                N_(
                    "Training rows are predicted again with measured numbers moved by one part in a million. They "
                    "come under an identifier that nobody has, and no number moves past a value that occurs. A model "
                    "that looks rows up then loses what it knew of their labels. Trees and nearest neighbours do not. "
                    "Where answers get worse, each change is made by itself."
                )
            ),
            why=N_("A lookup table predicts nothing it has not seen, and it carries personal rows into production."),
            avoid=N_("Predict from features with a fitted model; keep no training rows beside it."),
        ),
        question=Question(
            say("Tiny changes of a known row change its score a lot. What does the model really hold?"),
            say("recognises the lookup, says what it does to new rows and to privacy"),
            say("sees robustness as somebody else's job"),
        ),
    ),
    Check(
        code="OVR005",
        title=N_("The identifier moves a prediction"),
        severity=Severity.MINOR,
        family="leakage",
        verdict="overfitting",
        shown_in="gap",
        function="evaluate",
        examine=rests_on_the_identifier,
        guide=Guide(
            detect=(
                N_(
                    "Training rows are predicted again under identifiers that nobody has. Where answers change, a "
                    "thousand hidden rows are as well. A model that serves new rows gives the same answers."
                )
            ),
            why=N_("An identifier says nothing of the next {unit}. Splits on it are noise learnt by heart."),
            avoid=N_("Use identifiers to split and to join, and leave them out of the features."),
        ),
        question=Question(
            (
                say(
                    "Your model reads the identifier of the {unit}. What has it learnt from it, and what will it "
                    "do to the next one?"
                )
            ),
            say("sees that it is memory or an accident of numbering; drops it; checks the score without it"),
            say("the trees will ignore it if it does not matter"),
        ),
    ),
)
