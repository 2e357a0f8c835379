"""How much customers ask for: the true process behind the demand table, before anything is recorded.

Every value here is what really happened; `make_data` then writes it down as imperfectly as the company did.
The demand for an article on a day is Poisson with mean `expected` x exp(`effect` of the store + `month` of the
store).  The effect stays with a store and shows in no column.  The month is drawn anew for each store and month, so
that no history tells it.  Mean absolute error is least at the median, which `median_demand` computes exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from challenges.generated import draw
from graders.model.arrays import FloatArray
from graders.model.later import pd

#: Standard deviations, in logarithms of the demand, of what no column tells.
EFFECT_SD, MONTH_SD = 0.45, 0.2
#: Points of the quadrature, and steps of the bisection, by which the median is exact but for rounding.
NODES, BISECTIONS = 40, 40

#: Units in a pack, in which shelves are filled.
PACK = 6
DAY = np.timedelta64(1, "D")
OPENS, CLOSES = 8.0, 20.0
EASTER = {2022: "2022-04-17", 2023: "2023-04-09", 2024: "2024-03-31"}
#: Days on which no store opens, by how many days they lie after Easter Sunday, and by month and day.
AFTER_EASTER = (-2, 0, 1)
FIXED = ("01-01", "12-25", "12-26")

FORMATS = {"supermarket": 0.45, "city": 0.3, "kiosk": 0.25}
REGIONS = {"north": 0.3, "south": 0.25, "east": 0.2, "west": 0.25}
AREAS = {"city": 0.35, "suburb": 0.35, "rural": 0.3}
SIZE = {"supermarket": 1100.0, "city": 420.0, "kiosk": 90.0}


@dataclass(frozen=True)
class Article:
    """base: units a day in a store of 600 square metres.  easter, christmas, summer, weekend: logarithms of the factor
    at its height.  lift: the same for a discount of a half.  returned: share of the units that is brought back."""

    category: str
    price: float
    base: float
    easter: float = 0.0
    christmas: float = 0.0
    summer: float = 0.0
    weekend: float = 0.0
    lift: float = 1.6
    returned: float = 0.01


ARTICLES = {
    "rye bread": Article("bakery", 2.9, 15.6, easter=0.25, weekend=0.35, lift=0.9),
    "butter rolls": Article("bakery", 0.6, 20.4, easter=0.3, weekend=0.5, lift=1.0),
    "whole milk": Article("dairy", 1.2, 18.0, easter=0.25, lift=1.1),
    "eggs": Article("dairy", 3.1, 10.2, easter=1.15, christmas=0.4, lift=1.2),
    "apples": Article("produce", 2.5, 10.8, summer=-0.2, weekend=0.2, lift=1.3),
    "salad": Article("produce", 1.4, 9.0, summer=0.45, weekend=0.25, lift=1.4),
    "lager": Article("drinks", 0.9, 14.4, easter=0.35, christmas=0.3, summer=0.5, weekend=0.7, lift=2.1),
    "lemonade": Article("drinks", 1.1, 8.4, summer=0.7, weekend=0.4, lift=2.0),
    "chocolate": Article("sweets", 1.8, 9.6, easter=1.3, christmas=0.9, summer=-0.35, lift=1.9),
    "ice cream": Article("sweets", 3.4, 5.4, easter=0.2, summer=1.1, weekend=0.3, lift=1.8),
    "candles": Article("household", 4.5, 4.8, christmas=0.9, summer=-0.3, lift=1.5, returned=0.12),
    "umbrellas": Article("household", 12.0, 3.6, summer=-0.2, lift=1.7, returned=0.22),
}
#: What a kind of store sells more of than its size says.
TASTES = {
    ("kiosk", "drinks"): 0.5,
    ("kiosk", "sweets"): 0.3,
    ("kiosk", "produce"): -0.6,
    ("city", "bakery"): 0.3,
    ("city", "household"): -0.3,
}


@dataclass(frozen=True)
class Era:
    """A stretch of days, and how often promotions are planned in it."""

    days: npt.NDArray[np.datetime64]
    promoted: float


def open_days(first: str, last: str) -> npt.NDArray[np.datetime64]:
    """Every day from `first` to `last` on which stores open: no Sunday, and no holiday."""
    days = np.arange(np.datetime64(first), np.datetime64(last) + DAY)
    sundays = ~np.is_busday(days, weekmask="1111110")
    closed = [np.datetime64(easter) + offset * DAY for easter in EASTER.values() for offset in AFTER_EASTER]
    closed += [np.datetime64(f"{year}-{day}") for year in EASTER for day in FIXED]
    return days[~sundays & ~np.isin(days, closed)]


def stores(rng: np.random.Generator, ids: npt.NDArray[np.int64], opened: npt.NDArray[np.datetime64]) -> pd.DataFrame:
    """One row for each store: what does not change from one day to the next."""
    n = len(ids)
    kinds = draw(rng, FORMATS, n)
    size = pd.Series(kinds).map(SIZE).to_numpy(dtype=np.float64) * np.exp(rng.normal(0.0, 0.25, n))
    return pd.DataFrame(
        {
            "store_id": ids,
            "effect": rng.normal(0.0, EFFECT_SD, n),
            "format": kinds,
            "region": draw(rng, REGIONS, n),
            "area": draw(rng, AREAS, n),
            "size": size.round(),
            "opened": opened,
            "power": np.where(rng.random(n) < 0.15, np.nan, rng.normal(100.0, 15.0, n)),
            "dearness": rng.normal(0.0, 0.05, n),
        }
    )


def close(rng: np.random.Generator, places: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which stores were given up in the years of the table: weak ones, nearly all of them in the country."""
    rural = (places["area"] == "rural").to_numpy()
    weakness = -places["effect"].to_numpy() + rng.normal(0.0, 0.15, len(places))
    return np.asarray(weakness > np.where(rural, 0.0, 0.75), dtype=np.bool_)


