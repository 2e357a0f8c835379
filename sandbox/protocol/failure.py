"""Whose fault was it?  One pure function says, for every way a probe can end.

Read top to bottom; the first line that fits decides.

1. The container was lost while it ran the probe.  PID 1 cannot be ended from inside, so either the kernel
   took it for want of memory, which only the candidate's processes can have caused, or the host's watchdog ended
   it past the time limit, which is the candidate's; anything else is ours.
2. A limit was reached: time by PID 1's clock, which stands still while the probe waits for a core, so that
   whoever meets it has slept (one that did little but wait was starved, which is ours); memory when PID 1
   counted too much (only where no kernel counts, under gVisor) or the kernel killed one of the processes and no
   complete answer came (with a complete answer the killed process was not missed).
3. The process ended by itself without an answer: an exit status other than 0 is a crash or a signal, 0 is
   `os._exit(0)` and the like.  An answer beside a bad exit status does not count: the harness ends with 0.
4. There is an answer, and it says what the candidate's code raised, or that the value returned is not what
   the contract asks for.  Running out of memory, leaving with `sys.exit` and writing more than allowed have
   exits of their own.
5. The answer is fine; the model that train left may still be too large or unsafe to carry.
6. Nothing is wrong.

An engine that is absent, restarted, out of space or without its image never comes here: it raises before there
is an ending (sandbox/host/docker.py), and SandboxError is the only word for it.

What is written in an answer comes from the candidate's process and can only ever speak against it.  Every
sentence here is ours, made of numbers, the phase and names of signals: in predict the candidate's own words
may hold hidden rows, so the few kinds that keep them (a crash) are marked by not being in graders/measure/problems.py.
"""

from __future__ import annotations

import errno
import signal
from dataclasses import dataclass
from typing import Literal

from graders.model.challenge import Limits
from graders.model.probe import Action, Exit, Failure, SandboxError
from graders.model.submission import Location
from sandbox.protocol.answers import Answer
from sandbox.protocol.tree import MAX_FILES

Verdict = tuple[Exit, Failure | None]
MB = 2**20


class Starved(SandboxError):
    """Others took the core all the while."""


@dataclass(frozen=True, eq=False)
class Ending:
    """The plain facts about how one probe ended.

    `lost`: the container went away; `overdue`: the host's watchdog ended it; `limit`: PID 1 ended the probe;
    `status`: the process's exit status, negative for a signal; `answer`: None where none came or it is no answer.
    `seconds`, `cpu_seconds`, `peak_mb` (the largest process) and `saved` (files and bytes in model_dir) say what
    was used, 0 where that is not known; `waited` is for a core, in seconds.
    """

    action: Action
    limits: Limits
    status: int | None = None
    limit: Literal["cpu", "wall", "memory", "starved"] | None = None
    oom: bool = False
    lost: bool = False
    overdue: bool = False
    answer: Answer | None = None
    answer_state: Literal["none", "given", "too large"] = "none"
    model_state: Literal["none", "given", "unsafe", "too large"] = "none"
    complaints: str = ""
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    waited: float | None = None
    peak_mb: float = 0.0
    saved: tuple[int, int] = (0, 0)
    answer_limit: int = 0  # bytes


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
        return memory(ending)
    if ending.overdue:
        return wall(ending)
    raise SandboxError(f"the container was lost while it ran {ending.action}: {ending.complaints[-500:]}")


def limited(ending: Ending) -> Verdict:
    if ending.limit == "cpu":
        return cpu(ending)
    if ending.limit == "wall":
        return wall(ending)
    if ending.limit == "starved":
        raise Starved(f"{ending.action} waited {ending.waited or 0:.0f} s for a core: this machine has too much to do")
    return memory(ending)


def cpu(ending: Ending) -> Verdict:
    most = f"{ending.limits.cpu_seconds:g}"
    used = f"{ending.cpu_seconds:.1f} of {most}" if ending.cpu_seconds else f"all of its {most}"
    return Exit.TIMED_OUT, Failure("CPU_LIMIT", f"{ending.action} used {used} CPU seconds{after(ending)}")


def wall(ending: Ending) -> Verdict:
    most, limits = f"{ending.limits.seconds:g} seconds", ending.limits
    used = f"; it had used {ending.cpu_seconds:.1f} of {limits.cpu_seconds:g} CPU seconds" if ending.cpu_seconds else ""
    message = f"{ending.action} had not ended after {max(ending.seconds, limits.seconds):.0f} of {most} of wall clock"
    waited = "" if ending.waited is None else f" and waited {ending.waited:.1f} s for a core, which does not count"
    return Exit.TIMED_OUT, Failure("WALL_LIMIT", message + used + waited * bool(used))


def memory(ending: Ending, frames: tuple[Location, ...] = ()) -> Verdict:
    message = f"{ending.action} needed more than its {ending.limits.memory_mb} MB{after(ending)}"
    peak = f"; its largest process held {ending.peak_mb:.0f} MB" if ending.peak_mb else ""
    return Exit.OUT_OF_MEMORY, Failure("MEMORY_LIMIT", message + peak, frames)


def after(ending: Ending) -> str:
    return f" after {ending.seconds:.1f} s of wall clock" if ending.seconds else ""


def unanswered(ending: Ending) -> Verdict:
    action, status = ending.action, ending.status
    if ending.answer_state == "too large":
        message = f"what {action} returned takes more than the {ending.answer_limit} bytes an honest answer can have"
        return Exit.TOO_LARGE, Failure("ANSWER_TOO_LARGE", message)
    if status == -signal.SIGXCPU:
        return cpu(ending)
    if status is not None and status < 0:
        peak = f"; its largest process held {ending.peak_mb:.0f} MB" if ending.peak_mb else ""
        return Exit.CRASHED, Failure("SIGNAL", f"{action} was ended by {signal_name(-status)}{after(ending)}{peak}")
    message = f"the process of {action} ended with status {status} and no answer{after(ending)}"
    return Exit.NO_ANSWER, Failure("NO_ANSWER", message)


def failed(ending: Ending, answer: Answer, failure: Failure) -> Verdict:
    if answer.problem:
        return Exit.BAD_OUTPUT, failure
    if failure.kind == "MemoryError":
        return memory(ending, failure.frames)
    if failure.kind == "SystemExit":
        return Exit.NO_ANSWER, Failure("NO_ANSWER", f"{ending.action} called sys.exit{after(ending)}", failure.frames)
    if answer.errno in (errno.EFBIG, errno.ENOSPC) and ending.action is Action.TRAIN:
        return Exit.TOO_LARGE, Failure("MODEL_TOO_LARGE", too_large(ending), failure.frames)
    return Exit.CRASHED, failure


def saved(ending: Ending) -> Verdict:
    if ending.model_state == "too large":
        return Exit.TOO_LARGE, Failure("MODEL_TOO_LARGE", too_large(ending))
    if ending.model_state == "unsafe":
        return Exit.BAD_OUTPUT, Failure("MODEL_UNSAFE", "model_dir holds a link or something else than plain files")
    return Exit.OK, None


def too_large(ending: Ending) -> str:
    files, size = ending.saved
    used = f"{size / MB:.1f} MB in {files} files" if files else "more"
    return f"train saved {used}, and a model may have {ending.limits.model_mb} MB in {MAX_FILES} files"


def signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
