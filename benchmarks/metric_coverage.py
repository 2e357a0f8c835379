"""How often the 95 % interval of each metric of each task holds its truth, and what the bootstrap of ten costs.

Run as `python -m benchmarks.metric_coverage [worlds [first]]`.  Customers have an effect of their own and three rows
each; the truth is the metric on a world of two million rows.  The last two worlds are hard on purpose: squares of a
heavy tail, and a class of one row in a hundred.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from graders.measure.scoring import Bootstrap
from graders.model.arrays import FloatArray, IntArray, Truth
from graders.model.challenge import Challenge, Dataset
from graders.model.contract import TaskName
from graders.tasks.asked import TASKS
from graders.tasks.metric import Metric

ROWS, ROWS_OF_A_CUSTOMER, LARGE = 3000, 3, 2_000_000
CLASSES = ("a", "b", "c")
World = Callable[[int, int], tuple[Truth, FloatArray]]


def customers(rows: int) -> IntArray:
    return (np.arange(rows) // ROWS_OF_A_CUSTOMER).astype(np.int64)


def signal(rows: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """What a model sees of a row, and what its customer adds to it."""
    who = customers(rows)
    seen = 0.7 * rng.normal(size=who[-1] + 1)[who] + 0.8 * rng.normal(size=rows)
    return seen, rng.normal(size=who[-1] + 1)[who]


def binary(rows: int, seed: int) -> tuple[Truth, FloatArray]:
    rng = np.random.default_rng(seed)
    seen, own = signal(rows, rng)
    labels = rng.random(rows) < 1 / (1 + np.exp(1.2 - seen - 1.5 * own))
    return labels.astype(np.int64), 1 / (1 + np.exp(1.1 - seen - 0.4 * rng.normal(size=rows)))


def multiclass(rows: int, seed: int, rare: float = 0.0) -> tuple[Truth, FloatArray]:
    rng = np.random.default_rng(seed)
    seen, own = signal(rows, rng)
    odds = np.column_stack([seen, -seen, np.full(rows, -rare)])
    real = np.exp(odds + np.column_stack([own, np.zeros(rows), -own]))
    real /= real.sum(axis=1, keepdims=True)
    labels = np.minimum((rng.random(rows)[:, None] > np.cumsum(real, axis=1)).sum(axis=1), 2)
    told = np.exp(odds + 0.3 * rng.normal(size=odds.shape))
    return labels.astype(np.int64), told / told.sum(axis=1, keepdims=True)


def regression(rows: int, seed: int, tail: float = 0.0) -> tuple[Truth, FloatArray]:
    rng = np.random.default_rng(seed)
    seen, own = signal(rows, rng)
    means = np.exp(2 + 0.5 * seen + 0.2 * own)
    noise = rng.standard_t(tail, rows) * 5 if tail else np.zeros(rows)
    return np.maximum(rng.poisson(means) + noise, 0.0), np.exp(2 + 0.5 * seen)


def rare_class(rows: int, seed: int) -> tuple[Truth, FloatArray]:
    return multiclass(rows, seed, rare=4.0)


def heavy_tail(rows: int, seed: int) -> tuple[Truth, FloatArray]:
    return regression(rows, seed, tail=2.5)


def challenge(task: TaskName) -> Challenge:
    """Just enough of one for its metrics."""

    def none(seed: int) -> Dataset:
        raise NotImplementedError(seed)

    return Challenge(
        id="",
        version="",
        title="",
        columns=(),
        target="",
        packages=frozenset(),
        rubric=(),
        references=(),
        folder=Path(),
        make=none,
        task=task,
        classes=CLASSES if task == "multiclass" else (),
        quantile=0.8,
    )


def metrics(task: TaskName) -> list[Metric]:
    return [TASKS[task].metric(name, challenge(task)) for name in TASKS[task].metrics]


def worlds() -> Iterator[tuple[str, World, list[Metric]]]:
    yield "binary", binary, metrics("binary")
    yield "multiclass", multiclass, metrics("multiclass")
    yield "regression", regression, metrics("regression")
    yield "multiclass, a rare class", rare_class, [m for m in metrics("multiclass") if m.name == "f1_macro"]
    yield "regression, a heavy tail", heavy_tail, [m for m in metrics("regression") if m.name == "rmse"]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    for title, make, judged in worlds():
        large = make(LARGE, 10**6)
        truth = {metric.name: metric.statistic.value(*large) for metric in judged}
        held = dict.fromkeys(truth, 0)
        for seed in range(first, first + count):
            labels, answers = make(ROWS, seed)
            sample = Bootstrap(labels, customers(ROWS), seed + LARGE)  # other draws than those of the world
            for metric in judged:
                score = sample.metric(metric, answers).score(metric.low, metric.high)
                held[metric.name] += score.low <= truth[metric.name] <= score.high
        for name, times in held.items():
            print(f"{title:<26} {name:<24} {100 * times / count:5.1f} % of {count}", flush=True)
    labels, answers = multiclass(10_000, 1)
    others = [binary(10_000, 1), regression(10_000, 1)]
    began = time.process_time()
    done = 0
    for (truth_of, told), judged in (((labels, answers), metrics("multiclass")), (others[1], metrics("regression"))):
        sample = Bootstrap(truth_of, customers(10_000), 1)
        for metric in judged:
            sample.metric(metric, told)
            done += 1
    print(f"{done} metrics, 10,000 rows, 1,000 draws: {time.process_time() - began:.1f} CPU s")
    began = time.process_time()
    sample = Bootstrap(others[0][0], customers(10_000), 1)
    for metric in metrics("binary"):
        sample.metric(metric, others[0][1])
    print(f"4 metrics of a binary task: {time.process_time() - began:.1f} CPU s")


if __name__ == "__main__":
    main()
