"""The demand table: what the company wrote down of the process, and what is kept from candidates.

`make(seed)` is pure: the same seed gives the same rows.  No forecast has a lower mean absolute error in expectation
than `oracle`: the median of demand given every column, and given the effect of a store that has a history.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from challenges.fingerprint import fingerprint
from challenges.generated import dates, text, twice
from challenges.store_demand import process
from graders.model.arrays import FloatArray, IntArray
from graders.model.challenge import Dataset
from graders.model.later import pd

STORES, PUBLIC_ROWS, DUPLICATES = 150, 14_000, 0.01
KNOWN_STORES, NEW_STORES, HIDDEN_ROWS, NEW_SHARE = 70, 45, 8_000, 0.4
PUBLIC = process.Era(process.open_days("2022-03-01", "2024-02-29"), promoted=0.16)
HIDDEN = process.Era(process.open_days("2024-03-01", "2024-04-30"), promoted=0.16)
EXPORT = np.datetime64("2024-03-01")
#: Since this day shelves are planned in units; before, they were planned in packs.
NEW_PLANNER = np.datetime64("2023-12-01")
#: Days after which half of what is brought back has been.
RETURN_DAYS = 14.0
BASELINE_COLUMNS = ["size_m2", "price_eur", "discount"]


def make(seed: int) -> Dataset:
    """Public rows with the target; later ones without it, of stores in the table and of stores that are new."""
    rng = np.random.default_rng(seed)
    ids = 1_000 + rng.permutation(9_000)[: STORES + NEW_STORES]
    old = process.stores(rng, ids[:STORES], _opened(rng, STORES, "2014-01-01", "2023-11-01"))
    open_still = old[~process.close(rng, old)].reset_index(drop=True)
    truth = process.sales_days(rng, open_still, PUBLIC, PUBLIC_ROWS)
    public, oracle = _public(rng, truth)
    later = _later(rng, open_still, ids[STORES:])
    labels = process.demand(rng, later)
    hidden = recorded(rng, later).assign(
        sold_out_hour=np.nan, returned_units=0, replenished_units=_standing_order(later)
    )
    return Dataset(
        public=public,
        hidden=hidden,
        labels=labels.astype(np.float64),
        oracle=_oracle(later, known=np.isin(later["store_id"], open_still["store_id"])),
        baseline=baseline(public, hidden),
        public_oracle=oracle,
        fingerprint=fingerprint(public, hidden, labels.astype(np.float64)),
    )


def _opened(rng: np.random.Generator, count: int, first: str, last: str) -> npt.NDArray[np.datetime64]:
    span = int((np.datetime64(last) - np.datetime64(first)) / process.DAY)
    return np.datetime64(first, "s") + rng.integers(0, span, count) * process.DAY


def _later(rng: np.random.Generator, known: pd.DataFrame, new_ids: npt.NDArray[np.int64]) -> pd.DataFrame:
    """The days asked for, shuffled: most of stores in the table, the others of stores that open at their beginning."""
    some = known.iloc[rng.permutation(len(known))[:KNOWN_STORES]]
    new = process.stores(rng, new_ids, _opened(rng, NEW_STORES, "2024-02-20", "2024-03-10"))
    count = int(NEW_SHARE * HIDDEN_ROWS)
    parts = [
        process.sales_days(rng, some, HIDDEN, HIDDEN_ROWS - count),
        process.sales_days(rng, new, HIDDEN, count),
    ]
    return pd.concat(parts).iloc[rng.permutation(HIDDEN_ROWS)].reset_index(drop=True)


def _oracle(truth: pd.DataFrame, known: npt.NDArray[np.bool_], kept: float | FloatArray = 1.0) -> FloatArray:
    """The best forecast of each row; `kept` is the share of the units that is not brought back.

    The effect of a store with a history counts as known, which flatters the oracle by a little."""
    mean = process.expected(truth) * kept
    met = process.median_demand(mean * np.exp(truth["effect"].to_numpy()), process.MONTH_SD)
    if known.all():
        return met
    return np.where(known, met, process.median_demand(mean, float(np.hypot(process.MONTH_SD, process.EFFECT_SD))))


def _public(rng: np.random.Generator, truth: pd.DataFrame) -> tuple[pd.DataFrame, FloatArray]:
    """The public rows, and the oracle of what was recorded in each."""
    wanted, shelf = process.demand(rng, truth), truth["shelf"].to_numpy(dtype=np.int64)
    sold = np.minimum(wanted, shelf)
    back = _back_by_export(truth)
    returned = rng.binomial(sold, back)
    table = recorded(rng, truth).assign(
        sold_out_hour=_sold_out_hour(rng, wanted, shelf),
        returned_units=returned,
        replenished_units=_refill(rng, sold),
        units=sold - returned,
    )
    # A median goes through whatever only rises: the shelf's limit applies to it as to the demand.
    everybody = np.ones(len(truth), dtype=np.bool_)
    oracle = np.minimum(_oracle(truth, everybody, 1 - back), np.round(shelf * (1 - back)))
    rows = twice(rng, np.arange(len(table)), DUPLICATES)
    return table.iloc[rows].reset_index(drop=True), oracle[rows]


def _back_by_export(truth: pd.DataFrame) -> FloatArray:
    """The share of each row's units that has been brought back when the table is taken."""
    age = (EXPORT - truth["day"]).dt.days.to_numpy()
    share = process.of_articles(truth, "returned") * (1 - 0.5 ** (age / RETURN_DAYS))
    return np.asarray(share, dtype=np.float64)


