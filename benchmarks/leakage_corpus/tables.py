"""Generated tables that are no challenge of the product: flats, machine readings, leased vans, letters, repairs."""

from __future__ import annotations

from dataclasses import replace
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
VANS, NEW_VANS, VISITS, VISIT_DAYS, NEW_VISIT_DAYS = 420, 700, 15, 730, 180
FIRST_VISIT = "2023-01-02"
STATES = ("faulty", "ok", "stopped", "worn")
SENDERS, NEW_SENDERS, LETTER_DAYS, NEW_LETTER_DAYS = 1500, 900, 540, 150
OFFICES = ("benefits", "building", "parking", "registry", "taxes", "waste")
OFFICE_LOGITS = (0.2, -0.6, 1.6, 0.8, -1.1, -2.1)
TOPICS = (
    "allowance child rent support income form approval payment grant single parent help",
    "permit plan roof fence neighbour noise wall site architect storey garden height",
    "fine ticket car space zone badge street resident wheel towed sign meter",
    "passport birth certificate name address moved appointment marriage copy office identity card",
    "assessment instalment interest notice trade property reminder deadline amount account refund objection",
    "bin collection bulky glass compost missed smell container paper rats calendar yellow",
)
COMMON = (
    "the my of please since last week still again nobody answered called twice letter thank you regards "
    "problem question urgent know when should what do number enclosed attached family city house flat day"
)
GARAGES, NEW_GARAGES, REPAIR_DAYS, NEW_REPAIR_DAYS = 170, 110, 600, 150
SPREAD = {"chain": 0.2, "dealer": 0.45, "free": 0.85}
GARAGE_SD, WRECKS, WRECK = 0.35, 0.03, 5.0
RESERVE = 0.8


def challenge(name: str) -> Challenge:
    """One of the tables here, or a challenge of the product."""
    here = {
        "flats": flats,
        "readings": readings,
        "vans": vans,
        "fleet": fleet,
        "letters": letters,
        "repairs": repairs,
        "reserves": reserves,
    }
    return here[name]() if name in here else registry.get(name)


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


@cache
def vans() -> Challenge:
    """Does a leased van break down soon: a rare event, vans seen again at irregular dates; by average precision."""
    return a_challenge(
        id="vans",
        title="Which van breaks down on the road?",
        columns=(
            Column("van_id", "text", "the van"),
            Column("visited_on", "date text", "the day of the visit to the workshop"),
            Column("depot", "text", "one of twelve, typed by hand"),
            Column("make", "text", "one of six"),
            Column("note", "text", "what the mechanic wrote; may be missing"),
            Column("odometer_km", "int", "kilometres so far"),
            Column("days_since_last", "float", "since the visit before; missing at the first"),
            Column("km_since_last", "float", "since the visit before; missing at the first"),
            Column("battery_v", "float", "volts at rest; may be missing"),
            Column("oil_ppm", "float", "metal in the oil; may be missing"),
            Column("brake_mm", "float", "millimetres left"),
            Column("warnings", "int", "codes that were read out"),
            Column("rented_days", "int", "booked days of the next thirty"),
            Column("lease_value", "float", "thousands a year: what a breakdown of it weighs"),
            Column("tow_minutes", "float", "towing that was paid for in the thirty days"),
            Column("stranded", "int", "broke down on the road within thirty days"),
        ),
        target="stranded",
        group="van_id",
        time="visited_on",
        metric="average_precision",
        post_outcome=("tow_minutes",),
        packages=CHALLENGE.packages,
        make=make_vans,
    )


@cache
def fleet() -> Challenge:
    """The same of vans that are known: hidden visits are later ones of the same vans."""
    return replace(
        vans(), id="fleet", title="Which of our vans breaks down next?", hidden_units="both", make=make_fleet
    )


def make_vans(seed: int) -> Dataset:
    """Hidden visits are later, and of other vans."""
    rng = np.random.default_rng(seed)
    public = _vans(rng, VANS, 0, 0, VISIT_DAYS)
    return _visits(rng, public, _vans(rng, NEW_VANS, VANS, VISIT_DAYS, NEW_VISIT_DAYS), seed + 2)


