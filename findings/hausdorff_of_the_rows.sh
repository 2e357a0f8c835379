#!/bin/sh
# By miseval a tumour that is marked 60 pixels too low has a Hausdorff distance of 0, and one stray pixel an average one of 87.
# Versions: miseval 1.3.0, hausdorff 0.2.6, dictances 1.5.3, numba 0.68.1, scikit-image 0.26.0, scikit-learn 1.9.1, scipy 1.17.1, numpy 2.4.6.
# Expected: the Hausdorff distance of two masks is the largest way from a marked pixel of one to the other mask, and "AHD", by the paper
# that the code names, the average of these ways. For a square of 20 pixels that is moved down by 60 the distance is 60, as scipy's.
# Seen: "HD" takes each row of the picture for a point of as many dimensions as there are columns. A mask that is moved up or down has the
# same rows, so its distance is 0, while its Dice score is 0 too; moved aside by 1 or by 60 it is 1.4 and 4.5, and one stray pixel
# in a corner, 87 away, is 1. "AHD" is the largest way and not the average: 87 for that pixel, where the average is .1. No warning.
# Known: no issue upstream was seen.
# What it means: a figure of misplacement ranks a model that misses the organ first, and "average" is ruled by one pixel. Take
# `directed_hausdorff` of scipy on the coordinates of marked pixels.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    miseval==1.3.0 hausdorff==0.2.6 dictances==1.5.3 numba==0.68.1 scikit-image==0.26.0 scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
from scipy.spatial import KDTree

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from miseval import evaluate

truth = np.zeros((100, 100), dtype=int)
truth[10:30, 20:40] = 1
stray = truth.copy()
stray[95, 95] = 1
masks = {
    "the truth": truth,
    "60 lower": np.roll(truth, 60, axis=0),
    "1 aside": np.roll(truth, 1, axis=1),
    "60 aside": np.roll(truth, 60, axis=1),
    "one stray pixel": stray,
}


def ways(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Distance in pixels from each marked pixel of one mask to the nearest of the other, both ways."""
    points = np.argwhere(first), np.argwhere(second)
    return np.concatenate([KDTree(points[1]).query(points[0])[0], KDTree(points[0]).query(points[1])[0]])


seen = {}
for name, mask in masks.items():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = [float(evaluate(truth, mask, metric=metric, multi_class=False)) for metric in ("HD", "AHD", "DSC")]
    assert not told
    way = ways(truth, mask)
    seen[name] = *found, float(way.max()), float(way.mean())
    print(f"{name}: HD {found[0]:.2f}, AHD {found[1]:.2f}, Dice {found[2]:.3f}; by pixels largest {way.max():.2f}, average {way.mean():.2f}")

assert seen["60 lower"][0] == 0 and seen["60 lower"][2] == 0 and seen["60 lower"][3] == 60
assert 1 < seen["1 aside"][0] < 2 and seen["60 aside"][0] < 7 and seen["60 aside"][3] == 60
assert seen["one stray pixel"][0] == 1
assert seen["one stray pixel"][1] == seen["one stray pixel"][3] > 86 and seen["one stray pixel"][4] < 0.2
PYTHON
