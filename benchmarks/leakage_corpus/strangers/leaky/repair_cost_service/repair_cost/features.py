"""Features of a repair: nothing here is learnt from rows."""

from __future__ import annotations

import pandas as pd

LEVELS = {
    "kind": ("chain", "dealer", "free"),
    "make": ("Aro", "Belt", "Corda", "Dane", "Ekto", "Fjor", "Gallo", "Hestra"),
    "fault": ("brakes", "clutch", "electrics", "engine", "exhaust", "gearbox", "glass", "paint", "steering", "tyres"),
    "region": tuple(f"R{n}" for n in range(9)),
}
NUMBERS = ("labour_rate", "age_years", "mileage_km", "first_guess")


def features(rows: pd.DataFrame) -> pd.DataFrame:
    columns = {name: rows[name].astype(float) for name in NUMBERS}
    columns["towed"] = rows["towed"].eq("yes").astype(float)
    for name, levels in LEVELS.items():
        typed = rows[name].str.lower() if name == "fault" else rows[name]
        for level in levels:
            columns[f"{name}_{level}"] = typed.eq(level).astype(float)
    return pd.DataFrame(columns, index=rows.index)
