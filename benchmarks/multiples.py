"""What a whole grading costs as a multiple of the bare pipeline, over many: `python -m benchmarks.multiples [cases]`.

The references of `ml_pipeline` that come to an end, then so many honest cases of the leak corpus (30; 0 for none), in
an order that a fixed seed draws: those for challenges of the product that run bare.  Bare is one Python process that
imports the pipeline and trains, evaluates and predicts; the grading is what the product does.  One round each, one
after the other, in wall time: only a quiet machine says anything.  Each ends in a line; the median comes with a 95 %
interval by order statistics.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import islice
from math import comb
from pathlib import Path
from statistics import median

from app.adapters.grading import grade_submission
from app.cli.grading import home
from app.intake import from_path
from benchmarks.leakage_corpus.corpus import cases
from challenges import registry, vault
from graders.model.challenge import Challenge
from graders.model.submission import Submission
from sandbox.host.docker import DockerSandbox

CASES, SEED = 30, 20
REFERENCES = ("good", "accuracy_only", "leaky", "notebook", "overfit", "slow", "ugly_but_right")  # two never end well
BARE = """
import sys
from pathlib import Path
import pandas as pd
data, dates = Path(sys.argv[1]), sys.argv[2:]
sys.path.insert(0, str(data / "code"))
import pipeline
public = pd.read_csv(data / "public.csv", parse_dates=dates)
model = data / "model"
model.mkdir(exist_ok=True)
pipeline.train(public, model)
pipeline.evaluate(public)
pipeline.predict(pd.read_csv(data / "hidden.csv", parse_dates=dates), model)
"""
LIMIT_SECONDS = 300


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock."""

    name: str
    bare: float
    whole: float

    @property
    def multiple(self) -> float:
        return self.whole / self.bare


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else CASES
    folder = registry.get("ml_pipeline").folder / "reference"
    known_ids = {challenge.id for challenge in registry.all_challenges()}
    honest = [case for case in cases() if case.honest and case.challenge in known_ids]
    drawn = random.Random(SEED).sample(honest, len(honest))  # noqa: S311 - the order in which they are measured
    with DockerSandbox() as sandbox:
        known = (measured(name, "ml_pipeline", folder / name, sandbox) for name in REFERENCES)
        told("references", list(filter(None, known)))
        costs = (measured(case.path, case.challenge, case.location, sandbox) for case in drawn)
        told("honest cases", list(islice(filter(None, costs), count)))


def measured(name: str, challenge_id: str, location: Path, sandbox: DockerSandbox) -> Cost | None:
    """Both, once the rows and the cost of the challenge's reference are there; None where it does not run bare, as one
    that needs what the image has and this Python has not."""
    challenge = registry.get(challenge_id)
    submission = from_path(location, challenge.packages)
    if challenge_id not in _warm:
        grade_submission(submission, challenge, sandbox, home=home())
        _warm.add(challenge_id)
    try:
        bare = bare_seconds(submission, challenge)
    except subprocess.CalledProcessError:
        print(f"left out, does not run bare: {name}", flush=True)
        return None
    started = time.perf_counter()
    grade_submission(submission, challenge, sandbox, home=home())
    cost = Cost(name, bare, time.perf_counter() - started)
    print(f"{cost.multiple:6.2f}  {cost.whole:7.2f} s of {cost.bare:6.2f} s  {name}", flush=True)
    return cost


_warm: set[str] = set()


def bare_seconds(submission: Submission, challenge: Challenge) -> float:
    with tempfile.TemporaryDirectory() as work:
        return run_bare(Path(work), lay_out(submission, challenge, Path(work)))


def lay_out(submission: Submission, challenge: Challenge, data: Path) -> list[str]:
    """Write the code and the rows of a bare run to a folder; the columns that hold times."""
    dataset = vault.load(challenge, home())
    dataset.public.to_csv(data / "public.csv", index=False)
    dataset.hidden.to_csv(data / "hidden.csv", index=False)
    for path, content in submission.runnable.items():
        file = data / "code" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return [str(name) for name in dataset.hidden if dataset.hidden[name].dtype.kind == "M"]


def run_bare(data: Path, dates: list[str]) -> float:
    """Seconds by the clock of one process that does what `lay_out` has written."""
    environment = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-c", BARE, str(data), *dates]
    quiet = subprocess.DEVNULL
    started = time.perf_counter()
    subprocess.run(command, check=True, env=environment, cwd=data, timeout=LIMIT_SECONDS, stdout=quiet, stderr=quiet)
    return time.perf_counter() - started


def told(what: str, costs: list[Cost]) -> None:
    if not costs:
        return
    multiples = sorted(cost.multiple for cost in costs)
    at = _rank(len(multiples))
    low, high = multiples[at], multiples[-1 - at]
    print(f"{what}: median {median(multiples):.2f} [{low:.2f}, {high:.2f}], most {multiples[-1]:.2f}, of {len(costs)}")
    together = sum(cost.whole for cost in costs) / sum(cost.bare for cost in costs)
    print(f"{what}: all together {together:.2f}; above 4: {sum(multiple > 4 for multiple in multiples)}", flush=True)


def _rank(count: int) -> int:
    """The order statistic that the median is below with probability .025 at most; 0 where there are too few."""
    below, rank = 0, 0
    while (below := below + comb(count, rank)) <= 0.025 * 2**count:
        rank += 1
    return max(rank - 1, 0)


if __name__ == "__main__":
    main()