def sales_days(rng: np.random.Generator, places: pd.DataFrame, era: Era, rows: int) -> pd.DataFrame:
    """`rows` days of a store and an article, drawn without replacement among those after the opening, shuffled."""
    names = np.array(list(ARTICLES), dtype=object)
    shape = (len(places), len(era.days), len(names))
    place, day, article = np.unravel_index(rng.permutation(int(np.prod(shape))), shape)
    began = era.days[day] >= places["opened"].to_numpy()[place]
    place, day, article = (index[began][:rows] for index in (place, day, article))
    table = places.iloc[place].reset_index(drop=True)
    table["day"], table["article"] = era.days[day], names[article]
    return _shelved(rng, _planned(rng, _months(rng, table), era))


def of_articles(table: pd.DataFrame, name: str) -> FloatArray:
    """What each row's article has of this name, as numbers."""
    known = {article: getattr(about, name) for article, about in ARTICLES.items()}
    return table["article"].map(known).to_numpy(dtype=np.float64)


def _months(rng: np.random.Generator, table: pd.DataFrame) -> pd.DataFrame:
    """Adds how good a month the store has: one draw for each store and month, whatever the article."""
    number = table.groupby([table["store_id"], table["day"].dt.to_period("M")]).ngroup().to_numpy()
    return table.assign(month=rng.normal(0.0, MONTH_SD, number.max() + 1)[number])


def _planned(rng: np.random.Generator, table: pd.DataFrame, era: Era) -> pd.DataFrame:
    """Adds price, discount (a share) and whether the article is in the leaflet: planned weeks ahead."""
    n = len(table)
    promoted = rng.random(n) < era.promoted
    depth = rng.choice([0.1, 0.2, 0.3, 0.4, 0.5], n, p=[0.2, 0.3, 0.25, 0.15, 0.1])
    price = of_articles(table, "price") * np.exp(table["dearness"].to_numpy() + rng.normal(0.0, 0.05, n))
    return table.assign(
        price=price.round(2),
        discount=np.where(promoted, depth, 0.0),
        leaflet=(promoted & (rng.random(n) < 0.4)).astype(np.int64),
    )


def _shelved(rng: np.random.Generator, table: pd.DataFrame) -> pd.DataFrame:
    """Adds the units that the shelf holds, whole packs.  Planners know neither the store's effect nor promotions."""
    usual = np.exp(_place(table) + _weekday(table))
    packs = np.ceil(usual * np.exp(rng.normal(0.85, 0.25, len(table))) / PACK)
    return table.assign(shelf=PACK * packs)


