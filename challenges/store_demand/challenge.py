"""The challenge `store_demand`: forecast what customers ask for, by store, article and day."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from challenges import expected
from challenges.brief import subject
from challenges.offered import imports
from challenges.rubric import rubric
from challenges.store_demand.baseline_models import baseline_models
from challenges.store_demand.make_data import make
from graders.model.challenge import Challenge, Column, Reference, Use
from graders.words import N_

COLUMNS = (
    Column("store_id", "int", "Number of the store; a store keeps it for as long as it exists."),
    Column("date", "date text", "Day that the row describes; no store opens on Sundays, at Easter or at Christmas."),
    Column("region", "text", "Region of the store: `north`, `south`, `east`, `west`."),
    Column(
        "area",
        "text",
        "Where the store lies: `city`, `suburb`, `rural`. In the country there is often no other store nearby.",
        sensitive=True,
    ),
    Column("format", "text", "Kind of store: `supermarket`, `city`, `kiosk`."),
    Column("size_m2", "int", "Sales area in square metres."),
    Column("opened_on", "date text", "Day on which the store first opened."),
    Column(
        "purchasing_power",
        "float",
        "Index of what people nearby can spend, 100 is the country's average; empty where the vendor has none.",
        price="bought from a data vendor",
    ),
    Column("article", "text", "Name of the article, as typed in the store."),
    Column("category", "text", "Group of articles that the article belongs to."),
    Column("price_eur", "float", "Shelf price of one unit in this store, before any discount."),
    Column(
        "discount",
        "float",
        "Share of the price taken off by a promotion on that day, 0 where there is none. Promotions are planned two "
        "months ahead.",
    ),
    Column("in_leaflet", "int", "1 where that promotion is in the printed leaflet, else 0; planned with it."),
    Column(
        "shelf_units",
        "int",
        "What the shelf holds when the store opens, as the shelf plan gives it: the old plan counts packs of six "
        "units, the one in use since 1 December 2023 counts units. Plans are made for a quarter.",
    ),
    Column(
        "sold_out_hour",
        "float",
        "Hour of the day at which the last unit was sold; empty where the shelf was never empty. Stores open from 8 "
        "to 20.",
    ),
    Column(
        "returned_units",
        "int",
        "Units brought back so far. They are booked on the day on which they were sold, and most come back within "
        "five weeks.",
    ),
    Column(
        "replenished_units",
        "int",
        "Units on order to fill the shelf for the next morning, as on record when the row is taken from the system.",
    ),
    Column(
        "units",
        "int",
        "Target: units that customers asked for. In the labelled rows it is what the tills have: units sold, less "
        "`returned_units`.",
    ),
)

RUBRIC = rubric(
    quality=N_("Error on later days and new stores, between baseline and best attainable"),
    calibration=N_("Forecasts are neither too high nor too low, whatever their size"),
    worst_slice=N_("No group of stores is forecast much worse than the rest"),
)

CLEAN = expected.CLEAN | {"OVR004", "OVR005"}
GOOD = expected.GOOD - {"EVAL004"}

REFERENCES = (
    Reference("good", "graded", bands=frozenset({4}), not_flagged=CLEAN | GOOD),
    Reference("notebook", "graded", bands=frozenset({3}), not_flagged=CLEAN),
    Reference(
        "ugly_but_right",
        "graded",
        bands=frozenset({2, 3}),
        flagged=frozenset({"CODE002", "CODE004", "CODE005"}),
        not_flagged=CLEAN,
    ),
    Reference("leaky", "graded", bands=frozenset({1, 2}), flagged=frozenset({"LEAK002", "OVR002"})),
    Reference("overfit", "graded", bands=frozenset({1, 2}), flagged=frozenset({"OVR001", "OVR002", "OVR003"})),
    Reference(
        "slow",
        "graded",
        bands=frozenset({2, 3}),
        flagged=frozenset({"PERF001", "MON001", "DATA001"}),
        not_flagged=CLEAN | {"SKEW001", "ROB003"},
    ),
    Reference(
        "accuracy_only",
        "graded",
        bands=frozenset({2, 3}),
        flagged=frozenset({"EVAL002", "EVAL003", "DATA001", "MON001"}),
        not_flagged=CLEAN | {"PERF001", "PERF002"},
    ),
    Reference("crashes", "ungraded"),
)

CHALLENGE = Challenge(
    id="store_demand",
    version="1",
    title=N_("How much will be asked for?"),
    columns=COLUMNS,
    target="units",
    task="regression",
    metric="mae",
    unit="units",
    group="store_id",
    hidden_units="both",
    time="date",
    packages=frozenset(imports()),
    rubric=RUBRIC,
    references=REFERENCES,
    folder=Path(__file__).parent,
    subject=partial(subject, Path(__file__).parent),
    make=make,
    post_outcome=("sold_out_hour", "returned_units", "replenished_units"),
    train_limits=expected.TRAIN_LIMITS,
    predict_limits=expected.PREDICT_LIMITS,
    tool_limits=expected.TOOL_LIMITS,
    use=Use(over=0.8, under=0.8, requests_per_second=5, core_hour=0.04),
    cost_baseline="good",
    hours=(4, 6),
    baseline_models=baseline_models,
)
