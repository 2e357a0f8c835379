"""The parts of a real installation: intake, challenges, hidden data and Docker."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache

from app.artifacts import Artifacts
from app.grading import grade_submission
from app.intake import unpack
from app.service import Parts
from app.settings import Settings
from challenges import kit, registry, vault
from graders.model import Challenge, Sandbox, Submission, Watch
from graders.probes import PROBES
from sandbox.docker import DockerSandbox


class SandboxOnDemand:
    """One sandbox for a process, opened by the first grading: the service starts and accepts without Docker."""

    def __init__(self, stack: ExitStack, settings: Settings) -> None:
        self._stack, self._settings, self._lock = stack, settings, threading.Lock()
        self._sandbox: Sandbox | None = None

    def __call__(self) -> Sandbox:
        """The sandbox; SandboxError where there is no engine (now)."""
        with self._lock:
            self._sandbox = self._sandbox or self._stack.enter_context(self._open())
            return self._sandbox

    def _open(self) -> DockerSandbox:
        chosen = self._settings
        return DockerSandbox(runtime=chosen.runtime or None, warm=chosen.warm, reuse=chosen.reuse)


@contextmanager
def parts(settings: Settings) -> Iterator[Parts]:
    """Closed with all its containers at the end."""
    home = settings.prepare_home()
    with ExitStack() as stack:
        sandbox = SandboxOnDemand(stack, settings)

        def grade(submission: Submission, challenge: Challenge, watch: Watch) -> Artifacts:
            return grade_submission(submission, challenge, sandbox(), home=home, watch=watch)

        @lru_cache
        def starter_kit(challenge_id: str) -> bytes:
            challenge = registry.get(challenge_id)
            return kit.build(challenge, vault.load(challenge, home))

        yield Parts(registry.get, unpack, grade, PROBES, lambda challenge: starter_kit(challenge.id))
