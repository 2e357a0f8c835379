"""Changing it live: changes of the references that mend and spoil, what each shows, and what a run takes.

Run as `python -m benchmarks.live [name ...]`.  Each change is run as a debrief does it, and so is the reference before
it.  A change is right where the findings that it must take away or bring are gone or new.

* `--others` takes the changes beyond the first twelve, of all challenges.
* `--times N` runs each change N times, one run at a time, and gives p95 with its interval.
* `--together N` runs N debriefs at once, `--times` runs each, and compares with the same runs alone.
* `--beside` grades references all the while, as a worker does that has debriefs and gradings.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace

from app.adapters import cost_baseline
from app.adapters.grading import grade_submission
from app.adapters.live import run_live
from app.cli.grading import home
from app.intake import from_path, unpack
from benchmarks.live_changes import CHANGES, OTHERS, PIPELINE, Change
from challenges import registry, vault
from graders.live import faults, patch
from graders.live.difference import difference
from graders.live.kinds import TABLE
from graders.live.model import LiveDifference, LiveOutcome, LiveTask
from graders.model.probe import SandboxError
from graders.model.submission import Submission
from graders.words import say
from sandbox.host.container import FULL_WEIGHT
from sandbox.host.docker import DockerSandbox

KINDS = {kind.name: kind for kind in TABLE}
#: Seconds between two runs of a debrief, in which containers are warmed; people take longer.
READING = 3.0
#: What the issue asks of 95 of 100 runs, in seconds: of the tests, and of all else.
AIMS = {"the tests": 2.0, "what the task asks": 15.0}


@dataclass(frozen=True)
class Timed:
    """An outcome with its wall time, and the processor time of this process with all it has started and ended."""

    outcome: LiveOutcome
    seconds: float
    host_cpu: float


def main() -> None:
    wanted = argparse.ArgumentParser()
    wanted.add_argument("names", nargs="*", choices=[*(change.name for change in (*CHANGES, *OTHERS)), []])
    wanted.add_argument("--others", action="store_true")
    wanted.add_argument("--times", type=int, default=0)
    wanted.add_argument("--together", type=int, default=0)
    wanted.add_argument("--beside", action="store_true")
    told = wanted.parse_args()
    table = (*CHANGES, *OTHERS) if told.names else OTHERS if told.others else CHANGES
    chosen = [change for change in table if not told.names or change.name in told.names]
    with DockerSandbox(warm=2, weight=16 * FULL_WEIGHT) as sandbox:
        for challenge in {change.challenge for change in chosen}:
            of = registry.get(challenge)
            cost_baseline.load(of, vault.load(of, home()), sandbox, home())
        with gradings() if told.beside else nullcontext():
            if told.together:
                together(chosen, told.together, max(told.times, 1), sandbox)
            elif told.times:
                percentiles(chosen, told.times, sandbox)
            else:
                compare(chosen, sandbox)
    print(f"\nload {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores{', beside gradings' * told.beside}")


def compare(chosen: Sequence[Change], sandbox: DockerSandbox) -> None:
    """A row for each change, and how many are right."""
    print("| change of | what | task | gone | new | right | wall, s | code, CPU s | host, CPU s |")
    print("|---|---|---|---|---|---|---|---|---|")
    before: dict[tuple[str, str, str], Timed] = {}
    right = 0
    for change in chosen:
        key = (change.challenge, change.reference, change.kind)
        before[key] = before.get(key) or timed(work(change), change, sandbox)
        after = timed(changed(change), change, sandbox)
        shown, ok = judged(change, before[key].outcome, after.outcome)
        right += ok
        print(row(change, shown, ok, after), flush=True)
    print(f"\n{right} of {len(chosen)} right")


def judged(change: Change, reference: LiveOutcome, spoilt: LiveOutcome) -> tuple[LiveDifference, bool]:
    """What the change shows, and whether that is right; with `back` the reference is what it ends with."""
    texts = patch.texts(work(change))
    sides = [(reference, texts), (spoilt, {**texts, **edited(change)})]
    (before, old), (after, new) = reversed(sides) if change.back else sides
    shown = difference(before, after, old, new)
    gone, came = ({finding.code for finding in findings} for findings in (shown.gone, shown.new))
    ok = set(change.gone) <= gone and set(change.new) <= came and bool(after.failure) == change.fails
    return shown, ok


def row(change: Change, shown: LiveDifference, ok: bool, after: Timed) -> str:
    cells = (
        change.reference if change.challenge == "ml_pipeline" else f"{change.challenge}, {change.reference}",
        change.name,
        change.kind,
        " ".join(finding.code for finding in shown.gone),
        " ".join(finding.code for finding in shown.new),
        f"{'yes' if ok else 'NO'} {shown.after.failure or ''}".strip(),
        f"{after.seconds:.1f}",
        f"{after.outcome.cpu_seconds:.1f}",
        f"{after.host_cpu:.1f}",
    )
    return f"| {' | '.join(cells)} |"


def work(change: Change) -> Submission:
    challenge = registry.get(change.challenge)
    return from_path(challenge.folder / "reference" / change.reference, challenge.packages)


def edited(change: Change) -> Mapping[str, str]:
    texts = patch.texts(work(change))
    for path, old, new in change.edits:
        assert not old or old in texts[path], (change.name, path, old)
        texts[path] = texts[path].replace(old, new) if old else new
    return {path: texts[path] for path, _, _ in change.edits}


def changed(change: Change) -> Submission:
    """The changed reference, through intake as any upload."""
    packages = registry.get(change.challenge).packages
    return unpack(patch.upload(work(change), edited(change)), "change.zip", packages)


def task(change: Change) -> LiveTask:
    kind = KINDS[change.kind]
    nothing = say(kind.title)
    chosen = faults.choose(work(change)) if kind.name == "catch-fault" else None
    fault = chosen[0] if chosen else ()
    return LiveTask(kind.name, kind.name, nothing, nothing, nothing, PIPELINE, None, kind.runs, fault=fault)


def timed(submission: Submission, change: Change, sandbox: DockerSandbox) -> Timed:
    begun, used = time.monotonic(), sum(os.times()[:4])
    own = replace(submission, id=f"live-{begun}")
    outcome = run_live(own, registry.get(change.challenge), task(change), sandbox, home=home())
    sandbox.abandon(own.id)
    return Timed(outcome, time.monotonic() - begun, sum(os.times()[:4]) - used)


def percentiles(chosen: Sequence[Change], times: int, sandbox: DockerSandbox) -> None:
    """p95 over all runs of all changes, for the tests and for all else."""
    seconds: dict[str, list[float]] = {group: [] for group in AIMS}
    for number in range(times + 1):  # the first round only loads what is loaded once
        for change in chosen:
            work_of = changed(change)
            time.sleep(READING)
            took = timed(work_of, change, sandbox).seconds
            if number:
                seconds[group_of(change)].append(took)
    print("| runs of | changes | runs | median, s | p95, s | 95 % interval | largest, s | aim, s |")
    print("|---|---|---|---|---|---|---|---|")
    for group, values in seconds.items():
        if values:
            of = sum(group_of(change) == group for change in chosen)
            low, p95, high = ninety_fifth(values)
            told = f"{low:.1f} to {high:.1f}" if math.isfinite(high) else f"from {low:.1f}; too few runs for its end"
            cells = (f"{statistics.median(values):.1f}", f"{p95:.1f}", told, f"{max(values):.1f}", f"{AIMS[group]:g}")
            print(f"| {group} | {of} | {len(values)} | {' | '.join(cells)} |")


def group_of(change: Change) -> str:
    return "the tests" if KINDS[change.kind].runs == ("tests",) else "what the task asks"


def ninety_fifth(values: Sequence[float]) -> tuple[float, float, float]:
    """(low, p95, high): the interval is one of order statistics, which needs no form of the distribution.

    `low` and `high` are the values whose ranks hold the 95th percentile with 95 % by the binomial distribution
    (David and Nagaraja 2003, 7.1); `high` is infinite where there are too few values for one.
    """
    ordered, n = sorted(values), len(values)
    below = [sum(math.comb(n, k) * 0.95**k * 0.05 ** (n - k) for k in range(rank)) for rank in range(n + 1)]
    low = max((rank for rank in range(1, n + 1) if below[rank] <= 0.025), default=1)
    high = next((rank for rank in range(1, n + 1) if below[rank] >= 0.975), 0)
    p95 = ordered[max(math.ceil(0.95 * n) - 1, 0)]
    return ordered[low - 1], p95, ordered[high - 1] if high else math.inf


def together(chosen: Sequence[Change], debriefs: int, times: int, sandbox: DockerSandbox) -> None:
    """Debriefs at once, each with a change of its own as far as there are, against the same runs alone."""
    changes = [chosen[number % len(chosen)] for number in range(debriefs)]
    alone: dict[str, float] = {}
    for change in {change.name: change for change in changes}.values():
        timed(changed(change), change, sandbox)
        alone[change.name] = statistics.median(paced(change, max(times, 2), sandbox))
    with ThreadPoolExecutor(debriefs) as pool:
        at_once = list(pool.map(lambda change: paced(change, times, sandbox), changes))
    print("| debrief | change | alone, s | at once, s | times as long |")
    print("|---|---|---|---|---|")
    for number, (change, taken) in enumerate(zip(changes, at_once, strict=True), 1):
        middle = statistics.median(taken)
        cells = (f"{alone[change.name]:.1f}", f"{middle:.1f}, at most {max(taken):.1f}")
        print(f"| {number} | {change.name} | {' | '.join(cells)} | {middle / alone[change.name]:.1f} |")


def paced(change: Change, times: int, sandbox: DockerSandbox) -> list[float]:
    """Seconds of this many runs of one debrief, in which people read between two runs."""
    taken = []
    for _ in range(times):
        work_of = changed(change)
        time.sleep(READING)
        taken.append(timed(work_of, change, sandbox).seconds)
    return taken


@contextmanager
def gradings() -> Iterator[None]:
    """Gradings of the reference `good`, one after another, in a sandbox of their own as in a worker."""
    challenge, ended = registry.get("ml_pipeline"), threading.Event()
    submission = from_path(challenge.folder / "reference" / "good", challenge.packages)

    def grade(sandbox: DockerSandbox) -> None:
        while not ended.is_set():
            with suppress(SandboxError):  # the last one is ended in the middle
                grade_submission(replace(submission), challenge, sandbox, home=home())

    with DockerSandbox() as sandbox:
        grading = threading.Thread(target=grade, args=(sandbox,))
        grading.start()
        try:
            yield
        finally:
            ended.set()
            sandbox.close()
            grading.join()


if __name__ == "__main__":
    main()
