"""Every probe that is put to a submission, by name, with the stage of a grading that it belongs to."""

from __future__ import annotations

from enum import StrEnum

from graders.words import N_


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

    TRAIN = N_("train"), Stage.TRAIN
    EVALUATE = N_("evaluate"), Stage.EVALUATE
    TRAIN_AGAIN = N_("train again"), Stage.TRAIN
    EVALUATE_AGAIN = N_("evaluate again"), Stage.EVALUATE, True
    PREDICT = N_("predict"), Stage.PREDICT
    PREDICT_PARTS = N_("predict in parts, reordered"), Stage.PREDICT
    PREDICT_PUBLIC = N_("predict training rows"), Stage.PREDICT
    PREDICT_CHANGED = N_("predict changed training rows"), Stage.PREDICT
    PREDICT_FRESH = N_("predict fresh rows"), Stage.PREDICT
    PREDICT_AGAIN = N_("predict again"), Stage.PREDICT
    PREDICT_SHUFFLED = N_("predict with each column shuffled"), Stage.PREDICT
    PREDICT_TIMED = N_("predict against the clock"), Stage.PREDICT
    AS_THEY_ARE = N_("predict sound rows"), Stage.ODD_ROWS
    NEXT_CATEGORIES = N_("predict the categories that come next"), Stage.ODD_ROWS
    COLUMNS_REVERSED = N_("predict with columns in another order"), Stage.ODD_ROWS
    EXTRA_COLUMN = N_("predict with an extra column"), Stage.ODD_ROWS
    INDEX_DOUBLED = N_("predict with a repeated index"), Stage.ODD_ROWS
    NUMBERS_AS_TEXT = N_("predict whole numbers as text"), Stage.ODD_ROWS
    UNSEEN_CATEGORIES = N_("predict unseen categories"), Stage.ODD_ROWS
    BETWEEN_CATEGORIES = N_("predict categories that sort between the known ones"), Stage.ODD_ROWS
    VALUES_MISSING = N_("predict with values missing"), Stage.ODD_ROWS
    EMPTY_COLUMNS = N_("predict with empty columns"), Stage.ODD_ROWS
    OTHER_UNITS = N_("predict in other units"), Stage.ODD_ROWS
    ODD_DATES = N_("predict odd dates"), Stage.ODD_ROWS
    NO_ROWS = N_("predict no rows"), Stage.ODD_ROWS
    WITHOUT_CATEGORIES = N_("predict without its categories"), Stage.ODD_ROWS
    RUFF = N_("ruff"), Stage.READ_CODE
    RADON = N_("radon"), Stage.READ_CODE
    TESTS = N_("tests"), Stage.TESTS

    EVALUATE_OTHERS = N_("evaluate with other held-out features and labels"), Stage.EVALUATE, True
    EVALUATE_NULL = N_("evaluate on permuted labels"), Stage.EVALUATE, True
    EVALUATE_WATCHED = N_("evaluate once more, watched"), Stage.DOUBTS, True
    EVALUATE_PERTURBED = N_("evaluate with other held-out features"), Stage.EVALUATE, True
    EVALUATE_RELABELLED = N_("evaluate with other held-out labels"), Stage.EVALUATE, True
    EVALUATE_STEADY = N_("evaluate a third time"), Stage.EVALUATE, True
    EVALUATE_NULL_2 = N_("evaluate on permuted labels, draw 2"), Stage.EVALUATE, True
    EVALUATE_NULL_3 = N_("evaluate on permuted labels, draw 3"), Stage.EVALUATE, True
    EVALUATE_NULL_4 = N_("evaluate on permuted labels, draw 4"), Stage.EVALUATE, True
    EVALUATE_BLANKED = N_("evaluate without post-outcome columns"), Stage.EVALUATE, True
    PREDICT_KEPT = N_("predict changed training rows with post-outcome columns"), Stage.DOUBTS, True
    PREDICT_JITTERED = N_("predict jittered training rows"), Stage.DOUBTS, True
    PREDICT_STRANGERS = N_("predict training rows under fresh identifiers"), Stage.DOUBTS, True
    PREDICT_EXCHANGED = N_("predict training rows under each other's identifiers"), Stage.DOUBTS, True
    PREDICT_REKEYED = N_("predict under fresh identifiers"), Stage.DOUBTS, True
    PREDICT_FRESH_AGAIN = N_("predict fresh rows again"), Stage.DOUBTS, True
    PREDICT_FRESH_TWICE = N_("predict fresh rows again, order of sets kept"), Stage.DOUBTS, True
    PREDICT_BESIDE = N_("predict fresh rows beside others"), Stage.DOUBTS, True
    PREDICT_ROUNDED = N_("predict fresh rows with other rounding"), Stage.DOUBTS, True
    PREDICT_FEW = N_("predict few fresh rows"), Stage.DOUBTS, True
    PREDICT_FEW_PARTS = N_("predict few fresh rows in parts"), Stage.DOUBTS, True
    PREDICT_ROW_BY_ROW = N_("predict fresh rows, steps of libraries row by row"), Stage.DOUBTS, True
    PREDICT_ROW_BY_ROW_PARTS = N_("predict fresh rows in parts, steps of libraries row by row"), Stage.DOUBTS, True
    #: Of these two there are many, each with the key of what was planted.
    TESTS_OVER_FAULT = N_("tests over fault"), Stage.TESTS, True
    TESTS_OVER_NO_FAULT = N_("tests over no fault"), Stage.TESTS, True

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