def _place(t: pd.DataFrame) -> FloatArray:
    """Logarithm of what this kind of store sells of the article on a plain day."""
    size = 0.55 * np.log(t["size"].to_numpy() / 600.0)
    kind = t["format"].map({"supermarket": 0.0, "city": 0.35, "kiosk": 0.3}).to_numpy(dtype=np.float64)
    area = t["area"].map({"city": 0.15, "suburb": 0.0, "rural": -0.2}).to_numpy(dtype=np.float64)
    category = t["article"].map({name: about.category for name, about in ARTICLES.items()})
    taste = [TASTES.get(pair, 0.0) for pair in zip(t["format"], category, strict=True)]
    return np.asarray(np.log(of_articles(t, "base")) + size + kind + area + taste, dtype=np.float64)


def _weekday(t: pd.DataFrame) -> FloatArray:
    """Fridays and Saturdays are busy, more so for some articles; kiosks in the city live on weekdays."""
    day = t["day"].dt.day_of_week.to_numpy()
    late = np.select([day == 4, day == 5], [0.7, 1.0], 0.0)
    commuters = np.where((t["format"] == "kiosk") & (day == 5), -0.5, 0.0)
    return np.asarray(late * (0.15 + of_articles(t, "weekend")) + commuters, dtype=np.float64)


def days_to_easter(days: pd.Series) -> FloatArray:
    """Days from each day to Easter Sunday of its year; negative after it."""
    easter = pd.to_datetime(days.dt.year.map(EASTER))
    return np.asarray((easter - days).dt.days, dtype=np.float64)


def _season(t: pd.DataFrame) -> FloatArray:
    """The time of year, and the weeks before the two holidays, of which only Christmas keeps its date."""
    of_year = t["day"].dt.day_of_year.to_numpy()
    summer = of_articles(t, "summer") * np.cos(2 * np.pi * (of_year - 200) / 365.25)
    before = days_to_easter(t["day"])
    easter = of_articles(t, "easter") * np.where((before > 0) & (before <= 10), 1.0 - (before - 1) / 20.0, 0.0)
    to_christmas = 359 - of_year
    christmas = of_articles(t, "christmas") * np.where((to_christmas > 0) & (to_christmas <= 24), 1.0, 0.0)
    return np.asarray(summer + easter + christmas, dtype=np.float64)


def _promotion(t: pd.DataFrame) -> FloatArray:
    """What a planned promotion adds; the leaflet brings people who would not have come."""
    discount = t["discount"].to_numpy()
    dear = -0.6 * (np.log(t["price"].to_numpy()) - np.log(of_articles(t, "price")))
    return np.asarray(1.6 * discount * of_articles(t, "lift") ** 0.8 + 0.35 * t["leaflet"] + dear, dtype=np.float64)


def _growth(t: pd.DataFrame) -> FloatArray:
    """A little more every year, and a new store needs months to become known."""
    years = (t["day"] - pd.Timestamp("2022-03-01")).dt.days.to_numpy() / 365.25
    weeks = (t["day"] - t["opened"]).dt.days.to_numpy() / 7.0
    return np.asarray(0.04 * years - 0.35 * np.exp(-weeks / 10.0), dtype=np.float64)


def expected(table: pd.DataFrame) -> FloatArray:
    """Units asked for on average in a store without effect in a month like any other, one number for each row."""
    return np.exp(_place(table) + _weekday(table) + _season(table) + _promotion(table) + _growth(table))


def demand(rng: np.random.Generator, table: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Draws the units that customers ask for, one number for each row."""
    mean = expected(table) * np.exp(table["effect"].to_numpy() + table["month"].to_numpy())
    return np.asarray(rng.poisson(mean), dtype=np.int64)


def median_demand(expected: FloatArray, spread: float) -> FloatArray:
    """The median of a Poisson number whose mean is `expected` x exp(normal with mean 0 and this standard deviation).

    The median is at most k as long as `expected` is at most a threshold, which rises with k.  The thresholds are found
    by bisection, with the distribution function integrated by Gauss-Hermite quadrature.  Shape (rows,).
    """
    from scipy.special import pdtr  # noqa: PLC0415 - slow to load, and rarely needed

    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    factors, shares = np.exp(spread * nodes), weights / weights.sum()
    k = np.arange(int(1.5 * expected.max(initial=0.0)) + 10, dtype=np.float64)
    low, high = k / 2, 2 * k + 3
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        below = pdtr(k[:, None], middle[:, None] * factors) @ shares >= 0.5
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.searchsorted(low, expected).astype(np.float64)
