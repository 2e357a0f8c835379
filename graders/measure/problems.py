"""Why a run gave nothing to grade, in words a candidate can act on."""

from __future__ import annotations

from dataclasses import dataclass

from graders.model.contract import BINARY, Contract, TaskName
from graders.model.probe import Action, Exit, Failure, Run
from graders.model.report import Problem


@dataclass(frozen=True)
class Advice:
    """What to say of one kind of failure; `{detail}` is the sandbox's own short phrase with the numbers."""

    message: str
    hint: str


ADVICE: dict[str, Advice] = {
    "PRED_LENGTH": Advice(
        "predict must return one number for every row it is given: {detail}.",
        "Return a value for each row of `data`, in row order, also for rows with missing values.",
    ),
    "PRED_SHAPE": Advice(
        "predict must return a one-dimensional sequence of numbers: {detail}.",
        "With scikit-learn, return `{returned}`.",
    ),
    "PRED_CLASSES": Advice(
        "predict must return one column of probabilities for each class: {detail}.",
        "With scikit-learn, return `{returned}`, its columns in the order {classes}.",
    ),
    "PRED_NAMES": Advice(
        "The columns of the frame that predict returns must be the classes: {detail}.",
        "Name the columns after the classes, or return an array whose columns are in the order {classes}.",
    ),
    "PRED_ORDER": Advice(
        "predict returns its columns in another order than the classes: {detail}.",
        "Return the columns in the order {classes}, or a frame whose columns have these names.",
    ),
    "PRED_SUM": Advice(
        "The probabilities that predict returns for a row must sum to 1: {detail}.",
        "Divide each row by its sum; return probabilities rather than scores of each class.",
    ),
    "PRED_TYPE": Advice(
        "predict must return numbers: {detail}.",
        "Return {wanted} as floats, not labels or text.",
    ),
    "PRED_NOT_FINITE": Advice(
        "predict returned NaN or infinite values: {detail}.",
        "Handle missing values in the features, so that every row gets {answer}.",
    ),
    "PRED_RANGE": Advice(
        "predict must return probabilities between 0 and 1: {detail}.",
        "Return `{plain}` rather than `decision_function(X)`.",
    ),
    "PRED_NEGATIVE": Advice(
        "predict must return numbers of 0 or more: {detail}.",
        "Set negative predictions to 0, or fit the logarithm of the target.",
    ),
    "CLAIMS_TYPE": Advice(
        "evaluate must return a dict of numbers by name: {detail}.",
        'Return something like `{{"{metric}": {example}}}`.',
    ),
    "CLAIMS_NO_METRIC": Advice(
        "evaluate must return at least the key `{metric}`: {detail}.",
        'Return your own estimate as `{{"{metric}": {example}}}`; more keys are welcome.',
    ),
    "CLAIMS_NOT_FINITE": Advice(
        "evaluate returned a NaN or infinite number: {detail}.",
        "Look for folds with {empty_fold} and for divisions by zero.",
    ),
    "CLAIMS_RANGE": Advice(
        "evaluate returned a `{metric}` outside {claim_range}: {detail}.",
        "{range_hint}",
    ),
    "CLAIMS_SIGN": Advice(
        "evaluate returned a negative `{metric}`: {detail}.",
        "Return the loss as it is. A scorer of scikit-learn whose name begins with `neg_` turns the sign.",
    ),
    "MODEL_TOO_LARGE": Advice(
        "train saved more than a model may weigh: {detail}.",
        "Save only what predict needs: no training rows, fewer or shallower trees, compressed arrays.",
    ),
    "MODEL_UNSAFE": Advice(
        "train left something other than plain files in `model_dir`: {detail}.",
        "Write regular files only; links, pipes and devices are not carried over.",
    ),
    "CPU_LIMIT": Advice(
        "The CPU time of {phase} ran out: {detail}.",
        "Try fewer iterations, a smaller search or a sample. All processes and threads count together.",
    ),
    "WALL_LIMIT": Advice(
        "{phase} did not finish in time: {detail}.",
        "Look for waiting, sleeping, deadlocks between processes, and anything that expects the network or input.",
    ),
    "MEMORY_LIMIT": Advice(
        "The memory of {phase} ran out: {detail}.",
        "Avoid copies and wide one-hot tables, use float32 or sparse matrices, and fewer parallel jobs.",
    ),
    "NO_ANSWER": Advice(
        "{phase} ended the process without returning: {detail}.",
        "Return from the function; do not call sys.exit, os._exit or quit.",
    ),
    "NO_FUNCTION": Advice(
        "The pipeline defines no function `{phase}` once it is imported: {detail}.",
        "Define train, evaluate and predict at module level, and do not delete or rebind them.",
    ),
    "SIGNAL": Advice(
        "{phase} was ended by the operating system: {detail}.",
        "A crash inside a compiled library; try fewer threads, smaller arrays, or another estimator.",
    ),
    "ANSWER_TOO_LARGE": Advice(
        "{phase} returned far more than it was asked for: {detail}.",
        "Return one number for each row from predict, and a small dict from evaluate.",
    ),
    "OUTPUT_TOO_LARGE": Advice(
        "{phase} had more to report than can be kept: {detail}.",
        "Leave generated and copied code out of the submission.",
    ),
    "IMPORT_FAILED": Advice(
        "Importing the pipeline for {phase} failed: {detail}.",
        "Importing must need no data and do no work: move loading and training into functions.",
    ),
}

