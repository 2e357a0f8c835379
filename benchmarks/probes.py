"""What a probe costs around the candidate's own work: `python -m benchmarks.probes [--probes 40] [--rounds 3]`.

Processor time of a container, by its control group (version 1), for probes one after another:

  start     a container from nothing until the libraries of the reference `good` are loaded
  nothing   predict of 200 rows by a submission that answers zeros at once: all of it is ours
  good      predict of 200 rows by `good`, and how much of it lies in the candidate's function
  trial     a run of the tests of `good` over a module that cannot be imported

To compare two commits, give the folder of each as in `--trees BEFORE NOW`: they take turns, round by round.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from app.cli.grading import home
from app.intake import from_path
from challenges import registry, vault
from graders.model.probe import Action, Probe, Run
from graders.model.submission import Submission
from sandbox.host import container
from sandbox.host.docker import DockerSandbox

GROUP = f"/assay-probes-{os.getpid()}"
ACCOUNT = Path(f"/sys/fs/cgroup/cpuacct{GROUP}")
ROWS = 200
RUN = "import runpy, sys; sys.argv.pop(0); runpy.run_path(sys.argv[0], run_name='__main__')"
NOTHING = b"import numpy as np\ndef predict(data, model_dir):\n    return np.zeros(len(data))\n"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--probes", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--trees", nargs="*", default=["."], help="folders of commits that take turns")
    parser.add_argument("--kinds", nargs="*", default=["start", "nothing", "good", "trial"])
    parser.add_argument("--once", action="store_true", help="one round of this tree, as JSON")
    wanted = parser.parse_args()
    if wanted.once:
        print(json.dumps(measure(wanted.probes, wanted.kinds)))
        return
    found: dict[str, list[Mapping[str, float]]] = defaultdict(list)
    for _ in range(wanted.rounds):
        for tree in wanted.trees:
            found[tree].append(one_round(tree, wanted.probes, wanted.kinds))
    print(f"load {os.getloadavg()[0]:.1f}; medians of {wanted.rounds} rounds; CPU, ms, of the container")
    for name in found[wanted.trees[0]][0]:
        row = "".join(f"{statistics.median(each[name] for each in found[tree]):>12.1f}" for tree in wanted.trees)
        print(f"{name:<28}{row}")


def one_round(tree: str, probes: int, kinds: Sequence[str]) -> Mapping[str, float]:
    """This very file, run on another tree's code."""
    arguments = ["--once", "--probes", str(probes), "--kinds", *kinds]
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(Path(__file__).resolve()), *arguments],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(Path(tree).resolve())},
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def measure(count: int, kinds: Sequence[str]) -> dict[str, float]:
    usual = container.settings
    container.settings = lambda *of: {**usual(*of), "cgroup_parent": GROUP}
    challenge = registry.get("ml_pipeline")
    dataset = vault.load(challenge, home())
    good = from_path(challenge.folder / "reference" / "good", challenge.packages)
    nothing = replace(good, runnable={**good.runnable, "pipeline.py": NOTHING})  # the same libraries are loaded
    rows = dataset.public.drop(columns=challenge.target).iloc[:ROWS]
    found: dict[str, float] = {}
    with DockerSandbox(reuse=False) as sandbox:

        def of(name: str, submission: Submission, first: Probe, later: Probe) -> tuple[Run, ...]:
            """Probes after a first one, whose container and whose first touch of all pages do not count."""
            marks: list[tuple[float, float]] = []
            wait = lambda _, event: marks.append(used()) if event == "ended" else None  # noqa: E731
            runs = sandbox.start(submission, [first] + [later] * count, wait).result()
            assert all(run.ok for run in runs), [run.failure for run in runs]
            (user, system), (user_end, system_end) = marks[0], marks[-1]
            found[f"{name}, user"] = 1000 * (user_end - user) / count
            found[f"{name}, system"] = 1000 * (system_end - system) / count
            found[f"{name}, in all"] = found[f"{name}, user"] + found[f"{name}, system"]
            return runs

        if "start" in kinds:
            with account() as spent:
                probe = Probe("nothing", Action.PREDICT, rows, model=b"")
                sandbox.start(good, [probe]).result()  # fails at once, without a model
            found["start and one probe, in all"] = 1000 * sum(spent)
        if "nothing" in kinds:
            probe = Probe("nothing", Action.PREDICT, rows)
            of("nothing", nothing, probe, probe)
        if "good" in kinds:
            train = Probe("train", Action.TRAIN, dataset.public, limits=challenge.train_limits)
            (trained,) = sandbox.start(good, [train]).result()
            probe = Probe("predict", Action.PREDICT, rows, model=trained.model)
            of("good", good, probe, probe)
            calls = replace(probe, batches=(ROWS,), timed=True)
            timed = sandbox.start(good, [calls] * 5).result()
            found["good, in the function"] = 1000 * statistics.median(run.call_seconds[0] for run in timed)
        if "trial" in kinds:
            broken = {"churn/model.py": b"raise ValueError\n"}
            probe = Probe("tests", Action.TESTS, planted=broken)
            of("trial", good, probe, probe)
    return found


def used() -> tuple[float, float]:
    """CPU seconds of all containers of this benchmark: in user space, and in the kernel."""
    names = ("cpuacct.usage_user", "cpuacct.usage_sys")
    user, system = (int((ACCOUNT / name).read_text()) / 1e9 if ACCOUNT.exists() else 0.0 for name in names)
    return user, system


@contextmanager
def account() -> Iterator[list[float]]:
    before, spent = used(), list[float]()
    yield spent
    spent += [after - earlier for after, earlier in zip(used(), before, strict=True)]


if __name__ == "__main__":
    main()
