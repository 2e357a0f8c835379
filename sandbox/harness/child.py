"""The process a probe runs in: what it gives up, and then the call itself."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from ..protocol import tree
from ..protocol.wire import Header
from . import callfilter, calls, feeder, lockdown
from .line import Host

if TYPE_CHECKING:
    import pandas as pd

SUBMISSION = "/job/sub"
MODEL = "/job/model"
#: Packages beside those of the image, where there are any: on the search path of a probe's process alone, and last.
LAYER = "/opt/layer/site-packages"
ANSWER_FD = 3
FILTER = callfilter.compiled()
SPARE_FILE_MB = 14  # above the model's limit, so that a model slightly too large is told by its size


@dataclass(frozen=True)
class Lines:
    """Descriptors a probe's process is born with: two that it keeps, and one to say that it begins.

    `answer` is a file in memory, or the line to what feeds it.
    """

    answer: int
    log: int
    begin: int


def become(request: Header, sizes: list[int], host: Host, lines: Lines) -> NoReturn:
    """Turn this fresh fork into the process of one probe: read it, run it, answer, and end."""
    try:
        data = lay_out(*(host.read(size) for size in sizes))
        fed = "parts" in request  # the rows then come one call's at a time, and the answer goes where they come from
        os.write(lines.begin, b"!")
        rewire(lines.answer, lines.log)
        lockdown.die_first()
        lockdown.limit(float(request["cpu_seconds"]), int(request["model_mb"]) + SPARE_FILE_MB)
        callfilter.install(FILTER)
        if os.path.isdir(LAYER):
            sys.path.append(LAYER)
        os.chdir(SUBMISSION)
        if fed:
            answer_calls(request, feeder.Line(ANSWER_FD))
        else:
            write_answer(perform(request, data).encode())
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
    except BaseException:
        traceback.print_exc()  # into the candidate's log: only a tampered interpreter comes here
    finally:
        os._exit(1)


def lay_out(submission: bytes, model: bytes, data: bytes = b"") -> bytes:
    """Become the candidate's user and write its files; the rows are handed on."""
    lockdown.drop_user()
    lockdown.set_dumpable(True)  # programs look themselves up in /proc; nothing here is secret from them
    tree.write(SUBMISSION, tree.unpack(submission))
    tree.write(MODEL, tree.unpack(model) if model else {})
    return data


def rewire(answer_fd: int, log_fd: int) -> None:
    """Keep the log as output, the answer, and not one other open file; take back the usual signals."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()
    kept = os.dup(answer_fd), os.dup(log_fd)  # neither number may be one of those set next
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # one of its own: flags and locks belong to whoever shares the file
    os.dup2(kept[1], 1)
    os.dup2(kept[1], 2)
    os.dup2(kept[0], ANSWER_FD, inheritable=False)
    os.closerange(ANSWER_FD + 1, 4096)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", buffering=1, errors="replace", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, errors="replace", closefd=False)  # noqa: SIM115


def perform(request: Header, data: bytes) -> calls.Answer:
    action = str(request["action"])
    if action in calls.ACTIONS:
        call = calls.asked(request, SUBMISSION, MODEL, lambda: read_rows(data))
        return calls.perform(call)
    from . import tools  # noqa: PLC0415  (pytest and the analysers are of no use to the other probes)

    planted = tree.unpack(data) if data else {}
    return tools.perform(action, SUBMISSION, planted, request.get("first", ()), bool(request.get("traced")))


def answer_calls(request: Header, line: feeder.Line) -> None:
    """Timed calls of predict: see feeder.py."""
    line.wait()
    seed, batches = int(request["seed"]), tuple(int(size) for size in request["batches"])
    load, contract = (lambda: read_rows(line.rows())), request["contract"]
    call = calls.Call("predict", SUBMISSION, MODEL, seed, batches, load, contract, give=line.give)
    answer = calls.perform(call)
    line.end(answer.encode(), failed="done" not in answer.header)


def read_rows(data: bytes) -> pd.DataFrame:
    """The rows of an Arrow stream as a frame the candidate may write to."""
    import pyarrow as pa  # noqa: PLC0415

    with pa.ipc.open_stream(pa.py_buffer(data)) as stream:
        rows: pd.DataFrame = stream.read_all().to_pandas(use_threads=False).copy()
    return rows


def write_answer(answer: bytes) -> None:
    """Whatever was written before, by whomever, is gone."""
    os.ftruncate(ANSWER_FD, 0)
    offset = 0
    while offset < len(answer):
        offset += os.pwrite(ANSWER_FD, answer[offset:], offset)
