"""Units a day: one booster for the whole chain, then a few more rounds for each region on its own rows."""

import logging
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd

logger = logging.getLogger("demand")

PARAMS = {"objective": "l1", "num_leaves": 31, "learning_rate": 0.1, "min_data_in_leaf": 40, "num_threads": 1, "verbosity": -1, "seed": 4}
CHAIN_ROUNDS, LOCAL_ROUNDS = 120, 25
CATEGORIES = {
    "region": ["east", "north", "south", "west"],
    "area": ["city", "rural", "suburb"],
    "format": ["city", "hyper", "supermarket"],
    "category": ["bakery", "dairy", "drinks", "household", "produce", "sweets"],
}


def design(rows: pd.DataFrame) -> pd.DataFrame:
    day = pd.to_datetime(rows["date"])
    x = rows[["size_m2", "purchasing_power", "price_eur", "discount", "in_leaflet", "shelf_units"]].astype(float)
    x["weekday"], x["month"] = day.dt.dayofweek, day.dt.month
    x["age"] = (day - pd.to_datetime(rows["opened_on"])).dt.days
    for name, values in CATEGORIES.items():
        x[name] = pd.Categorical(rows[name].astype(str).str.strip().str.lower(), values).codes
    return x


def dataset(rows: pd.DataFrame) -> lgb.Dataset:
    return lgb.Dataset(design(rows), rows["units"], free_raw_data=False)


def chain_model(rows: pd.DataFrame) -> lgb.Booster:
    """What all regions have in common: the weekday, the season, the leaflet."""
    return lgb.train(PARAMS, dataset(rows), num_boost_round=CHAIN_ROUNDS)


def local_models(rows: pd.DataFrame, chain: lgb.Booster) -> dict[str, lgb.Booster]:
    """A few more rounds for each region, on top of the chain's trees."""
    slower = {**PARAMS, "learning_rate": 0.03}
    return {
        region: lgb.train(slower, dataset(part), num_boost_round=LOCAL_ROUNDS, init_model=chain)
        for region, part in rows.groupby("region")
    }


def forecast(rows: pd.DataFrame, models: dict[str, lgb.Booster], chain: lgb.Booster) -> np.ndarray:
    said = pd.Series(0.0, index=rows.index)
    for region, part in rows.groupby("region"):
        said.loc[part.index] = models.get(region, chain).predict(design(part))
    return said.clip(lower=0).to_numpy()


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    rows = data.drop_duplicates().reset_index(drop=True)
    day = pd.to_datetime(rows["date"])
    cut = day.max() - pd.Timedelta(days=120)
    past, ahead = rows[day < cut - pd.Timedelta(days=31)], rows[day >= cut]

    chain = chain_model(past)
    models = local_models(past, chain)
    said = forecast(ahead, models, chain)
    for region, part in ahead.assign(said=said).groupby("region"):
        logger.info("%s mae %.3f", region, (part["units"] - part["said"]).abs().mean())
    return {"mae": float(np.abs(ahead["units"].to_numpy() - said).mean())}


def train(data: pd.DataFrame, model_dir: str) -> None:
    rows = data.drop_duplicates().reset_index(drop=True)
    chain = chain_model(rows)
    chain.save_model(Path(model_dir) / "chain.txt")
    for region, model in local_models(rows, chain).items():
        model.save_model(Path(model_dir) / f"region_{region}.txt")


def predict(data: pd.DataFrame, model_dir: str) -> np.ndarray:
    folder = Path(model_dir)
    chain = lgb.Booster(model_file=folder / "chain.txt")
    models = {file.stem.removeprefix("region_"): lgb.Booster(model_file=file) for file in sorted(folder.glob("region_*.txt"))}
    return forecast(data.reset_index(drop=True), models, chain)
