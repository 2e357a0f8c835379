"""Hidden rows are later ones of known units where the challenge says so; without the key nothing changes."""

from __future__ import annotations

import hashlib
import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from challenges import vault
from challenges.cut import cut
from challenges.tables import create, folder, known, moving
from challenges.tables.definition import parse, write
from challenges.tables.lint.model import Subject
from challenges.tables.lint.room import no_room
from challenges.tables.lint.sides import both_sides, differs
from challenges.tables.split import split
from challenges.tables.table import TableError
from graders.tasks.asked import metric_of
from tests.challenges.tables import tables
from tests.challenges.tables.tables import grouped, honest, panel, parts, proposed, table


def test_hidden_rows_are_later_ones_of_units_with_public_rows() -> None:
    rows = panel(joining=0.2)
    definition, done = parts(rows, hidden_units="known")
    assert definition.hidden_units == "known"
    assert done.public["week"].max() < done.cut == done.hidden["week"].min()
    assert set(done.hidden["machine_id"]) <= set(done.public["machine_id"])
    late, early = rows[rows["week"] >= done.cut], rows[rows["week"] < done.cut]
    unseen = late[~late["machine_id"].isin(early["machine_id"])]
    assert len(done.hidden) == len(late) - len(unseen)
    assert done.left_out == len(unseen) > 0
    assert len(done.public) == len(early)


#: Of the splits of earlier versions, by the seed 7.
BEFORE = {
    "units and time": "e815b4826dffb993",
    "units": "51d14c306d92ca95",
    "time": "8a660307847b606f",
    "neither": "51af6fa9641f5179",
}


@pytest.mark.parametrize("way", BEFORE)
def test_without_the_key_the_split_is_the_same_to_the_byte(way: str) -> None:
    dated = grouped().assign(day=[f"2024-{1 + number % 12:02d}-01" for number in range(3000)])
    rows = {"units and time": dated, "units": grouped(), "time": tables.moving(), "neither": honest()}[way]
    wish = {"units and time": {"time": "day", "hidden_units": "new"}}.get(way, {})
    definition = proposed(rows, **wish).definition
    assert "hidden_units" not in write(definition)
    assert parse(write(definition)).hidden_units == "new"
    done = split(definition, rows[[entry.name for entry in definition.column]], 7)
    texts = [side.to_csv(index=False) for side in (done.public, done.hidden)]
    assert hashlib.sha256("|".join(texts).encode()).hexdigest()[:16] == BEFORE[way]


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        ({"group": ""}, "UNITS_NO_GROUP", "a column that names the unit"),
        ({"time": ""}, "UNITS_NO_TIME", "they need a time"),
        ({"hidden_units": "old"}, "UNITS_UNKNOWN", "`new` or `known`"),
    ],
)
def test_known_units_need_a_unit_and_a_time(change: dict[str, str], code: str, says: str) -> None:
    with pytest.raises(TableError, match=says) as told:
        proposed(panel(), **{"hidden_units": "known", **change})
    assert told.value.code == code


@pytest.mark.parametrize(
    ("gone", "code"), [('group = "machine_id"\n', "UNITS_NO_GROUP"), ('time = "week"\n', "UNITS_NO_TIME")]
)
def test_the_same_is_told_of_a_file_with_its_line(gone: str, code: str) -> None:
    text = write(proposed(panel()).definition)
    assert 'hidden_units = "known"' in text
    with pytest.raises(TableError, match=r"challenge\.toml, line \d+: known units") as told:
        parse(text.replace(gone, ""))
    assert told.value.code == code
    with pytest.raises(TableError, match="use 'new' or 'known'"):
        parse(text.replace('hidden_units = "known"', 'hidden_units = "knwon"'))


def test_units_that_do_not_come_again_are_refused_with_their_number() -> None:
    rows = panel(units=400, weeks=6)
    once = rows.groupby("machine_id").head(1).reset_index(drop=True)
    with pytest.raises(TableError, match=r"only 0 are of a 'machine_id' that has earlier rows") as told:
        proposed(once, group="machine_id", time="week", hidden_units="known")
    assert told.value.code == "UNITS_NOT_AGAIN"
    few = panel(units=4, weeks=200)
    with pytest.raises(TableError, match=r"Only 4 values of 'machine_id'") as told:
        proposed(few, group="machine_id", time="week", hidden_units="known")
    assert told.value.code == "UNITS_TOO_FEW"
    definition = proposed(few, group="machine_id", time="week", hidden_units="new").definition
    with pytest.raises(TableError, match="Only 4 values"):
        split(definition.model_copy(update={"hidden_units": "known"}), few, 1)


