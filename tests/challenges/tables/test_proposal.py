"""What is proposed for a table, and why."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from challenges.tables import create, folds
from challenges.tables.limits import training_mb
from challenges.tables.proposal import Wish, identifier, propose
from challenges.tables.table import Note, Table, TableError
from graders.words import say
from tests.challenges.tables.tables import grouped, honest, kinds, moving, proposed, table


def test_a_table_of_each_task_is_told_by_its_target() -> None:
    for task, metric in (("binary", "roc_auc"), ("multiclass", "log_loss"), ("regression", "rmse")):
        definition = proposed(honest(task)).definition
        assert (definition.task, definition.metric, definition.group, definition.time) == (task, metric, None, None)
    assert proposed(honest("multiclass")).definition.classes == ("blue", "green", "red")


def test_the_positive_class_reads_like_a_yes_or_is_the_rarer() -> None:
    rows = honest()
    assert proposed(rows).definition.positive == "yes"
    kept = rows.assign(y=np.where(rows["y"] == "yes", "stayed", "gone"))
    assert proposed(kept).definition.positive == kept["y"].value_counts().index[-1]


def test_rare_positives_are_ranked_by_average_precision() -> None:
    rows = honest()
    kept = pd.concat([rows[rows["y"] == "no"], rows[rows["y"] == "yes"].head(60)], ignore_index=True)
    assert proposed(kept).definition.metric == "average_precision"


def test_a_unit_is_told_by_its_name_and_by_labels_that_agree() -> None:
    proposal = proposed(grouped())
    assert proposal.definition.group == "customer_id"
    assert proposal.definition.of("customer_id").type == "text"
    why = next(choice.why for choice in proposal.choices if choice.key == "group")
    assert why == "`customer_id` repeats 5.0 times a value and its rows share labels."


def test_a_number_of_few_values_is_no_unit() -> None:
    assert proposed(honest()).definition.group is None  # nor `age` nor `visits`, though both repeat


def test_time_is_proposed_with_what_a_random_split_would_hide() -> None:
    proposal = proposed(moving())
    assert proposal.definition.time == "day"
    assert "R²" in next(choice.why for choice in proposal.choices if choice.key == "time")


def test_columns_that_name_rows_or_say_nothing_are_left_out() -> None:
    rows = honest().assign(rownames=np.arange(1, 3001), source="crm", plan2=honest()["plan"], empty=np.nan)
    proposal = proposed(rows)
    dropped = {choice.value for choice in proposal.choices if choice.key == "drop"}
    assert dropped == {"rownames", "source", "plan2", "empty"}
    assert dropped.isdisjoint(entry.name for entry in proposal.definition.column)


def test_sides_of_an_older_split_are_left_out() -> None:
    side = np.array(["Train", "valid", "test"])[np.arange(3000) % 7 % 3]
    rows = honest().assign(set=side, kfold=np.arange(3000) % 5, is_train=np.arange(3000) % 2)
    proposal = proposed(rows)
    assert {choice.value for choice in proposal.choices if choice.key == "drop"} == {"set", "kfold", "is_train"}
    said = next(choice.why for choice in proposal.choices if choice.key == "drop")
    assert said == "It says on which side of an older split a row stood, and nothing of the row."


def test_what_only_sounds_like_a_split_stays() -> None:
    rows = honest().assign(
        transport=np.array(["train", "bus"])[np.arange(3000) % 2],
        test=np.array(["positive", "negative"])[np.arange(3000) % 2],
        folds=np.arange(3000) % 40,
    )
    assert not [choice for choice in proposed(rows).choices if choice.key == "drop"]


def sensitive(rows: pd.DataFrame) -> list[str]:
    return [entry.name for entry in proposed(rows).definition.column if entry.sensitive]


def test_people_are_declared() -> None:
    assert sensitive(honest()) == ["age"]
    more = honest().assign(black=np.arange(3_000) % 3 == 0, Married=np.arange(3_000) % 2).astype({"black": int})
    assert sensitive(more) == ["age", "black", "Married"]
    assert not sensitive(more.drop(columns="age"))  # a colour, where nothing else speaks of people


@pytest.mark.parametrize(
    ("yes", "no"), [("yes", "no"), ("1", "0"), ("PD", "control"), ("malignant", "benign"), ("relapse", "healthy")]
)
def test_the_value_that_is_asked_about_is_the_one_that_is_no_no(yes: str, no: str) -> None:
    rows = honest().assign(y=lambda t: np.where(np.arange(len(t)) % 4 > 0, yes, no))
    assert proposed(rows).definition.positive == yes


def test_a_target_that_is_text_for_a_sign_says_so() -> None:
    rows = honest("regression")
    told = Note("y", say("It stays text, as `€` stands beside its numbers. Take it out where they are amounts."))
    read = Table(rows.assign(y="€ " + rows["y"].astype("str")), kinds(rows) | {"y": "text"}, {}, (told,))
    with pytest.raises(TableError, match=r"50 classes\. It stays text, as `€` stands beside"):
        propose(read, Wish("y"))


def blocks(labels: np.ndarray, name: str = "burst") -> pd.DataFrame:
    """Twenty rows of each block, which all have its label."""
    rng = np.random.default_rng(2)
    which = np.repeat(np.arange(len(labels)), 20)
    rows = pd.DataFrame({name: which, "x": rng.normal(size=len(which)).round(3), "y": labels[which]})
    return rows.sample(frac=1, random_state=0, ignore_index=True)


def test_numbers_of_blocks_of_rows_are_a_unit() -> None:
    states = np.random.default_rng(1).choice(["idle", "run", "fault"], 90)
    proposal = proposed(blocks(states))
    assert proposal.definition.group == "burst"
    why = next(choice.why for choice in proposal.choices if choice.key == "group")
    assert why == "`burst` repeats 20.0 times a value and its rows share labels."


@pytest.mark.parametrize(
    ("wish", "says"), [({"id": "In Capitals"}, "Id cannot be"), ({"group": "y"}, "group and target")]
)
def test_what_cannot_be_a_challenge_is_one_sentence(wish: dict[str, str], says: str) -> None:
    rows = honest("regression")
    with pytest.raises(TableError, match=says):
        propose(Table(rows, kinds(rows), {}, ()), Wish("y", **wish))  # type: ignore[arg-type]  # texts alone


def test_codes_whose_rows_share_labels_are_told_under_any_name() -> None:
    """They may be units or kinds of things, so nothing is taken; that no column has such rows would be wrong."""
    rng = np.random.default_rng(1)
    which, levels = np.repeat(np.arange(60), 10), rng.normal(size=60)
    rows = pd.DataFrame({"policy": [f"P{n}" for n in which], "x": rng.normal(size=600)})
    rows["y"] = np.exp(levels[which] + rng.normal(size=600))
    proposal = proposed(rows.sample(frac=1, random_state=0, ignore_index=True))
    assert proposal.definition.group is None
    why = next(choice.why for choice in proposal.choices if choice.key == "group")
    assert why.startswith("No column is called as a unit is, so each row is by itself. Rows of one value of `policy`")


def test_a_number_that_decides_is_no_unit() -> None:
    assert proposed(blocks(np.where(np.arange(90) < 50, "young", "old"), "years")).definition.group is None


def test_of_names_whose_rows_share_nothing_that_of_most_rows_is_the_unit() -> None:
    rows = honest(rows=1800)
    rng = np.random.default_rng(3)
    rows.insert(0, "doc_id", [f"d{number}" for number in rng.integers(0, 5000, 1800)])
    rows.insert(1, "query_id", np.repeat(np.arange(150), 12))
    assert proposed(rows).definition.group == "query_id"


def test_missing_labels_are_told_before_anything_is_proposed() -> None:
    with pytest.raises(TableError, match="3 rows have no 'y': rows 1, 2, 3"):
        proposed(honest().assign(y=lambda t: t["y"].where(np.arange(len(t)) > 2, None)))


@pytest.mark.parametrize(
    ("name", "unit"),
    [("countyid", True), ("SchoolID", True), ("Kundennr", True), ("paid", False), ("yearID", False)],
)
def test_a_unit_is_known_by_its_name(name: str, unit: bool) -> None:
    rows = grouped().rename(columns={"customer_id": name})
    assert folds.is_unit(name) is unit
    assert (proposed(rows).definition.group == name) is unit


@pytest.mark.parametrize(
    ("wish", "says", "code"),
    [
        ({"group": "customer"}, "no column 'customer'", "COLUMN_UNKNOWN"),
        ({"time": "days"}, "no column 'days'", "COLUMN_UNKNOWN"),
        ({"metric": "roc_auk"}, "Did you mean 'roc_auc'", "METRIC_UNKNOWN"),
        ({"positive": "maybe"}, "no value 'maybe'", "POSITIVE_UNKNOWN"),
        ({"task": "regression"}, "holds text", "TARGET_IS_TEXT"),
        ({"time": "visits"}, "holds no dates", "TIME_UNREADABLE"),
        ({"time": "plan"}, "holds no dates", "TIME_UNREADABLE"),
        ({"group": "income"}, "rows have no 'income'", "COLUMN_HAS_GAPS"),
        ({"drop": ("y",)}, "is the target", "TARGET_LEFT_OUT"),
    ],
)
def test_a_wish_that_cannot_be_met_is_one_sentence_with_a_code(wish: dict[str, Any], says: str, code: str) -> None:
    with pytest.raises(TableError, match=says) as told:
        proposed(honest(), **wish)
    assert told.value.code == code


@pytest.mark.parametrize("text", ["Who gets the card?", "2024", "Umsatz (EUR)", "", "../../etc/passwd", "x" * 200])
def test_an_id_is_made_of_any_text(text: str) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9-]{1,40}", identifier(text))


def test_a_table_of_target_and_time_alone_is_refused() -> None:
    bare = honest()[["y"]].assign(day=DAYS.dt.strftime("%Y-%m-%d"))
    with pytest.raises(TableError, match="no column is left to predict from"):
        proposed(bare)


def why(rows: pd.DataFrame, key: str) -> str:
    return next(choice.why for choice in proposed(rows).choices if choice.key == key)


def test_measurements_in_whole_numbers_are_no_names_of_rows() -> None:
    """Amounts meet by chance as often as numbers do that are drawn, numbers of rows never."""
    draw = np.random.default_rng(1)
    amounts = pd.Series(draw.integers(0, 1_000_000, 3_000), name="total_inten")
    assert not folds.unique_key(amounts)
    assert not folds.unique_key(pd.Series((draw.lognormal(11, 1, 3_000)).astype(int), name="income"))
    assert folds.unique_key(pd.Series(draw.permutation(3_000) + 10_000, name="opened"))
    assert folds.unique_key(pd.Series(draw.choice(100_000, 3_000, replace=False), name="ticket"))
    assert folds.unique_key(amounts.drop_duplicates().rename("order_id"))


def test_a_target_of_few_whole_numbers_is_named_as_text() -> None:
    rows = honest("multiclass").assign(y=lambda t: t["y"].map({"blue": 1, "green": 2, "red": 3}))
    definition = proposed(rows).definition
    assert (definition.task, definition.classes, definition.of("y").type) == ("multiclass", ("1", "2", "3"), "text")
    digits = honest().assign(y=np.random.default_rng(0).integers(0, 10, 3_000))
    assert "Choose multiclass" in why(digits, "task")


def test_years_are_asked_for_and_seconds_are_proposed_as_time() -> None:
    rows = honest("regression")
    assert "`year` may tell when" in why(rows.assign(year=1990 + np.arange(3_000) % 12), "time")
    assert "may tell" not in why(rows.assign(year_built=1950 + np.arange(3_000) % 60), "time")
    wished = proposed(rows.assign(year=1990 + np.arange(3_000) % 12), time="year").definition
    assert (wished.time, wished.of("year").type) == ("year", "date text")
    seconds = rows.assign(timestamp=1_200_000_000 + 7_919 * np.random.default_rng(0).permutation(3_000))
    definition = proposed(seconds).definition
    assert (definition.time, definition.of("timestamp").type) == ("timestamp", "date text")
    told = create.rows_of(table(seconds), definition, 0)["timestamp"]
    assert told.iloc[seconds["timestamp"].argmin()] == "2008-01-10 21:20:00"
    assert (told.sort_values().index == seconds["timestamp"].sort_values().index).all()


def test_dates_in_a_form_that_is_not_read_are_named() -> None:
    short = honest().assign(sold=[f"{1 + n % 28}.{1 + n % 12}.{10 + n % 14}" for n in range(3_000)])
    bare = honest().assign(sold=[20240101 + n % 28 + 100 * (n % 12) for n in range(3_000)])
    assert "`sold` seems to hold dates. Write them as 2026-02-28" in why(short, "time")
    assert "`sold` may tell when" in why(bare, "time")
    assert "seems" not in why(honest(), "time")


DAYS = pd.Series(pd.date_range("2021-01-01", periods=3_000, freq="8h").normalize())
LAST = ("2021-01-01 00:00:00", "2023-09-27 00:00:00")
FORMS = {
    "months": ("month", DAYS.dt.strftime("%Y-%m"), "2021-01-01", "2023-09-01"),
    "months of Eurostat": ("TIME_PERIOD", DAYS.dt.strftime("%Y-M%m"), "2021-01-01", "2023-09-01"),
    "months as numbers": ("month", DAYS.dt.year * 100 + DAYS.dt.month, "2021-01-01", "2023-09-01"),
    "months as numbers with a point": ("month", DAYS.dt.year * 100.0 + DAYS.dt.month, "2021-01-01", "2023-09-01"),
    "month first": ("period", DAYS.dt.strftime("%m/%Y"), "2021-01-01", "2023-09-01"),
    "months by name": ("sold", DAYS.dt.strftime("%b %Y"), "2021-01-01", "2023-09-01"),
    "quarters": ("sold", DAYS.dt.to_period("Q").astype(str), "2021-01-01", "2023-07-01"),
    "quarter first": (
        "sold",
        "Q" + DAYS.dt.quarter.astype(str) + " " + DAYS.dt.year.astype(str),
        *("2021-01-01", "2023-07-01"),
    ),
    "weeks": ("sold", DAYS.dt.strftime("%G-W%V"), "2020-12-28", "2023-09-25"),
    "weeks as numbers": ("week", DAYS.dt.strftime("%G%V").astype(int), "2020-12-28", "2023-09-25"),
    "days as numbers": ("sold_on", DAYS.dt.strftime("%Y%m%d").astype(int), "2021-01-01", "2023-09-27"),
    "days of a spreadsheet": ("sale_date", (DAYS - pd.Timestamp("1899-12-30")).dt.days, "2021-01-01", "2023-09-27"),
    "days since 1970": ("day", (DAYS - pd.Timestamp("1970-01-01")).dt.days, "2021-01-01", "2023-09-27"),
    "nanoseconds since 1970": ("moment", DAYS.astype("datetime64[ns]").astype("int64").astype(str), *LAST),
    "a part of the year": ("date", DAYS.dt.year + (DAYS.dt.day_of_year - 0.5) / 365, "2021-01-01", "2023-09-27"),
}


@pytest.mark.parametrize("form", FORMS)
def test_stretches_of_time_are_proposed_and_told_as_their_first_day(form: str) -> None:
    name, values, first, last = FORMS[form]
    rows = honest("regression").assign(**{name: values})
    definition = proposed(rows).definition
    assert (definition.time, definition.of(name).type) == (name, "date text")
    told = create.rows_of(table(rows), definition, 0)[name]
    assert (told.iloc[0], told.iloc[-1]) == (first, last)
    assert told.is_monotonic_increasing


def test_numbers_that_only_look_like_time_are_no_time() -> None:
    draw = np.random.default_rng(0)
    rows = honest("regression")
    for name, values in {
        "amount": draw.choice([202101, 202103, 202104, 202105, 202106], 3_000),
        "built_month": draw.choice([202101, 202103, 202104, 202105, 202106], 3_000),
        "visits": draw.integers(8_000, 20_000, 3_000),
        "built": draw.choice(["2021-03", "2021-04", "2021-05", "2021-06", "2021-07"], 3_000),
        "card": draw.integers(10**18, 9 * 10**18, 3_000).astype(str),
        "day": draw.integers(1, 32, 3_000),
        "code": draw.choice(["2021Q5", "2021Q1", "2021Q2", "2021Q3", "2021Q4"], 3_000),
    }.items():
        assert proposed(rows.assign(**{name: values})).definition.time is None, name


def test_what_may_count_time_is_named() -> None:
    rows = honest("regression")
    assert "`week` may count time" in why(rows.assign(week=200 + np.arange(3_000) // 60), "time")
    assert "count time" not in why(rows.assign(week=1 + np.arange(3_000) % 52), "time")
    assert "`paid` may tell when" in why(rows.assign(paid=(DAYS.dt.year * 100 + DAYS.dt.month)), "time")


def test_spellings_of_one_class_are_named() -> None:
    rows = honest().assign(y=lambda t: t["y"].where(t["visits"] > 2, t["y"].str.upper() + " "))
    assert "they would be 2. Write each class in one way." in why(rows, "task")
    assert "they would be" not in why(honest("multiclass"), "task")


def test_dates_with_few_gaps_are_named_and_those_of_what_befell_some_are_not() -> None:
    dates = pd.Series([f"2024-{1 + n % 12:02d}-{1 + n % 28:02d}" for n in range(3_000)])
    rows = honest().assign(sold=dates.where(np.arange(3_000) % 50 > 0), died=dates.where(np.arange(3_000) % 3 > 0))
    said = why(rows, "time")
    assert "`sold` lacks the dates of 60 rows" in said
    assert "died" not in said


def test_rows_that_unit_and_time_leave_out_are_told() -> None:
    rows = grouped()
    mixed = rows.assign(sold=[f"2024-{1 + n % 12:02d}-{1 + n % 28:02d}" for n in range(len(rows))])
    asked = proposed(mixed, hidden_units="new")
    told = next(choice.why for choice in asked.choices if choice.key == "hidden_units")
    assert "of the rows are left out, as their unit has early and late rows" in told
    months = 1 + rows["customer_id"].to_numpy() % 12
    assert "left out" not in why(rows.assign(sold=[f"2024-{month:02d}-01" for month in months]), "hidden_units")


def test_another_unit_whose_rows_share_labels_is_named() -> None:
    rows = grouped()
    shop = pd.Series(np.arange(3_000) % 60)
    effect = shop.map(dict(enumerate(np.random.default_rng(0).normal(0, 1, 60))))
    y = np.where(
        effect + 4 * (rows["y"] == "yes") - 2 + np.random.default_rng(1).logistic(size=3_000) > 0.5, "yes", "no"
    )
    said = why(rows.assign(store_id=shop, y=y), "group")
    assert "`customer_id`" in said
    assert "`store_id`" in said


#: MB of rows -> the most that a container held while the reference that is written for a table was watched on them.
HELD = {13: 308, 130: 1_419}


@pytest.mark.parametrize(("rows", "held"), HELD.items())
def test_memory_is_room_enough_for_what_was_measured(rows: int, held: int) -> None:
    """A reference that meets the limit is graded on no table: ours would be ended where a candidate's is."""
    assert held < training_mb(rows * 2**20) < 2 * held


