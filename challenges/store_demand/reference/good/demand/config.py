"""Everything that was decided, in one place; README.md gives the reasons."""

from __future__ import annotations

TARGET = "units"
STORE = "store_id"
DATE = "date"

SEED = 20240301
SCHEMA_VERSION = 1

#: The day from which shelves are planned in units; the plan before it counts packs.
NEW_PLAN = "2023-12-01"
UNITS_PER_PACK = 6
OPENS, CLOSES = 8.0, 20.0
#: A shelf that is empty sooner than this after opening says too little of the rest of the day.
LEAST_HOURS = 1.0
EASTER = {2022: "2022-04-17", 2023: "2023-04-09", 2024: "2024-03-31", 2025: "2025-04-20", 2026: "2026-04-05"}
#: Days before the holidays on which people buy for them.
EASTER_DAYS, CHRISTMAS_DAYS = 10, 24
#: A new store needs some months to become known.
WEEKS_TO_SETTLE = 10.0

#: Units sold after which a store's own sales count as much as those of stores like it.
SHRINKAGE = 100.0
#: The median of a skewed number lies a little below its mean.
MEDIAN_OVER_MEAN = 0.97
VALIDATION_MONTHS = 2
#: Parts of the stores; as many of them at once play the new ones.
STORE_PARTS, NEW_PARTS = 5, 2
BOOTSTRAP_DRAWS = 200

#: Strength of the regression's penalty.
PENALTY = 1e-3
MAX_ITERATIONS = 300
