"""Every kind of task, with what it asks where something was found and where nothing was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from graders.live.model import READ, TESTS
from graders.model.challenge import Challenge
from graders.words import say

ESTIMATE = say("Say first whether your estimate rises, falls or stays, and by how much.")
FINDING = say("The finding is gone, and the estimate moved as you said or you can say why not.")
RESTORED = say("The finding appears, and the estimate moved as you said. Then take the change back.")

#: In place of a function: the file for tests.
TEST_FILE = "tests"


def always(challenge: Challenge) -> bool:  # noqa: ARG001
    return True


@dataclass(frozen=True)
class Kind:
    """One kind of task.

    `mend` is asked where one of `codes` was found, `show` where none was: it speaks of what is done well at `function`.
    Sentences may have the gaps {unit}, {metric}, {column}, {fault}, {place}, {contact}, {loss} and {currency}.
    `askable` says of which challenges it can be asked at all; `shown` is what counts as done where `show` is asked.
    """

    name: str
    title: str
    codes: tuple[str, ...]
    mend: str
    show: str
    function: str
    runs: tuple[str, ...]
    predicts: str = ESTIMATE
    done: str = FINDING
    shown: str = RESTORED
    askable: Callable[[Challenge], bool] = always


def has_groups(challenge: Challenge) -> bool:
    return challenge.kept_apart is not None


def has_time(challenge: Challenge) -> bool:
    return challenge.time is not None


def has_costs(challenge: Challenge) -> bool:
    return challenge.task == "binary" and None not in (challenge.use.contact, challenge.use.loss)


def has_probabilities(challenge: Challenge) -> bool:
    return challenge.task != "regression"


TABLE: tuple[Kind, ...] = (
    Kind(
        "fit-inside",
        say("Fit inside the folds"),
        ("LEAK001", "LEAK007", "LEAK008"),
        say("Fit this step on the training part alone, in every fold."),
        say("Fit one step on all rows before the split, and measure what that does."),
        "evaluate",
        ("leaks",),
    ),
    Kind(
        "split-groups",
        say("Respect groups in the split"),
        ("LEAK005", "LEAK003"),
        say("Make the split keep all rows of one {unit} on one side."),
        say("Make the split ignore which rows belong to one {unit}, and measure what that does."),
        "evaluate",
        ("leaks",),
        askable=has_groups,
    ),
    Kind(
        "split-time",
        say("Respect time in the split"),
        ("LEAK004",),
        say("Make every validation row later than all rows that its model was trained on."),
        say("Make the split ignore time, and measure what that does."),
        "evaluate",
        ("leaks",),
        askable=has_time,
    ),
    Kind(
        "held-out",
        say("Judge on rows that nothing has seen"),
        ("LEAK009", "LEAK006", "OVR003", "OVR002"),
        say("Judge the model on rows that took no part in fitting or choosing it."),
        say("Judge the model on rows it was fitted on, and measure what that does."),
        "evaluate",
        ("leaks",),
    ),
    Kind(
        "drop-column",
        say("Explain a column, then remove it"),
        ("LEAK002", "FEAT001", "OVR005", "FAIR002"),
        say("Explain what {column} tells the model and when it is known, then remove it."),
        say("Explain what {column} tells the model and when it is known, then remove it."),
        "train",
        ("columns",),
        say("Say first what removing it does to your estimate and to the rows kept back."),
        say("The model no longer uses the column, and the figures moved as you said or you can say why not."),
        say("The model no longer uses the column, and the figures moved as you said or you can say why not."),
    ),
    Kind(
        "one-row",
        say("Give one row the same answer alone"),
        ("LEAK010", "LEAK011", "SKEW001", "ROB004"),
        say("Make the answer for a row independent of the rows beside it."),
        say("Write a test that one row gets the same answer alone and in a batch."),
        TEST_FILE,
        ("batches", TESTS),
        say("Say first which rows change their answer today, and why."),
        shown=say("The test passes, and you can say which change of the code it would notice."),
    ),
    Kind(
        "new-category",
        say("Survive a new category"),
        ("ROB001",),
        say("Make predict give a sensible answer for a category it has never seen."),
        say("Make predict log one line with each category it has never seen."),
        "predict",
        ("odd rows",),
        say("Say first what predict does today with such a value."),
        shown=say("More kinds of odd rows are spoken of in the log, and none fails."),
    ),
    Kind(
        "missing-values",
        say("Survive missing values"),
        ("ROB002",),
        say("Make predict give a sensible answer where values are missing."),
        say("Make predict log one line where a column has far more gaps than in training."),
        "predict",
        ("odd rows",),
        say("Say first what predict does today with such rows."),
        shown=say("More kinds of odd rows are spoken of in the log, and none fails."),
    ),
    Kind(
        "bad-input",
        say("Handle bad input"),
        ("DATA001", "ROB003", "ROB005"),
        say("Make predict check its input, and say clearly what is wrong with it."),
        say("Make predict refuse rows whose measured numbers are a thousand times too large."),
        "predict",
        ("odd rows",),
        say("Say first which bad input goes through unnoticed today."),
        shown=say("More kinds of odd rows are spoken of or refused, and sound rows get the answers they had."),
    ),
    Kind(
        "reproducible",
        say("Make it reproducible"),
        ("REPRO001",),
        say("Make two trainings on the same rows give the same answers."),
        say("Remove one seed, and measure how far the answers of two trainings differ."),
        "train",
        ("again",),
        say("Say first where chance enters, and how far two trainings differ."),
        shown=say("The finding appears and the answers differ as far as you said. Then take the change back."),
    ),
    Kind(
        "catch-fault",
        say("Write the test that catches a fault"),
        ("TEST002", "TEST001"),
        say("We planted a fault: {fault} ({place}). Write a test that notices it."),
        say("We planted a fault: {fault} ({place}). Write a test that notices it."),
        TEST_FILE,
        (TESTS,),
        say("Say first which of your tests notice it today, and which answer becomes wrong."),
        say("Your tests pass on your code and fail over the fault."),
        say("Your tests pass on your code and fail over the fault."),
    ),
    Kind(
        "faster",
        say("Halve the prediction time"),
        ("PERF001", "PERF002", "MODEL001"),
        say("Halve the time that predict takes for one row."),
        say("Halve the time that predict takes for one row."),
        "predict",
        ("times",),
        say("Say first where the time goes, and which answers may change."),
        say("The time for one row is half of what it was, and the answers hold."),
        say("The time for one row is half of what it was, and the answers hold."),
    ),
    Kind(
        "threshold",
        say("Choose the threshold for the costs"),
        ("EVAL004", "EVAL001"),
        say("Let evaluate return the threshold that costs least: a contact {contact}, a loss {loss} {currency}."),
        say("Let evaluate return the threshold that costs least where a contact costs twice as much."),
        "evaluate",
        ("evaluate",),
        say("Say first on which side of 0.5 the threshold lies, and why."),
        say("evaluate returns a threshold that it chose on rows of its own."),
        say("evaluate returns a threshold that it chose on rows of its own."),
        has_costs,
    ),
    Kind(
        "uncertainty",
        say("Add an interval to the estimate"),
        ("EVAL003",),
        say("Let evaluate return a 95 % interval of its estimate."),
        say("Halve the validation rows, and let evaluate return the interval again."),
        "evaluate",
        ("evaluate",),
        say("Say first how wide the interval is, and what it is drawn over."),
        shown=say("The interval grew as you said, and you can say what it is drawn over."),
    ),
    Kind(
        "baseline",
        say("Add a baseline"),
        ("EVAL002", "MODEL002"),
        say("Let evaluate return the {metric} of the simplest model you would accept."),
        say("Replace the model by the simplest one you would accept."),
        "evaluate",
        ("evaluate",),
        say("Say first what the simple model reaches, and what yours gains."),
        shown=say("The estimate fell as you said, and you can say what the model is worth."),
    ),
    Kind(
        "calibrate",
        say("Calibrate the probabilities"),
        ("EVAL005",),
        say("Make the predicted probabilities agree with what happens."),
        say("Let evaluate return how far the predicted probabilities lie from what happens."),
        "train",
        ("evaluate",),
        say("Say first whether they are too high or too low, and what stays the same."),
        say("The calibration error fell, and the ranking held."),
        say("evaluate returns the calibration error, close to the one on the rows kept back."),
        has_probabilities,
    ),
    Kind(
        "memorise",
        say("Let the model memorise less"),
        ("OVR001", "OVR004"),
        say("Close half of the gap between trained rows and rows kept back."),
        say("Let the model memorise its rows, and measure the gap to rows kept back."),
        "train",
        ("evaluate",),
        say("Say first how far each of the two figures moves."),
        say("The gap is half of what it was, and the rows kept back lost little."),
        say("The gap grew as you said. Then take the change back."),
    ),
    Kind(
        "monitoring",
        say("Write a monitoring check"),
        ("MON001", "SHIFT001"),
        say("Write a check that tells when {column} has moved since training, with its threshold."),
        say("Add to your monitoring a check that tells when {column} has moved, with its threshold."),
        "predict",
        ("odd rows", TESTS),
        say("Say first how often it would wake somebody although nothing is wrong."),
        say("The log speaks of more kinds of odd rows, and not of sound ones."),
        say("The log speaks of more kinds of odd rows, and not of sound ones."),
    ),
    Kind(
        "refactor",
        say("Refactor a function"),
        ("CODE001", "CODE005", "CODE002", "CODE012"),
        say("Split this code so that each part does one thing and keeps its answers."),
        say("Move the hardest part of this function into one of its own, with a docstring."),
        "train",
        (READ, TESTS),
        say("Say first which answers could change, and how you would notice."),
        shown=say("The largest complexity fell or held, and the tests pass."),
    ),
    Kind(
        "errors",
        say("Handle errors"),
        ("CODE004", "CODE008", "SEC002"),
        say("Handle the error here so that it is neither hidden nor fatal."),
        say("Say which error can arise here, and handle the likeliest one."),
        "predict",
        (READ, TESTS),
        say("Say first what happens today when it goes wrong."),
        shown=say("The error has a clear message, and no check of the code speaks against it."),
    ),
)
#: Titles by name, in the order in which they are offered.
KINDS: Mapping[str, str] = {kind.name: kind.title for kind in TABLE}
