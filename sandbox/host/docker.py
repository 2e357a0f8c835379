"""Untrusted code in Docker containers: each used for one submission, closed on every side, then removed."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from itertools import accumulate, pairwise
from pathlib import Path
from types import TracebackType
from typing import Self

import docker
import docker.errors

from graders.model.challenge import Limits
from graders.model.probe import Action, Probe, Run, SandboxError, SandboxInfo, Watch, unwatched
from graders.model.submission import Submission
from sandbox.host import environment, owner, preload, rows
from sandbox.host.container import FULL_WEIGHT, Container, Lost, Shape
from sandbox.host.pool import FAILURES, Pool, prepared
from sandbox.host.reuse import ReusePool
from sandbox.image import build
from sandbox.image.packages import BuildError
from sandbox.packages.fetch import WheelCache
from sandbox.packages.index import Index
from sandbox.packages.layers import Layers
from sandbox.protocol import exchange, tree
from sandbox.protocol.wire import ProtocolError
from sandbox.static_tools import analysis

log = logging.getLogger(__name__)
API_SECONDS = 60
USUAL = Shape(Limits().memory_mb, Limits().model_mb, preload.GENERAL)  # of the containers started ahead


class DockerSandbox:
    """A graders.model.Sandbox on the Docker engine that the environment names.

    `slots` containers run at once, each on a core of its own (default: all cores).  `image` defaults to our own,
    built where missing.  `runtime` names one the engine knows, such as `runsc`; it defaults to $ASSAY_RUNTIME.
    `warm` containers are kept started ahead (some 115 MB each); without one ready, a new one is started.
    With `reuse` a submission's next session gets a container that an earlier one of the same submission has left
    clean (see sandbox/host/reuse.py).  `packages` is where the wheels of layers are kept, and `index` where they come
    from; without the folder submissions have no layer.  `weight` is the share of a core against what else runs there.
    SandboxError without an engine.
    """

    def __init__(  # noqa: PLR0913
        self,
        image: str | None = None,
        slots: int | None = None,
        runtime: str | None = None,
        warm: int = 0,
        reuse: bool = True,
        packages: Path | None = None,
        index: Index = Index(),  # noqa: B008 - frozen
        *,
        weight: int = FULL_WEIGHT,
    ) -> None:
        cores = _in_turn(sorted(os.sched_getaffinity(0)))
        self._slots = slots or len(cores)
        self._runtime = runtime or os.environ.get("ASSAY_RUNTIME") or None
        self._free = [cores[slot % len(cores)] for slot in range(self._slots)]  # the core of each slot that is idle
        self._live: dict[Container, str] = {}  # and the submission each runs
        self._ahead: dict[Future[None], str] = {}  # containers being begun, and the submission each is for
        self._leaving: dict[Future[None], str] = {}  # containers being removed, and the submission each ran
        self._running = 0  # sessions
        self._lock = threading.Lock()
        self._closed = False
        self._failed = False  # the engine, since the last look
        self._given_image = image
        try:
            self._client = docker.from_env(timeout=API_SECONDS, max_pool_size=3 * self._slots + 2)
            self._image = image or build.ensure()
            owner.sweep(self._client)
        except (docker.errors.DockerException, BuildError, OSError) as error:
            raise SandboxError(f"no sandbox: {error}") from error
        cache = WheelCache(packages / "wheels", index) if packages else None
        self._layers = Layers(self._client, cache, packages / "layers" if packages else None)
        self._workers = ThreadPoolExecutor(self._slots, thread_name_prefix="sandbox")
        self._removers = ThreadPoolExecutor(self._slots, thread_name_prefix="sandbox-removal")
        self._reuse_pool = ReusePool(self._remove_behind)
        self._reuse, self._weight = reuse, weight
        usual = replace(USUAL, weight=weight)
        self._pool = Pool(lambda shape: self._make(shape, None), usual, warm, cores[: self._slots], self._expecting)

    @property
    def info(self) -> SandboxInfo:
        return SandboxInfo(image=self._image, runtime=self._runtime or "runc")

    def expect(self, submission: Submission, probe: Probe) -> None:
        """See graders.model.Sandbox."""
        if not self._reuse:
            return
        self._reuse_pool.expect(submission)
        try:
            begun = self._workers.submit(self._begin_ahead, submission, probe)
        except RuntimeError:  # closed at this very moment
            self._reuse_pool.arrived(submission, None)
            return
        self._keep_in_mind(self._ahead, begun, submission.id)
        begun.add_done_callback(lambda done: self._reuse_pool.arrived(submission, None) if done.cancelled() else None)

    def start(
        self, submission: Submission, probes: Sequence[Probe], watch: Watch = unwatched
    ) -> Future[tuple[Run, ...]]:
        """See graders.model.Sandbox."""
        exchange.check(probes)
        if self._closed:
            raise SandboxError("the sandbox is closed")
        self._reuse_pool.announce(submission)
        try:
            session = self._workers.submit(self._run, submission, tuple(probes), watch)
        except RuntimeError as error:  # closed at this very moment
            self._reuse_pool.withdraw(submission)
            raise SandboxError("the sandbox is closed") from error
        session.add_done_callback(lambda done: self._reuse_pool.withdraw(submission) if done.cancelled() else None)
        return session

    def release(self, submission: Submission) -> None:
        """See graders.model.Sandbox."""
        self._reuse_pool.finish(submission)

    def finish(self, submission: Submission) -> None:
        """See graders.model.Sandbox."""
        for begun in self._of(submission, self._ahead):
            begun.cancel()
        wait(self._of(submission, self._ahead))
        self.release(submission)
        wait(self._of(submission, self._leaving))
        with contextlib.suppress(RuntimeError):  # closed at this very moment
            self._removers.submit(self._sweep_behind)

    def _sweep_behind(self) -> None:
        """A grader that was killed may have asked for a container that the engine makes after others have swept."""
        with contextlib.suppress(docker.errors.DockerException, OSError):
            owner.sweep(self._client, owner.of_the_dead)

    def _of(self, submission: Submission, behind: Mapping[Future[None], str]) -> list[Future[None]]:
        with self._lock:
            return [future for future, runs in behind.items() if runs == submission.id]

    def _keep_in_mind(self, behind: dict[Future[None], str], future: Future[None], submission_id: str) -> None:
        """What is done beside the sessions, until it is done."""
        with self._lock:
            behind[future] = submission_id
        future.add_done_callback(lambda done: self._forget(behind, done))

    def _forget(self, behind: dict[Future[None], str], done: Future[None]) -> None:
        with self._lock:
            behind.pop(done, None)

    def _begin_ahead(self, submission: Submission, probe: Probe) -> None:
        """Start a container for a session to come; where that fails, the session tries again, and says so."""
        core, container = self._take_core(None), None
        try:
            container = self._take_container(submission, self._shape(submission, (probe,)), core)
        except (*FAILURES, BuildError, ProtocolError) as error:
            log.warning("no container could be begun ahead: %r", error)
        finally:
            self._give_core(core)
            self._reuse_pool.arrived(submission, container)

    def _run(self, submission: Submission, probes: tuple[Probe, ...], watch: Watch) -> tuple[Run, ...]:
        self._reuse_pool.begin(submission)
        core = None
        try:
            self._recover()
            shape = self._shape(submission, probes)
            kept = self._reuse_pool.take(submission, shape)
            core = self._take_core(kept)
            return self._run_on(core, shape, submission, probes, watch, kept)
        except (docker.errors.DockerException, BuildError, ProtocolError, Lost, OSError) as error:
            self._failed = True
            raise SandboxError(f"the Docker engine failed: {type(error).__name__}: {error}") from error
        finally:
            self._reuse_pool.end(submission)
            if core is not None:
                self._give_core(core)

    def _take_core(self, container: Container | None) -> int:
        """A slot's core, the one the container is on where that is free: there are as many as workers."""
        with self._lock:
            self._running += 1
            own = container.core if container else None
            core = own if own is not None and own in self._free else self._free[0]
            self._free.remove(core)
            return core

    def _give_core(self, core: int) -> None:
        with self._lock:
            self._running -= 1
            self._free.append(core)
        self._pool.wake()

    def _recover(self) -> None:
        """After the engine has failed: remove what it left behind, build the image again where it is gone."""
        if self._failed:
            self._image = self._given_image or build.ensure()
            owner.sweep(self._client)
            self._failed = False

    def _expecting(self) -> bool:
        """Whether a container may soon be wanted: a slot is free."""
        return self._running < self._slots

    def _shape(self, submission: Submission, probes: Sequence[Probe]) -> Shape:
        return replace(shape_for(submission, probes), layered=self.prepare(submission), weight=self._weight)

    def _run_on(
        self,
        core: int,
        shape: Shape,
        submission: Submission,
        probes: tuple[Probe, ...],
        watch: Watch,
        kept: Container | None,
    ) -> tuple[Run, ...]:
        """All probes in one container; a new one only where a probe has spoilt it for the next.

        Nothing is loaded into one that was kept before there is a probe to run in it.
        """
        container: Container | None = None

        def prepare(probe: Probe) -> None:
            nonlocal container, kept
            if probe.action not in analysis.ANALYSES:
                own = replace(shape, variables=environment.variables(probe.hash_seed, probe.other_rounding))
                if kept:
                    used, kept = kept, None
                    container = self._ready(used, own, core)
                container = container or self._take_container(submission, own, core)
                container.load(own.preload, own.variables)

        def perform(probe: Probe) -> Run:
            nonlocal container
            if probe.action in analysis.ANALYSES:  # executes nothing of the submission, and needs no container
                return analysis.run(submission, probe)
            assert container is not None, "prepare has not been called"
            reusable = False
            try:
                run, reusable = ask(container, submission, probe)
                return run
            finally:
                if not reusable:
                    self._remove(container)
                    container = None

        try:
            runs = exchange.session(probes, perform, watch, prepare)
            container, kept = container or kept, None
            if container and self._reuse:
                done, container = container, None
                self._reuse_pool.put(submission, probes[-1].action, done)
        finally:
            if left := container or kept:
                self._remove_behind(left)
        return runs

    def _ready(self, container: Container, shape: Shape, core: int) -> Container | None:
        """A container the same submission has used, made ready for one more session; None where it is of no use."""
        try:
            return prepared(container, shape, core)
        except (*FAILURES, ProtocolError) as error:
            log.warning("a container that was kept was of no use: %r", error)
            self._discard(container)
            return None

    def _take_container(self, submission: Submission, shape: Shape, core: int) -> Container:
        """A container nobody has used: a warmed one, or one started now."""
        container = self._pool.take(shape, core) or self._make(shape, core)
        with self._lock:
            self._live[container] = submission.id
        if self._closed:
            self._remove(container)
            raise SandboxError("the sandbox is closed")
        return container

    def _make(self, shape: Shape, core: int | None) -> Container:
        return Container(self._client, shape.layered or self._image, shape, self._runtime, core)

    def prepare(self, submission: Submission) -> str:
        """Lay the submission's packages over the image; the image with them, or "" where it has none of its own.

        SandboxError where they cannot be had now.
        """
        return self._layers.image(self._image, submission.layer) if submission.layer else ""

    def _remove(self, container: Container) -> None:
        container.remove()
        with self._lock:
            self._live.pop(container, None)

    def _remove_behind(self, container: Container) -> None:
        """Remove it while other things go on; `finish` waits for it."""
        with self._lock:
            submission_id = self._live.get(container, "")
        try:
            self._keep_in_mind(self._leaving, self._removers.submit(self._discard, container), submission_id)
        except RuntimeError:  # closed at this very moment
            self._discard(container)

    def _discard(self, container: Container) -> None:
        """Remove one that no run depends on; what an engine that is away keeps is swept later."""
        with contextlib.suppress(docker.errors.DockerException, OSError):
            self._remove(container)

    def abandon(self, submission_id: str) -> None:
        """End the containers that run this submission now; its sessions raise SandboxError.

        A session that goes on to its next probe gets a new one: whoever abandons lets its Watch raise, too.
        """
        with self._lock:
            live = tuple(container for container, runs in self._live.items() if runs == submission_id)
        for container in live:
            self._discard(container)

    def close(self) -> None:
        """End what runs (those futures raise SandboxError or are cancelled) and remove every container."""
        self._closed = True
        self._reuse_pool.close()
        self._workers.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            live = tuple(self._live)
        for container in live:
            self._discard(container)
        self._pool.close()
        self._workers.shutdown(wait=True)
        self._removers.shutdown(wait=True)
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _in_turn(cores: list[int]) -> list[int]:
    """The cores, beginning with one that the process decides: several graders of a machine would all take the first."""
    first = os.getpid() % len(cores)
    return cores[first:] + cores[:first]


