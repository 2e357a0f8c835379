"""Every probe that is put to a submission, by name, with the stage of a grading that it belongs to."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """What is told of a grading to whoever waits and to whoever measures the service, in the order of beginning.

    There are few and always the same, while the probes of a grading differ with what is in doubt.
    """

    PACKAGES = "packages"
    TRAIN = "train"
    EVALUATE = "evaluate"
    PREDICT = "predict"
    ODD_ROWS = "odd-rows"
    READ_CODE = "read-code"
    TESTS = "tests"
    DOUBTS = "doubts"


class ProbeName(StrEnum):
    """The keys of Case.runs, in the order in which reports show them.

    A member says its title, which stands in records and reports, its stage, and whether it is asked only in doubt
    (see graders/inquiry.py).
    """

    stage: Stage
    in_doubt: bool

    def __new__(cls, title: str, stage: Stage, in_doubt: bool = False) -> ProbeName:
        member = str.__new__(cls, title)
        member._value_, member.stage, member.in_doubt = title, stage, in_doubt
        return member

    TRAIN = "train", Stage.TRAIN
    EVALUATE = "evaluate", Stage.EVALUATE
    TRAIN_AGAIN = "train again", Stage.TRAIN
    EVALUATE_AGAIN = "evaluate again", Stage.EVALUATE, True
    PREDICT = "predict", Stage.PREDICT
    PREDICT_PARTS = "predict in parts, reordered", Stage.PREDICT
    PREDICT_PUBLIC = "predict training rows", Stage.PREDICT
    PREDICT_CHANGED = "predict changed training rows", Stage.PREDICT
    PREDICT_FRESH = "predict fresh rows", Stage.PREDICT
    PREDICT_AGAIN = "predict again", Stage.PREDICT
    PREDICT_SHUFFLED = "predict with each column shuffled", Stage.PREDICT
    PREDICT_TIMED = "predict against the clock", Stage.PREDICT
    AS_THEY_ARE = "predict sound rows", Stage.ODD_ROWS
    NEXT_CATEGORIES = "predict the categories that come next", Stage.ODD_ROWS
    COLUMNS_REVERSED = "predict with columns in another order", Stage.ODD_ROWS
    EXTRA_COLUMN = "predict with an extra column", Stage.ODD_ROWS
    INDEX_DOUBLED = "predict with a repeated index", Stage.ODD_ROWS
    NUMBERS_AS_TEXT = "predict whole numbers as text", Stage.ODD_ROWS
    UNSEEN_CATEGORIES = "predict unseen categories", Stage.ODD_ROWS
    BETWEEN_CATEGORIES = "predict categories that sort between the known ones", Stage.ODD_ROWS
    VALUES_MISSING = "predict with values missing", Stage.ODD_ROWS
    EMPTY_COLUMNS = "predict with empty columns", Stage.ODD_ROWS
    OTHER_UNITS = "predict in other units", Stage.ODD_ROWS
    ODD_DATES = "predict odd dates", Stage.ODD_ROWS
    NO_ROWS = "predict no rows", Stage.ODD_ROWS
    WITHOUT_CATEGORIES = "predict without its categories", Stage.ODD_ROWS
    RUFF = "ruff", Stage.READ_CODE
    RADON = "radon", Stage.READ_CODE
    TESTS = "tests", Stage.TESTS

    EVALUATE_OTHERS = "evaluate with other held-out features and labels", Stage.EVALUATE, True
    EVALUATE_NULL = "evaluate on permuted labels", Stage.EVALUATE, True
    EVALUATE_WATCHED = "evaluate once more, watched", Stage.DOUBTS, True
    EVALUATE_PERTURBED = "evaluate with other held-out features", Stage.EVALUATE, True
    EVALUATE_RELABELLED = "evaluate with other held-out labels", Stage.EVALUATE, True
    EVALUATE_STEADY = "evaluate a third time", Stage.EVALUATE, True
    EVALUATE_NULL_2 = "evaluate on permuted labels, draw 2", Stage.EVALUATE, True
    EVALUATE_NULL_3 = "evaluate on permuted labels, draw 3", Stage.EVALUATE, True
    EVALUATE_NULL_4 = "evaluate on permuted labels, draw 4", Stage.EVALUATE, True
    EVALUATE_BLANKED = "evaluate without post-outcome columns", Stage.EVALUATE, True
    PREDICT_KEPT = "predict changed training rows with post-outcome columns", Stage.DOUBTS, True
    PREDICT_JITTERED = "predict jittered training rows", Stage.DOUBTS, True
    PREDICT_STRANGERS = "predict training rows under fresh identifiers", Stage.DOUBTS, True
    PREDICT_EXCHANGED = "predict training rows under each other's identifiers", Stage.DOUBTS, True
    PREDICT_REKEYED = "predict under fresh identifiers", Stage.DOUBTS, True
    PREDICT_FRESH_AGAIN = "predict fresh rows again", Stage.DOUBTS, True
    PREDICT_BESIDE = "predict fresh rows beside others", Stage.DOUBTS, True
    PREDICT_ROUNDED = "predict fresh rows with other rounding", Stage.DOUBTS, True
    PREDICT_FEW = "predict few fresh rows", Stage.DOUBTS, True
    PREDICT_FEW_PARTS = "predict few fresh rows in parts", Stage.DOUBTS, True
    PREDICT_ROW_BY_ROW = "predict fresh rows, steps of libraries row by row", Stage.DOUBTS, True
    PREDICT_ROW_BY_ROW_PARTS = "predict fresh rows in parts, steps of libraries row by row", Stage.DOUBTS, True
    #: Of these two there are many, each with the key of what was planted.
    TESTS_OVER_FAULT = "tests over fault", Stage.TESTS, True
    TESTS_OVER_NO_FAULT = "tests over no fault", Stage.TESTS, True

    def keyed(self, key: str) -> str:
        return f"{self} {key}"


#: What every submission is asked, and a progress bar counts.
PROBES = tuple(name for name in ProbeName if not name.in_doubt)
#: No probe: packages beside the image's are laid over it before the first one, where there are any.
PACKAGES = "packages"
_STAGES = {PACKAGES: Stage.PACKAGES, **{name.value: name.stage for name in ProbeName}}


def title_of(name: str) -> str:
    """A run's name without the key that it may end with."""
    title = name.rpartition(" ")[0]
    return title if name not in _STAGES and title in _STAGES else name


def stage_of(name: str) -> Stage:
    """The stage of a run; DOUBTS for one of another version that is not known now."""
    return _STAGES.get(title_of(name), Stage.DOUBTS)
