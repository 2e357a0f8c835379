#!/bin/sh
# tslearn's scaled error forgives a small shop everything: forecasts three times too high cost .016, where its own error is 23.
# Versions: tslearn 0.10.0 (October 2026), scikit-learn 1.9.1, numpy 2.4.6, scipy 1.17.1.
# Expected: the mean absolute scaled error was made to average over series of different size. Each series is divided by the error
# of its own naive forecast, so a shop that sells ten a day weighs as much as one that sells ten thousand.
# Seen: `mase` averages errors over all series first, and divides once, by the naive error of all series together. So it is a
# mean absolute error of the largest series in other units. Of two shops, the one of ten a day and the other of ten thousand,
# forecasts by the mean have .654; with the small shop three times too high they have .670. Shop by shop the average goes from
# .74 to 11.9. Where the second shop is measured in the unit of the first, the function is right. No warning is given.
# Known: no issue upstream was seen; the docstring speaks of "the in-sample dataset".
# What it means: a model is chosen by the largest series, in the metric that was picked to prevent it. Score series one by one.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check tslearn==0.10.0 scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python -W ignore - <<'PYTHON'
import numpy as np
from tslearn.metrics.performance import mase

rng = np.random.default_rng(0)
size = np.array([[1.0], [1_000.0]])
known, later = ((10 + rng.normal(size=(2, days))) * size for days in (60, 12))
mean = np.repeat(known.mean(axis=1, keepdims=True), 12, axis=1)
too_high = mean * np.array([[3.0], [1.0]])


def by_hand(forecast: np.ndarray) -> float:
    """Each shop by its own naive error, then the average."""
    naive = np.abs(np.diff(known, axis=1)).mean(axis=1)
    return float((np.abs(forecast - later).mean(axis=1) / naive).mean())


seen = {}
for name, forecast in (("by the mean", mean), ("small shop three times too high", too_high)):
    whole = float(mase(later, forecast, known))
    each = [float(mase(later[[shop]], forecast[[shop]], known[[shop]])) for shop in (0, 1)]
    seen[name] = whole, each[0], by_hand(forecast)
    print(f"{name}: both shops {whole:.3f}, the small one {each[0]:.2f}, average of shops {seen[name][2]:.3f}")
    assert abs(sum(each) / 2 - seen[name][2]) < 1e-9
    alike = float(mase(later / size, forecast / size, known / size))
    print(f"    both in one unit {alike:.3f}")
    assert abs(alike - seen[name][2]) < 0.3 * seen[name][2]

(good, small, right), (bad, wrong_small, wrong) = seen.values()
assert bad - good < 0.03 and wrong_small > 15 * small and wrong > 10 * right
PYTHON
