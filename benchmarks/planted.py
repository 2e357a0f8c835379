"""What the candidate's tests over planted faults cost, and what trying fewer faults at first changes.

Run as `python -m benchmarks.planted [reference] [seeds]`.  The first table is exact: of tests that notice a share of
all faults, how many faults are tried and how far the points for it vary.  The second is measured, in containers.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from math import comb, sqrt

from app.cli.grading import home
from app.intake import from_path
from challenges import registry, vault
from graders.model.case import Case
from graders.model.probe import Run
from graders.mutation import trial
from graders.probes import sessions
from graders.probes.names import ProbeName
from sandbox.host.docker import DockerSandbox

PLANS = {"10, 15": (10, 15), "6, 10, 15": (6, 10, 15), "15": (15,)}


def main() -> None:
    print(
        f"{'steps':<12}{'notices':>8}{'faults tried':>14}{'full marks':>12}{'share of points':>17}{'its deviation':>15}"
    )
    for share in (0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        for name, steps in PLANS.items():
            tried, full, mean, deviation = exact(share, steps)
            print(f"{name:<12}{share:>8.1f}{tried:>14.1f}{full:>12.3f}{mean:>17.3f}{deviation:>15.3f}")
    measured(sys.argv[1] if len(sys.argv) > 1 else "good", int(sys.argv[2]) if len(sys.argv) > 2 else 3)


def exact(share: float, steps: tuple[int, ...]) -> tuple[float, float, float, float]:
    """Mean count of faults tried, probability of full marks, mean and deviation of the share of the points."""
    states, ended, before = {0: 1.0}, defaultdict[tuple[int, int], float](float), 0
    for count in steps:
        more, after = count - before, defaultdict[int, float](float)
        for noticed, weight in states.items():
            for also in range(more + 1):
                after[noticed + also] += weight * comb(more, also) * share**also * (1 - share) ** (more - also)
        states, before = {}, count
        for noticed, weight in after.items():
            if count == steps[-1] or surely_enough(noticed, count):
                ended[noticed, count] += weight
            else:
                states[noticed] = weight
    points = {end: min(end[0] / end[1] / trial.ENOUGH, 1.0) for end in ended}
    mean = sum(ended[end] * points[end] for end in ended)
    return (
        sum(weight * count for (_, count), weight in ended.items()),
        sum(weight for end, weight in ended.items() if points[end] == 1.0),
        mean,
        sqrt(sum(weight * (points[end] - mean) ** 2 for end, weight in ended.items())),
    )


def surely_enough(noticed: int, count: int) -> bool:
    """As in graders/mutation/trial.py, where all places are in reach."""
    rate = noticed / count
    spread = sqrt(rate * (1 - rate) / count + 1 / (4 * count**2))
    return (rate + 1 / (2 * count) - spread) / (1 + 1 / count) >= trial.ENOUGH


def measured(reference: str, seeds: int) -> None:
    challenge = registry.get("ml_pipeline")
    submission = from_path(challenge.folder / "reference" / reference, challenge.packages)
    dataset = vault.load(challenge, home())
    print(
        f"\n{'seed':<6}{'tests alone, CPU s':>20}{'over faults':>13}{'runs':>6}{'together':>10}"
        f"{'noticed':>10}{'tried':>7}"
    )
    with DockerSandbox() as sandbox:
        for seed in range(1, seeds + 1):
            runs: dict[str, Run] = {}

            def put(asked: list[list], runs: dict[str, Run] = runs) -> None:  # type: ignore[type-arg]
                started = [sandbox.start(submission, session) for session in asked]
                runs |= {run.name: run for session in started for run in session.result()}

            put([sessions.tools_session(challenge, seed)[-1:]])
            alone = runs[ProbeName.TESTS]
            put(trial.sessions(submission, challenge, alone, seed))
            case = Case(submission, challenge, dataset, runs, sandbox.info, seed, "")
            while asked := trial.further(case):
                put(asked)
            found = trial.kills(case)
            over = sum(run.cpu_seconds for run in runs.values()) - alone.cpu_seconds
            row = f"{seed:<6}{alone.cpu_seconds:>20.2f}{over:>13.2f}{len(runs) - 1:>6}{alone.cpu_seconds + over:>10.2f}"
            print(f"{row}{found.noticed:>10}{len(found.tried):>7}", flush=True)


if __name__ == "__main__":
    main()
