"""Call the candidate's functions by the contract and put down what came of it.

Runs in the candidate's process, in a container or on the candidate's own machine, so the grader takes
nothing written here on trust: it checks every answer again.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import math
import os
import random
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..protocol.contract import BadAnswer, Contract, check_claims, checked
from ..protocol.names import EXCEPTIONS, MAX_FRAMES, MAX_KEY, MAX_KEYS, MAX_MESSAGE, OWN_EXCEPTION
from ..protocol.roots import roots_under
from ..protocol.wire import LENGTH
from . import chance, one_process, row_by_row

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from .tracing import Tracer

CPU_CLOCK = time.process_time  # bound before the candidate's code is loaded


@dataclass(frozen=True)
class Call:
    """One call put to the submission that lies at `folder`."""

    action: str
    folder: str
    model_dir: str
    seed: int
    batches: tuple[int, ...]
    load: Callable[[], pd.DataFrame]
    contract: Contract
    traced: bool = False
    timed: bool = False
    row_by_row: bool = False
    copies: Sequence[Sequence[int]] | None = None  # see graders.model.probe.Probe
    sought: bool = True
    give: Callable[[bytes], None] | None = None  # takes the values of each call where `load` gives the rows of each


def asked(request: Mapping[str, Any], folder: str, model_dir: str, load: Callable[[], pd.DataFrame]) -> Call:
    """The call that a request describes."""
    return Call(
        str(request["action"]),
        folder,
        model_dir,
        int(request["seed"]),
        tuple(int(size) for size in request["batches"]),
        load,
        request["contract"],
        traced=bool(request.get("traced")),
        timed=bool(request.get("timed")),
        row_by_row=bool(request.get("row_by_row")),
        copies=request.get("copies"),
        sought=bool(request.get("sought", True)),
    )


@dataclass(frozen=True)
class Answer:
    """What goes back: a small header and, for predict, the raw little-endian float64 values."""

    header: dict[str, Any]
    payload: bytes = b""

    def encode(self) -> bytes:
        text = json.dumps(self.header).encode()
        return b"".join((LENGTH.pack(len(text)), text, self.payload))


def perform(call: Call) -> Answer:
    """The answer to one call; whatever the candidate's code raises becomes part of the answer."""
    importing = True
    try:
        sys.path.insert(0, call.folder)
        sys.path += roots_under(call.folder)
        sys.argv = [os.path.join(call.folder, "pipeline.py")]  # who reads arguments at import finds none, everywhere
        if call.action == "evaluate":
            one_process.keep(call.folder)  # watched or not, so that nothing behaves otherwise where it is looked at
            chance.watch()
        if call.row_by_row:
            row_by_row.install()
        tracer = begin_trace(call)
        seed_all(call.seed)
        chance.begin()
        function = getattr(importlib.import_module("pipeline"), call.action, None)
        if not callable(function):
            return Answer({"problem": "NO_FUNCTION", "numbers": []})
        importing = False
        return ACTIONS[call.action](function, call, tracer)
    except BadAnswer as bad:
        return Answer(bad.header)
    except BaseException as error:
        return Answer({"failure": describe(error, call.folder) | {"importing": importing}})


def seed_all(seed: int) -> None:
    import numpy as np  # noqa: PLC0415  (not at the top: check.py reads this module before anything is installed)

    random.seed(seed)
    np.random.seed(seed % 2**32)


def begin_trace(call: Call) -> Tracer | None:
    """A tracer around what is imported from now on; None where none was asked for or none can be had."""
    if not call.traced:
        return None
    try:
        from . import tracing  # noqa: PLC0415  (it loads libraries, and most calls are not traced)

        return tracing.install(call.folder)
    except Exception:
        return None


def follow(tracer: Tracer | None, data: pd.DataFrame, call: Call) -> None:
    """Tell the tracer which rows to follow; without them it stays asleep."""
    if tracer is not None:
        asked = call.contract
        told = {"quantile": asked.get("quantile"), "target": asked.get("target", "")}
        with contextlib.suppress(Exception):
            tracer.begin(data, asked["metric"], call.copies, sought=call.sought, **told)


def account(tracer: Tracer | None, claimed: Mapping[str, float]) -> bytes:
    return b"" if tracer is None else tracer.finish(claimed).encode()


def call_train(function: Callable[..., object], call: Call, tracer: Tracer | None) -> Answer:
    data = call.load()
    follow(tracer, data, call)
    seed_all(call.seed)
    function(data, Path(call.model_dir))
    return Answer({"done": True}, account(tracer, {}))


def call_evaluate(function: Callable[..., object], call: Call, tracer: Tracer | None) -> Answer:
    data = call.load()
    follow(tracer, data, call)
    while_loading = chance.used()
    seed_all(call.seed)
    found = claims(function(data), call.contract)
    return Answer({"claims": found, "by_chance": while_loading or chance.used()}, account(tracer, found))


