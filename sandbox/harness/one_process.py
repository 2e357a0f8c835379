"""Keep in this process what the candidate's code would hand to workers, so that evaluation is seen as a whole.

There is one core, so workers gain nothing.
"""

from __future__ import annotations

import concurrent.futures
import multiprocessing.context
import multiprocessing.pool
import os
from collections.abc import Callable
from typing import Any


def keep(folder: str) -> None:
    """Workers of joblib, pools and executors become this process, where the submission in `folder` asks for any."""
    text = sources(folder)
    if b"joblib" in text or b"n_jobs" in text:
        keep_joblib()
    if b"multiprocessing" in text:
        multiprocessing.context.BaseContext.Pool = pool  # type: ignore[assignment, method-assign]
        multiprocessing.Pool = multiprocessing.get_context().Pool
    if b"concurrent" in text:
        concurrent.futures.ProcessPoolExecutor = Executor  # type: ignore[misc, assignment]
        concurrent.futures.ThreadPoolExecutor = Executor  # type: ignore[misc, assignment]


def sources(folder: str) -> bytes:
    texts: list[bytes] = []
    for place, _, files in os.walk(folder):
        for file in sorted(files):
            if file.endswith(".py"):
                with open(os.path.join(place, file), "rb") as source:
                    texts.append(source.read())
    return b"\n".join(texts)


def keep_joblib() -> None:
    try:
        from joblib import parallel  # type: ignore[import-untyped]  # noqa: PLC0415  (only where it is asked for)
    except ImportError:
        return  # the candidate will hear of it
    for name in ("loky", "multiprocessing", "threading"):
        parallel.BACKENDS[name] = parallel.BACKENDS["sequential"]


class Executor(concurrent.futures.Executor):
    """Does everything at once, in this thread."""

    def __init__(self, *args: Any, initializer: Any = None, initargs: tuple[Any, ...] = (), **kwargs: Any) -> None:  # noqa: ARG002
        if initializer is not None:
            initializer(*initargs)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> concurrent.futures.Future[Any]:
        done: concurrent.futures.Future[Any] = concurrent.futures.Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:
            done.set_exception(error)
        return done


def pool(
    context: Any,  # noqa: ARG001
    processes: int | None = None,  # noqa: ARG001
    initializer: Any = None,
    initargs: tuple[Any, ...] = (),
    maxtasksperchild: int | None = None,  # noqa: ARG001
) -> multiprocessing.pool.Pool:
    """One worker that is a thread: it is waited for, so that one thing is done at a time."""
    return multiprocessing.pool.ThreadPool(1, initializer, initargs)
