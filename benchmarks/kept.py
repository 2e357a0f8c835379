"""Runs kept on disk, so that a benchmark asks each question of each pipeline once, whatever judges the answers."""

from __future__ import annotations

import hashlib
import pickle
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pandas as pd

from graders.model.probe import Probe, Run, Sandbox, SandboxInfo, Watch, left_out, unwatched
from graders.model.submission import Submission

TRACING = Path(__file__).parent.parent / "sandbox" / "harness" / "tracing"
PATIENCE = 4  # times the wall-clock limit: the machine may be busy, and CPU time is limited all the same


class KeptSandbox:
    """A graders.model.Sandbox that leaves out the probes `wanted` refuses and repeats none that lies in `folder`.

    A run is found again by all that went into it: the files, the rows, the seed, the model and, where it was traced,
    the tracer.  `folder` is trusted: its files are pickles of our own.
    """

    def __init__(self, inner: Sandbox, folder: Path, wanted: Callable[[Probe], bool]) -> None:
        self._inner, self._folder, self._wanted = inner, folder, wanted
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def info(self) -> SandboxInfo:
        return self._inner.info

    def start(
        self, submission: Submission, probes: Sequence[Probe], watch: Watch = unwatched
    ) -> Future[tuple[Run, ...]]:
        """See graders.model.Sandbox; done when it returns."""
        runs: list[Run] = []
        left = deque(filter(self._wanted, probes))
        while left:
            probe = left.popleft()
            if left_out(probe, runs):
                continue
            beside = left and left[0].after == probe.name and not left_out(left[0], runs)
            made = self._runs(submission, [probe, *([left.popleft()] if beside else [])], watch)
            runs.extend(made)
            if probe.essential and not made[0].ok:
                break
        future: Future[tuple[Run, ...]] = Future()
        future.set_result(tuple(runs))
        return future

    def expect(self, submission: Submission, probe: Probe) -> None:
        """Most of it is known."""

    def release(self, submission: Submission) -> None:
        self._inner.release(submission)

    def _runs(self, submission: Submission, probes: Sequence[Probe], watch: Watch) -> list[Run]:
        """Those of one probe, or of two that may share a process."""
        places = [self._folder / key(submission, probe) for probe in probes]
        if all(place.exists() for place in places):
            return [pickle.loads(place.read_bytes()) for place in places]  # noqa: S301
        asked = [replace(patient(probe), unless=None) for probe in probes]
        runs = list(self._inner.start(submission, asked, watch).result())
        for place, run in zip(places, runs, strict=True):
            place.write_bytes(pickle.dumps(run))
        return runs

    def finish(self, submission: Submission) -> None:
        self._inner.finish(submission)


def patient(probe: Probe) -> Probe:
    return replace(probe, limits=replace(probe.limits, seconds=PATIENCE * probe.limits.seconds))


def key(submission: Submission, probe: Probe) -> str:
    """A name for everything a run depends on."""
    total = hashlib.sha256()
    for path, content in sorted(submission.runnable.items()):
        total.update(f"{path} {len(content)} ".encode() + content)
    if probe.data is not None:
        total.update(pd.util.hash_pandas_object(probe.data).to_numpy().tobytes())
        total.update(" ".join(probe.data.columns).encode())
    asked = (probe.name, probe.action.value, probe.seed, probe.hash_seed, probe.batches, probe.timed)
    total.update(repr((*asked, probe.traced, probe.sought)).encode())
    total.update(probe.after.encode() + (probe.model or b""))
    if probe.traced:
        for file in sorted(TRACING.rglob("*.py")):
            total.update(file.read_bytes())
    return f"{submission.id}-{total.hexdigest()[:24]}"
