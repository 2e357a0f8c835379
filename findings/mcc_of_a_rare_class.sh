#!/bin/sh
# torchmetrics' Matthews correlation of a rare class is 1 at 100 million rows, for a model that misses two of ten.
# Versions: torchmetrics 1.9.0 (March 2026), torch 2.14.1, numpy 2.4.6.
# Expected: with 8 of 10 cases found and 2 false alarms it is .80, whether 10,000 other rows are beside them or 100 million.
# Seen: the counts are whole numbers, and the formula turns them into float32. It takes the difference of two numbers as large as
# the square of all rows, so a class of fewer than one in ten million is lost in rounding. Of 10 cases the figure is .80 at a
# million rows, .79 at ten millions, exactly 1 at a hundred, and 0 from five hundred on. Pixels of a hundred images, or payments of
# a month, are that many. Cohen's kappa of the same counts is right. No warning is given.
# Known: no issue upstream was seen of float32 here; #187 and #708 (2021) were about counts, which are whole since.
# What it means: of two models the one with more rows passes for perfect or for useless. Compute it from the counts, in Python.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    torchmetrics==1.9.0 torch==2.14.1 numpy==2.4.6
cd "$folder"
venv/bin/python -W error - <<'PYTHON'
from fractions import Fraction
from math import sqrt

import torch
from torchmetrics.classification import BinaryCohenKappa, BinaryMatthewsCorrCoef

BATCH = 1_000_000


def exact(found: int, alarms: int, missed: int, others: int) -> float:
    """Whole numbers until the last step."""
    product = (found + alarms) * (found + missed) * (others + alarms) * (others + missed)
    return (found * others - alarms * missed) / sqrt(Fraction(product))


def figures(cases: int, batches: int) -> tuple[float, float, list[list[int]]]:
    """Four of five cases are found, with as many false alarms as misses; nothing else is said to be a case."""
    metric, kappa = BinaryMatthewsCorrCoef(validate_args=False), BinaryCohenKappa()
    truth, answer = torch.zeros(BATCH, dtype=torch.int64), torch.zeros(BATCH, dtype=torch.int64)
    truth[:cases] = 1
    answer[cases // 5 : cases + cases // 5] = 1
    metric.update(answer, truth)
    for _ in range(batches - 1):
        metric.update(torch.zeros_like(truth), torch.zeros_like(truth))
    kappa.update(torch.tensor([0]), torch.tensor([0]))
    kappa.confmat = metric.confmat.clone()
    return float(metric.compute()), float(kappa.compute()), metric.confmat.tolist()


seen = {}
for cases, batches in ((10, 1), (10, 10), (10, 100)):
    mcc, kappa, ((others, alarms), (missed, found)) = figures(cases, batches)
    rows, right = batches * BATCH, exact(found, alarms, missed, others)
    seen[rows] = mcc - right
    print(f"{found} of {cases} cases of {rows:,} found, {alarms} false alarms:", end=" ")
    print(f"Matthews {mcc:.3f}, by hand {right:.3f}, kappa {kappa:.3f}")
    assert (found, alarms, missed, found + alarms + missed + others) == (8, 2, 2, rows)
    assert abs(right - 0.8) < 1e-5 and abs(kappa - right) < 1e-6

assert abs(seen[1_000_000]) < 0.001 and abs(seen[10_000_000]) > 0.005 and abs(seen[100_000_000] - 0.2) < 1e-6

# more rows than one wants to wait for: the same counts, put into the metric
for rows, expected in ((200_000_000, 1), (500_000_000, 0), (1_000_000_000, 0)):
    metric = BinaryMatthewsCorrCoef()
    metric.update(torch.tensor([1]), torch.tensor([1]))
    metric.confmat = torch.tensor([[rows - 12, 2], [2, 8]])
    print(f"10 cases of {rows:,}: Matthews {float(metric.compute()):.3f}")
    assert float(metric.compute()) == expected
PYTHON
