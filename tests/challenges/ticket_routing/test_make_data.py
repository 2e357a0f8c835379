"""What the generated tickets are like over ten seeds: each property that a candidate can meet, and each trap's size."""

from __future__ import annotations

from io import StringIO

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import log_loss
from sklearn.tree import DecisionTreeClassifier

from challenges.simple_models import logistic_regression
from challenges.ticket_routing import process
from challenges.ticket_routing.baseline_models import baseline_models, cleaned
from challenges.ticket_routing.challenge import CHALLENGE
from challenges.ticket_routing.make_data import CHARACTERS, MIGRATION, make
from challenges.ticket_routing.process import TEAMS
from graders.model.challenge import Dataset
from graders.tasks.asked import public_truth, uninformed

NAMES = [column.name for column in CHALLENGE.columns]
TYPES = {"int": "int64", "float": "float64", "text": "str", "date text": "str"}
Datasets = tuple[Dataset, ...]


def loss(labels: object, answers: object) -> float:
    return float(log_loss(labels, answers, labels=range(len(TEAMS))))


def shares(labels: pd.Series) -> pd.Series:
    return labels.value_counts(normalize=True).reindex(TEAMS, fill_value=0.0)


def hidden_teams(dataset: Dataset) -> pd.Series:
    return pd.Series(np.array(TEAMS, dtype=object)[dataset.labels])


def test_shapes(datasets: Datasets) -> None:
    """About 6,900 public tickets of about 1,500 customers; 5,000 hidden ones."""
    for dataset in datasets:
        assert 6_800 < len(dataset.public) < 7_100
        assert 1_400 < dataset.public["customer_id"].nunique() < 1_700
        assert len(dataset.hidden) == len(dataset.labels) == 5_000
        assert dataset.oracle.shape == dataset.baseline.shape == (5_000, 6)
        assert dataset.public_oracle.shape == (len(dataset.public), 6)


def test_columns_and_types_are_those_of_the_dictionary(dataset: Dataset) -> None:
    assert list(dataset.public) == NAMES
    assert list(dataset.hidden) == NAMES[:-1]
    for table in (dataset.public, dataset.hidden):
        wanted = {column.name: TYPES[column.type] for column in CHALLENGE.columns if column.name in table}
        assert {name: str(dtype) for name, dtype in table.dtypes.items()} == wanted


@pytest.mark.parametrize("part", ["public", "hidden"])
def test_a_csv_round_trip_changes_nothing(dataset: Dataset, part: str) -> None:
    table: pd.DataFrame = getattr(dataset, part)
    back = pd.read_csv(StringIO(table.to_csv(index=False)), keep_default_na=True)
    pd.testing.assert_frame_equal(back, table, check_exact=True)


def test_the_same_seed_gives_the_same_rows(datasets: Datasets) -> None:
    again = make(1)
    assert again.fingerprint == datasets[0].fingerprint != datasets[1].fingerprint
    pd.testing.assert_frame_equal(again.public, datasets[0].public)
    assert np.array_equal(again.oracle, datasets[0].oracle)


def test_hidden_customers_are_new_and_later(datasets: Datasets) -> None:
    for dataset in datasets:
        assert not set(dataset.public["customer_id"]) & set(dataset.hidden["customer_id"])
        assert dataset.hidden["opened_on"].min() > dataset.public["opened_on"].max()
        assert (dataset.hidden["customer_since"] < dataset.hidden["opened_on"]).all()


def test_one_ticket_in_a_hundred_is_there_twice(datasets: Datasets) -> None:
    for dataset in datasets:
        assert 0.008 < dataset.public.duplicated().mean() < 0.012
        assert not dataset.hidden.duplicated().any()


def test_the_order_of_rows_tells_nothing(datasets: Datasets) -> None:
    for dataset in datasets:
        halves = np.array_split(public_truth(CHALLENGE, dataset.public), 2)
        counts = [np.bincount(half, minlength=6) / len(half) for half in halves]
        assert np.abs(counts[0] - counts[1]).max() < 0.04


# --- the oracle --------------------------------------------------------------------------------------


def test_the_oracle_is_a_probability_and_right_on_average(datasets: Datasets) -> None:
    for dataset in datasets:
        assert dataset.oracle.sum(axis=1) == pytest.approx(np.ones(5_000))
        assert dataset.oracle.mean(axis=0) == pytest.approx(np.bincount(dataset.labels, minlength=6) / 5_000, abs=0.025)


def test_the_oracle_is_calibrated_for_every_team(datasets: Datasets) -> None:
    """Of the tickets that are said to go to a team with some probability, so many do: over all seeds, in fifths."""
    told = np.concatenate([dataset.oracle for dataset in datasets])
    happened = np.concatenate([np.eye(6)[dataset.labels] for dataset in datasets])
    for team in range(6):
        fifth = pd.qcut(told[:, team], 5, labels=False)
        gaps = pd.Series(told[:, team] - happened[:, team]).groupby(fifth).mean()
        assert gaps.abs().max() < 0.02


def test_nothing_beats_the_oracle(datasets: Datasets) -> None:
    """The oracle, then a careful simple model, then the baseline, which is no better than the shares of the teams."""
    for dataset in datasets[:3]:
        simple = baseline_models(dataset.public, dataset.hidden)["logistic regression"]
        best, careful, base = (loss(dataset.labels, answers) for answers in (dataset.oracle, simple, dataset.baseline))
        constant = uninformed(CHALLENGE, public_truth(CHALLENGE, dataset.public), dataset.labels)
        assert best + 0.01 < careful < best + 0.09
        assert careful + 0.2 < base < constant + 0.03


