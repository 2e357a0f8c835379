#!/bin/sh
# Nixtla's MAPE says nothing of days without demand, so it prefers a forecast that is thirty times worse on them.
# Versions: utilsforecast 0.2.17, scikit-learn 1.9.1, pandas 3.1.1, numpy 2.4.6.
# Expected: as its docstring says, the closer a value is to zero, the higher the penalty; scikit-learn's MAPE is then some 10^15.
# Seen: a day on which nothing was asked for is left out, without a word. 63 % of the days are such. A forecast of ten times
# the usual demand on exactly these days has the same MAPE as one of the usual demand, .21, and a mean absolute error of
# 110 against 12 units. The forecast of nothing on weekdays, on which one in five has demand, has the least error, 4.3
# units, and the worst MAPE, .52. So the order by MAPE is the reverse of that by absolute error.
# What it means: choose between forecasts of intermittent demand by absolute or scaled error, and say how many days counted.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    utilsforecast==0.2.17 scikit-learn==1.9.1 pandas==3.1.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import numpy as np
import pandas as pd
from sklearn.metrics import mean_absolute_percentage_error
from utilsforecast.losses import mae, mape

rng = np.random.default_rng(0)
days, articles = 180, 200
chance = np.tile(np.where(np.arange(days) % 7 < 5, 0.2, 0.8), articles)
level = np.repeat(rng.integers(4, 30, articles), days).astype(float)
asked = rng.random(days * articles) < chance
sales = pd.DataFrame(
    {
        "unique_id": np.repeat([f"article {number}" for number in range(articles)], days),
        "ds": np.tile(pd.date_range("2026-01-05", periods=days), articles),
        "y": np.where(asked, rng.poisson(level) + 1.0, 0.0),
    }
)
forecasts = {
    "nothing on weekdays": np.where(chance < 0.5, 0.0, level),
    "the usual demand": level,
    "ten times the usual where none is": np.where(asked, level, 10 * level),
}
sales = sales.assign(**forecasts)
percentage, absolute = (loss(sales, list(forecasts))[list(forecasts)].mean() for loss in (mape, mae))
print(f"days without demand {(sales['y'] == 0).mean():.2f}")
for name in forecasts:
    of_sklearn = mean_absolute_percentage_error(sales["y"], sales[name])
    print(f"{name}: MAPE {percentage[name]:.3f}, of scikit-learn {of_sklearn:.1e}, absolute error {absolute[name]:.1f} units")

careful, usual, absurd = forecasts
assert percentage[usual] == percentage[absurd] < 0.25 < 0.5 < percentage[careful]
assert absolute[careful] < absolute[usual] / 2 < absolute[absurd] / 10
assert mean_absolute_percentage_error(sales["y"], sales[careful]) > 1e15
PYTHON
