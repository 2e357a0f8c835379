"""Why a run gave nothing to grade, in words a candidate can act on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from graders.model.contract import BINARY, Contract, TaskName
from graders.model.probe import Action, Exit, Failure, Run
from graders.model.report import Problem
from graders.words import N_, say


@dataclass(frozen=True)
class Advice:
    """What to say of one kind of failure; `{detail}` is the sandbox's own short phrase with the numbers."""

    message: str
    hint: str


#: What is wrong with an answer of predict.
ANSWERS: dict[str, Advice] = {
    "PRED_LENGTH": Advice(
        N_("predict must return one number for every row it is given: {detail}."),
        N_("Return a value for each row of `data`, in row order, also for rows with missing values."),
    ),
    "PRED_SHAPE": Advice(
        N_("predict must return a one-dimensional sequence of numbers: {detail}."),
        N_("With scikit-learn, return `{returned}`."),
    ),
    "PRED_CLASSES": Advice(
        N_("predict must return one column of probabilities for each class: {detail}."),
        N_("With scikit-learn, return `{returned}`, its columns in the order {classes}."),
    ),
    "PRED_NAMES": Advice(
        N_("The columns of the frame that predict returns must be the classes: {detail}."),
        N_("Name the columns after the classes, or return an array whose columns are in the order {classes}."),
    ),
    "PRED_ORDER": Advice(
        N_("predict returns its columns in another order than the classes: {detail}."),
        N_("Return the columns in the order {classes}, or a frame whose columns have these names."),
    ),
    "PRED_SUM": Advice(
        N_("The probabilities that predict returns for a row must sum to 1: {detail}."),
        N_("Divide each row by its sum; return probabilities rather than scores of each class."),
    ),
    "PRED_TYPE": Advice(
        N_("predict must return numbers: {detail}."),
        N_("Return {wanted} as floats, not labels or text."),
    ),
    "PRED_NOT_FINITE": Advice(
        N_("predict returned NaN or infinite values: {detail}."),
        N_("Handle missing values in the features, so that every row gets {answer}."),
    ),
    "PRED_RANGE": Advice(
        N_("predict must return probabilities between 0 and 1: {detail}."),
        N_("Return `{plain}` rather than `decision_function(X)`."),
    ),
    "PRED_NEGATIVE": Advice(
        N_("predict must return numbers of 0 or more: {detail}."),
        N_("Set negative predictions to 0, or fit the logarithm of the target."),
    ),
}
ADVICE: dict[str, Advice] = ANSWERS | {
    "CLAIMS_TYPE": Advice(
        N_("evaluate must return a dict of numbers by name: {detail}."),
        N_('Return something like `{{"{metric}": {example}}}`. Each value is one number: no text, list or None.'),
    ),
    "CLAIMS_NO_METRIC": Advice(
        N_("evaluate must return at least the key `{metric}`: {detail}."),
        N_('Return your own estimate as `{{"{metric}": {example}}}`; more keys are welcome.'),
    ),
    "CLAIMS_NOT_FINITE": Advice(
        N_("evaluate returned a NaN or infinite number: {detail}."),
        N_("Look for folds with {empty_fold} and for divisions by zero."),
    ),
    "CLAIMS_RANGE": Advice(
        N_("evaluate returned a `{metric}` outside {claim_range}: {detail}."),
        "{range_hint}",
    ),
    "CLAIMS_SIGN": Advice(
        N_("evaluate returned a negative `{metric}`: {detail}."),
        N_("Return the loss as it is. A scorer of scikit-learn whose name begins with `neg_` turns the sign."),
    ),
    "MODEL_TOO_LARGE": Advice(
        N_("train saved more than a model may weigh: {detail}."),
        N_("Save only what predict needs: no training rows, fewer or shallower trees, compressed arrays."),
    ),
    "MODEL_UNSAFE": Advice(
        N_("train left something other than plain files in `model_dir`: {detail}."),
        N_("Write regular files only; links, pipes and devices are not carried over."),
    ),
    "CPU_LIMIT": Advice(
        N_("The CPU time of {phase} ran out: {detail}."),
        N_("Try fewer iterations, a smaller search or a sample. All processes and threads count together."),
    ),
    "WALL_LIMIT": Advice(
        N_("{phase} did not finish in time: {detail}."),
        N_("Look for waiting, sleeping, deadlocks between processes, and anything that expects the network or input."),
    ),
    "MEMORY_LIMIT": Advice(
        N_("The memory of {phase} ran out: {detail}."),
        N_("Avoid copies and wide one-hot tables, use float32 or sparse matrices, and fewer parallel jobs."),
    ),
    "NO_ANSWER": Advice(
        N_("{phase} ended the process without returning: {detail}."),
        N_("Return from the function; do not call sys.exit, os._exit or quit."),
    ),
    "NO_FUNCTION": Advice(
        N_("The pipeline defines no function `{phase}` once it is imported: {detail}."),
        N_("Define train, evaluate and predict at module level, and do not delete or rebind them."),
    ),
    "SIGNAL": Advice(
        N_("{phase} was ended by the operating system: {detail}."),
        N_("A crash inside a compiled library; try fewer threads, smaller arrays, or another estimator."),
    ),
    "ANSWER_TOO_LARGE": Advice(
        N_("{phase} returned far more than it was asked for: {detail}."),
        N_("Return one number for each row from predict, and a small dict from evaluate."),
    ),
    "OUTPUT_TOO_LARGE": Advice(
        N_("{phase} had more to report than can be kept: {detail}."),
        N_("Leave generated and copied code out of the submission."),
    ),
    "IMPORT_FAILED": Advice(
        N_("Importing the pipeline for {phase} failed: {detail}."),
        N_("Importing must need no data and do no work: move loading and training into functions."),
    ),
}

