"""What the challenge's reference costs in this image on this machine: measured once, kept, and divided by ever after.

Dividing takes the machine out of the figures.  Measuring anew for each grading would follow the load of the moment
more closely and cost every grading a training more; CPU time moves little with load, and the rubric leaves half as much
again unpunished.
"""

from __future__ import annotations

import hashlib
import json
import platform
import tempfile
from collections.abc import Mapping
from pathlib import Path

from app.adapters.packages import with_extra
from app.intake import from_path
from graders.grade import measure_cost_baseline
from graders.model.challenge import Challenge, Dataset
from graders.model.probe import Run, Sandbox
from graders.model.submission import Submission
from graders.record import runs_from_json, runs_to_json

VERSION = 5


def load(challenge: Challenge, dataset: Dataset, sandbox: Sandbox, home: Path) -> Mapping[str, Run]:
    """The reference's runs by probe, from `home` or measured now; none where the challenge names no reference.

    SandboxError where they have to be measured and the sandbox fails.
    """
    if known := stored(challenge, dataset, sandbox, home):
        return known
    if not challenge.cost_baseline:
        return {}
    reference = _reference(challenge)
    found = measure_cost_baseline(reference, challenge, dataset, sandbox)
    if all(run.ok for run in found.values()):
        keep(_path(reference, dataset, sandbox, home), runs_to_json(found))
    return found


def stored(challenge: Challenge, dataset: Dataset, sandbox: Sandbox, home: Path) -> Mapping[str, Run]:
    """The same where it was measured before, else none: who waits for a live run waits for nothing else."""
    if not challenge.cost_baseline:
        return {}
    try:
        return runs_from_json(_path(_reference(challenge), dataset, sandbox, home).read_text("utf-8"))
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _reference(challenge: Challenge) -> Submission:
    found = from_path(challenge.folder / "reference" / challenge.cost_baseline, challenge.packages)
    return with_extra(found, challenge)


def _path(reference: Submission, dataset: Dataset, sandbox: Sandbox, home: Path) -> Path:
    return home / "cost_baselines" / f"{key(reference, dataset, sandbox)}.json"


def key(reference: Submission, dataset: Dataset, sandbox: Sandbox) -> str:
    """One name for one reference, one set of rows, one image and runtime, and one machine."""
    parts = (VERSION, reference.sha256, dataset.fingerprint, sandbox.info.image, sandbox.info.runtime, platform.node())
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def keep(path: Path, text: str) -> None:
    """Written whole or not at all, as other workers may read it meanwhile."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as draft:
        draft.write(text)
    Path(draft.name).replace(path)