def make_fleet(seed: int) -> Dataset:
    """Hidden visits are the later ones of the same vans."""
    rng = np.random.default_rng(seed)
    whole, chances, stranded = _vans(rng, VANS, 0, 0, VISIT_DAYS + NEW_VISIT_DAYS)
    late = (whole["visited_on"] >= f"{pd.Timestamp(FIRST_VISIT) + pd.Timedelta(days=VISIT_DAYS):%Y-%m-%d}").to_numpy()
    early, later = ((whole[side].reset_index(drop=True), chances[side], stranded[side]) for side in (~late, late))
    return _visits(rng, early, later, seed + 3)


Visits = tuple[pd.DataFrame, FloatArray, np.ndarray]


def _visits(rng: np.random.Generator, early: Visits, later: Visits, fingerprint: int) -> Dataset:
    """Public and hidden visits; of the public ones the workshop has written some twice, two in three typed anew."""
    (rows, chances, stranded), (hidden, hidden_chances, labels) = early, later
    public = rows.assign(stranded=stranded)
    again = np.flatnonzero(rng.random(len(public)) < 0.03)
    twice = public.iloc[again].copy()
    typed = rng.random(len(again)) < 0.67
    twice["odometer_km"] += np.where(typed, rng.integers(-2, 3, len(again)), 0)
    twice["depot"] = np.where(typed, twice["depot"].str.lower(), twice["depot"])
    order = rng.permutation(len(public) + len(again))
    return Dataset(
        public=pd.concat([public, twice], ignore_index=True).iloc[order].reset_index(drop=True),
        hidden=hidden,
        labels=labels,
        oracle=hidden_chances,
        baseline=0.02 + 0.05 * hidden["warnings"].clip(0, 6).to_numpy(dtype=float),
        public_oracle=np.concatenate([chances, chances[again]])[order],
        fingerprint=f"{fingerprint:016x}",
    )