def _sold_out_hour(rng: np.random.Generator, wanted: IntArray, shelf: IntArray) -> FloatArray:
    """When the last unit went, where more were asked for: customers come evenly from opening to closing."""
    short = wanted > shelf
    when = rng.beta(np.where(short, shelf, 1), np.where(short, wanted - shelf + 1, 1))
    hour = process.OPENS + when * (process.CLOSES - process.OPENS)
    return np.where(short, hour.round(1), np.nan)


def _refill(rng: np.random.Generator, sold: IntArray) -> IntArray:
    """What was ordered after closing to fill the shelf again, mostly in whole packs."""
    packs = np.where(rng.random(len(sold)) < 0.5, np.ceil(sold / process.PACK) * process.PACK, sold)
    return np.maximum(packs + rng.integers(-1, 2, len(sold)), 0).astype(np.int64)


def _standing_order(truth: pd.DataFrame) -> IntArray:
    """What is on order for a day that has not come: whole packs by the size of the shelf."""
    return (np.round(0.6 * truth["shelf"].to_numpy() / process.PACK) * process.PACK).astype(np.int64)


def recorded(rng: np.random.Generator, truth: pd.DataFrame) -> pd.DataFrame:
    """The columns as the company's systems hold them, in the order of the data dictionary; what is known only after
    the day is put in by the caller."""
    early = (truth["day"] < NEW_PLANNER).to_numpy()
    capitals = rng.random(len(truth)) < 0.2
    category = truth["article"].map({name: about.category for name, about in process.ARTICLES.items()})
    return pd.DataFrame(
        {
            "store_id": truth["store_id"],
            "date": dates(truth["day"]),
            "region": text(truth["region"]),
            "area": text(truth["area"]),
            "format": text(truth["format"]),
            "size_m2": truth["size"].astype(np.int64),
            "opened_on": dates(truth["opened"]),
            "purchasing_power": truth["power"].round(1),
            "article": text(truth["article"].where(~capitals, truth["article"].str.upper())),
            "category": text(category),
            "price_eur": truth["price"],
            "discount": truth["discount"],
            "in_leaflet": truth["leaflet"],
            "shelf_units": (truth["shelf"] / np.where(early, process.PACK, 1)).astype(np.int64),
            "sold_out_hour": np.nan,
            "returned_units": 0,
            "replenished_units": 0,
        }
    )


def baseline(public: pd.DataFrame, hidden: pd.DataFrame) -> FloatArray:
    """Forecasts of the hidden rows by a linear regression on three numeric columns, taken as they are."""
    from sklearn.linear_model import LinearRegression  # noqa: PLC0415 - slow to load, and rarely needed

    model = LinearRegression().fit(public[BASELINE_COLUMNS], public["units"])
    return np.asarray(np.maximum(model.predict(hidden[BASELINE_COLUMNS]), 0.0), dtype=np.float64)
