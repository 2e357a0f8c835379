"""Runs kept on disk, so that a benchmark asks each question of each pipeline once, whatever judges the answers."""

from __future__ import annotations

import hashlib
import pickle
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
        for probe in filter(self._wanted, probes):
            if not left_out(probe, runs):
                runs.append(self._run(submission, probe, watch))
                if probe.essential and not runs[-1].ok:
                    break
        future: Future[tuple[Run, ...]] = Future()
        future.set_result(tuple(runs))
        return future

    def expect(self, submission: Submission, probe: Probe) -> None:
        """Most of it is known."""

    def release(self, submission: Submission) -> None:
        self._inner.release(submission)

    def _run(self, submission: Submission, probe: Probe, watch: Watch) -> Run:
        place = self._folder / key(submission, probe)
        if place.exists():
            kept: Run = pickle.loads(place.read_bytes())  # noqa: S301
            return kept
        (run,) = self._inner.start(submission, [replace(patient(probe), unless=None)], watch).result()
        place.write_bytes(pickle.dumps(run))
        return run

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
    total.update(
        repr(
            (probe.name, probe.action.value, probe.seed, probe.hash_seed, probe.batches, probe.traced, probe.timed)
        ).encode()
    )
    total.update(probe.model or b"")
    if probe.traced:
        for file in sorted(TRACING.rglob("*.py")):
            total.update(file.read_bytes())
    return f"{submission.id}-{total.hexdigest()[:24]}"