CRASHED = Advice(
    N_("{phase} raised {detail}."),
    N_("Run the starter kit's check.py: it calls your functions as the grader does."),
)
#: What to do about crashes that have one cause.
NO_FILE = N_("Use the rows in `data`. Find files of your own from `Path(__file__).parent`.")
NO_MODEL = N_("predict runs elsewhere. Load only what train saved under `model_dir`.")
NO_GPU = N_("There is no graphics card at grading. Train on the CPU.")
GPU = re.compile(r"\b(?:cuda|gpu|opencl|nvidia)", re.IGNORECASE)


#: What the sentences name, by task.
WORDS: dict[TaskName, dict[str, str]] = {
    "binary": {
        "returned": N_("model.predict_proba(X)[:, 1]"),
        "plain": N_("predict_proba(X)[:, 1]"),
        "wanted": N_("the probability of the positive class"),
        "answer": N_("a probability"),
        "empty_fold": N_("a single class"),
        "example": "0.78",
    },
    "multiclass": {
        "returned": "model.predict_proba(X)",
        "plain": "predict_proba(X)",
        "wanted": N_("the probability of each class"),
        "answer": N_("a probability of each class"),
        "empty_fold": N_("a class that does not occur"),
        "example": "0.78",
    },
    "regression": {
        "returned": "model.predict(X)",
        "plain": "predict(X)",
        "wanted": N_("the predicted number of each row"),
        "answer": N_("a number"),
        "empty_fold": N_("no rows"),
        "example": "0.78",
    },
}


def problem(run: Run, contract: Contract = BINARY) -> Problem:
    """Say why `run`, which did not end well, leaves the submission ungraded.

    The text of an exception in predict is withheld, and so are numbers the candidate chose: predict has seen
    hidden rows, and words and numbers could carry them out.
    """
    failure = run.failure or Failure("NO_ANSWER", say("no answer came back"))
    known = ADVICE.get(failure.kind)
    advice = known or CRASHED
    template = advice.message.replace(": {detail}", "") if _chosen(run, failure) else advice.message
    spoken = {name: say(word) for name, word in WORDS[contract.task].items()}
    words = {**spoken, **contract.words(), "phase": run.action.value, "range_hint": _in_range(contract)}
    message = say(template, **words, detail=_detail(run, failure, known is not None))
    code = failure.kind if known else f"{run.action.value.upper()}_CRASHED"
    hint = advice.hint if known else _hint(run.action, failure)
    return Problem(code, message, say(hint, **words), failure.frames[-1] if failure.frames else None)


def _hint(action: Action, failure: Failure) -> str:
    """What to do about a crash.  The text of one in predict is not looked at: it could carry labels out."""
    if failure.kind == "FileNotFoundError":
        return NO_MODEL if action is Action.PREDICT else NO_FILE
    if action is not Action.PREDICT and GPU.search(failure.message):
        return NO_GPU
    return CRASHED.hint


def _in_range(contract: Contract) -> str:
    if contract.metric == "roc_auc":
        return say("Return the area under the ROC curve as a fraction.")
    return say(
        "Return `{metric}` as scikit-learn reckons it: it is {words}.",
        metric=contract.metric,
        words=contract.words()["claim_range"],
    )


def machine_was_slow(run: Run) -> bool:
    """Whether a run ended by the wall clock where nobody counted how long it waited for a core: that says nothing of
    the candidate.  Where it was counted, the wall clock stood still meanwhile, and whoever meets it has slept."""
    return not run.ok and not run.prevented


def summary(run: Run) -> str:
    """One line on how a run ended, fit for everybody to read."""
    if run.exit is Exit.OK or run.failure is None:
        return ""
    if _chosen(run, run.failure):
        return run.failure.kind
    return _detail(run, run.failure, run.failure.kind in ADVICE and run.failure.kind != "IMPORT_FAILED")


def _chosen(run: Run, failure: Failure) -> bool:
    """Whether the numbers of a failure are the candidate's to choose, in a process that saw hidden rows."""
    chosen = failure.kind in ANSWERS or failure.kind in {"NO_ANSWER", "SIGNAL", "ANSWER_TOO_LARGE"}
    return run.action is Action.PREDICT and chosen


def _detail(run: Run, failure: Failure, ours: bool) -> str:
    if ours and not (run.action is Action.PREDICT and failure.kind == "IMPORT_FAILED"):
        return failure.message
    name = say("an error while importing") if failure.kind == "IMPORT_FAILED" else failure.kind
    if run.action is Action.PREDICT or not failure.message:
        return name
    return f"{name}: {failure.message}"
