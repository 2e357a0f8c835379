"""What the candidate's tests over planted faults cost, and what trying fewer faults at first changes.

Run as `python -m benchmarks.planted [reference] [seeds]`.  The first table is exact: of tests that notice a share of
all faults, how many faults are tried and how far the points for it vary.  Then what those can gain who count the runs.
The second table is measured, in containers.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise, product
from math import comb, sqrt

import numpy as np

from app.cli.grading import home
from app.intake import from_path
from challenges import registry, vault
from graders.model.case import Case
from graders.mutation import trial
from graders.mutation.plan import MOST, STEPS
from graders.probes import sessions
from sandbox.host.docker import DockerSandbox

Rule = Callable[[int, int], bool]  # (noticed, tried): whether no more need be tried


def above_by_an_error(noticed: int, tried: int) -> bool:
    """Whether the share lies above what earns full marks by a standard error (Wilson 1927): the rule until then."""
    rate = noticed / tried
    spread = sqrt(rate * (1 - rate) / tried + 1 / (4 * tried**2))
    return (rate + 1 / (2 * tried) - spread) / (1 + 1 / tried) >= trial.ENOUGH


def surely(noticed: int, tried: int) -> bool:
    return trial.surely_enough(noticed, tried, MOST)


#: After how many faults it is asked, and what.
PLANS: dict[str, tuple[tuple[int, ...], Rule]] = {
    "all 15": ((MOST,), surely),
    "6, 10, 15": (STEPS, above_by_an_error),
    "from 5 on": (tuple(range(trial.FEWEST, MOST + 1)), surely),
}


def main() -> None:
    print(f"{'asked':<12}{'notices':>8}{'tried':>8}{'full marks':>12}{'share of points':>17}{'its deviation':>15}")
    for share in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        for name, (steps, rule) in PLANS.items():
            tried, full, mean, deviation = exact(share, steps, rule)
            print(f"{name:<12}{share:>8.1f}{tried:>8.1f}{full:>12.3f}{mean:>17.3f}{deviation:>15.3f}")
    for name in ("6, 10, 15", "from 5 on"):
        most = escapes(*PLANS[name])
        print(f"{name}: who fails by the number of the run earns full marks in {most:.3f} of all cases at most")
    measured(sys.argv[1] if len(sys.argv) > 1 else "good", int(sys.argv[2]) if len(sys.argv) > 2 else 3)


def exact(share: float, steps: tuple[int, ...], rule: Rule) -> tuple[float, float, float, float]:
    """Mean count of faults tried, probability of full marks, mean and deviation of the share of the points."""
    states, ended, before = {0: 1.0}, defaultdict[tuple[int, int], float](float), 0
    for count in steps:
        more, after = count - before, defaultdict[int, float](float)
        for noticed, weight in states.items():
            for also in range(more + 1):
                after[noticed + also] += weight * comb(more, also) * share**also * (1 - share) ** (more - also)
        states, before = {}, count
        for noticed, weight in after.items():
            if count == steps[-1] or rule(noticed, count):
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


def escapes(asked: tuple[int, ...], rule: Rule) -> float:
    """The largest probability of full marks for tests that look at no code, and fail at runs of chosen numbers.

    Exact: each of the 2**18 choices meets every place that the runs without a fault may have.
    """
    count = MOST + len(STEPS)
    fails = np.arange(2**count)[:, None] >> np.arange(count) & 1
    settled = np.array([[n in asked and k <= n and rule(k, n) for n in range(1, MOST + 1)] for k in range(MOST + 1)])
    sizes = [last - first for first, last in pairwise((0, *STEPS))]
    every = np.arange(len(fails))
    full, draws = np.zeros(len(fails)), 0
    for places in product(*(range(size + 1) for size in sizes)):
        number, noticed, tried = (np.zeros(len(fails), int) for _ in range(3))
        done, caught = np.zeros(len(fails), bool), np.zeros(len(fails), bool)
        for size, place in zip(sizes, places, strict=True):
            begun, waiting = ~done, ~done  # those that try this step, and whose run without a fault is still to come
            for position in range(size + 1):
                alone = waiting & (done | (position == place))
                caught |= alone & (fails[every, np.minimum(number, count - 1)] == 1)
                number, waiting = number + alone, waiting & ~alone
                goes_on = begun & ~done & (position < size)
                noticed += goes_on * fails[every, np.minimum(number, count - 1)]
                number, tried = number + goes_on, tried + goes_on
                done |= goes_on & settled[noticed, tried - 1]
        full += ~caught & (noticed >= trial.ENOUGH * tried - 1e-9)
        draws += 1
    return float(full.max() / draws)


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
            (alone,) = sandbox.start(submission, sessions.tools_session(challenge, seed)[-1:]).result()
            over_faults = sandbox.start(submission, trial.session(submission, challenge, alone, seed)).result()
            runs = {run.name: run for run in (alone, *over_faults)}
            case = Case(submission, challenge, dataset, runs, sandbox.info, seed, "")
            found = trial.kills(case)
            over = sum(run.cpu_seconds for run in runs.values()) - alone.cpu_seconds
            row = f"{seed:<6}{alone.cpu_seconds:>20.2f}{over:>13.2f}{len(runs) - 1:>6}{alone.cpu_seconds + over:>10.2f}"
            print(f"{row}{found.noticed:>10}{len(found.tried):>7}", flush=True)


if __name__ == "__main__":
    main()