def shape_for(submission: Submission, probes: Sequence[Probe]) -> Shape:
    limits = [probe.limits for probe in probes]
    traced = any(probe.traced for probe in probes)
    modules = preload.modules(probes[0].action, submission.runnable, submission.layer, traced)
    variables = environment.variables(probes[0].hash_seed, probes[0].other_rounding)
    return Shape(max(limit.memory_mb for limit in limits), max(limit.model_mb for limit in limits), modules, variables)


def ask(container: Container, submission: Submission, probe: Probe) -> tuple[Run, bool]:
    """The run, and whether the container is fit for another probe."""
    request = exchange.request(probe)
    parts = [tree.pack(probe.planted) if probe.planted else rows.arrow(probe.data)]
    if probe.timed and probe.action is Action.PREDICT and probe.data is not None:  # each call's rows by themselves
        ends = list(accumulate(probe.batches))
        parts = [rows.arrow(probe.data.iloc[start:end]) for start, end in pairwise((0, *ends))]
        request["parts"] = [len(part) for part in parts]
    blobs = [tree.pack(submission.runnable), probe.model or b"", b"".join(parts)]
    try:
        facts, answers = container.ask(request, blobs, exchange.patience(probe), exchange.most(probe))
    except Lost as gone:
        return exchange.lost_run(probe, gone.oom, gone.overdue, gone.complaints), False
    return exchange.run(submission, probe, facts, answers), facts.get("clean") is True
