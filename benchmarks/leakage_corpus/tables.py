"""Two generated tables that are no challenge of the product: flats by building, and machine readings through time."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
from scipy.special import softmax

from challenges import registry
from challenges.ml_pipeline.challenge import CHALLENGE
from graders.model.arrays import FloatArray
from graders.model.challenge import Challenge, Column, Dataset
from testing.builders import a_challenge

BUILDINGS, NEW_BUILDINGS, LISTED_AGAIN = 700, 300, 0.03
DAYS, NEW_DAYS, READINGS = 240, 60, 18
STATES = ("faulty", "ok", "stopped", "worn")


def challenge(name: str) -> Challenge:
    """One of the two tables here, or a challenge of the product."""
    return {"flats": flats, "readings": readings}[name]() if name in ("flats", "readings") else registry.get(name)


@cache
def flats() -> Challenge:
    """What a flat is sold for: a number with a long tail, several flats of one building, no time; by R2."""
    return a_challenge(
        id="flats",
        title="What does a flat sell for?",
        columns=(
            Column("building_id", "int", "the building"),
            Column("district", "text", "one of forty"),
            Column("kind", "text", "how it is built"),
            Column("area", "float", "square metres"),
            Column("rooms", "int", "rooms"),
            Column("storey", "int", "storeys above ground"),
            Column("built", "int", "year"),
            Column("to_centre", "float", "kilometres; may be missing"),
            Column("energy", "text", "A to G"),
            Column("agent_fee", "float", "paid once it is sold"),
            Column("price", "float", "thousands"),
        ),
        target="price",
        group="building_id",
        time=None,
        task="regression",
        metric="r2",
        unit="thousand",
        post_outcome=("agent_fee",),
        packages=CHALLENGE.packages,
        make=make_flats,
    )


def make_flats(seed: int) -> Dataset:
    rng = np.random.default_rng(seed)
    public, means, prices = _flats(rng, BUILDINGS, 0)
    hidden, hidden_means, hidden_prices = _flats(rng, NEW_BUILDINGS, 10_000)
    public = public.assign(price=prices)
    again = rng.random(len(public)) < LISTED_AGAIN
    order = rng.permutation(len(public) + int(again.sum()))
    twice = pd.concat([public, public[again]], ignore_index=True)
    simple = np.polyfit(public["area"], public["price"], 1)
    return Dataset(
        public=twice.iloc[order].reset_index(drop=True),
        hidden=hidden,
        labels=hidden_prices,
        oracle=hidden_means,
        baseline=np.polyval(simple, hidden["area"]),
        public_oracle=np.concatenate([means, means[again]])[order],
        fingerprint=f"{seed:016x}",
    )


def _flats(rng: np.random.Generator, count: int, first: int) -> tuple[pd.DataFrame, FloatArray, FloatArray]:
    of = np.repeat(np.arange(count), rng.integers(1, 13, count))
    rows = len(of)
    district = np.minimum(rng.geometric(0.09, count) - 1, 39)
    levels = np.random.default_rng(5).normal(0, 0.3, 40)[district]
    to_centre = np.round(rng.gamma(2, 3, count), 1)
    built, own = rng.integers(1900, 2024, count), rng.normal(0, 0.35, count)
    area = np.round(rng.gamma(6, 13, rows) + 18, 1)
    energy = rng.integers(0, 7, count)[of]
    storey = rng.integers(0, 9, rows)
    logs = 3.9 + 0.0085 * area + levels[of] - 0.04 * to_centre[of] + 0.002 * (built[of] - 1960) - 0.03 * energy
    logs = logs + 0.02 * storey
    prices = np.round(np.exp(logs + own[of] + rng.normal(0, 0.12, rows)), 1)
    table = pd.DataFrame(
        {
            "building_id": first + of,
            "district": np.array([f"D{number:02}" for number in district])[of],
            "kind": np.array(["brick", "panel", "wood", "steel"])[rng.integers(0, 4, count)][of],
            "area": area,
            "rooms": np.clip((area / 27 + rng.normal(0, 0.6, rows)).round(), 1, 8).astype(int),
            "storey": storey,
            "built": built[of],
            "to_centre": np.where(rng.random(rows) < 0.06, np.nan, to_centre[of]),
            "energy": np.array(list("ABCDEFG"))[energy],
            "agent_fee": np.round(0.03 * prices + rng.normal(0, 0.4, rows), 2),
        }
    )
    return table, np.exp(logs + (0.35**2 + 0.12**2) / 2), prices


@cache
def readings() -> Challenge:
    """The state of a machine by its sensors: four classes, one of them rare, through time; by macro F1."""
    numbers = tuple(Column(f"s{n}", "float", "a sensor") for n in range(30))
    return a_challenge(
        id="readings",
        title="What state is the machine in?",
        columns=(
            Column("day", "date text", "when"),
            Column("line", "text", "one of six"),
            Column("operator", "text", "who was there, one of sixty"),
            *numbers,
            Column("repair_code", "int", "what was done afterwards"),
            Column("state", "text", "as found"),
        ),
        target="state",
        group=None,
        time="day",
        task="multiclass",
        metric="f1_macro",
        classes=STATES,
        post_outcome=("repair_code",),
        packages=CHALLENGE.packages,
        make=make_readings,
    )


def make_readings(seed: int) -> Dataset:
    rng = np.random.default_rng(seed)
    public, shares, states = _readings(rng, 0, DAYS)
    hidden, hidden_shares, hidden_states = _readings(rng, DAYS, NEW_DAYS)
    return Dataset(
        public=public.assign(state=np.asarray(STATES, dtype=object)[states]),
        hidden=hidden,
        labels=hidden_states,
        oracle=hidden_shares,
        baseline=np.tile(np.bincount(states, minlength=4) / len(states), (len(hidden), 1)),
        public_oracle=shares,
        fingerprint=f"{seed + 1:016x}",
    )


def _readings(rng: np.random.Generator, first: int, days: int) -> tuple[pd.DataFrame, FloatArray, np.ndarray]:
    day = np.repeat(np.arange(days), READINGS)
    rows = len(day)
    sensors = rng.normal(size=(rows, 30))
    fixed = np.random.default_rng(6)
    weights, by_operator = fixed.normal(0, 0.9, (8, 4)), fixed.normal(0, 0.5, (60, 4))
    operator, line = rng.integers(0, 60, rows), rng.integers(0, 6, rows)
    luck = rng.normal(0, 0.8, (days, 4))  # of a day: whoever knows some of its rows knows the others better
    scores = sensors[:, :8] @ weights + 0.8 * np.maximum(sensors[:, [0]], 0) * fixed.normal(size=4)
    scores = scores + np.array([-0.5, 1.6, -1.2, 0.6]) + by_operator[operator]
    scores[:, 3] += 0.002 * (first + day)
    shares = softmax(scores, axis=1)
    known = softmax(scores + luck[day], axis=1)
    states = (rng.random(rows)[:, None] > np.cumsum(known, axis=1)).sum(axis=1).clip(max=3)
    table = pd.DataFrame(
        {
            "day": (pd.Timestamp("2024-01-01") + pd.to_timedelta(first + day, unit="D")).strftime("%Y-%m-%d"),
            "line": np.array([f"L{number}" for number in range(6)])[line],
            "operator": np.array([f"op{number:02}" for number in range(60)])[operator],
            **{f"s{number}": np.round(column, 4) for number, column in enumerate(sensors.T)},
            "repair_code": np.where(rng.random(rows) < 0.85, states + 1, 0),
        }
    )
    return table, shares, states.astype(np.int64)