def choice(rows: pd.DataFrame, **wish: object) -> tuple[str, str]:
    found = next(one for one in proposed(rows, **wish).choices if one.key == "hidden_units")
    return found.value, found.why


def test_what_is_proposed_is_what_the_table_shows() -> None:
    """Where the same units come again they are known; where others come, or nothing would be left to predict, new."""
    value, why = choice(panel())
    assert value == "known"
    assert "100% of the later rows are of a `machine_id` that has earlier rows" in why
    assert "Choose new if" in why
    value, why = choice(panel(joining=0.15))
    assert (value, "of new units are left out" in why) == ("known", True)
    rows = panel(units=400, weeks=50)
    number = rows["machine_id"].str[1:].astype(int).to_numpy()
    week = (pd.to_datetime(rows["week"]) - pd.Timestamp("2024-01-01")).dt.days.to_numpy() // 7
    passing = rows[(week >= number // 8) & (week < number // 8 + 4)].reset_index(drop=True)
    value, why = choice(passing, group="machine_id", time="week")
    assert (value, "Choose known if" in why) == ("new", True)
    level = rows.groupby("machine_id")["y"].transform("mean")
    value, why = choice(rows.assign(y=level.round(1)), group="machine_id", time="week")
    assert (value, "tell the later answers (R² 1.00)" in why) == ("new", True)
    assert not [one for one in proposed(honest()).choices if one.key == "hidden_units"]


def test_a_row_is_not_told_by_its_own_label_nor_by_later_ones() -> None:
    unit, times = np.array([0, 0, 0, 1, 1, 0]), np.array([0, 1, 1, 0, 5, 9])
    truth = np.array([[4.0], [1.0], [3.0], [0.0], [9.0], [7.0]])
    told, mean = known.level_before(truth, unit, times), truth.mean()
    sums, rows = np.array([0, 4, 4, 0, 0, 8]), np.array([0, 1, 1, 0, 1, 3])
    assert told[:, 0] == pytest.approx((sums + known.PRIOR * mean) / (rows + known.PRIOR))
    asked = known.level(truth, unit, np.array([1, 2]))
    assert asked[:, 0] == pytest.approx([(9 + known.PRIOR * mean) / (2 + known.PRIOR), mean])


@pytest.fixture(scope="module", params=["regression", "binary", "multiclass"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[create.Made, Path]:
    """A challenge of known units of each task."""
    rows, home = panel(), tmp_path_factory.mktemp(request.param)
    if request.param == "binary":
        rows["y"] = np.where(rows["y"] > 8, "yes", "no")
    elif request.param == "multiclass":
        rows["y"] = pd.cut(rows["y"], [-99, 4, 9, 99], labels=["low", "middle", "high"]).astype(str)
    return create.create(table(rows), proposed(rows, id="machines").definition, home), home


def test_the_strong_model_knows_the_units(made: tuple[create.Made, Path]) -> None:
    """What their past tells is most of what can be known here, and no candidate is to be better than strong by it."""
    done, home = made
    assert not [finding for finding in done.findings if finding.level == "error"], done.findings
    assert done.reached.gain.low > 0
    assert not [one for one in create.lint_again(done.folder, home) if one.level == "error"]


def test_generated_pipelines_are_judged_as_they_will_be_used(made: tuple[create.Made, Path], tmp_path: Path) -> None:
    done, home = made
    data, metric = vault.load(done.challenge, home), metric_of(done.challenge)
    sound = runpy.run_path(str(done.folder / "reference/sound/pipeline.py"))
    for early, held in sound["folds"](data.public):
        times, units = data.public["week"].to_numpy(), data.public["machine_id"].to_numpy()
        assert times[early].max() < times[held].min()
        assert set(units[held]) <= set(units[early])
    for name in ("starter", "reference/sound", "reference/constant", "reference/leaky", "reference/memoriser"):
        pipeline = runpy.run_path(str(done.folder / name / "pipeline.py"))
        assert done.challenge.metric in pipeline["evaluate"](data.public)
        pipeline["train"](data.public, tmp_path)
        answers = np.asarray(pipeline["predict"](data.hidden, tmp_path), np.float64)
        assert np.isfinite(metric.statistic.value(data.labels, answers))


def test_the_brief_says_whose_rows_are_asked_about_in_both_languages(made: tuple[create.Made, Path]) -> None:
    done, home = made
    last = vault.load(done.challenge, home).public["week"].max()
    english, french = ((done.folder / name).read_text("utf-8") for name in ("BRIEF.md", "BRIEF.fr.md"))
    assert "every `machine_id` of the hidden rows is in the data you have, with earlier rows" in english
    assert f"After {last} no outcome is known" in english
    assert "chaque valeur de `machine_id` des lignes cachées est dans les données" in french
    other = folder.brief(parse(write(proposed(panel(), hidden_units="new").definition)), panel(), 60)
    assert "no `machine_id` of the hidden rows is in the data you have" in other


def test_brief_and_rubric_are_in_the_languages_that_are_asked_for() -> None:
    """Who reads none of them gets the first."""
    for asked, there in {("fr",): ["BRIEF.md"], ("fr", "en"): ["BRIEF.md", "BRIEF.en.md"]}.items():
        definition = proposed(panel(), hidden_units="new").definition.model_copy(update={"languages": asked})
        made = folder.files(definition, panel(), 60)
        assert [name for name in made if name.startswith("BRIEF")] == there
        assert [name for name in made if name.startswith("RUBRIC")] == [
            name.replace("BRIEF", "RUBRIC") for name in there
        ]
        assert "## Les données" in made["BRIEF.md"].decode()
        assert parse(made["challenge.toml"].decode()).languages == asked


def test_one_candidate_s_rows_are_of_known_units_too(made: tuple[create.Made, Path]) -> None:
    done, home = made
    whole = vault.load(done.challenge, home)
    for seed in range(3):
        lot = cut(done.challenge, whole, seed)
        assert set(lot.hidden["machine_id"]) <= set(lot.public["machine_id"])
        assert lot.hidden["machine_id"].nunique() == 48
        assert len(lot.public_oracle) == len(lot.public) < len(whole.public)


@pytest.mark.parametrize("made", ["regression"], indirect=True)  # the key is that of no task
def test_it_moves_and_is_revised_as_it_is(made: tuple[create.Made, Path], tmp_path: Path) -> None:
    done, home = made
    moving.export(done.folder, home, tmp_path / "a.zip", with_hidden=True)
    moving.take_in(tmp_path / "a.zip", tmp_path / "new")
    assert create.load(tmp_path / "new" / "challenges" / "machines").hidden_units == "known"
    definition = parse((done.folder / "challenge.toml").read_text("utf-8")).model_copy(update={"version": 2})
    with pytest.raises(TableError, match="hidden_units"):
        create.revise(done.folder, definition.model_copy(update={"hidden_units": "new"}), home)
    assert create.revise(done.folder, definition, home).challenge.hidden_units == "known"


def test_the_linter_holds_the_key_against_the_rows() -> None:
    definition, done = parts(panel(), hidden_units="known")
    subject = Subject(definition, done.public, done.hidden)
    assert not list(both_sides(subject))
    assert not list(differs(subject))
    new = Subject(definition.model_copy(update={"hidden_units": "new"}), done.public, done.hidden)
    assert [one.code for one in both_sides(new)] == ["CHAL003"]
    strangers = done.hidden.assign(machine_id="N" + done.hidden["machine_id"])
    (found,) = differs(Subject(definition, done.public, strangers))
    assert (found.code, found.level, found.title) == ("CHAL007", "error", "Hidden units are not known")


def test_units_whose_answer_never_changes_are_told() -> None:
    rows = panel()
    rows["y"] = rows.groupby("machine_id")["y"].transform("mean").round(1)
    definition, done = parts(rows, group="machine_id", time="week", hidden_units="known")
    (found,) = no_room(Subject(definition, done.public, done.hidden))
    assert (found.code, found.title) == ("CHAL006", "Earlier rows of a unit tell its later answers")
    definition, done = parts(panel(), hidden_units="known")
    assert not list(no_room(Subject(definition, done.public, done.hidden)))