CRASHED = Advice(
    "{phase} raised {detail}.",
    "Run the starter kit's check.py: it calls your functions as the grader does.",
)


#: What the sentences name, by task.
WORDS: dict[TaskName, dict[str, str]] = {
    "binary": {
        "returned": "model.predict_proba(X)[:, 1]",
        "plain": "predict_proba(X)[:, 1]",
        "wanted": "the probability of the positive class",
        "answer": "a probability",
        "empty_fold": "a single class",
        "example": "0.78",
    },
    "multiclass": {
        "returned": "model.predict_proba(X)",
        "plain": "predict_proba(X)",
        "wanted": "the probability of each class",
        "answer": "a probability of each class",
        "empty_fold": "a class that does not occur",
        "example": "0.78",
    },
    "regression": {
        "returned": "model.predict(X)",
        "plain": "predict(X)",
        "wanted": "the predicted number of each row",
        "answer": "a number",
        "empty_fold": "no rows",
        "example": "0.78",
    },
}


def problem(run: Run, contract: Contract = BINARY) -> Problem:
    """Say why `run`, which did not end well, leaves the submission ungraded.

    The text of an exception in predict is withheld, and so are numbers the candidate chose: predict has seen
    hidden rows, and words and numbers could carry them out.
    """
    failure = run.failure or Failure("NO_ANSWER", "no answer came back")
    known = ADVICE.get(failure.kind)
    advice = known or CRASHED
    template = advice.message.replace(": {detail}", "") if _chosen(run, failure) else advice.message
    words = {**WORDS[contract.task], **contract.words(), "phase": run.action.value}
    words["range_hint"] = _in_range(contract)
    message = template.format(**words, detail=_detail(run, failure, known is not None))
    code = failure.kind if known else f"{run.action.value.upper()}_CRASHED"
    return Problem(code, message, advice.hint.format(**words), failure.frames[-1] if failure.frames else None)


def _in_range(contract: Contract) -> str:
    if contract.metric == "roc_auc":
        return "Return the area under the ROC curve as a fraction."
    return f"Return `{contract.metric}` as scikit-learn reckons it: it is {contract.words()['claim_range']}."


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
    chosen = failure.kind.startswith("PRED_") or failure.kind in {"NO_ANSWER", "SIGNAL", "ANSWER_TOO_LARGE"}
    return run.action is Action.PREDICT and chosen


def _detail(run: Run, failure: Failure, ours: bool) -> str:
    if ours and not (run.action is Action.PREDICT and failure.kind == "IMPORT_FAILED"):
        return failure.message
    name = "an error while importing" if failure.kind == "IMPORT_FAILED" else failure.kind
    if run.action is Action.PREDICT or not failure.message:
        return name
    return f"{name}: {failure.message}"
