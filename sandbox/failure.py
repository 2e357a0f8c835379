"""Whose fault was it?  One pure function says, for every way a probe can end.

Read top to bottom; the first line that fits decides.

1. The container was lost while it ran the probe.  PID 1 cannot be ended from inside, so either the kernel
   took it for want of memory, which only the candidate's processes can have caused, or the host's watchdog ended
   it past the time limit, which is the candidate's; anything else is ours.
2. A limit was reached: time by PID 1's clock; memory when the kernel killed one of the processes and no
   complete answer came (with a complete answer the killed process was not missed).
3. The process ended by itself without an answer: an exit status other than 0 is a crash or a signal, 0 is
   `os._exit(0)` and the like.  An answer beside a bad exit status does not count: the harness ends with 0.
4. There is an answer, and it says what the candidate's code raised, or that the value returned is not what
   the contract asks for.  Running out of memory, leaving with `sys.exit` and writing more than allowed have
   exits of their own.
5. The answer is fine; the model that train left may still be too large or unsafe to carry.
6. Nothing is wrong.

What is written in an answer comes from the candidate's process and can only ever speak against it.
"""

from __future__ import annotations

import errno
import signal
from dataclasses import dataclass
from typing import Literal

from graders.model import Action, Exit, Failure, Limits, SandboxError
from sandbox.answers import Answer

Verdict = tuple[Exit, Failure | None]


@dataclass(frozen=True, eq=False)
class Ending:
    """The plain facts about how one probe ended.

    `lost`: the container went away; `overdue`: the host's watchdog ended it; `limit`: PID 1 ended the probe;
    `status`: the process's exit status, negative for a signal; `answer`: None where none came or it is no answer.
    """

    action: Action
    limits: Limits
    status: int | None = None
    limit: Literal["cpu", "wall"] | None = None
    oom: bool = False
    lost: bool = False
    overdue: bool = False
    answer: Answer | None = None
    answer_state: Literal["none", "given", "too large"] = "none"
    model_state: Literal["none", "given", "unsafe", "too large"] = "none"
    complaints: str = ""


def attribute(ending: Ending) -> Verdict:
    """The exit and the reason; SandboxError when the fault is ours."""
    if ending.lost:
        return lost(ending)
    complete = ending.status == 0 and ending.answer is not None
    if ending.limit or (ending.oom and not complete):
        return limited(ending)
    if not complete or ending.answer is None:
        return unanswered(ending)
    if ending.answer.failure:
        return failed(ending, ending.answer, ending.answer.failure)
    return saved(ending)


def lost(ending: Ending) -> Verdict:
    if ending.oom:
        return limited(ending)
    if ending.overdue:
        return Exit.TIMED_OUT, Failure("WALL_LIMIT", f"no end after {ending.limits.seconds:g} seconds")
    raise SandboxError(f"the container was lost while it ran {ending.action}: {ending.complaints[-500:]}")


def limited(ending: Ending) -> Verdict:
    limits = ending.limits
    if ending.limit == "cpu":
        return Exit.TIMED_OUT, Failure("CPU_LIMIT", f"used up its {limits.cpu_seconds:g} CPU seconds")
    if ending.limit == "wall":
        return Exit.TIMED_OUT, Failure("WALL_LIMIT", f"no end after {limits.seconds:g} seconds")
    return Exit.OUT_OF_MEMORY, Failure("MEMORY_LIMIT", f"needed more than {limits.memory_mb} MB")


def unanswered(ending: Ending) -> Verdict:
    if ending.answer_state == "too large":
        return Exit.TOO_LARGE, Failure("ANSWER_TOO_LARGE", "the answer is larger than any honest one")
    if ending.status == -signal.SIGXCPU:
        return Exit.TIMED_OUT, Failure("CPU_LIMIT", f"used up its {ending.limits.cpu_seconds:g} CPU seconds")
    if ending.status is not None and ending.status < 0:
        return Exit.CRASHED, Failure("SIGNAL", f"ended by {signal_name(-ending.status)}")
    return Exit.NO_ANSWER, Failure("NO_ANSWER", f"the process ended (status {ending.status}) without an answer")


def failed(ending: Ending, answer: Answer, failure: Failure) -> Verdict:
    if answer.problem:
        return Exit.BAD_OUTPUT, failure
    if failure.kind == "MemoryError":
        return Exit.OUT_OF_MEMORY, Failure("MEMORY_LIMIT", failure.message, failure.frames)
    if failure.kind == "SystemExit":
        return Exit.NO_ANSWER, Failure("NO_ANSWER", f"called sys.exit({failure.message})", failure.frames)
    if answer.errno in (errno.EFBIG, errno.ENOSPC) and ending.action is Action.TRAIN:
        return Exit.TOO_LARGE, Failure("MODEL_TOO_LARGE", too_large(ending.limits), failure.frames)
    return Exit.CRASHED, failure


def saved(ending: Ending) -> Verdict:
    if ending.model_state == "too large":
        return Exit.TOO_LARGE, Failure("MODEL_TOO_LARGE", too_large(ending.limits))
    if ending.model_state == "unsafe":
        return Exit.BAD_OUTPUT, Failure("MODEL_UNSAFE", "model_dir holds a link or something else than plain files")
    return Exit.OK, None


def too_large(limits: Limits) -> str:
    return f"train saved more than {limits.model_mb} MB or 500 files"


def signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
