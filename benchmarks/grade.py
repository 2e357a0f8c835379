"""What grading costs: the whole of it as a multiple of the pipeline's own train, evaluate and predict.

Run as `python -m benchmarks.grade [reference]`.  The bare run is one Python process that imports the
pipeline and calls the three functions; both are measured one after the other on this machine.  Processor time is
counted where control groups of version 1 are mounted: of all containers, of this process and of those it started.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from app.adapters.grading import grade_submission, rescore
from app.cli.grading import home
from app.intake import from_path
from benchmarks.multiples import lay_out, run_bare
from challenges import registry, vault
from graders.probes.names import ProbeName
from graders.record import load
from sandbox.host import container
from sandbox.host.docker import DockerSandbox

ROUNDS = 3
#: The control groups of all containers of this benchmark, and of its own processes, so that what they use adds up.
GROUP = f"/assay-benchmark-{os.getpid()}"
HOST = Path(f"/sys/fs/cgroup/cpuacct{GROUP}-host")
GROUPS = (HOST, Path(f"/sys/fs/cgroup/cpuacct{GROUP}"))


def main() -> None:
    usual = container.settings
    container.settings = lambda *of: {**usual(*of), "cgroup_parent": GROUP}
    count_host()
    challenge = registry.get("ml_pipeline")
    name = sys.argv[1] if len(sys.argv) > 1 else "good"
    folder = challenge.folder / "reference" / name
    dataset = vault.load(challenge, home())
    with tempfile.TemporaryDirectory() as work, DockerSandbox() as sandbox:
        submission = from_path(folder, challenge.packages)
        dates = lay_out(submission, challenge, Path(work))
        grade_submission(submission, challenge, sandbox, home=home())  # builds the image, measures the cost baseline
        bare, whole, of_bare, of_whole, of_host = [], [], [], [], []
        for _ in range(ROUNDS):
            before = used_cpu()
            bare.append(run_bare(Path(work), dates))
            of_bare.append(used_cpu() - before)
            before, host_before = used_cpu(), used_cpu(HOST)
            started = time.perf_counter()
            spans: dict[str, list[float]] = {}
            artifacts = grade_submission(submission, challenge, sandbox, home=home(), watch=clock(spans))
            whole.append(time.perf_counter() - started)
            of_whole.append(used_cpu() - before)
            of_host.append(used_cpu(HOST) - host_before)
        of_judging = []
        for _ in range(ROUNDS):
            before = used_cpu()
            rescore(artifacts.case, challenge, home=home())
            of_judging.append(used_cpu() - before)
    begun = min(start for start, _ in spans.values()) - started  # of the last round; what runs at one time is two lanes
    for run in artifacts.document.runs:
        start, end = (at - started for at in spans[run.name])
        print(f"{start:6.2f} to {end:6.2f}  {run.name:<40} {run.seconds:7.2f} s  {run.cpu_seconds:7.2f} CPU s")
    case = load(artifacts.case, challenge, dataset)
    used = {name: run.cpu_seconds for name, run in case.runs.items()}  # unrounded, unlike in the report
    own = sum(used[name] for name in (ProbeName.TRAIN, ProbeName.EVALUATE, ProbeName.PREDICT))
    print(f"CPU of all runs    {sum(used.values()):6.2f} s  ({sum(used.values()) / own:.1f} times these three's)")
    ran = max(end for _, end in spans.values()) - min(start for start, _ in spans.values())
    after = whole[-1] - ran - begun
    print(f"before all runs    {begun:6.2f} s  (and {after:.2f} s after them; times above are of the last round)")
    print(f"bare process       {statistics.median(bare):6.2f} s  (median of {ROUNDS})")
    print(f"whole grading      {statistics.median(whole):6.2f} s  (of which, in the last round, probes {ran:.2f} s)")
    print(f"multiple           {statistics.median(whole) / statistics.median(bare):6.2f}")
    print(f"CPU, bare process  {statistics.median(of_bare):6.2f} s")
    print(f"CPU, whole grading {statistics.median(of_whole):6.2f} s  (containers with all they load, host, judging)")
    print(f"CPU, host          {statistics.median(of_host):6.2f} s  (of it: rows, texts, judging)")
    print(f"CPU, judging       {statistics.median(of_judging):6.2f} s  (with reading the rows)")
    print(f"multiple of CPU    {statistics.median(of_whole) / max(statistics.median(of_bare), 1e-9):6.2f}")


def used_cpu(*groups: Path) -> float:
    """CPU seconds of these control groups, or of both: all containers, and this process with all that it has started,
    also what has ended; 0 where none can be read."""
    return sum(int((group / "cpuacct.usage").read_text()) for group in groups or GROUPS if group.exists()) / 1e9


def count_host() -> None:
    """Move this process into its group, so that whatever it starts is counted: judging forks, and leaves no account."""
    with contextlib.suppress(OSError):
        HOST.mkdir()
        (HOST / "cgroup.procs").write_text(str(os.getpid()))


def clock(spans: dict[str, list[float]]):  # type: ignore[no-untyped-def]
    def watch(name: str, event: str) -> None:  # noqa: ARG001
        now = time.perf_counter()
        spans.setdefault(name, [now, now])[1] = now

    return watch


if __name__ == "__main__":
    main()
