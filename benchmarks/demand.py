"""What care is worth in store_demand, and what each slip costs: python benchmarks/demand.py [seeds]

Prints the hidden error of each pipeline of the ladder, of the last one with one thing overlooked, and for each property
of the table how large it is where it applies: mean and range over the seeds.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import pandas as pd
from sklearn.metrics import mean_absolute_error

from challenges.store_demand.ladder import ALL, LADDER, SLIPS, Forecaster, random_split
from challenges.store_demand.make_data import make
from graders.model.challenge import Dataset

SEEDS = (1, 2, 3)
CARELESS = "the same without what is known after"


def measured(dataset: Dataset) -> dict[str, float]:
    """Every figure of one dataset, by its name."""
    hidden, labels = dataset.hidden, dataset.labels
    told = {name: Forecaster(care).fit(dataset.public).predict(hidden) for name, care in {**LADDER, **SLIPS}.items()}
    found = {name: float(mean_absolute_error(labels, forecasts)) for name, forecasts in told.items()}
    found["oracle"] = float(mean_absolute_error(labels, dataset.oracle))
    for name in (CARELESS, "the level of known stores"):
        split = random_split(LADDER[name], dataset.public)
        found[f"{name}: a random split says less by the share"] = 1 - split / found[name]
    careful = told[next(name for name, care in LADDER.items() if care == ALL)]
    new = ~hidden["store_id"].isin(dataset.public["store_id"])
    where = {
        "sales taken for demand": (hidden["discount"] > 0) & ~new,
        "returns taken off": hidden["article"].str.lower() == "umbrellas",
        "no Easter": hidden["date"].between("2024-03-21", "2024-03-30") & hidden["category"].isin(["sweets", "dairy"]),
        "shelves in two units": new,
    }
    for name, rows in where.items():
        found[f"{name}: forecasts move there to the share"] = float(told[name][rows].sum() / careful[rows].sum())
    return found


def main(seeds: tuple[int, ...]) -> None:
    """Print the table."""
    table = pd.DataFrame([measured(make(seed)) for seed in seeds])
    for name in table:
        values = table[name].to_numpy()
        print(f"{name:75} {np.mean(values):6.2f}   {values.min():.2f} to {values.max():.2f}")


if __name__ == "__main__":
    main(tuple(int(seed) for seed in sys.argv[1:]) or SEEDS)
