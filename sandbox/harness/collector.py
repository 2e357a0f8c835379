"""The process that collects what a probe left, tells the grader, and leaves nothing of it behind.

It is forked from the sweeper when every process of the candidate's is dead, under the candidate's user, which alone can
open all that the candidate wrote; it runs no code of the candidate's, and ends with what it has read.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Sequence
from typing import NoReturn

from ..protocol import tree
from ..protocol.wire import Header
from . import child, lockdown, processes
from .line import Host

MB = 1 << 20


def order(request: Header, facts: Header) -> Header:
    """What it is told: of the request what it needs, and what is known already."""
    return {"request": {name: request[name] for name in ("action", "answer_limit", "model_mb")}, "facts": facts}


def become(order: Header, files: Sequence[int], host: Host) -> NoReturn:
    """Turn this fresh fork into the collector, and end: with 0 when the grader has been told.

    `files` are the answer and the log.
    """
    try:
        lockdown.drop_user()
        request, facts, (answer_fd, log_fd) = order["request"], order["facts"], files
        answer, answer_state = read_answer(answer_fd, int(request["answer_limit"]))
        saved, model_state = read_model(request)
        size = tree.measure(child.MODEL) if model_state in ("given", "too large") else (0, 0)
        clean = processes.wipe() and processes.nobody_else()
        more = {"answer": answer_state, "model": model_state, "saved": size, "clean": clean}
        host.send({**facts, **more}, [answer, saved, os.pread(log_fd, os.fstat(log_fd).st_size, 0)])
        os._exit(0)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def read_answer(answer_fd: int, limit: int) -> tuple[bytes, str]:
    """What the child wrote down, with one of "none", "given", "too large"."""
    size = os.fstat(answer_fd).st_size
    if size > limit:
        return b"", "too large"
    return os.pread(answer_fd, limit, 0), "given" if size else "none"


def read_model(request: Header) -> tuple[bytes, str]:
    """What train left, packed, with one of "none", "given", "unsafe", "too large"."""
    if request["action"] != "train":
        return b"", "none"
    try:
        return tree.pack(tree.collect(child.MODEL, int(request["model_mb"]) * MB)), "given"
    except tree.TooLarge:
        return b"", "too large"
    except tree.Unsafe:
        return b"", "unsafe"
