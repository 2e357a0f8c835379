"""What tracing costs: CPU seconds of `evaluate` traced and plain, in turns, for submissions on this machine.

python benchmarks/tracing.py [FOLDER ...]      default: the challenge's references that can be graded
"""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median

from app.intake import from_path
from challenges import registry
from graders.model.challenge import Limits
from graders.model.probe import Action, Probe
from sandbox.host.local import run

ROUNDS = 3
LIMITS = Limits(cpu_seconds=300, seconds=600)


def main(folders: list[Path]) -> None:
    challenge = registry.get("ml_pipeline")
    data = challenge.make(1).public
    for folder in folders or [challenge.folder / "reference" / name for name in ("good", "leaky", "overfit")]:
        submission = from_path(folder, challenge.packages)
        spent: dict[bool, list[float]] = {False: [], True: []}
        for _ in range(ROUNDS):
            for traced in (False, True):
                probe = Probe("evaluate", Action.EVALUATE, data, seed=1, limits=LIMITS, traced=traced)
                spent[traced].append(run(submission, probe).cpu_seconds)
        plain, traced_run = min(spent[False]), min(spent[True])
        share = traced_run / plain - 1
        middle = median(spent[True]) / median(spent[False]) - 1
        print(
            f"{folder.name:20} {plain:6.2f} s plain {traced_run:6.2f} s traced {share:+6.1%} ({middle:+.1%} of medians)"
        )


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
