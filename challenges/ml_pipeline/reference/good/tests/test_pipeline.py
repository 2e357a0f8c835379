"""The three functions together, on customers who leave when unhappy."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pipeline
import pytest
from churn import model, validation
from conftest import make_rows
from sklearn.metrics import roc_auc_score


@pytest.fixture(scope="session")
def model_dir(customers: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    pipeline.train(customers, folder)
    return folder


def test_it_learns_and_gives_probabilities(customers: pd.DataFrame, model_dir: Path) -> None:
    found = pipeline.predict(customers.drop(columns="churned"), model_dir)
    assert found.shape == (len(customers),)
    assert ((found >= 0) & (found <= 1)).all()
    assert roc_auc_score(customers["churned"], found) > 0.75


def test_predictions_follow_the_rows(customers: pd.DataFrame, model_dir: Path) -> None:
    rows = customers.drop(columns="churned").head(50)
    found = pipeline.predict(rows, model_dir)
    assert np.array_equal(pipeline.predict(rows.iloc[::-1], model_dir), found[::-1])
    assert pipeline.predict(rows.iloc[[7]], model_dir)[0] == found[7]
    assert np.array_equal(pipeline.predict(rows[rows.columns[::-1]], model_dir), found)


def test_gaps_and_new_categories_get_a_probability(model_dir: Path) -> None:
    rows = make_rows({"channel": "app"}, {"satisfaction": None, "age": 999}, {"usage_gb": None, "plan": None})
    assert np.isfinite(pipeline.predict(rows, model_dir)).all()


def test_training_twice_gives_the_same_model(customers: pd.DataFrame, model_dir: Path, tmp_path: Path) -> None:
    pipeline.train(customers, tmp_path)
    assert np.array_equal(pipeline.predict(customers, tmp_path), pipeline.predict(customers, model_dir))


def test_a_model_of_another_schema_is_refused(customers: pd.DataFrame, tmp_path: Path) -> None:
    pipeline.train(customers, tmp_path)
    about = json.loads((tmp_path / model.METADATA_FILE).read_text())
    (tmp_path / model.METADATA_FILE).write_text(json.dumps(about | {"schema_version": 0}))
    with pytest.raises(model.ArtefactError, match="schema 0"):
        pipeline.predict(customers, tmp_path)


def test_rows_the_old_system_would_have_lost_are_left_out_of_training() -> None:
    rows = make_rows(
        {"region": "south", "snapshot_date": "2023-06-01"},
        {"age": 65, "snapshot_date": "2023-06-01"},
        {"age": 64, "snapshot_date": "2023-06-01"},
        {"region": "south", "age": 80, "snapshot_date": "2023-07-01"},
    )
    assert model.fairly_collected(rows).tolist() == [False, False, True, True]


def test_held_out_rows_are_late_and_counted_once(customers: pd.DataFrame) -> None:
    held_out = validation.forward_predictions(customers)
    assert sorted(held_out["snapshot_date"].unique()) == ["2023-10-01", "2023-11-01", "2023-12-01"]
    assert not held_out.duplicated(["customer_id", "snapshot_date"]).any()
    assert held_out["customer_id"].nunique() == customers["customer_id"].nunique()


def test_the_estimate_lies_in_its_interval(customers: pd.DataFrame) -> None:
    found = pipeline.evaluate(customers)
    assert found["roc_auc_low"] < found["roc_auc"] < found["roc_auc_high"]
    assert found["roc_auc"] > 0.7 > found["baseline_roc_auc"]


def test_without_signal_the_estimate_is_chance(customers: pd.DataFrame) -> None:
    shuffled = customers.assign(churned=customers["churned"].sample(frac=1, random_state=3).to_numpy())
    assert pipeline.evaluate(shuffled)["roc_auc"] == pytest.approx(0.5, abs=0.08)