def test_counts_are_measured_as_counts() -> None:
    """Where many are 0 a median says nothing, and squares follow the few large ones."""
    rng, rows = np.random.default_rng(2), honest("regression")
    counts, amounts = rng.poisson(rng.gamma(0.5, 6, 3_000)), rng.lognormal(3, 1, 3_000).round(2)
    metric = {
        "counts": counts,
        "amounts of which most are 0": np.where(rng.random(3_000) < 0.7, 0.0, amounts),
        "amounts": amounts,
        "counts without a zero": counts + 1,
        "gains and losses": counts - 3,
    }
    found = {name: proposed(rows.assign(y=values)).definition.metric for name, values in metric.items()}
    assert found == dict.fromkeys(metric, "rmse") | dict.fromkeys(list(metric)[:2], "mean_poisson_deviance")


def test_names_that_only_sound_like_a_kind_of_people_are_none() -> None:
    """An election race is one of hundreds, and so is its number."""
    number = np.arange(3_000) // 4
    rows = honest().assign(race=[f"R{one}" for one in number], race_id=number, religion=number % 7)
    sensitive = {entry.name for entry in proposed(rows).definition.column if entry.sensitive}
    assert sensitive == {"age", "religion"}


def test_what_has_one_sex_and_one_race_is_a_person() -> None:
    """Whatever its name; a year of birth has one age and no more."""
    rows, rng = honest(), np.random.default_rng(4)
    person = np.arange(3_000) % 300
    sex, race = rng.choice(["f", "m"], 300)[person], rng.choice(["a", "b", "c"], 300)[person]
    born = rows.assign(made=2026 - rows["age"], age_group=rows["age"] // 10)
    panel = rows.assign(resp=7 + 3 * person, sex=sex, race=race, batch=person % 30)
    assert proposed(panel).definition.group == "resp"
    assert "each has one value of `sex`, `race`" in why(panel, "group")
    assert proposed(born).definition.group is None
    assert proposed(panel.assign(sex=rng.permutation(sex))).definition.group is None


@pytest.mark.parametrize(
    ("parts", "time"),
    [
        ({"year": 2010 + np.arange(3_000) // 366, "month": 1 + np.arange(3_000) % 12}, "year"),
        ({"Year": 2010 + np.arange(3_000) // 366, "Month": ["May", "June", "July"] * 1_000}, "Year"),
        ({"year": 2010 + np.arange(3_000) // 366}, None),
        ({"year": 2010 + np.arange(3_000) // 366, "month": np.arange(3_000) % 40}, None),
        ({"year": 1 + np.arange(3_000) // 366, "month": 1 + np.arange(3_000) % 12}, None),
    ],
    ids=["numbers", "names", "a year alone", "months of a term", "years of a term"],
)
def test_a_year_beside_its_months_is_the_time(parts: dict[str, Any], time: str | None) -> None:
    assert proposed(honest("regression").assign(**parts)).definition.time == time


def countries(unit: str = "country", time: str = "year") -> pd.DataFrame:
    """Forty of them in twelve years, each with a level of its own, and no gap."""
    rng, which = np.random.default_rng(3), np.repeat(np.arange(40), 12)
    rows = pd.DataFrame({unit: [f"C{n}" for n in which], time: np.tile(2010 + np.arange(12), 40)})
    rows = rows.assign(x=rng.normal(size=480).round(3), y=(rng.normal(0, 3, 40)[which] + rng.normal(size=480)).round(3))
    return rows.sample(frac=1, random_state=0, ignore_index=True)


def test_one_row_each_year_is_a_panel() -> None:
    """Whatever the unit is called, if its rows share labels; and a panel has a time."""
    found = proposed(countries()).definition
    assert (found.group, found.time, found.hidden_units) == ("country", "year", "known")
    assert "it has one row for each `year`" in why(countries(), "group")
    months = countries(time="month").assign(month=lambda t: t["month"].astype(str) + "-01")
    assert proposed(months).definition.group == "country"
    twice = pd.concat([countries(), countries().head(40)], ignore_index=True)
    assert proposed(twice).definition.group is None
    alike = countries().assign(y=lambda t: np.random.default_rng(5).permutation(t["y"]))
    assert proposed(alike).definition.group is None


def test_a_rank_of_each_day_is_no_unit() -> None:
    rng, rank = np.random.default_rng(3), np.tile(1 + np.arange(60), 60)
    days = pd.date_range("2026-01-01", periods=60).strftime("%Y-%m-%d").repeat(60)
    rows = pd.DataFrame({"rank": rank, "date": days, "x": rng.normal(size=3_600).round(3)})
    rows = rows.assign(y=(1_000 / (5 + rank) + rng.normal(0, 5, 3_600)).round(2))
    assert proposed(rows).definition.group is None


def test_dates_as_one_number_are_named_in_any_order() -> None:
    for form in ("%m%d%Y", "%d%m%Y"):
        days = pd.date_range("2018-10-06", periods=12).strftime(form).astype(int)
        assert "`seen` seems to hold dates" in why(honest().assign(seen=np.resize(days, 3_000)), "time")
    assert "seems to hold" not in why(honest().assign(seen=np.resize(np.arange(10_000_000, 10_000_099), 3_000)), "time")
