"""Running a task of a debrief on public rows: challenge, rows, sandbox and judgement meet here as for a grading."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from app.adapters import cost_baseline
from app.adapters.grading import bounded
from challenges import vault
from graders.live.asking import Asked, ask
from graders.live.judging import outcome
from graders.live.model import LiveOutcome, LiveTask
from graders.live.rows import live_rows
from graders.model.challenge import Challenge, Dataset
from graders.model.probe import Run, Sandbox
from graders.model.submission import Submission
from graders.probes.names import ProbeName
from graders.record import dump, load

#: What a live run compares with the reference: calls of predict.  Training has fewer rows here than a grading's.
COMPARED = (ProbeName.TRAIN, ProbeName.PREDICT_TIMED)
#: Challenges whose rows and seeds this process holds: reading and checking them takes longer than some tests.
MOST_HELD = 4
_held: dict[tuple[str, int], tuple[Dataset, int]] = {}


def run_live(
    submission: Submission, challenge: Challenge, task: LiveTask, sandbox: Sandbox, *, home: Path
) -> LiveOutcome:
    """What the task's probes give of a work on public rows; SandboxError where the fault is ours.

    The rows and all seeds are the same for every run of a challenge, so that a change alone makes a difference.
    """
    begun = time.monotonic()
    (rows, seed), asked = _rows(challenge, home), Asked(task.runs, task.fault, task.column)
    baseline: Mapping[str, Run] = {}
    if "times" in task.runs:
        common = replace(challenge, lot="")
        known = cost_baseline.stored(common, vault.load(common, home), sandbox, home)
        baseline = {name: known[name] for name in COMPARED if name in known}
    case = ask(asked, submission, challenge, rows, sandbox, seed=seed, reading=bounded, cost_baseline=baseline)
    found = bounded(_judged, dump(case), challenge, rows, asked)
    return replace(found, seconds=time.monotonic() - begun)


def _rows(challenge: Challenge, home: Path) -> tuple[Dataset, int]:
    """The rows of a challenge's live runs, and the seed of all that is drawn.  VaultError as from `vault.load`."""
    folder = vault.folder_of(challenge, home)
    key = (str(folder), folder.stat().st_mtime_ns if folder.exists() else 0)  # what was removed is not used any more
    if (held := _held.get(key)) is None:
        dataset, secret = vault.load(challenge, home), vault.seed(challenge, home)
        seed = int.from_bytes(hashlib.sha256(f"live {dataset.fingerprint} {secret}".encode()).digest()[:6], "big")
        while len(_held) >= MOST_HELD:
            _held.pop(next(iter(_held)), None)
        held = _held[key] = live_rows(challenge, dataset, seed), seed
    return held


def _judged(case: bytes, challenge: Challenge, rows: Dataset, asked: Asked) -> LiveOutcome:
    return outcome(load(case, challenge, rows), asked)
