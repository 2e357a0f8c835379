"""How tickets come in and where they belong: the true process behind the ticket table, before anything is recorded.

A ticket belongs to a team with probability softmax(`tendency` + concern).  The concern belongs to the customer and
shows in no column: some customers come back with the same trouble.  It is drawn independently of everything else, so
the best that can be said of a new customer's ticket is the softmax averaged over concerns: `chances`, which is exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from challenges.generated import draw
from graders.model.later import pd

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TEAMS = ("account", "billing", "delivery", "legal", "returns", "technical")
#: Share of customers with each concern, in the order of TEAMS; the rest have none.
CONCERNS = (0.13, 0.14, 0.12, 0.01, 0.1, 0.15)
#: What a concern adds to its team, in log odds.
CONCERN = 3.2

DAY = np.timedelta64(1, "D")
YEAR_DAYS = 365.25
START = np.datetime64("2023-01-01")

LANGUAGES = {"de": 0.52, "fr": 0.2, "it": 0.12, "en": 0.16}
SEGMENTS = {"private": 0.76, "business": 0.24}
TOPICS = {
    "bill": 0.16,
    "parcel": 0.15,
    "return": 0.1,
    "fault": 0.17,
    "setup": 0.09,
    "login": 0.11,
    "contract": 0.07,
    "other": 0.15,
}
PARCELS = {"none": 0.55, "underway": 0.17, "delivered": 0.22, "lost": 0.06}
ERRORS = {"": 0.72, "E10": 0.09, "E20": 0.08, "E31": 0.06, "A05": 0.05}


@dataclass(frozen=True)
class Era:
    """A stretch of days, and the products and ways of writing that customers had in it."""

    first: np.datetime64
    days: int
    products: dict[str, float]
    channels: dict[str, float]


def customers(rng: np.random.Generator, ids: Ints, era: Era) -> pd.DataFrame:
    """One row for each customer: what does not change from one ticket to the next.  Concern -1 is none."""
    n = len(ids)
    concerns = (1 - sum(CONCERNS), *CONCERNS)
    return pd.DataFrame(
        {
            "customer_id": ids,
            "concern": rng.choice(np.arange(-1, len(TEAMS)), n, p=concerns),
            "since": era.first - (rng.gamma(1.4, 420.0, n).astype(int) + 20) * DAY,
            "born": era.first - (rng.triangular(18, 40, 86, n) * YEAR_DAYS).astype(int) * DAY,
            "age_known": rng.random(n) > 0.06,
            "language": draw(rng, LANGUAGES, n),
            "segment": draw(rng, SEGMENTS, n),
            "postcode": rng.integers(10_000, 99_999, n),
            "product": draw(rng, era.products, n),
        }
    )


def tickets(rng: np.random.Generator, people: pd.DataFrame, era: Era, rows: int) -> pd.DataFrame:
    """`rows` tickets in random order; some customers write once, some again and again."""
    eager = rng.gamma(1.2, 1.0, len(people))
    writers = rng.choice(len(people), rows, p=eager / eager.sum())
    table = people.iloc[writers].reset_index(drop=True)
    table["opened"] = era.first + rng.integers(0, era.days, rows) * DAY
    return _told(rng, table, era)


def _told(rng: np.random.Generator, table: pd.DataFrame, era: Era) -> pd.DataFrame:
    """Adds what a ticket says and what the shop knows on its arrival."""
    n = len(table)
    channel = draw(rng, era.channels, n)
    parcel = draw(rng, PARCELS, n)
    ordered = np.where(parcel == "underway", rng.integers(1, 15, n), np.round(rng.gamma(1.2, 90.0, n)) + 3)
    no_order = (parcel == "none") & (rng.random(n) < 0.3)
    return table.assign(
        age=np.floor(days(table["opened"], table["born"]) / YEAR_DAYS),
        tenure=days(table["opened"], table["since"]),
        years=(table["opened"].to_numpy() - START) / DAY / YEAR_DAYS,
        hour=np.clip(rng.normal(13.5, 4.2, n), 0, 23).astype(int),
        channel=channel,
        # On the telephone an agent types, and often picks the first topic that fits anything.
        topic=np.where((channel == "phone") & (rng.random(n) < 0.35), "other", draw(rng, TOPICS, n)),
        parcel=parcel,
        ordered=np.where(no_order, np.nan, ordered),
        value=np.where(no_order, np.nan, rng.lognormal(4.4, 0.7, n).round(2)),
        invoice=rng.integers(0, 62, n),
        error=draw(rng, ERRORS, n),
        words=np.clip(rng.lognormal(4.0, 0.6, n), 4, 900).astype(int),
        photos=rng.poisson(0.5, n),
        others=rng.poisson(0.4, n),
        tone=np.where(rng.random(n) < 0.18, np.nan, np.clip(rng.normal(-0.15, 0.4, n), -1, 1).round(2)),
    )


def days(later: pd.Series, earlier: pd.Series) -> Floats:
    return np.asarray((later - earlier).dt.days, dtype=np.float64)


#: Log odds of the teams by topic, in the order of TEAMS.
BY_TOPIC = {
    "bill": (0.2, 2.9, -0.2, 0.2, 0.5, -0.6),
    "parcel": (-0.6, -0.1, 2.6, -0.4, 1.0, -0.6),
    "return": (-0.8, 0.9, 0.7, 0.2, 2.6, 0.2),
    "fault": (-0.5, -0.6, -0.3, -0.5, 0.9, 2.5),
    "setup": (0.9, -0.9, -0.3, -1.0, 0.1, 2.4),
    "login": (2.9, -0.2, -0.9, 0.0, -1.0, 1.0),
    "contract": (1.7, 1.6, -0.7, 1.6, 0.2, -0.4),
    "other": (0.3, 0.3, 0.3, 0.6, 0.2, 0.3),
}
INTERCEPTS = (0.0, 0.1, 0.1, -2.2, -0.2, 0.2)
#: What a year adds: an app for accounts, parcels that arrive, a law of 2023 that people come to know.
BY_YEAR = (0.55, -0.15, -0.6, 0.4, 0.0, 0.2)
BY_PRODUCT = {
    "thermostat": (0.0, 0.0, 0.0, 0.0, 0.0, 0.3),
    "camera": (0.4, 0.0, 0.0, 0.5, 0.1, 0.1),
    "speaker": (0.0, 0.0, 0.1, -0.2, 0.4, -0.3),
    "lock": (0.5, 0.0, 0.0, 0.2, -0.2, 0.4),
    "hub": (0.5, 0.0, 0.2, 0.0, -0.1, 0.6),
}
BY_ERROR = {"": 0.0, "E10": 1.6, "E20": 1.9, "E31": 1.3, "A05": 0.2}


def tendency(t: pd.DataFrame) -> Floats:
    """Log odds of the teams for a customer without a concern, shape (rows, teams), up to a constant of each row."""
    by_row = np.asarray(INTERCEPTS) + t["years"].to_numpy()[:, None] * np.asarray(BY_YEAR)
    by_row = by_row + _rows_of(t["topic"], BY_TOPIC) + _rows_of(t["product"], BY_PRODUCT)
    parts = {
        "account": _account(t),
        "billing": _billing(t),
        "delivery": _delivery(t),
        "legal": _legal(t),
        "returns": _returns(t),
        "technical": _technical(t),
    }
    return np.asarray(by_row + np.column_stack([parts[team] for team in TEAMS]), dtype=np.float64)


def _rows_of(values: pd.Series, table: Mapping[str, tuple[float, ...]]) -> Floats:
    return np.asarray([table[value] for value in values], dtype=np.float64)


def _account(t: pd.DataFrame) -> Floats:
    """Who is new has trouble with the account; so have the very old and, by error A05, whoever is locked out."""
    old = t["age_known"] & (t["age"] >= 65)
    new = np.clip((90.0 - t["tenure"]) / 60.0, 0.0, 1.0)
    return np.asarray(0.5 * old + 1.1 * new + 2.2 * (t["error"] == "A05"), dtype=np.float64)


def _billing(t: pd.DataFrame) -> Floats:
    """In the days after an invoice people write about it, business customers most."""
    fresh = np.clip((12 - t["invoice"]) / 8.0, 0.0, 1.0)
    firm = (t["segment"] == "business").to_numpy()
    large = 0.35 * np.clip(np.log(t["value"].fillna(81.0)) - 4.4, -2.0, 2.0)
    return np.asarray(np.where(firm, 2.0, 1.2) * fresh + 0.4 * firm + large, dtype=np.float64)


def _delivery(t: pd.DataFrame) -> Floats:
    """A parcel that is late or lost; one that has arrived is seldom the trouble."""
    state = t["parcel"].map({"none": -0.9, "underway": 0.5, "delivered": -0.5, "lost": 2.2}).astype(float)
    late = (t["parcel"] == "underway") & (t["ordered"] > 7)
    return np.asarray(state + 1.6 * late - 0.2 * t["photos"], dtype=np.float64)


def _legal(t: pd.DataFrame) -> Floats:
    """Long and angry letters, by mail more than by telephone."""
    anger = 0.9 * np.clip(-t["tone"].fillna(-0.15) - 0.3, 0.0, 0.7)
    length = 0.9 * (np.log(t["words"]) - 4.0)
    return np.asarray(anger + length + 0.6 * (t["channel"] == "mail"), dtype=np.float64)


def _free(t: pd.DataFrame) -> pd.Series:
    """Whether the last order has come and can still be sent back."""
    return ~t["parcel"].isin(["underway", "lost"]) & (t["ordered"] <= 30)


def _returns(t: pd.DataFrame) -> Floats:
    """What came within 30 days can be sent back; a photo shows what is broken."""
    fault = t["topic"].isin(["fault", "return"])
    free = _free(t)
    language = t["language"].map({"fr": 0.3, "it": 0.3}).fillna(0.0)
    return np.asarray(1.0 * free + 2.0 * (free & fault) + 0.45 * t["photos"] + language - 0.3, dtype=np.float64)


def _technical(t: pd.DataFrame) -> Floats:
    """An error code, a product in use for long, many words."""
    error = t["error"].map(BY_ERROR).astype(float)
    used = 0.25 * np.clip(np.log1p(t["ordered"].fillna(90.0)) - 4.0, -2.0, 2.0)
    young = 1.0 * (_free(t) & (t["topic"] == "fault"))
    evening = 0.35 * (t["hour"] >= 18)
    return np.asarray(error + used - young + evening + 0.35 * (np.log(t["words"]) - 4.0), dtype=np.float64)


def softmax(log_odds: Floats) -> Floats:
    """Probabilities along the last axis."""
    powers = np.exp(log_odds - log_odds.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float64)


def belongs(rng: np.random.Generator, table: pd.DataFrame) -> Ints:
    """Draws the number of the team that each ticket belongs to."""
    concern = CONCERN * (table["concern"].to_numpy()[:, None] == np.arange(len(TEAMS)))
    passed = softmax(tendency(table) + concern).cumsum(axis=1) < rng.random((len(table), 1))
    return np.asarray(np.minimum(passed.sum(axis=1), len(TEAMS) - 1), dtype=np.int64)


def chances(table: pd.DataFrame) -> Floats:
    """P(team | all columns) for a customer never seen before, shape (rows, teams): the concern is summed out."""
    own = tendency(table)
    found = (1 - sum(CONCERNS)) * softmax(own)
    for share, concern in zip(CONCERNS, CONCERN * np.eye(len(TEAMS)), strict=True):
        found = found + share * softmax(own + concern)
    return np.asarray(found, dtype=np.float64)