def _vans(rng: np.random.Generator, count: int, number: int, first: int, days: int) -> Visits:
    """Visits of vans: a van has luck of its own, and its battery fades from visit to visit until it is changed."""
    most = max(3, VISITS * days // VISIT_DAYS)
    of = np.repeat(np.arange(count), rng.integers(2, 2 * most - 1, count))
    rows = len(of)
    day = first + np.floor(np.sort(rng.random(rows) + of) % 1 * days)  # irregular, in order within each van
    new = np.r_[True, of[1:] != of[:-1]]
    since = np.where(new, np.nan, np.diff(day, prepend=np.nan))
    fixed = np.random.default_rng(8)
    make, depot = fixed.normal(0, 0.35, 6), fixed.normal(0, 0.25, 12)
    of_make, of_depot = rng.integers(0, 6, count), rng.integers(0, 12, count)
    luck, a_day = rng.normal(0, 0.8, count), rng.gamma(6, 20, count)
    bought = first - rng.integers(30, 1500, count)
    odometer = (a_day[of] * (day - bought[of])).round().astype(int)
    age = (day - bought[of] + 240 * rng.random(count)[of]) % 900  # days since the battery was changed
    volts = 12.75 - 0.0011 * age + rng.normal(0, 0.08, rows)
    oil = np.exp(2.4 + 0.25 * luck[of] + 0.000004 * odometer + rng.normal(0, 0.5, rows))
    brake = np.round(11 - (odometer / 1000 % 45) / 5 + rng.normal(0, 0.4, rows), 1)
    warnings = rng.poisson(np.exp(-0.5 + 0.5 * luck[of]))
    rented = rng.binomial(30, 0.6, rows)
    logits = -5.6 + 0.9 * luck[of] + 3.2 * (12.75 - volts) + 0.022 * oil + 0.32 * warnings + 0.035 * rented
    logits = logits + make[of_make[of]] + depot[of_depot[of]] + 0.5 * np.cos(2 * np.pi * day / 365.25)
    chances = 1 / (1 + np.exp(-logits))
    stranded = (rng.random(rows) < chances).astype(np.int64)
    worried = rng.random(rows) < 0.1 + 0.4 * chances
    notes = np.where(worried, rng.integers(0, 4, rows), rng.integers(4, 9, rows))
    words = ("battery weak", "batery weak", "hard to start", "oil leak, watch", "ok", "OK", "all fine", "tyres", "")
    places = ("Arles", "Brest", "Caen", "Dijon", "Evry", "Gap", "Laon", "Lille", "Lyon", "Metz", "Nantes", "Tours")
    typed = np.array(places)[of_depot[of]]
    table = pd.DataFrame(
        {
            "van_id": np.array([f"V{number + van:04}" for van in range(count)])[of],
            "visited_on": (pd.Timestamp(FIRST_VISIT) + pd.to_timedelta(day, unit="D")).strftime("%Y-%m-%d"),
            "depot": np.where(rng.random(rows) < 0.06, np.char.add(typed, " "), typed),
            "make": np.array(["Aro", "Belt", "Corda", "Dane", "Ekto", "Fjor"])[of_make[of]],
            "note": pd.Series(np.array(words)[notes]).replace("", None),
            "odometer_km": odometer,
            "days_since_last": since,
            "km_since_last": np.round(since * a_day[of]),
            "battery_v": np.where(rng.random(rows) < 0.08, np.nan, np.round(volts, 2)),
            "oil_ppm": np.where(rng.random(rows) < 0.15, np.nan, np.round(oil, 1)),
            "brake_mm": brake,
            "warnings": warnings,
            "rented_days": rented,
            "lease_value": np.round(rng.gamma(4, 2, count) + 3, 1)[of],
            "tow_minutes": np.where(
                rng.random(rows) < np.where(stranded, 0.85, 0.015), rng.gamma(3, 25, rows).round(), 0
            ),
        }
    )
    return table, chances, stranded


@cache
def letters() -> Challenge:
    """Which office answers a letter: six classes, the rarest of 2 in 100, words and free text; by balanced accuracy."""
    return a_challenge(
        id="letters",
        title="Which office must answer the letter?",
        columns=(
            Column("sender_id", "int", "who wrote"),
            Column("arrived", "date text", "the day it came in"),
            Column("way", "text", "how it came in"),
            Column("district", "text", "one of twenty-four"),
            Column("subject", "text", "the first line; may be missing"),
            Column("body", "text", "what is written"),
            Column("pages", "int", "pages with what is enclosed"),
            Column("earlier_letters", "int", "letters of this sender in the year before"),
            Column("answer_days", "float", "days until it was answered"),
            Column("office", "text", "which office answered"),
        ),
        target="office",
        group="sender_id",
        time="arrived",
        task="multiclass",
        metric="balanced_accuracy",
        classes=OFFICES,
        post_outcome=("answer_days",),
        packages=CHALLENGE.packages,
        make=make_letters,
    )


def make_letters(seed: int) -> Dataset:
    """Hidden letters are later, and of other senders."""
    rng = np.random.default_rng(seed)
    public, shares, offices = _letters(rng, SENDERS, 1000, 0, LETTER_DAYS)
    hidden, hidden_shares, labels = _letters(rng, NEW_SENDERS, 9000, LETTER_DAYS, NEW_LETTER_DAYS)
    hidden["answer_days"] = np.nan
    order = rng.permutation(len(public))
    return Dataset(
        public=public.assign(office=np.array(OFFICES, dtype=object)[offices]).iloc[order].reset_index(drop=True),
        hidden=hidden,
        labels=labels,
        oracle=hidden_shares,
        baseline=np.tile(np.bincount(offices, minlength=6) / len(offices), (len(hidden), 1)),
        public_oracle=shares[order],
        fingerprint=f"{seed + 4:016x}",
    )


def _letters(rng: np.random.Generator, count: int, first: int, since: int, days: int) -> Visits:
    """Letters: a sender writes to one office more than to others, in words of their own."""
    of = np.repeat(np.arange(count), rng.geometric(0.4, count).clip(max=9))
    rows = len(of)
    day = since + rng.integers(0, days, rows)
    district = rng.integers(0, 24, count)
    by_district = np.random.default_rng(9).normal(0, 0.4, (24, 6))
    logits = np.array(OFFICE_LOGITS) + by_district[district][of] + rng.normal(0, 0.9, (count, 6))[of]
    logits[:, 2] += 0.0012 * day  # more and more fines
    offices = np.argmax(logits + rng.gumbel(size=(rows, 6)), axis=1)
    topics, common = [topic.split() for topic in TOPICS], COMMON.split()
    habit = rng.integers(0, len(common), (count, 2))
    told, subjects, bodies = np.zeros((rows, 6)), [], []
    for row, (office, sender) in enumerate(zip(offices, of, strict=True)):
        about = np.where(rng.random(4 + rng.integers(0, 5)) < 0.55, office, rng.integers(0, 6))
        words = [topics[n][rng.integers(0, 12)] for n in about]
        for n in about:
            told[row, n] += 1
        words += [common[n] for n in (*habit[sender], *rng.integers(0, len(common), rng.integers(3, 12)))]
        rng.shuffle(words)
        text = " ".join(words)
        bodies.append(text.upper() if rng.random() < 0.04 else text)
        subjects.append(None if rng.random() < 0.2 else " ".join(words[:2]))
    earlier = pd.Series(day).groupby(of).rank(method="first").to_numpy().astype(int) - 1
    shares = softmax(by_district[district][of] + 2.09 * told, axis=1)  # where each office counts alike
    table = pd.DataFrame(
        {
            "sender_id": first + of,
            "arrived": (pd.Timestamp("2024-03-01") + pd.to_timedelta(day, unit="D")).strftime("%Y-%m-%d"),
            "way": np.array(["counter", "form", "mail", "post"])[rng.integers(0, 4, rows)],
            "district": np.array([f"Ward {n:02}" for n in range(24)])[district[of]],
            "subject": subjects,
            "body": bodies,
            "pages": 1 + rng.poisson(0.4 + 0.8 * np.isin(offices, (1, 4))),
            "earlier_letters": earlier,
            "answer_days": np.round(rng.gamma(6, np.array([3, 9, 1, 0.6, 5, 0.3])[offices]), 1),
        }
    )
    return table, shares, offices.astype(np.int64)


@cache
def repairs() -> Challenge:
    """What a repair costs: a number with a heavy tail whose scatter depends on the garage; by RMSE."""
    return a_challenge(
        id="repairs",
        title="What will the repair cost?",
        columns=(
            Column("garage_id", "text", "the garage"),
            Column("opened_on", "date text", "the day the car came in"),
            Column("kind", "text", "chain, dealer or free garage"),
            Column("region", "text", "one of nine"),
            Column("labour_rate", "float", "of the garage, by the hour"),
            Column("make", "text", "one of eight"),
            Column("age_years", "float", "of the car"),
            Column("mileage_km", "float", "may be missing"),
            Column("fault", "text", "one of ten, typed by hand"),
            Column("towed", "text", "yes or no"),
            Column("first_guess", "float", "by the clerk on the telephone; may be missing"),
            Column("parts_invoice", "float", "of the wholesaler, once it has come"),
            Column("cost", "float", "paid in the end"),
        ),
        target="cost",
        group="garage_id",
        time="opened_on",
        task="regression",
        metric="rmse",
        unit="EUR",
        post_outcome=("parts_invoice",),
        packages=CHALLENGE.packages,
        make=make_repairs,
    )


@cache
def reserves() -> Challenge:
    """The same table: what to put aside, so that it is enough four times in five; by mean pinball loss."""
    return replace(
        repairs(),
        id="reserves",
        title="How much must be put aside for a repair?",
        metric="mean_pinball_loss",
        quantile=RESERVE,
        make=make_reserves,
    )


def make_repairs(seed: int) -> Dataset:
    """Hidden repairs are later, and of other garages."""
    return _mended(seed, 5, {kind: float(np.log(_mean_factor(sd))) for kind, sd in SPREAD.items()})


def make_reserves(seed: int) -> Dataset:
    return _mended(seed, 6, {kind: _log_quantile(sd) for kind, sd in SPREAD.items()})


def _mean_factor(spread: float) -> float:
    return float(np.exp((spread**2 + GARAGE_SD**2) / 2) * (1 - WRECKS + WRECKS * WRECK))


def _log_quantile(spread: float) -> float:
    """Quantile of the log cost above its centre, where one in thirty is a wreck."""
    draws = np.random.default_rng(1).normal(0, np.hypot(spread, GARAGE_SD), 400_000)
    draws[: int(WRECKS * len(draws))] += np.log(WRECK)
    return float(np.quantile(draws, RESERVE))


def _mended(seed: int, offset: int, best: dict[str, float]) -> Dataset:
    rng = np.random.default_rng(seed)
    public, logs, costs = _repairs(rng, GARAGES, 100, 0, REPAIR_DAYS)
    hidden, hidden_logs, hidden_costs = _repairs(rng, NEW_GARAGES, 500, REPAIR_DAYS, NEW_REPAIR_DAYS)
    hidden["parts_invoice"] = np.nan
    rate = float(np.median(costs / public["labour_rate"]))
    return Dataset(
        public=public.assign(cost=costs),
        hidden=hidden,
        labels=hidden_costs,
        oracle=np.exp(hidden_logs + hidden["kind"].map(best).to_numpy(dtype=float)),
        baseline=rate * hidden["labour_rate"].to_numpy(dtype=float),
        public_oracle=np.exp(logs + public["kind"].map(best).to_numpy(dtype=float)),
        fingerprint=f"{seed + offset:016x}",
    )


def _repairs(
    rng: np.random.Generator, count: int, first: int, since: int, days: int
) -> tuple[pd.DataFrame, FloatArray, FloatArray]:
    """Repairs in the order of their days: garages have a level of their own, and their kind a scatter of its own."""
    of = np.repeat(np.arange(count), rng.integers(4, 50, count))
    day = since + rng.integers(0, days, len(of))
    order = np.argsort(day, kind="stable")
    of, day = of[order], day[order]
    rows = len(of)
    fixed = np.random.default_rng(10)
    by_fault, by_make = fixed.normal(0, 0.6, 10), fixed.normal(0, 0.3, 8)
    kind = np.array(list(SPREAD))[rng.integers(0, 3, count)]
    rate = np.round(rng.normal(85, 14, count), 0)
    own = rng.normal(0, GARAGE_SD, count)
    fault, make = rng.integers(0, 10, rows), rng.integers(0, 8, rows)
    age = np.round(rng.gamma(3, 2.5, rows), 1)
    mileage = np.round(age * rng.gamma(8, 1800, rows), -2)
    towed = rng.random(rows) < 0.2
    logs = 5.1 + by_fault[fault] + by_make[make] + 0.011 * (rate[of] - 85) + 0.03 * age + 0.5 * towed
    logs = logs + 0.0003 * day
    scatter = np.array([SPREAD[k] for k in kind])[of] * rng.normal(size=rows)
    wreck = np.where(rng.random(rows) < WRECKS, np.log(WRECK), 0)
    costs = np.round(np.exp(logs + own[of] + scatter + wreck), 2)
    names = np.array(
        ["brakes", "clutch", "electrics", "engine", "exhaust", "gearbox", "glass", "paint", "steering", "tyres"]
    )[fault]
    table = pd.DataFrame(
        {
            "garage_id": np.array([f"G{first + n}" for n in range(count)])[of],
            "opened_on": (pd.Timestamp("2023-05-01") + pd.to_timedelta(day, unit="D")).strftime("%Y-%m-%d"),
            "kind": kind[of],
            "region": np.array([f"R{n}" for n in range(9)])[rng.integers(0, 9, count)[of]],
            "labour_rate": rate[of],
            "make": np.array(["Aro", "Belt", "Corda", "Dane", "Ekto", "Fjor", "Gallo", "Hestra"])[make],
            "age_years": age,
            "mileage_km": np.where(rng.random(rows) < 0.1, np.nan, mileage),
            "fault": np.where(rng.random(rows) < 0.1, np.char.upper(names), names),
            "towed": np.where(towed, "yes", "no"),
            "first_guess": np.where(
                rng.random(rows) < 0.25, np.nan, np.round(np.exp(logs + rng.normal(0, 0.6, rows)), -1)
            ),
            "parts_invoice": np.round(costs * rng.beta(6, 6, rows), 2),
        }
    )
    return table, logs, costs
