"""Real gradings a minute: `python -m benchmarks.throughput [gradings] [reference]`, 12 of `good`.

One process with as many gradings at once as there are cores, each as a worker grades it.  To compare two builds, run it
in both trees, one after the other, on a quiet machine.
"""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from app.adapters.grading import grade_submission
from app.cli.grading import home
from app.intake import from_path
from challenges import registry
from sandbox.host.docker import DockerSandbox

GRADINGS, REFERENCE = 12, "good"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else GRADINGS
    reference = sys.argv[2] if len(sys.argv) > 2 else REFERENCE
    challenge = registry.get("ml_pipeline")
    folder, cores = challenge.folder / "reference" / reference, len(os.sched_getaffinity(0))
    with DockerSandbox() as sandbox, ThreadPoolExecutor(cores) as workers:

        def grade(_: int) -> object:
            submission = from_path(folder, challenge.packages)
            return grade_submission(submission, challenge, sandbox, home=home()).document.overall

        grade(0)  # makes the rows, and measures what the challenge's reference costs
        started = time.perf_counter()
        overall = list(workers.map(grade, range(count)))
        seconds = time.perf_counter() - started
    assert all(overall), "a grading came to no points"
    print(f"{60 * count / seconds:.2f} gradings a minute, {cores} at once, {count} in {seconds:.1f} s")


if __name__ == "__main__":
    main()
