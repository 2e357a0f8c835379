"""How customers live and leave: the true process behind the churn table, before anything is recorded.

Every value here is what really happened; `make_data` then writes it down as imperfectly as the company did.
A row leaves with probability sigmoid(`tendency` + effect), where the effect belongs to the customer and shows
in no column.  It is drawn independently of everything else, so the best attainable score of a new customer's
row is that probability averaged over the effect, which `chance_of_leaving` computes exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from challenges.generated import draw
from graders.model.later import pd

Floats = npt.NDArray[np.float64]

#: Standard deviation, in log odds, of what a customer's columns do not tell.
EFFECT_SD = 2.2
INTERCEPT = -4.3

DAY = np.timedelta64(1, "D")
YEAR_DAYS = 365.25
PROMOTION_DAYS, PROMOTION_CYCLE_DAYS = 180, 250

CONTRACTS = {"monthly": 0.58, "one_year": 0.25, "two_year": 0.17}
PLANS = {"S": 0.4, "M": 0.4, "L": 0.2}
PLAN_PRICE = {"S": 19.9, "M": 29.9, "L": 44.9}
REGIONS = {"north": 0.22, "south": 0.2, "east": 0.18, "west": 0.2, "metro": 0.2}
PRODUCTS = {1: 0.45, 2: 0.3, 3: 0.17, 4: 0.08}
DISCOUNTS = {10: 0.4, 20: 0.35, 30: 0.25}


@dataclass(frozen=True)
class Era:
    """A stretch of monthly snapshots, and the ways of buying and paying that customers had in it."""

    snapshots: npt.NDArray[np.datetime64]
    channels: dict[str, float]
    payments: dict[str, float]


def months(first: str, count: int) -> npt.NDArray[np.datetime64]:
    """The first days of `count` months in a row, from `first` (such as "2022-07")."""
    return (np.datetime64(first, "M") + np.arange(count)).astype("datetime64[D]")


def customers(rng: np.random.Generator, ids: npt.NDArray[np.int64], era: Era) -> pd.DataFrame:
    """One row for each customer: what does not change from one snapshot to the next."""
    n = len(ids)
    last = era.snapshots[-1]
    tenure = rng.gamma(1.3, 700.0, n).astype(int) + 15
    return pd.DataFrame(
        {
            "customer_id": ids,
            "effect": rng.normal(0.0, EFFECT_SD, n),
            "signup": last - tenure * DAY,
            "born": last - (rng.triangular(18, 38, 88, n) * YEAR_DAYS).astype(int) * DAY,
            "age_known": rng.random(n) > 0.04,
            "gender": rng.choice(np.array(["f", "m"], dtype=object), n),
            "region": draw(rng, REGIONS, n),
            "postcode": rng.integers(10_000, 99_999, n),
            "contract": draw(rng, CONTRACTS, n),
            "plan": draw(rng, PLANS, n),
            "channel": draw(rng, era.channels, n),
            "payment": draw(rng, era.payments, n),
            "products": rng.choice(list(PRODUCTS), n, p=list(PRODUCTS.values())),
            "income": np.where(rng.random(n) < 0.15, np.nan, rng.lognormal(3.6, 0.45, n)),
            "taste": rng.normal(0.0, 0.6, n),
            "markup": rng.normal(1.0, 0.12, n),
            "promoted": rng.random(n) < 0.75,
            "promotion": rng.choice(list(DISCOUNTS), n, p=list(DISCOUNTS.values())),
            "promotion_phase": rng.integers(0, PROMOTION_CYCLE_DAYS, n),
        }
    )


def snapshots(rng: np.random.Generator, people: pd.DataFrame, era: Era, rows: int) -> pd.DataFrame:
    """`rows` customers at snapshots, drawn without replacement among those after sign-up, in random order."""
    person, month = np.divmod(np.arange(len(people) * len(era.snapshots)), len(era.snapshots))
    signed_up = era.snapshots[month] > people["signup"].to_numpy()[person]
    kept = rng.permutation(np.flatnonzero(signed_up))[:rows]
    table = people.iloc[person[kept]].reset_index(drop=True)
    table["snapshot"] = era.snapshots[month[kept]]
    return _living(rng, _priced(table))


def _days(later: pd.Series, earlier: pd.Series) -> Floats:
    return np.asarray((later - earlier).dt.days, dtype=np.float64)


def _priced(table: pd.DataFrame) -> pd.DataFrame:
    """Adds tenure, age, the running promotion (`discount`, `days_left`) and the monthly charge."""
    since = pd.Series(np.datetime64("2020-01-01", "s"), index=table.index)
    position = (_days(table["snapshot"], since) + table["promotion_phase"]) % PROMOTION_CYCLE_DAYS
    running = table["promoted"] & (position < PROMOTION_DAYS)
    discount = np.where(running, table["promotion"], 0)
    price = table["plan"].map(PLAN_PRICE).astype(float) + 7.0 * (table["products"] - 1)
    return table.assign(
        tenure=_days(table["snapshot"], table["signup"]),
        age=np.floor(_days(table["snapshot"], table["born"]) / YEAR_DAYS),
        discount=discount,
        days_left=np.where(running, PROMOTION_DAYS - position, np.nan),
        charge=(price * table["markup"] * (1 - discount / 100)).round(2),
    )


def _living(rng: np.random.Generator, table: pd.DataFrame) -> pd.DataFrame:
    """Adds what a customer did and felt up to the snapshot."""
    n = len(table)
    usage = np.exp(1.9 + table["taste"] + rng.normal(0.0, 0.35, n))
    tickets = rng.poisson(np.exp(rng.normal(-0.6, 0.8, n)))
    satisfaction = np.clip(rng.normal(7.2 - 0.5 * tickets, 1.7, n), 1.0, 10.0)
    return table.assign(
        usage=usage.clip(0.05),
        trend=rng.normal(0.0, 1.0, n).round(3),
        tickets=tickets,
        late=rng.poisson(0.6, n),
        satisfaction=np.where(rng.random(n) < 0.3, np.nan, satisfaction.round(1)),
    )


def _ending(t: pd.DataFrame) -> Floats:
    """What dates do: a promotion holds a customer until its end comes near, a contract until it renews."""
    near = np.clip((75.0 - t["days_left"].fillna(999.0)) / 30.0, 0.0, 1.0)
    free = (t["contract"] == "monthly").to_numpy()
    pull = np.where(free, 2.8, 0.4) * near * t["discount"] / 20.0
    hold = np.where(free & t["days_left"].notna() & (near == 0.0), -1.2, 0.0)
    to_renewal = -t["tenure"] % np.where(t["contract"] == "two_year", 2 * 365, 365)
    renewal = np.where(~free & (to_renewal < 60), 2.6, 0.0)
    return np.asarray(pull + hold + renewal, dtype=np.float64)


def _person(t: pd.DataFrame) -> Floats:
    """Who the customer is.  Where no age is on file the customer behaves like the average one."""
    old = t["age_known"] & (t["age"] >= 65)
    young = t["age_known"] & (t["age"] < 30)
    region = t["region"].map({"south": 0.5, "metro": 0.3}).fillna(0.0)
    channel = t["channel"].map({"partner": 0.6, "phone": 0.25, "app": -0.3}).fillna(0.0)
    payment = t["payment"].map({"transfer": 0.4, "wallet": 0.15}).fillna(0.0)
    return np.asarray(0.45 * old + 0.35 * young + region + channel + payment, dtype=np.float64)


def _bond(t: pd.DataFrame) -> Floats:
    """How firmly the customer is tied, and at what price; prices come to matter a little more with time."""
    contract = t["contract"].map({"monthly": 1.4, "one_year": -0.9, "two_year": -2.2}).astype(float)
    years = _days(t["snapshot"], pd.Series(np.datetime64("2022-07-01", "s"), index=t.index)) / YEAR_DAYS
    price = (0.55 + 0.12 * years) * (t["charge"] - 33.0) / 12.0
    tenure = -0.65 * (np.log(t["tenure"] + 30.0) - 6.5)
    return np.asarray(contract + price + tenure - 0.4 * (t["products"] - 2), dtype=np.float64)


def _mood(t: pd.DataFrame) -> Floats:
    """What the customer lived through.  Who does not answer the survey has often already given up."""
    feeling = np.where(t["satisfaction"].isna(), 1.4, -0.65 * (t["satisfaction"].fillna(7.0) - 7.0))
    trend = 0.42 * (np.minimum(np.abs(t["trend"]), 2.5) ** 1.5 - 0.85) - 0.45 * t["trend"]
    usage = -0.4 * (np.log(t["usage"]) - 1.9)
    return np.asarray(feeling + trend + usage + 0.38 * t["tickets"] + 0.42 * t["late"], dtype=np.float64)


def tendency(table: pd.DataFrame) -> Floats:
    """Log odds of leaving within 60 days for an average effect, one for each row."""
    return INTERCEPT + _ending(table) + _person(table) + _bond(table) + _mood(table)


def sigmoid(log_odds: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-log_odds)), dtype=np.float64)


def leaves(rng: np.random.Generator, table: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Draws who left within 60 days: 0 or 1 for each row."""
    chance = sigmoid(tendency(table) + table["effect"].to_numpy())
    return (rng.random(len(table)) < chance).astype(np.int64)


def chance_of_leaving(table: pd.DataFrame) -> Floats:
    """P(leaves | all columns) for a customer never seen before: the effect is integrated out by quadrature."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    at_nodes = sigmoid(tendency(table)[:, None] + EFFECT_SD * nodes[None, :])
    return np.asarray(at_nodes @ (weights / weights.sum()), dtype=np.float64)
