"""What came back from a candidate's process, checked: here hostile bytes become numbers, or a named problem.

The harness looks at every answer too, but only to say early what is wrong: it runs beside the candidate's
code, so nothing it says is believed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from graders.model.probe import Action, Failure
from graders.model.submission import Location, Submission
from sandbox.protocol.names import EXCEPTIONS, MAX_FRAMES, MAX_KEY, MAX_KEYS, MAX_MESSAGE, OWN_EXCEPTION, PROBLEMS
from sandbox.protocol.wire import LENGTH, MAX_HEADER

if TYPE_CHECKING:
    from graders.model.arrays import FloatArray

MAX_OUTPUT = 4 << 20
MAX_NUMBER = 10**12
MAX_CALLS, MAX_SECONDS = 1000, 3600.0


@dataclass(frozen=True, eq=False)
class Answer:
    """A checked answer: the values asked for, or the failure, and what the failing call raised."""

    predictions: FloatArray | None = None
    claims: Mapping[str, float] = field(default_factory=dict)
    output: str = ""
    failure: Failure | None = None
    problem: bool = False  # the failure is about what was returned, not an exception
    errno: int = 0
    seconds: tuple[float, ...] = ()  # CPU time of each call, as the candidate's own process tells it


class Malformed(Exception):
    """The bytes are no answer of the harness; only a candidate's process can have written them."""


def limit(action: Action, rows: int, traced: bool = False) -> int:
    """The most bytes an honest answer has."""
    payload = {Action.PREDICT: 8 * rows, Action.TESTS: MAX_OUTPUT}.get(action, 0)
    payload = MAX_OUTPUT if traced or action in (Action.RUFF, Action.RADON) else payload
    return LENGTH.size + MAX_HEADER + payload


def parse(raw: bytes, action: Action, rows: int, submission: Submission) -> Answer:
    """The answer in `raw`; Malformed when it is none."""
    header, payload = split(raw)
    if "problem" in header:
        return Answer(failure=problem(header), problem=True)
    if "failure" in header:
        return raised(header["failure"], submission)
    if action is Action.PREDICT:
        return replace(predictions(payload, rows), seconds=durations(header.get("seconds")))
    if action is Action.EVALUATE:
        return replace(claimed(header.get("claims")), output=account(payload))
    if action is not Action.TRAIN:
        return Answer(output=tool_output(payload))
    return Answer(output=account(payload))


def split(raw: bytes) -> tuple[dict[str, Any], bytes]:
    if len(raw) < LENGTH.size:
        raise Malformed
    (length,) = LENGTH.unpack_from(raw)
    if length > MAX_HEADER:
        raise Malformed
    try:
        header = json.loads(raw[LENGTH.size : LENGTH.size + length])
    except (ValueError, RecursionError) as error:
        raise Malformed from error
    if not isinstance(header, dict):
        raise Malformed
    return header, raw[LENGTH.size + length :]


def predictions(payload: bytes, rows: int) -> Answer:
    if len(payload) != 8 * rows:
        return refused("PRED_LENGTH", len(payload) // 8, rows)
    values = np.frombuffer(payload, "<f8").astype(np.float64)
    if lost := int((~np.isfinite(values)).sum()):
        return refused("PRED_NOT_FINITE", lost, rows)
    if outside := int(((values < 0) | (values > 1)).sum()):
        return refused("PRED_RANGE", outside, rows)
    values.flags.writeable = False
    return Answer(predictions=values)


def durations(found: object) -> tuple[float, ...]:
    """CPU seconds of calls; none where one of them is no sensible time."""
    if not isinstance(found, list) or len(found) > MAX_CALLS:
        return ()
    if not all(type(value) in (int, float) and 0 <= value <= MAX_SECONDS for value in found):
        return ()
    return tuple(float(value) for value in found)


def claimed(found: object) -> Answer:
    if not isinstance(found, dict) or len(found) > MAX_KEYS or not all(map(claim, found.items())):
        return refused("CLAIMS_TYPE")
    if "roc_auc" not in found:
        return refused("CLAIMS_NO_METRIC")
    if lost := sum(not finite(value) for value in found.values()):
        return refused("CLAIMS_NOT_FINITE", lost, len(found))
    if not 0 <= found["roc_auc"] <= 1:
        return refused("CLAIMS_RANGE")
    return Answer(claims={name: float(value) for name, value in found.items()})


def claim(item: tuple[object, object]) -> bool:
    name, value = item
    short = isinstance(name, str) and len(name) <= MAX_KEY and name.isprintable()
    return short and type(value) in (int, float)


def finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond every float
        return False


def account(payload: bytes) -> str:
    """What the tracer left, if it ran and came to an end; the candidate's answer does not depend on it."""
    try:
        return tool_output(payload) if payload else ""
    except Malformed:
        return ""


def tool_output(payload: bytes) -> str:
    if len(payload) > MAX_OUTPUT:
        raise Malformed
    try:
        text = payload.decode()
        json.loads(text, parse_constant=no_number)
    except (ValueError, RecursionError) as error:
        raise Malformed from error
    return text


def no_number(name: str) -> float:
    """NaN and infinity are no JSON; as a count or a share they would pass every comparison with a limit."""
    raise ValueError(name)


def refused(kind: str, *numbers: int) -> Answer:
    return Answer(failure=Failure(kind, PROBLEMS[kind].format(*numbers)), problem=True)


def problem(header: Mapping[str, Any]) -> Failure:
    """The sentence is built here, from the kind and whole numbers alone."""
    kind, numbers = header["problem"], header.get("numbers")
    if not isinstance(kind, str) or kind not in PROBLEMS or not isinstance(numbers, list):
        raise Malformed
    if not all(type(n) is int and 0 <= n < MAX_NUMBER for n in numbers):
        raise Malformed
    try:
        return Failure(kind, PROBLEMS[kind].format(*numbers))
    except IndexError:
        raise Malformed from None


def raised(found: object, submission: Submission) -> Answer:
    """What the candidate's code raised, in words and with places that exist in the submission."""
    if not isinstance(found, dict):
        raise Malformed
    name, message, errno = found.get("exception"), found.get("message"), found.get("errno")
    if not isinstance(name, str) or not isinstance(message, str) or type(errno) is not int:
        raise Malformed
    name = name if name in EXCEPTIONS else OWN_EXCEPTION
    message = message[:MAX_MESSAGE].encode("utf-8", "replace").decode()
    places = tuple(locations(found.get("frames"), submission))
    if found.get("importing") is True and name != "SystemExit":
        return Answer(failure=Failure("IMPORT_FAILED", f"{name}: {message}", places))
    return Answer(failure=Failure(name, message, places), errno=errno)


def locations(frames: object, submission: Submission) -> list[Location]:
    found = frames[-MAX_FRAMES:] if isinstance(frames, list) else []
    return [submission.locate(*frame) for frame in found if known_place(frame, submission)]


def known_place(frame: object, submission: Submission) -> bool:
    if not isinstance(frame, list) or len(frame) != 2:
        return False
    path, line = frame
    if not isinstance(path, str) or path not in submission.runnable:
        return False
    return type(line) is int and 0 < line <= lines(submission.runnable[path])


def lines(content: bytes) -> int:
    """How many lines Python counts in a file: an invented one could carry a number out."""
    return content.count(b"\n") + content.count(b"\r") - content.count(b"\r\n") + 1
