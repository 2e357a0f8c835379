"""Containers that one session of a submission has left clean, kept for its next one, which need not load all again.

A container is kept for the very submission it has run, and only while more sessions of it are on their way.  One
that has held unlabelled rows is never kept: nothing can come back from them to where labels are.  That a container
is clean is PID 1's word (harness/collector.py): no process, no file, and none of the rows ever in its own memory.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from graders.model.probe import SIDES, Action
from graders.model.submission import Submission
from sandbox.host.container import Container, Shape

KEEP_SECONDS = 10.0  # for a session that nobody has asked for yet, where nobody says that none will come
#: What usually follows a session that ended well, as soon as the grader has looked at what it gave.
FOLLOWS: Mapping[Action, tuple[Action, ...]] = {
    Action.TRAIN: (Action.TESTS, Action.PREDICT),
    Action.EVALUATE: (Action.EVALUATE, Action.PREDICT),
    Action.TESTS: (Action.TESTS,),
}


@dataclass(eq=False)
class Grading:
    """What is known of one submission: sessions asked for that have not begun, and containers kept for it."""

    submission: Submission  # held, so that no other can have its identity
    waiting: int = 0
    to_come: set[Action] = field(default_factory=set)  # what will be asked for before long, and has not yet been
    kept: list[Container] = field(default_factory=list)

    @property
    def wanted(self) -> int:
        return self.waiting + len(self.to_come)


class ReusePool:
    """`remove` ends a container that is not kept any longer; it is called without any lock held."""

    def __init__(self, remove: Callable[[Container], None], keep_seconds: float = KEEP_SECONDS) -> None:
        self._remove, self._keep_seconds = remove, keep_seconds
        self._gradings: dict[int, Grading] = {}
        self._timers: dict[Container, threading.Timer] = {}
        self._lock = threading.Lock()
        self._closed = False

    def announce(self, submission: Submission, action: Action) -> None:
        """A session has been asked for; `begin` or `withdraw` follows."""
        with self._lock:
            grading = self._grading(submission)
            grading.waiting += 1
            grading.to_come.discard(action)

    def withdraw(self, submission: Submission) -> None:
        """A session was cancelled before it began."""
        with self._lock:
            grading = self._grading(submission)
            grading.waiting -= 1
            spare = self._spare(grading)
        for container in spare:
            self._remove(container)

    def begin(self, submission: Submission) -> None:
        """A session that was asked for begins."""
        with self._lock:
            grading = self._grading(submission)
            grading.waiting -= 1
            self._forget(grading)

    def take(self, submission: Submission, shape: Shape) -> Container | None:
        """A container kept for this submission, the one with the least to load; None without one."""
        with self._lock:
            grading = self._grading(submission)
            fitting = [container for container in grading.kept if container.shape.fits(shape)]
            best = min(fitting, key=lambda container: container.loads(shape), default=None)
            if best:
                self._drop(grading, best)
            self._forget(grading)
            return best

    def put(self, submission: Submission, action: Action, container: Container, well: bool) -> None:
        """A session has ended, `well` or not, and left its container clean: keep it where another will want it."""
        with self._lock:
            grading = self._grading(submission)
            if well:
                grading.to_come.update(FOLLOWS.get(action, ()))
            kept = not self._closed and SIDES[action] != "unlabelled" and len(grading.kept) < grading.wanted
            if kept:
                grading.kept.append(container)
                self._timers[container] = self._timer(grading, container)
            self._forget(grading)
        if not kept:
            self._remove(container)

    def finish(self, submission: Submission) -> None:
        """No more sessions will be asked for than have been."""
        with self._lock:
            grading = self._grading(submission)
            grading.to_come.clear()
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
            grading.to_come.clear()
            self._drop(grading, container)
            self._forget(grading)
        self._remove(container)

    def _spare(self, grading: Grading) -> list[Container]:
        """Containers kept for sessions that will not come, which are kept no longer."""
        spare = grading.kept[grading.wanted :]
        for container in spare:
            self._drop(grading, container)
        self._forget(grading)
        return spare

    def _drop(self, grading: Grading, container: Container) -> None:
        grading.kept.remove(container)
        self._timers.pop(container).cancel()

    def _forget(self, grading: Grading) -> None:
        if not (grading.wanted or grading.kept):
            self._gradings.pop(id(grading.submission), None)
