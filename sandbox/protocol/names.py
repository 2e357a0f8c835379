"""Names and bounds both sides know: what a failing call may be called, the answer's problems with their sentences."""

from __future__ import annotations

import builtins

#: A probe that has waited for a core so many times its wall-clock limit is ended, and the fault is ours.
STARVED = 3.0
MAX_FRAMES = 50  # of the candidate's own, of a failing call
MAX_MESSAGE = 2000  # characters of an exception's text
MAX_KEYS = 100  # claims of one answer
MAX_KEY = 60  # characters of a claim's name
OWN_EXCEPTION = "an exception of its own"

BUILT_IN_EXCEPTIONS = frozenset(
    name
    for name, thing in vars(builtins).items()
    if isinstance(thing, type) and issubclass(thing, BaseException) and thing is not BaseException
)

LIBRARY_EXCEPTIONS = """
ArrowIndexError ArrowInvalid ArrowKeyError ArrowNotImplementedError ArrowTypeError AxisError BrokenProcessPool
CalledProcessError CatBoostError ColumnNotFoundError ComputeError DTypePromotionError DataError DateParseError
DuplicateError DuplicateLabelError EmptyDataError IndexingError IntCastingNaNError InvalidIndexError
InvalidOperationError InvalidParameterError JSONDecodeError LightGBMError LinAlgError MergeError
MissingDataError NoDataError NoRowsReturnedError NotFittedError OutOfBoundsDatetime OutOfBoundsError
OutOfBoundsTimedelta PanicException ParserError PatsyError PerfectSeparationError PicklingError RowsError
SQLInterfaceError SQLSyntaxError SchemaError SchemaFieldNotFoundError ShapeError SpecificationError
StringCacheMismatchError StructFieldNotFoundError TerminatedWorkerError TimeoutExpired TooManyRowsReturnedError
TrialPruned UndefinedVariableError UnpicklingError UnsupportedFunctionCall XGBoostError
"""

EXCEPTIONS = BUILT_IN_EXCEPTIONS | frozenset(LIBRARY_EXCEPTIONS.split())

#: Problems with what the candidate's function returned.  The sentence is ours, built on the grader's side;
#: only whole numbers travel, so that nothing can be smuggled out in it.
PROBLEMS = {
    "PRED_LENGTH": "{0} values for {1} rows",
    "PRED_TYPE": "the values are not numbers",
    "PRED_NOT_FINITE": "{0} of {1} values are missing or infinite",
    "PRED_RANGE": "{0} of {1} values lie outside {range}",
    "PRED_NEGATIVE": "{0} of {1} values are below 0, where {metric} has no value",
    "PRED_SHAPE": "one number for each row is wanted, this has {0} dimensions and {1} columns",
    "PRED_CLASSES": "{columns} columns are wanted, one for each of {classes}; this has {0} dimensions and {1} columns",
    "PRED_NAMES": "{0} of the classes are no column of the frame, which has {1} columns; wanted are {classes}",
    "PRED_SUM": "in {0} of {1} rows the probabilities do not sum to 1, by more than 0.001",
    "CLAIMS_TYPE": "evaluate has to return a dictionary of at most 100 numbers by short name",
    "CLAIMS_NO_METRIC": "the key {metric} is missing",
    "CLAIMS_NOT_FINITE": "{0} of {1} values are missing or infinite",
    "CLAIMS_RANGE": "{metric} lies outside {claim_range}",
    "CLAIMS_SIGN": "{metric} is negative, and it is a loss: 0 is perfect and more is worse",
    "NO_FUNCTION": "pipeline.py does not define the function",
    "OUTPUT_TOO_LARGE": "the tool had more to say than {0} bytes",
}