def test_the_concern_of_a_customer_is_summed_out_exactly() -> None:
    """The sum over concerns agrees with the mean over many drawn ones."""
    rng = np.random.default_rng(0)
    era = process.Era(np.datetime64("2024-07-01"), 92, {"lock": 1.0}, {"form": 1.0})
    table = process.tickets(rng, process.customers(rng, np.arange(30), era), era, 12)
    drawn = rng.choice(np.arange(-1, 6), 200_000, p=[1 - sum(process.CONCERNS), *process.CONCERNS])
    added = process.CONCERN * (drawn[:, None] == np.arange(6))
    means = [process.softmax(row + added).mean(axis=0) for row in process.tendency(table)]
    assert process.chances(table) == pytest.approx(np.array(means), abs=0.004)


# --- the traps, and their sizes ----------------------------------------------------------------------


def test_shares_of_the_teams_drift(datasets: Datasets) -> None:
    """From the first half year to the hidden months account gains and delivery loses, each by more than noise."""
    for dataset in datasets:
        first = shares(dataset.public["team"][dataset.public["opened_on"] < "2023-07-01"])
        moved = shares(hidden_teams(dataset)) - first
        assert moved["account"] > 0.035
        assert moved["delivery"] < -0.025


def test_one_team_is_rare(datasets: Datasets) -> None:
    for dataset in datasets:
        assert 0.005 < shares(dataset.public["team"])["legal"] < 0.025
        assert (dataset.labels == TEAMS.index("legal")).sum() > 30


@pytest.mark.parametrize(("column", "new"), [("product", "hub"), ("channel", "chat")])
def test_a_category_appears_later(datasets: Datasets, column: str, new: str) -> None:
    for dataset in datasets:
        assert set(dataset.hidden[column]) - set(dataset.public[column]) == {new}
        assert 0.08 < (dataset.hidden[column] == new).mean() < 0.16


def test_lengths_change_their_unit_at_the_migration(datasets: Datasets) -> None:
    for dataset in datasets:
        medians = dataset.public["length"].groupby(pd.to_datetime(dataset.public["opened_on"]) < MIGRATION).median()
        assert medians[True] / medians[False] == pytest.approx(CHARACTERS, rel=0.1)


def test_returns_in_two_languages_are_missing_before_the_migration(datasets: Datasets) -> None:
    for dataset in datasets:
        table = dataset.public
        abroad = table["language"].str.lower().isin(["fr", "it"])
        late = pd.to_datetime(table["opened_on"]) >= MIGRATION
        share = (table["team"] == "returns").groupby([late, abroad]).mean()
        assert share[False, True] < 0.6 * share[False, False]
        assert share[True, True] > 0.9 * share[True, False]


def test_booked_minutes_tell_the_team_in_public_rows_only(datasets: Datasets) -> None:
    """Alone they are worth a third of a nat there, and worse than nothing on rows taken when the ticket comes in."""
    for dataset in datasets:
        held_out = dataset.public["customer_id"] % 4 == 0
        known, asked = dataset.public[~held_out], dataset.public[held_out]
        tree = DecisionTreeClassifier(max_leaf_nodes=8, min_samples_leaf=50).fit(
            known[["minutes_booked"]], known["team"]
        )
        apart = loss(public_truth(CHALLENGE, asked), tree.predict_proba(asked[["minutes_booked"]]))
        later = loss(dataset.labels, tree.predict_proba(dataset.hidden[["minutes_booked"]]))
        constant = uninformed(CHALLENGE, public_truth(CHALLENGE, known), public_truth(CHALLENGE, asked))
        assert apart < constant - 0.2
        assert later > constant + 0.1


def test_a_random_split_flatters_who_learns_customers_by_heart(datasets: Datasets) -> None:
    """Forests on what identifies a customer: .1 better over random tickets than over other customers, on average."""
    gaps = []
    for dataset in datasets[:4]:
        table = dataset.public.drop_duplicates()
        known_by = table[["customer_id", "postcode"]].assign(
            since=pd.to_datetime(table["customer_since"]).astype("int64")
        )
        truth = public_truth(CHALLENGE, table)
        found = []
        for held_out in (np.random.default_rng(0).random(len(table)) < 0.25, table["customer_id"].to_numpy() % 4 == 0):
            trees = ExtraTreesClassifier(40, min_samples_leaf=3, random_state=0)
            trees.fit(known_by[~held_out], truth[~held_out])
            found.append(loss(truth[held_out], trees.predict_proba(known_by[held_out])))
        gaps.append(found[1] - found[0])
    assert np.mean(gaps) > 0.1


def test_forward_validation_on_other_customers_is_honest(datasets: Datasets) -> None:
    """On average over four seeds it says what a careful model reaches on the hidden rows."""
    gaps = []
    for dataset in datasets[:4]:
        table = dataset.public.drop_duplicates()
        late, mine = table["opened_on"] >= "2024-04-01", table["customer_id"] % 3 == 0
        known, asked = table[~late & ~mine], table[late & mine]
        model = logistic_regression().fit(cleaned(known), known["team"])
        claim = loss(public_truth(CHALLENGE, asked), model.predict_proba(cleaned(asked)))
        gaps.append(
            claim - loss(dataset.labels, baseline_models(dataset.public, dataset.hidden)["logistic regression"])
        )
    assert abs(np.mean(gaps)) < 0.05
