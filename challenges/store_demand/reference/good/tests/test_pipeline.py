"""The three functions together, on stores whose demand is known."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pipeline
import pytest
from conftest import make_rows
from demand import config, features, model, validation


@pytest.fixture(scope="session")
def model_dir(days: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    pipeline.train(days, folder)
    return folder


@pytest.fixture(scope="session")
def held_out(days: pd.DataFrame) -> pd.DataFrame:
    return validation.forward_forecasts(days)


def told(model_dir: Path, **changes: object) -> float:
    return float(pipeline.predict(make_rows({"date": "2024-02-06", **changes}), model_dir)[0])


def test_it_learns_discounts_and_the_level_of_stores(model_dir: Path) -> None:
    odd, even = told(model_dir, store_id=7), told(model_dir, store_id=6)
    assert 1.4 < odd / even < 2.1
    assert 2.0 < told(model_dir, store_id=6, discount=0.3) / even < 4


def test_a_new_store_lies_between_known_ones(model_dir: Path) -> None:
    assert told(model_dir, store_id=6) < told(model_dir, store_id=999) < told(model_dir, store_id=7)


def test_the_level_of_a_store_with_little_history_is_drawn_to_the_middle(days: pd.DataFrame) -> None:
    few = pd.concat([days[days["store_id"] != 7], days[days["store_id"] == 7].head(1)])
    assert 1 < model.fit(few).levels[7] < model.fit(days).levels[7]


def test_copies_of_a_row_count_once(days: pd.DataFrame) -> None:
    twice = pd.concat([days, days[days["store_id"] == 7]])
    assert model.fit(twice).levels == pytest.approx(model.fit(days).levels)


def test_forecasts_follow_the_rows(days: pd.DataFrame, model_dir: Path) -> None:
    rows = days.drop(columns="units").head(50)
    found = pipeline.predict(rows, model_dir)
    assert np.array_equal(pipeline.predict(rows.iloc[::-1], model_dir), found[::-1])
    assert pipeline.predict(rows.iloc[[7]], model_dir)[0] == found[7]
    assert np.array_equal(pipeline.predict(rows[rows.columns[::-1]], model_dir), found)


def test_gaps_and_new_categories_get_a_forecast(model_dir: Path) -> None:
    rows = make_rows({"article": "tofu"}, {"size_m2": None, "date": None}, {"shelf_units": None, "format": None})
    found = pipeline.predict(rows, model_dir)
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    assert len(pipeline.predict(rows.head(0), model_dir)) == 0


def test_training_twice_gives_the_same_model(days: pd.DataFrame, model_dir: Path, tmp_path: Path) -> None:
    pipeline.train(days, tmp_path)
    assert np.array_equal(pipeline.predict(days, tmp_path), pipeline.predict(days, model_dir))


def test_a_model_of_another_schema_is_refused(days: pd.DataFrame, model_dir: Path, tmp_path: Path) -> None:
    shutil.copytree(model_dir, tmp_path, dirs_exist_ok=True)
    about = json.loads((tmp_path / model.METADATA_FILE).read_text())
    (tmp_path / model.METADATA_FILE).write_text(json.dumps(about | {"schema_version": 0}))
    with pytest.raises(model.ArtefactError, match="schema 0"):
        pipeline.predict(days, tmp_path)


def test_two_rows_in_five_or_so_are_of_new_stores(days: pd.DataFrame, held_out: pd.DataFrame) -> None:
    part = validation.parts_of_stores(days["store_id"])
    assert part.groupby(days["store_id"]).nunique().eq(1).all()
    assert part.value_counts().nunique() == 1
    assert held_out["date"].min() >= "2024-01-01"
    assert len(held_out) == 3 * (days["date"] >= "2024-01-01").sum()


def test_the_last_two_months_are_held_out() -> None:
    months = pd.Series(["2023-05-04", "2023-08-01", "2023-06-01", "2023-07-19"])
    assert validation.cut(months) == "2023-07-01"
    assert validation.cut(months[:2]) == "2023-08-01"


def test_the_baseline_is_the_usual_demand_of_training_rows() -> None:
    train = make_rows({"units": 4}, {"units": 6}, {"units": 8}, {"article": "salad", "units": 50})
    test = make_rows({"units": 99}, {"article": "lager", "units": 99})
    assert validation.baseline(train, test).tolist() == [6.0, 7.0]


def test_the_estimate_lies_in_its_interval_and_beats_the_baseline(held_out: pd.DataFrame) -> None:
    found = validation.summary(held_out)
    assert found["mae_low"] < found["mae"] < found["mae_high"]
    assert found["mae"] < found["baseline_mae"]
    assert found["mae_area_city"] == found["mae"]
    assert found["bias"] == pytest.approx((held_out["forecast"] - held_out["asked"]).mean())


def test_the_estimate_is_of_demand_and_not_of_sales(days: pd.DataFrame) -> None:
    short = days.assign(sold_out_hour=14.0)
    assert pipeline.evaluate(short)["mae"] > 1.5 * pipeline.evaluate(days)["mae"]
    assert features.demand(short).sum() == 2 * days["units"].sum()
    assert config.CLOSES > config.OPENS
