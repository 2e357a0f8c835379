"""Containers started ahead of the submissions they are for: each is handed out once, to one session.

One thread keeps the pool filled, one container after another, at low CPU weight.  A container may be taken while
it still warms up: it then gets its core and full weight, and is ready sooner than one started now.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import threading
from collections.abc import Callable, Sequence

import docker.errors

from graders.model.probe import SandboxError
from sandbox.host.container import Container, Lost, Shape

log = logging.getLogger(__name__)
RETRY_SECONDS = 5.0  # after the engine has failed

Make = Callable[[Shape], Container]  # started, without a core
FAILURES = (docker.errors.DockerException, SandboxError, Lost, OSError)


class Pool:
    """At most `size` containers of one shape that nobody has used.

    `worthwhile` says whether this is a moment to warm one up; call `wake` when its answer may have changed.
    """

    def __init__(
        self, make: Make, shape: Shape, size: int, cores: Sequence[int], worthwhile: Callable[[], bool] = lambda: True
    ) -> None:
        self._make, self._shape, self._size, self._worthwhile = make, shape, size, worthwhile
        self._cores = itertools.cycle(cores)
        self._idle: list[Container] = []  # oldest first: only the last may still be warming up
        self._state = threading.Condition()
        self._closed = False
        self._filler = threading.Thread(target=self._fill, name="sandbox-pool", daemon=True)
        if size:
            self._filler.start()

    def take(self, shape: Shape, core: int) -> Container | None:
        """A living container on this core with all the shape's modules loaded; None where a new one is needed."""
        if not self._shape.fits(shape):
            return None
        while container := self._pop(core):
            try:
                return prepared(container, shape, core)
            except FAILURES as error:
                log.warning("a warmed container was of no use: %r", error)
                discard(container)
        return None

    def _pop(self, core: int) -> Container | None:
        with self._state:
            here = (one for one in self._idle if one.core == core)
            container = next(here, None) or next(iter(self._idle), None)
            if container:
                self._idle.remove(container)
                self._state.notify_all()
            return container

    def wake(self) -> None:
        with self._state:
            self._state.notify_all()

    def _fill(self) -> None:
        while self._wanted():
            try:
                self._warm(self._make(self._shape))
            except FAILURES as error:
                log.warning("no container could be warmed up: %r", error)
                self._pause()

    def _wanted(self) -> bool:
        """Wait until one more container is wanted; False when none will be."""
        with self._state:
            self._state.wait_for(lambda: self._closed or (len(self._idle) < self._size and self._worthwhile()))
            return not self._closed

    def _pause(self) -> None:
        with self._state:
            self._state.wait_for(lambda: self._closed, RETRY_SECONDS)

    def _warm(self, container: Container) -> None:
        with self._state:
            self._idle.append(container)
            if self._closed:
                return self._empty()
        try:
            container.wait()
            self._settle(container)
        except FAILURES:
            if self._reclaim(container):
                discard(container)
                raise
        return None

    def _settle(self, container: Container) -> None:
        """A core and full weight in advance, which spares whoever takes it a call to the engine."""
        with self._state:  # whoever has taken it chooses the core
            if container in self._idle:
                container.pin(next(self._cores))

    def _reclaim(self, container: Container) -> bool:
        """Whether it was still in the pool, which it no longer is."""
        with self._state:
            if ours := container in self._idle:
                self._idle.remove(container)
            return ours

    def _empty(self) -> None:
        while self._idle:
            discard(self._idle.pop())

    def close(self) -> None:
        """Remove every container nobody has taken."""
        with self._state:
            self._closed = True
            self._empty()
            self._state.notify_all()
        if self._filler.is_alive():
            self._filler.join()

    @property
    def ready(self) -> int:
        """How many containers can be taken without any waiting."""
        with self._state:
            return sum(container.core is not None for container in self._idle)


def prepared(container: Container, shape: Shape, core: int) -> Container:
    container.pin(core)
    container.wait()
    if not container.alive:
        raise SandboxError("it ended while it waited")
    container.load(shape.preload, shape.variables)
    return container


def discard(container: Container) -> None:
    with contextlib.suppress(docker.errors.DockerException, OSError):  # swept with the rest later
        container.remove()