def call_predict(function: Callable[..., object], call: Call, tracer: Tracer | None) -> Answer:  # noqa: ARG001
    """One call for each batch, each with rows of its own: what one call does to them the next does not see."""
    if call.give is not None:
        for size in call.batches:
            rows = call.load()
            seed_all(call.seed)
            answers = predictions(function(rows, Path(call.model_dir)), size, call.contract)
            call.give(answers.astype("<f8").tobytes())
        return Answer({"done": True})
    data, parts, seconds = call.load(), [], []
    for start, stop in spans(call.batches, len(data)):
        part = data.iloc[start:stop].copy()
        seed_all(call.seed)
        before = CPU_CLOCK()
        values = function(part, Path(call.model_dir))
        seconds.append(round(CPU_CLOCK() - before, 6))
        parts.append(predictions(values, stop - start, call.contract))
    header: dict[str, Any] = {"done": True} | ({"seconds": seconds} if call.timed else {})
    return Answer(header, b"".join(part.astype("<f8").tobytes() for part in parts))


ACTIONS: Mapping[str, Callable[[Callable[..., object], Call, Tracer | None], Answer]] = {
    "train": call_train,
    "evaluate": call_evaluate,
    "predict": call_predict,
}


def spans(batches: tuple[int, ...], rows: int) -> Iterator[tuple[int, int]]:
    start = 0
    for size in batches or (rows,):
        yield start, start + size
        start += size


def predictions(values: object, rows: int, contract: Contract) -> npt.NDArray[np.float64]:
    """The returned values as float64 of shape (rows,) or (rows, classes), as the contract wants; else BadAnswer."""
    import numpy as np  # noqa: PLC0415

    array = np.asarray(in_order(values, contract["classes"]))
    columns = array.shape[1] if array.ndim > 1 else 0
    if contract["classes"]:
        if array.ndim != 2 or columns != len(contract["classes"]):
            raise BadAnswer("PRED_CLASSES", array.ndim, columns)
    elif array.ndim != 1:
        raise BadAnswer("PRED_SHAPE", array.ndim, columns)
    if len(array) != rows:
        raise BadAnswer("PRED_LENGTH", len(array), rows)
    return checked(to_float(array), contract)


def in_order(values: object, classes: Sequence[str]) -> object:
    """A frame with its columns in the order of the classes they are named after; anything else as it is."""
    import pandas as pd  # noqa: PLC0415

    if not classes or not isinstance(values, pd.DataFrame):
        return values
    names = [str(name) for name in values.columns]
    if sorted(names) != sorted(classes):
        raise BadAnswer("PRED_NAMES", len(set(classes) - set(names)), len(names))
    return values.iloc[:, [names.index(name) for name in classes]]


def to_float(array: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    if array.dtype.kind == "O":
        missing = pd.isna(array)
        if not all(isinstance(value, Real) for value in array[~missing]):
            raise BadAnswer("PRED_TYPE")
        array = np.where(missing, np.nan, array)
    elif array.dtype.kind not in "biuf":
        raise BadAnswer("PRED_TYPE")
    return array.astype(np.float64)


def claims(returned: object, contract: Contract) -> dict[str, float]:
    """The candidate's own estimate: finite numbers by name, the metric among them; BadAnswer otherwise."""
    if not isinstance(returned, Mapping) or len(returned) > MAX_KEYS:
        raise BadAnswer("CLAIMS_TYPE")
    found = {claim_name(key): claim_value(value) for key, value in returned.items()}
    check_claims(found, contract)
    return found


def claim_name(key: object) -> str:
    if not isinstance(key, str) or len(key) > MAX_KEY or not key.isprintable():
        raise BadAnswer("CLAIMS_TYPE")
    return str(key)


def claim_value(value: object) -> float:
    if value is None:
        return math.nan
    if not isinstance(value, Real):
        raise BadAnswer("CLAIMS_TYPE")
    return float(value)


def describe(error: BaseException, folder: str) -> dict[str, Any]:
    """What was raised and where in the candidate's own files, outermost first."""
    try:
        message = str(error)[:MAX_MESSAGE]
    except Exception:
        message = ""
    return {
        "exception": known_name(type(error)),
        "message": message,
        "errno": error.errno if isinstance(error, OSError) and isinstance(error.errno, int) else 0,
        "frames": list(own_frames(error, folder))[-MAX_FRAMES:],
    }


def known_name(kind: type[BaseException]) -> str:
    """The class's name where the grader knows it; a name of the candidate's own making says nothing."""
    return kind.__name__ if kind.__name__ in EXCEPTIONS else OWN_EXCEPTION


def own_frames(error: BaseException, folder: str) -> Iterator[tuple[str, int]]:
    root = os.path.join(os.path.realpath(folder), "")
    for frame, line in traceback.walk_tb(error.__traceback__):
        path = os.path.realpath(frame.f_code.co_filename)
        if path.startswith(root):
            yield path[len(root) :].replace(os.sep, "/"), line
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        path = os.path.realpath(error.filename)
        if path.startswith(root):
            yield path[len(root) :].replace(os.sep, "/"), error.lineno
