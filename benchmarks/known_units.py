"""Own tables whose hidden rows are later ones of known units: `python -m benchmarks.known_units [NAME ...]`.

Makes two challenges as `assay challenge new` does, energy by building and month and failures by machine and week, and
grades each pipeline of `known_units_corpus` with Docker: honest ones that look a unit's past up, and leaky ones.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from app.adapters.grading import grade_submission
from app.intake import from_path
from challenges.tables import create
from challenges.tables.proposal import Wish, propose
from challenges.tables.reading import from_parquet, to_parquet
from graders.model.challenge import Challenge
from sandbox.host.docker import DockerSandbox

CORPUS = Path(__file__).parent / "known_units_corpus"
WISHES = {
    "energy": Wish("mwh", id="energy"),
    "failures": Wish("failed", id="failures", after=("repair_minutes",)),
}


def main(*names: str) -> None:
    tables = {"energy": energy(), "failures": failures()}
    with tempfile.TemporaryDirectory() as place, DockerSandbox() as box:
        home = Path(place)
        made = {name: challenge(name, rows, home) for name, rows in tables.items()}
        print(f"{'truth':<8}{'pipeline':<32}{'score':>6}  {'leakage':<12}leaks and overfitting that are flagged")
        for path in sorted(CORPUS.glob("*/*.py")):
            if names and path.stem not in names:
                continue
            task = made[path.stem.partition("_")[0]]
            document = grade_submission(from_path(path, task.packages), task, box, home=home).document
            codes = [one.code for one in document.flagged if one.code.startswith(("LEAK", "OVR"))]
            score = document.overall.score if document.overall else float("nan")
            verdict = document.verdicts.leakage
            print(f"{path.parent.name:<8}{path.stem:<32}{score:>6.0f}  {verdict:<12}{' '.join(codes)}", flush=True)


def challenge(name: str, rows: pd.DataFrame, home: Path) -> Challenge:
    """The challenge that is proposed for a table, which is of known units."""
    rows.to_csv(home / f"{name}.csv", index=False)
    to_parquet(home / f"{name}.csv", home / f"{name}.parquet")
    table = from_parquet(home / f"{name}.parquet")
    proposal = propose(table, WISHES[name])
    assert proposal.definition.hidden_units == "known", proposal
    made = create.create(table, proposal.definition, home)
    print(
        name, *(f"{what}: {value}" for what, value in made.reached.named()), f"{len(made.findings)} findings", sep="; "
    )
    return made.challenge


def energy(seed: int = 1, units: int = 120, months: int = 48) -> pd.DataFrame:
    """Each building has a level of its own that wanders, and use that follows the cold; some are there later."""
    rng = np.random.default_rng(seed)
    of, month = np.repeat(np.arange(units), months), np.tile(np.arange(months), units)
    start = rng.integers(0, 30, units) * (rng.random(units) < 0.3)
    names = pd.period_range("2021-01", periods=months, freq="M").astype(str).to_numpy()
    area = rng.gamma(5, 600, units).round(0)
    use = rng.choice(["office", "school", "shop", "clinic"], units, p=[0.5, 0.2, 0.2, 0.1])
    season = np.cos(2 * np.pi * (month % 12) / 12)
    cold = 9 - 9 * season + rng.normal(0, 1.5, months)[month] + rng.normal(0, 0.5, len(of))
    own = rng.normal(0, 0.45, units)
    walk = np.cumsum(rng.normal(0, 0.06, (units, months)), axis=1)[of, month]
    by_use = pd.Series(use).map({"office": 0.0, "school": -0.2, "shop": 0.25, "clinic": 0.4}).to_numpy()
    logs = np.log(area[of] * 0.011) + own[of] + walk + by_use[of]
    logs = logs + rng.gamma(4, 0.008, units)[of] * np.maximum(15 - cold, 0)
    closed = (use[of] == "school") & np.isin(month % 12, [6, 7])
    occupancy = np.clip(0.8 + 0.1 * rng.normal(size=len(of)) - 0.25 * closed, 0.1, 1).round(2)
    logs = logs + 0.6 * (occupancy - 0.8) + rng.normal(0, 0.12, len(of))
    table = pd.DataFrame(
        {
            "building_id": [f"B{100 + number}" for number in of],
            "month": names[month],
            "use": use[of],
            "floor_area": area[of],
            "built": rng.integers(1930, 2020, units)[of],
            "mean_temp": cold.round(1),
            "occupancy": np.where(rng.random(len(of)) < 0.05, np.nan, occupancy),
            "meters": rng.integers(1, 5, units)[of],
            "open_days": rng.integers(18, 24, len(of)),
            "mwh": np.exp(logs).round(2),
        }
    )
    return table[month >= start[of]].sample(frac=1, random_state=0).reset_index(drop=True)


def failures(seed: int = 2, units: int = 220, weeks: int = 60) -> pd.DataFrame:
    """Each machine has luck of its own; some of its weeks are there, and what a repair took is known afterwards."""
    rng = np.random.default_rng(seed)
    of, week = np.repeat(np.arange(units), weeks), np.tile(np.arange(weeks), units)
    kept = rng.random(len(of)) < 0.55
    luck, age = rng.normal(0, 1.1, units), rng.integers(50, 3000, units)
    site, model = rng.integers(0, 8, units), rng.choice(list("ABCD"), units)
    hours = rng.gamma(6, 12, len(of)).round(1)
    vibration = np.exp(0.2 * luck[of] + rng.normal(0, 0.35, len(of))).round(3)
    oil, since = rng.normal(55, 6, len(of)).round(1), rng.integers(1, 40, len(of))
    logits = -3.6 + luck[of] + 0.011 * (hours - 72) + 0.5 * (vibration - 1) + 0.03 * (oil - 55) + 0.02 * since
    logits = logits + 0.0002 * (age[of] + 7 * week) + 0.3 * np.cos(week / 9)
    failed = rng.random(len(of)) < 1 / (1 + np.exp(-logits))
    seldom = np.where(rng.random(len(of)) < 0.02, rng.gamma(2, 15, len(of)).round(), 0)
    table = pd.DataFrame(
        {
            "machine_id": [f"M{number:04}" for number in of],
            "week": (pd.Timestamp("2024-01-01") + pd.to_timedelta(7 * week, unit="D")).strftime("%Y-%m-%d"),
            "site": [f"S{site[number]}" for number in of],
            "model": model[of],
            "age_days": age[of] + 7 * week,
            "hours": hours,
            "vibration": np.where(rng.random(len(of)) < 0.06, np.nan, vibration),
            "oil_temp": oil,
            "weeks_since_service": since,
            "repair_minutes": np.where(failed, rng.gamma(3, 40, len(of)).round(), seldom),
            "failed": np.where(failed, "yes", "no"),
        }
    )
    return table[kept].sample(frac=1, random_state=0).reset_index(drop=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
