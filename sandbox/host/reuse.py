"""Containers that one session of a submission has left clean, kept for its next one, which need not load all again.

A container is kept for the very submission it has run, and only while more sessions of it may come.  One that has
held unlabelled rows is never kept: nothing can come back from them to where labels are.  That a container is clean
is PID 1's word (harness/collector.py): no process, no file, and none of the rows ever in its own memory.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from graders.model.probe import SIDES, Action
from graders.model.submission import Submission
from sandbox.host.container import Container, Shape

KEEP_SECONDS = 10.0  # for a session that nobody has asked for yet, where nobody says that none will come


@dataclass(eq=False)
class Grading:
    """What is known of one submission: its sessions, and the containers kept for it or on their way."""

    submission: Submission  # held, so that no other can have its identity
    waiting: int = 0  # sessions asked for that have not begun
    running: int = 0
    coming: int = 0  # containers begun ahead of the sessions they are for
    finished: bool = False  # no session will be asked for
    kept: list[Container] = field(default_factory=list)


class ReusePool:
    """`remove` ends a container that is not kept any longer; it is called without any lock held."""

    def __init__(self, remove: Callable[[Container], None], keep_seconds: float = KEEP_SECONDS) -> None:
        self._remove, self._keep_seconds = remove, keep_seconds
        self._gradings: dict[int, Grading] = {}
        self._timers: dict[Container, threading.Timer] = {}
        self._lock = threading.Condition()
        self._closed = False

    def expect(self, submission: Submission) -> None:
        """A container has been begun for sessions to come; `arrived` follows."""
        with self._lock:
            grading = self._grading(submission)
            grading.coming += 1
            grading.finished = False

    def arrived(self, submission: Submission, container: Container | None) -> None:
        """It is ready; None where it came to nothing."""
        with self._lock:
            grading = self._grading(submission)
            grading.coming -= 1
            unwanted = container if container and not self._keep(grading, container) else None
            self._forget(grading)
            self._lock.notify_all()
        if unwanted:
            self._remove(unwanted)

    def announce(self, submission: Submission) -> None:
        """A session has been asked for; `begin` or `withdraw` follows."""
        with self._lock:
            grading = self._grading(submission)
            grading.waiting += 1
            grading.finished = False

    def withdraw(self, submission: Submission) -> None:
        """A session was cancelled before it began."""
        with self._lock:
            grading = self._grading(submission)
            grading.waiting -= 1
            spare = self._spare(grading)
        for container in spare:
            self._remove(container)

    def begin(self, submission: Submission) -> None:
        """A session that was asked for begins; `end` follows."""
        with self._lock:
            grading = self._grading(submission)
            grading.waiting -= 1
            grading.running += 1

    def end(self, submission: Submission) -> None:
        """A session is over."""
        with self._lock:
            grading = self._grading(submission)
            grading.running -= 1
            self._forget(grading)

    def take(self, submission: Submission, shape: Shape) -> Container | None:
        """A container kept for this submission, the one with the least to load; None without one.

        One that would have to load all anew is only taken when no other is on its way.
        """
        with self._lock:
            grading = self._grading(submission)
            self._lock.wait_for(lambda: not grading.coming or self._as_good_as_new(grading, shape))
            best = self._best(grading, shape)
            if best:
                self._drop(grading, best)
            self._forget(grading)
            return best

    def put(self, submission: Submission, action: Action, container: Container) -> None:
        """A session has left its container clean: keep it where another may want it."""
        with self._lock:
            grading = self._grading(submission)
            kept = SIDES[action] != "unlabelled" and self._keep(grading, container)
            self._forget(grading)
        if not kept:
            self._remove(container)

    def finish(self, submission: Submission) -> None:
        """No more sessions will be asked for than have been."""
        with self._lock:
            grading = self._grading(submission)
            grading.finished = True
            spare = self._spare(grading)
        for container in spare:
            self._remove(container)

    def close(self) -> None:
        """Keep nothing from now on; what is kept is left to the caller, who knows all containers."""
        with self._lock:
            self._closed = True
            for timer in self._timers.values():
                timer.cancel()

    def _grading(self, submission: Submission) -> Grading:
        return self._gradings.setdefault(id(submission), Grading(submission))

    def _best(self, grading: Grading, shape: Shape) -> Container | None:
        fitting = [container for container in grading.kept if container.shape.fits(shape)]
        return min(fitting, key=lambda container: container.loads(shape), default=None)

    def _as_good_as_new(self, grading: Grading, shape: Shape) -> bool:
        best = self._best(grading, shape)
        return best is not None and not best.loads(shape)[0]

    def _keep(self, grading: Grading, container: Container) -> bool:
        """Whether it is kept from now on, until a session takes it or it is clear that none will."""
        if self._closed or (grading.finished and len(grading.kept) >= grading.waiting):
            return False
        grading.kept.append(container)
        self._timers[container] = self._timer(grading, container)
        return True

    def _timer(self, grading: Grading, container: Container) -> threading.Timer:
        timer = threading.Timer(self._keep_seconds, self._expire, (grading, container))
        timer.daemon = True
        timer.start()
        return timer

    def _expire(self, grading: Grading, container: Container) -> None:
        with self._lock:
            if self._closed or container not in grading.kept:
                return
            if len(grading.kept) <= grading.waiting:
                self._timers[container] = self._timer(grading, container)
                return
            self._drop(grading, container)
            self._forget(grading)
        self._remove(container)

    def _spare(self, grading: Grading) -> list[Container]:
        """Containers kept for sessions that will not come, which are kept no longer."""
        spare = grading.kept[grading.waiting :] if grading.finished else []
        for container in spare:
            self._drop(grading, container)
        self._forget(grading)
        return spare

    def _drop(self, grading: Grading, container: Container) -> None:
        grading.kept.remove(container)
        self._timers.pop(container).cancel()

    def _forget(self, grading: Grading) -> None:
        if not (grading.waiting or grading.running or grading.coming or grading.kept):
            self._gradings.pop(id(grading.submission), None)
