"""The three functions together, on tickets whose topic mostly says the team."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pipeline
import pytest
from conftest import make_rows
from tickets import model, validation
from tickets.config import TEAMS


@pytest.fixture(scope="session")
def model_dir(tickets_of_customers: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    pipeline.train(tickets_of_customers, folder)
    return folder


@pytest.fixture(scope="session")
def held_out(tickets_of_customers: pd.DataFrame) -> pd.DataFrame:
    return validation.forward_predictions(tickets_of_customers)[0]


def test_it_learns_and_gives_probabilities(tickets_of_customers: pd.DataFrame, model_dir: Path) -> None:
    found = pipeline.predict(tickets_of_customers.drop(columns="team"), model_dir)
    assert found.shape == (600, 6)
    assert np.allclose(found.sum(axis=1), 1)
    told = np.asarray(TEAMS)[found.argmax(axis=1)]
    assert (told == tickets_of_customers["team"]).mean() > 0.8


def test_predictions_follow_the_rows(tickets_of_customers: pd.DataFrame, model_dir: Path) -> None:
    rows = tickets_of_customers.drop(columns="team").head(50)
    found = pipeline.predict(rows, model_dir)
    assert np.allclose(pipeline.predict(rows.iloc[::-1], model_dir), found[::-1])
    assert np.allclose(pipeline.predict(rows.iloc[[7]], model_dir)[0], found[7])
    assert np.allclose(pipeline.predict(rows[rows.columns[::-1]], model_dir), found)


def test_no_rows_have_no_answers(model_dir: Path) -> None:
    assert pipeline.predict(make_rows({}).iloc[:0], model_dir).shape == (0, 6)


def test_gaps_and_new_categories_get_probabilities(model_dir: Path) -> None:
    rows = make_rows({"product": "hub"}, {"tone": None, "age": 999}, {"last_order_value": None, "channel": "chat"})
    assert np.isfinite(pipeline.predict(rows, model_dir)).all()


def test_a_team_without_training_rows_gets_no_probability(tickets_of_customers: pd.DataFrame) -> None:
    some = tickets_of_customers[tickets_of_customers["team"] != "legal"]
    found = model.predict(model.fit(some), some)
    assert (found[:, TEAMS.index("legal")] == 0).all()
    assert np.allclose(found.sum(axis=1), 1)


def test_training_twice_gives_the_same_model(
    tickets_of_customers: pd.DataFrame, model_dir: Path, tmp_path: Path
) -> None:
    pipeline.train(tickets_of_customers, tmp_path)
    first, second = (pipeline.predict(tickets_of_customers, folder) for folder in (tmp_path, model_dir))
    assert np.array_equal(first, second)


def test_a_model_of_another_schema_is_refused(
    tickets_of_customers: pd.DataFrame, model_dir: Path, tmp_path: Path
) -> None:
    shutil.copytree(model_dir, tmp_path, dirs_exist_ok=True)
    about = json.loads((tmp_path / model.METADATA_FILE).read_text())
    (tmp_path / model.METADATA_FILE).write_text(json.dumps(about | {"schema_version": 0}))
    with pytest.raises(model.ArtefactError, match="schema 0"):
        pipeline.predict(tickets_of_customers, tmp_path)


def test_tickets_the_agency_would_have_kept_are_left_out_of_training() -> None:
    rows = make_rows(
        {"language": "fr", "opened_on": "2023-09-30"},
        {"language": "it", "opened_on": "2023-10-01"},
        {"language": "de", "opened_on": "2023-09-30"},
    )
    assert model.fairly_collected(rows).tolist() == [False, True, True]


def test_held_out_rows_are_late_and_counted_once(tickets_of_customers: pd.DataFrame, held_out: pd.DataFrame) -> None:
    assert sorted(held_out["opened_on"].unique()) == ["2024-04-01", "2024-05-01", "2024-06-01"]
    assert not held_out.duplicated(["customer_id", "opened_on"]).any()
    assert held_out["customer_id"].nunique() == tickets_of_customers["customer_id"].nunique()


def test_the_baseline_learns_from_training_rows_only() -> None:
    train = make_rows(*[{"topic": "login", "team": "account"}] * 44)
    known, unknown = validation.baseline(train, make_rows({"topic": "login"}, {"topic": "bill"}))
    assert known[TEAMS.index("account")] == pytest.approx(0.9)
    assert unknown == pytest.approx(1 / 6)


def test_the_loss_of_a_row_is_that_of_its_own_team() -> None:
    answers = np.array([[0.5, 0.1, 0.1, 0.1, 0.1, 0.1], [0.0, 0.2, 0.2, 0.2, 0.2, 0.2]])
    losses = validation.surprise(make_rows({"team": "account"}, {"team": "billing"}), answers)
    assert losses == pytest.approx(-np.log([0.5, 0.2]))


def test_small_groups_are_left_out() -> None:
    rows = make_rows(*[{}] * 60, *[{"language": "it"}] * 49)
    found = validation.group_losses(rows, np.ones(109))
    assert found == {"log_loss_language_de": 1.0, "log_loss_team_billing": 1.0}


def test_the_estimate_lies_in_its_interval(tickets_of_customers: pd.DataFrame) -> None:
    found = pipeline.evaluate(tickets_of_customers)
    assert found["log_loss_low"] < found["log_loss"] < found["log_loss_high"]
    assert found["log_loss"] < 1.3


def test_without_signal_the_estimate_is_no_better_than_shares(tickets_of_customers: pd.DataFrame) -> None:
    shuffled = tickets_of_customers.assign(team=tickets_of_customers["team"].sample(frac=1, random_state=3).to_numpy())
    assert pipeline.evaluate(shuffled)["log_loss"] > 1.5
