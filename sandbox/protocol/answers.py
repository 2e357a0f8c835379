"""What came back from a candidate's process, checked: here hostile bytes become numbers, or a named problem.

The harness looks at every answer too, but only to say early what is wrong: it runs beside the candidate's
code, so nothing it says is believed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from graders.model.contract import BINARY, Contract
from graders.model.probe import Action, Failure
from graders.model.submission import Location, Submission
from sandbox.protocol.contract import BadAnswer, check_claims, checked
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
    by_chance: bool | None = None  # whether it drew from global generators or fresh entropy, told in the same way


class Malformed(Exception):
    """The bytes are no answer of the harness; only a candidate's process can have written them."""


def limit(action: Action, numbers: int, traced: bool = False) -> int:
    """The most bytes an honest answer has."""
    payload = {Action.PREDICT: 8 * numbers, Action.TESTS: MAX_OUTPUT}.get(action, 0)
    payload = MAX_OUTPUT if traced or action in (Action.RUFF, Action.RADON) else payload
    return LENGTH.size + MAX_HEADER + payload


def parse(raw: bytes, action: Action, rows: int, submission: Submission, contract: Contract = BINARY) -> Answer:
    """The answer in `raw`; Malformed when it is none."""
    header, payload = split(raw)
    if "problem" in header:
        return Answer(failure=problem(header, contract), problem=True)
    if "failure" in header:
        return raised(header["failure"], submission)
    if action is Action.PREDICT:
        return replace(predictions(payload, rows, contract), seconds=durations(header.get("seconds")))
    if action is Action.EVALUATE:
        drew = header.get("by_chance")
        told = drew if isinstance(drew, bool) else None
        return replace(claimed(header.get("claims"), contract), output=account(payload), by_chance=told)
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


def predictions(payload: bytes, rows: int, contract: Contract) -> Answer:
    numbers = np.frombuffer(payload[: len(payload) // 8 * 8], "<f8").astype(np.float64)
    if len(payload) != 8 * rows * contract.width:
        return refused(BadAnswer("PRED_LENGTH", len(numbers) // contract.width, rows), contract)
    try:
        values = checked(numbers.reshape(rows, contract.width) if contract.classes else numbers, contract.header())
    except BadAnswer as bad:
        return refused(bad, contract)
    values.flags.writeable = False
    return Answer(predictions=values)


def durations(told: object) -> tuple[float, ...]:
    """CPU seconds of calls; none where one of them is no sensible time."""
    if not isinstance(told, list) or len(told) > MAX_CALLS:
        return ()
    if not all(type(value) in (int, float) and 0 <= value <= MAX_SECONDS for value in told):
        return ()
    return tuple(float(value) for value in told)


def claimed(told: object, contract: Contract) -> Answer:
    if not isinstance(told, dict) or len(told) > MAX_KEYS or not all(map(claim, told.items())):
        return refused(BadAnswer("CLAIMS_TYPE"), contract)
    try:
        check_claims(told, contract.header())
    except BadAnswer as bad:
        return refused(bad, contract)
    return Answer(claims={name: float(value) for name, value in told.items()})


def claim(item: tuple[object, object]) -> bool:
    name, value = item
    short = isinstance(name, str) and len(name) <= MAX_KEY and name.isprintable()
    return short and type(value) in (int, float)


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


def refused(bad: BadAnswer, contract: Contract) -> Answer:
    return Answer(failure=Failure(bad.kind, sentence(bad.kind, bad.numbers, contract)), problem=True)


def sentence(kind: str, numbers: Sequence[int], contract: Contract) -> str:
    return PROBLEMS[kind].format(*numbers, **contract.words())


def problem(header: Mapping[str, Any], contract: Contract) -> Failure:
    """The sentence is built here, from the kind, whole numbers and the contract alone."""
    kind, numbers = header["problem"], header.get("numbers")
    if not isinstance(kind, str) or kind not in PROBLEMS or not isinstance(numbers, list):
        raise Malformed
    if not all(type(n) is int and 0 <= n < MAX_NUMBER for n in numbers):
        raise Malformed
    try:
        return Failure(kind, sentence(kind, numbers, contract))
    except IndexError:
        raise Malformed from None


def raised(told: object, submission: Submission) -> Answer:
    """What the candidate's code raised, in words and with places that exist in the submission."""
    if not isinstance(told, dict):
        raise Malformed
    name, message, errno = told.get("exception"), told.get("message"), told.get("errno")
    if not isinstance(name, str) or not isinstance(message, str) or type(errno) is not int:
        raise Malformed
    name = name if name in EXCEPTIONS else OWN_EXCEPTION
    message = message[:MAX_MESSAGE].encode("utf-8", "replace").decode()
    places = tuple(locations(told.get("frames"), submission))
    if told.get("importing") is True and name != "SystemExit":
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
