"""What the candidate's tests over planted faults cost, and what trying fewer faults changes.

Run as `python -m benchmarks.planted [reference] [seeds]`.  The first table is exact: of tests that notice a share of
all faults, how many faults are tried, what that costs in runs of the whole suite, how far the points for it vary, and
how often the tests are called weak.  Then what those can gain who count the runs.  The second table is measured, in
containers.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise, product
from math import sqrt

import numpy as np

from app.cli.grading import home
from app.intake import from_path
from challenges import registry, vault
from graders.model.case import Case
from graders.mutation import trial
from graders.mutation.plan import MOST
from graders.probes import sessions
from sandbox.host.docker import DockerSandbox

#: What a run costs that ends at the first failure, in runs of the whole suite: the mean of 36 of `good`.
NOTICED_COSTS = 0.31


@dataclass(frozen=True)
class Rule:
    """Faults are tried in `steps`, each with a run without a fault; none where it is `settled` of (noticed, tried)."""

    steps: tuple[int, ...]
    settled: Callable[[int, int], bool]
    weak: Callable[[int, int], bool]

    def controls(self, tried: int) -> int:
        return sum(tried > first for first in (0, *self.steps[:-1]))


def few(noticed: int, tried: int) -> bool:
    """What was called weak while all faults were tried."""
    return noticed < trial.ENOUGH * tried


RULES = {
    "all 15": Rule((6, 10, 15), lambda _noticed, tried: tried == MOST, few),
    "from 5 on": Rule(
        (6, 10, 15), lambda noticed, tried: tried >= 5 and trial.chance_of_enough(noticed, tried, MOST) >= 0.9, few
    ),
    "now": Rule(
        trial.STEPS,
        lambda noticed, tried: tried >= trial.FEWEST and trial.chance_of_enough(noticed, tried, MOST) >= trial.SURE,
        lambda noticed, tried: trial.chance_of_enough(noticed, tried, MOST) <= trial.DOUBTFUL,
    ),
}


def main() -> None:
    heads = ("tried", "suites", "full marks", "points", "deviation", "called weak")
    print(f"{'notices':<9}{'asked':<12}" + "".join(f"{head:>13}" for head in heads))
    for share in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0):
        for name, rule in RULES.items():
            tried, suites, *others = exact(share, rule)
            figures = f"{tried:>13.1f}{suites:>13.1f}" + "".join(f"{figure:>13.3f}" for figure in others)
            print(f"{share:<9.1f}{name:<12}{figures}")
    for name in ("from 5 on", "now"):
        full, points = escapes(RULES[name])
        print(f"{name}: who fails by the number of the run earns full marks in {full:.3f} of all cases at most,")
        print(f"{'':<{len(name)}}  and {points:.3f} of the points on average at most")
    measured(sys.argv[1] if len(sys.argv) > 1 else "good", int(sys.argv[2]) if len(sys.argv) > 2 else 3)


def exact(share: float, rule: Rule) -> tuple[float, ...]:
    """Mean count of faults tried and of suites they cost, probability of full marks, mean and deviation of the share
    of the points, and probability of being called weak."""
    ends, states = defaultdict[tuple[int, int], float](float), {0: 1.0}
    for tried in range(1, rule.steps[-1] + 1):
        after = defaultdict[int, float](float)
        for noticed, weight in states.items():
            after[noticed] += weight * (1 - share)
            after[noticed + 1] += weight * share
        states = {}
        for noticed, weight in after.items():
            if tried == rule.steps[-1] or rule.settled(noticed, tried):
                ends[noticed, tried] += weight
            else:
                states[noticed] = weight
    points = {end: min(end[0] / end[1] / trial.ENOUGH, 1.0) for end in ends}
    mean = sum(ends[end] * points[end] for end in ends)
    return (
        sum(weight * tried for (_, tried), weight in ends.items()),
        sum(
            weight * (noticed * NOTICED_COSTS + tried - noticed + rule.controls(tried))
            for (noticed, tried), weight in ends.items()
        ),
        sum(weight for end, weight in ends.items() if points[end] == 1.0),
        mean,
        sqrt(sum(weight * (points[end] - mean) ** 2 for end, weight in ends.items())),
        sum(weight for end, weight in ends.items() if rule.weak(*end)),
    )


def escapes(rule: Rule) -> tuple[float, float]:
    """The largest probability of full marks for tests that look at no code, and fail at runs of chosen numbers; and
    the largest mean share of the points.

    Exact: each choice of runs meets every place that the runs without a fault may have.
    """
    most = rule.steps[-1]
    count = most + len(rule.steps)
    fails = np.arange(2**count)[:, None] >> np.arange(count) & 1
    settled = np.array([[k <= n and rule.settled(k, n) for n in range(1, most + 1)] for k in range(most + 1)])
    sizes = [last - first for first, last in pairwise((0, *rule.steps))]
    every = np.arange(len(fails))
    full, points, draws = np.zeros(len(fails)), np.zeros(len(fails)), 0
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
        earned = np.minimum(noticed / tried / trial.ENOUGH, 1.0)
        full += ~caught & (earned >= 1 - 1e-9)
        points += ~caught * earned
        draws += 1
    return float(full.max() / draws), float(points.max() / draws)


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
            *_, alone = sandbox.start(submission, sessions.tools_session(challenge, seed)).result()
            over_faults = sandbox.start(submission, trial.session(submission, challenge, alone, seed)).result()
            runs = {run.name: run for run in (alone, *over_faults)}
            case = Case(submission, challenge, dataset, runs, sandbox.info, seed, "")
            found = trial.kills(case)
            over = sum(run.cpu_seconds for run in runs.values()) - alone.cpu_seconds
            row = f"{seed:<6}{alone.cpu_seconds:>20.2f}{over:>13.2f}{len(runs) - 1:>6}{alone.cpu_seconds + over:>10.2f}"
            print(f"{row}{found.noticed:>10}{len(found.tried):>7}", flush=True)


if __name__ == "__main__":
    main()
