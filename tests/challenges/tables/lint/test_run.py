"""Every fault that is planted is found, with its level, and an honest twin gets no error."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from challenges.tables import folds
from challenges.tables.folds import Measured
from challenges.tables.lint.model import Finding, Subject
from challenges.tables.lint.run import CHECKS, lint
from challenges.tables.table import Note
from challenges.tables.yardsticks import Yardsticks
from tests.challenges.tables.tables import grouped, honest, moving, parts, proposed

rng = np.random.default_rng(5)


def subject(rows: pd.DataFrame, **wish: object) -> Subject:
    definition, done = parts(rows, **wish)
    own = rows[[entry.name for entry in definition.column]]
    return Subject(definition, done.public, done.hidden, folds.sampled(definition, own))


def says(code: str, rows: pd.DataFrame, **wish: object) -> list[Finding]:
    return list(CHECKS[code](subject(rows, **wish)))


def positive(rows: pd.DataFrame) -> np.ndarray:
    return (rows["y"] == "yes").to_numpy()


def after(rows: pd.DataFrame) -> pd.DataFrame:
    """A number that exists for one outcome only."""
    return rows.assign(spent=np.where(positive(rows), rng.gamma(2, 50, len(rows)).round(2), 0.0))


def gap(rows: pd.DataFrame) -> pd.DataFrame:
    """A date that is missing for one outcome: its values say nothing, its gaps all."""
    return rows.assign(closed=np.where(positive(rows), np.nan, rng.normal(size=len(rows)).round(3)))


def u_shape(rows: pd.DataFrame) -> pd.DataFrame:
    """A number that is far from its middle, on either side, for one outcome."""
    side = rng.choice([-1, 1], len(rows))
    return rows.assign(delta=(side * np.where(positive(rows), 3, 1) + rng.normal(0, 0.3, len(rows))).round(3))


def code(rows: pd.DataFrame) -> pd.DataFrame:
    """One of many codes that is set for one outcome."""
    codes = np.asarray([f"c{number:02d}" for number in range(40)], dtype=object)
    return rows.assign(state=np.where(positive(rows), "c17", rng.choice(np.delete(codes, 17), len(rows))))


def pair(rows: pd.DataFrame) -> pd.DataFrame:
    """Two numbers whose order is the outcome."""
    first = rng.normal(0, 3, len(rows))
    second = first + np.where(positive(rows), 1, -1) * rng.uniform(0.8, 3, len(rows))
    return rows.assign(opened=first.round(3), ended=second.round(3))


@pytest.mark.parametrize("plant", [after, gap, u_shape, code, pair])
def test_a_column_that_gives_the_answer_away_is_an_error(plant: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    rows = plant(honest())
    (finding,) = says("CHAL001", rows)
    assert finding.level == "error"
    assert set(finding.columns) == set(rows.columns) - set(honest().columns)


@pytest.mark.parametrize(
    "rows",
    [honest("multiclass").assign(note=lambda t: t["y"].str[:1]), honest("regression").assign(n=lambda t: 2 * t["y"])],
)
def test_so_it_is_in_other_tasks(rows: pd.DataFrame) -> None:
    assert [finding.level for finding in says("CHAL001", rows)] == ["error"]


def gap_beside_others(rows: pd.DataFrame) -> pd.DataFrame:
    """A cause that only the dead have, in a table that tells most of them anyway."""
    drive = np.where(positive(rows), 1.3, -1.3) + rng.normal(0, 1, len(rows))
    cause = np.where(positive(rows), rng.choice(["heart", "lung"], len(rows)), None)
    return rows.assign(followed=drive.round(3), cause=cause)


def total(rows: pd.DataFrame) -> pd.DataFrame:
    """Two counts whose sum is the answer, each of which the other columns tell too."""
    part = (rows["y"].abs() * rng.uniform(0.6, 0.95, len(rows))).round(2)
    return rows.assign(
        registered=part, casual=(rows["y"] - part).round(2), weather=(rows["y"] + rng.normal(0, 2, len(rows))).round(2)
    )


def parts_of_a_total(rows: pd.DataFrame) -> pd.DataFrame:
    """Four marks, of which the answer is the sum but for one row that was entered wrongly."""
    marks = {name: rng.normal(7, 1, len(rows)).round(2) for name in ("aroma", "body", "finish", "balance")}
    total_ = np.sum(list(marks.values()), axis=0).round(2)
    total_[0] = 0.0
    return rows.assign(**marks, y=total_)


def rate(rows: pd.DataFrame) -> pd.DataFrame:
    """Cases for each 10,000 people, beside how many people there are."""
    people_ = rng.lognormal(9, 1.2, len(rows)).round()
    cases = rng.poisson(people_ * rng.gamma(2, 0.002, len(rows)))
    return rows.assign(people=people_, per_10000=(cases / people_ * 10_000).round(4), y=cases.astype(float))


def logarithm(rows: pd.DataFrame) -> pd.DataFrame:
    """A rate of units, of which some are far above all others, beside its logarithm."""
    tail = rows["customer_id"].map(lambda unit: np.exp(1.5 * np.sin(unit) + 4 * (unit % 50 == 0)))
    rate_ = (tail * rng.lognormal(0, 0.1, len(rows))).round(4)
    return rows.assign(y=rate_, l_rate=np.log(rate_).round(6))


def duration(rows: pd.DataFrame) -> pd.DataFrame:
    """Begin and end of a stay, whose days are the answer."""
    begun = pd.Timestamp("2015-01-01") + pd.to_timedelta(rng.integers(0, 3_000, len(rows)), unit="D")
    days = rng.gamma(2, 200, len(rows)).round()
    over = begun + pd.to_timedelta(days, unit="D")
    return rows.assign(begun=begun.strftime("%Y-%m-%d"), over=over.strftime("%Y-%m-%d"), y=days)


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        (gap_beside_others(honest()), {"cause"}),
        (rate(honest("regression")), {"people", "per_10000"}),
        (total(honest("regression")), {"registered", "casual"}),
        (honest("regression").assign(rating=lambda t: np.where(t["y"] > 22, "high", "low")), {"rating"}),
        (parts_of_a_total(honest("regression")), {"aroma", "body", "finish", "balance"}),
        (logarithm(grouped()), {"l_rate"}),
        (duration(honest("regression")), {"begun", "over"}),
    ],
)
def test_so_it_is_where_other_columns_tell_much_too(rows: pd.DataFrame, columns: set[str]) -> None:
    (finding,) = says("CHAL001", rows)
    assert (finding.level, set(finding.columns)) == ("error", columns)


def test_what_a_column_says_with_another_is_told_once() -> None:
    """Three noisy measures of one time, each of which tells the answer beside the start."""
    rows = pair(honest())
    more = {f"ended_{n}": (rows["ended"] + rng.normal(0, 0.2, len(rows))).round(3) for n in range(3)}
    told = says("CHAL001", rows.assign(**more))
    assert len(told) == 1
    assert "opened" in told[0].columns


def strong(rows: pd.DataFrame) -> pd.DataFrame:
    """An honest column that is the best of all, as the best one of a table is."""
    drive = np.where(positive(rows), 1.0, -1.0) + rng.normal(0, 1.6, len(rows))
    return rows.assign(balance=drive.round(3))


def test_noise_fixed_by_customer_is_no_leak() -> None:
    rows = grouped()
    noise = dict(zip(rows["customer_id"].unique(), rng.normal(size=600).round(4), strict=True))
    assert not says("CHAL001", rows.assign(luck=rows["customer_id"].map(noise)))


def test_the_best_column_of_an_honest_table_is_no_error() -> None:
    assert all(finding.level == "warning" for finding in says("CHAL001", strong(honest())))


def test_the_value_of_the_day_before_is_not_made_of_the_target() -> None:
    rows = honest("regression").assign(y=lambda t: t["y"].sort_values().to_numpy())
    before = (rows["y"] + rng.normal(0, 0.02, len(rows))).round(3)
    assert not [one for one in says("CHAL001", rows.assign(before=before)) if "made of" in one.title]


def test_a_class_of_a_few_rows_hides_no_column_that_gives_the_answer_away() -> None:
    """Each class counts the same in a mean over classes, and one of five rows is known by nobody."""
    rows = honest("multiclass").assign(note=lambda t: t["y"].str[:1])
    rows.loc[rows.index[:5], ["y", "note"]] = ["white", "g"]
    assert [finding.level for finding in says("CHAL001", rows)] == ["error"]


def test_order_and_identifiers_that_predict_are_told() -> None:
    rows = honest()
    rows = rows.sort_values("y", kind="stable").reset_index(drop=True)
    (order,) = says("CHAL002", rows)
    assert (order.level, order.columns) == ("warning", ())
    told = rows.sample(frac=1, random_state=0).assign(order_id=lambda t: t.index * 3 + 1000).reset_index(drop=True)
    assert "order_id" not in [entry.name for entry in proposed(told).definition.column]  # left out from the start
    definition, done = parts(
        told.rename(columns={"order_id": "opened"}).assign(opened=lambda t: t["opened"].astype(str))
    )
    (name,) = CHECKS["CHAL002"](Subject(definition, done.public, done.hidden))
    assert (name.level, name.columns) == ("error", ("opened",))
    assert not says("CHAL002", honest())


def test_units_and_copies_on_both_sides_are_errors() -> None:
    rows = grouped()
    definition, done = parts(rows)
    mixed = done.hidden.copy()
    mixed.loc[:4, "customer_id"] = [f"{value}.0" for value in done.public["customer_id"].head(5)]
    (units,) = CHECKS["CHAL003"](Subject(definition, done.public, mixed))
    assert units.level == "error"
    definition, done = parts(_wide())
    numbers = [n for n in done.public if pd.api.types.is_float_dtype(done.public[n])]
    for moved in (0.0, 1e-4):
        copies = done.public.sample(60, random_state=0).copy()
        copies[numbers] = copies[numbers] * (1 + moved)
        hidden = pd.concat([done.hidden, copies], ignore_index=True)
        (finding,) = CHECKS["CHAL003"](Subject(definition, done.public, hidden))
        assert finding.level == "error"
    assert not list(CHECKS["CHAL003"](Subject(definition, done.public, done.hidden)))


def _wide() -> pd.DataFrame:
    rows = honest()
    return rows.assign(**{f"x{number}": rng.normal(size=len(rows)).round(3) for number in range(6)})


def test_a_table_that_moves_is_an_error_where_the_split_does_not() -> None:
    (finding,) = says("CHAL004", moving(), time="")
    assert (finding.level, finding.columns) == ("error", ("day",))
    assert not says("CHAL004", moving())
    still = honest("regression").assign(day=[f"2024-{1 + n % 12:02d}-{1 + n % 28:02d}" for n in range(3000)])
    assert not says("CHAL004", still, time="")


def test_too_few_hidden_rows_are_told() -> None:
    (few,) = says("CHAL005", honest(rows=80))
    assert few.level == "error"
    rows = honest()
    rare = pd.concat([rows[rows["y"] == "no"], rows[rows["y"] == "yes"].head(15)], ignore_index=True)
    assert [finding.level for finding in says("CHAL005", rare)] == ["error"]
    assert not says("CHAL005", honest())


def test_few_hidden_units_are_named_where_each_class_has_rows_enough() -> None:
    (few,) = says("CHAL005", grouped(units=100, each=30), group="customer_id")
    assert few.why == "There are only 30 hidden units, so chance ranks the candidates as much as their work does."


def sticks(constant: float, simple: float, strong: float, **more: float) -> Yardsticks:
    values = [Measured(value, 0.01) for value in (constant, simple, strong, strong - simple)]
    told = {"reliable": 0.02, "perfect": 2 * simple - 1, "train_seconds": 5, "predict_seconds": 1, "memory_mb": 400}
    return Yardsticks(*values, chosen="boosting", **{**told, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "stick", "level"),
    [
        ("CHAL006", sticks(0.5, 0.845, 0.846), "warning"),
        ("CHAL006", sticks(0.5, 0.99, 1.0), "warning"),
        ("CHAL006", sticks(0.5, 0.45, 0.8), "warning"),
        ("CHAL006", sticks(0.5, 0.5, 0.6, above=Measured(0.1, 0.1)), "warning"),
        ("CHAL006", sticks(0.5, 0.7, 0.8), ""),
        ("CHAL011", sticks(0.5, 0.7, 0.8, train_seconds=90), "error"),
        ("CHAL011", sticks(0.5, 0.7, 0.8, memory_mb=5000), "error"),
        ("CHAL011", sticks(0.5, 0.7, 0.8), ""),
    ],
)
def test_room_and_cost_are_told_by_the_yardsticks(code: str, stick: Yardsticks, level: str) -> None:
    definition, done = parts(honest(rows=300))
    found = list(CHECKS[code](Subject(definition, done.public, done.hidden, yardsticks=stick)))
    assert [finding.level for finding in found] == ([level] if level else [])


def test_large_figures_are_told_without_decimals() -> None:
    assert str(Measured(136718.246, 6274.0)) == "136,718 (124,421 to 149,015)"
    assert str(Measured(0.7, 0.1)) == "0.700 (0.504 to 0.896)"


def test_sides_that_differ_are_an_error_and_an_honest_cut_by_unit_is_none() -> None:
    definition, done = parts(honest())
    hidden = done.hidden[done.hidden["income"].fillna(0) > 30].reset_index(drop=True)
    (finding,) = CHECKS["CHAL007"](Subject(definition, done.public, hidden))
    assert (finding.level, finding.columns[0]) == ("error", "income")
    assert not says("CHAL007", honest())
    rows = grouped(units=150, each=20)
    luck = {f"f{number}": rows["customer_id"].map(dict(enumerate(rng.normal(size=1150)))) for number in range(4)}
    assert not says("CHAL007", rows.assign(**luck))


def people(**columns: Callable[[int], str]) -> pd.DataFrame:
    rows = honest()
    return rows.assign(**{name: [of(number) for number in range(len(rows))] for name, of in columns.items()})


@pytest.mark.parametrize(
    ("name", "value", "level"),
    [
        ("contact", lambda n: f"user{n}@example{n % 7}.org", "error"),
        ("phone", lambda n: f"+49 170 {1000000 + n * 37}", "error"),
        ("account", lambda n: "DE89 3704 0044 0532 0130 00" if n % 2 else "GB82 WEST 1234 5698 7654 32", "error"),
        ("last_name", lambda n: f"{'ABCDEFGH'[n % 8]}{'aeiou'[n % 5]}nder{'aeiou'[n % 5] * (n % 4)}s", "error"),
        ("remark", lambda n: f"called on day {n} and asked for another plan", "warning"),
        ("latitude", lambda n: 48 + n / 7919, "warning"),
        ("product_code", lambda n: f"AB-{n % 40:04d}", ""),
        ("version", lambda n: f"{n % 5}.{n % 9}.{n % 3}", ""),
        ("name", lambda n: ("Basic", "Plus", "Premium")[n % 3], ""),
        (
            "name",
            lambda n: f"Amy {'BCDFGHKL'[n % 8]}{'aeiou'[n // 8 % 5]}r{'aeiou'[n // 40 % 5] * (1 + n // 200)}",
            "error",
        ),
        ("long", lambda n: 16 + n / 7919, "warning"),
        ("lot", lambda n: f"POLYGON ((16.{n} 48.1, 16.{n} 48.2, 16.3 48.2, 16.{n} 48.1))", "warning"),
        ("player", lambda n: f"{'ABCDEFGH'[n % 8]}. {'BCDFGHKL'[n // 8 % 8]}a{'lmnrst'[n // 64 % 6]}er", "warning"),
        ("author", lambda n: f"{'BCDFGHKL'[n % 8]}a{'lmnrst'[n // 8 % 6]}er, J.{'ABCD'[n // 48 % 4]}.", "warning"),
        ("species", lambda n: f"{'ABCDEFGH'[n % 8]}. {'bcdfghkl'[n // 8 % 8]}a{'lmnrst'[n // 64 % 6]}is", ""),
        ("product", lambda n: f"Blue {'BCDFGHKL'[n % 8]}a{'lmnrst'[n // 8 % 6]}er", ""),
        ("sizes", lambda n: f"{n} x {n + 1} x {n + 2} x {n + 3} cm", ""),
    ],
)
def test_personal_data_stop_publishing(name: str, value: Callable[[int], str], level: str) -> None:
    found = says("CHAL008", people(**{name: value}))
    assert [finding.level for finding in found] == ([level] if level else [])
    assert all("example" not in line and "+49" not in line for finding in found for line in finding.evidence)


def test_sensitive_columns_and_what_stands_for_them_are_told() -> None:
    rows = honest().assign(sex=lambda t: np.where(t["score"] > 0, "f", "m"))
    made = subject(rows)
    bare = made.definition.model_copy(
        update={"column": tuple(entry.model_copy(update={"sensitive": False}) for entry in made.definition.column)}
    )
    titles = [one.title for one in CHECKS["CHAL009"](Subject(bare, made.public, made.hidden))]
    assert titles == ["Sensitive columns are not declared"]
    assert [one.columns for one in CHECKS["CHAL009"](made)] == [("score",)]


@pytest.mark.parametrize(
    ("column", "says_"),
    [
        (lambda t: t["income"].fillna(-999), "stands for no value"),
        (lambda t: t["visits"].astype("str").where(t["visits"] != 3, "three"), "mixed types"),
        (lambda t: [f"{1 + n % 28}.{1 + n % 12}.2024" for n in range(len(t))], "dates as text"),
        (lambda t: 20240101 + np.arange(len(t)) % 28, "dates as numbers"),
        (lambda t: [f"{n * 1.5:.2f} EUR" for n in range(len(t))], "numbers as text"),
        (lambda t: [f"€ {n * 1.5:.2f}" for n in range(len(t))], "numbers as text"),
        (lambda t: [f"${n * 901.5:,.2f}" for n in range(len(t))], "numbers as text"),
        (lambda t: t["plan"].where(t["visits"] > 2, t["plan"].str.upper()), "several ways"),
        (lambda t: np.where(t["visits"] == 3, "=HYPERLINK(1)", "x"), "spreadsheet"),
        (lambda t: np.where(t["visits"] == 3, "=1+1", "x"), "spreadsheet"),
        (lambda t: [f"{15 if n % 9 else 2015:04d}-03-{1 + n % 28:02d}" for n in range(len(t))], "cannot be meant"),
    ],
)
def test_odd_columns_are_told_once(column: Callable[[pd.DataFrame], object], says_: str) -> None:
    (finding,) = says("CHAL010", honest().assign(odd=column))
    assert (finding.level, finding.columns) == ("warning", ("odd",))
    assert says_ in finding.title


def test_spellings_of_one_label_are_told() -> None:
    rows = honest("multiclass").assign(y=lambda t: t["y"].where(t["visits"] > 2, t["y"].str.upper()))
    (finding,) = says("CHAL010", rows)
    assert (finding.title, finding.columns) == ("`y` writes one value in several ways", ("y",))


def test_what_reading_said_of_a_column_is_told_once() -> None:
    rows = honest().assign(odd=lambda t: t["visits"].astype("str").where(t["visits"] != 3, "three"))
    made = subject(rows)
    notes = (Note("odd", "It stays text, as 600 values are no numbers, such as 'three'."),)
    (finding,) = CHECKS["CHAL010"](Subject(made.definition, made.public, made.hidden, made.in_order, notes))
    assert finding.title == "`odd` holds mixed types"


def test_codes_of_figures_are_no_numbers_with_a_unit() -> None:
    assert not says("CHAL010", honest().assign(ticket=lambda t: [f"0{n % 700}" for n in range(len(t))]))


def test_a_copy_has_the_same_value_in_every_row() -> None:
    years = np.arange(3_000) % 4
    rows = honest().assign(**{f"d{year}": (years == year).astype(int) for year in range(4)})
    assert not says("CHAL010", rows)
    definition, done = parts(rows)
    public = done.public.assign(d1=done.public["d0"])
    (finding,) = CHECKS["CHAL010"](Subject(definition, public, done.hidden.assign(d1=done.hidden["d0"])))
    assert (finding.columns, finding.evidence) == (("d1",), ("`d1`: equals `d0`.",))


def test_a_public_table_is_known_by_its_columns() -> None:
    rows = pd.DataFrame(rng.normal(size=(300, 8)), columns=["SepalLength", "sepal width", "petal_length", *"abcde"])
    rows = rows.drop(columns=list("abcde")).assign(
        petal_width=1.5 + rng.normal(size=300), species=["a", "b", "c"] * 100
    )
    definition, done = parts(rows.rename(columns={"species": "y"}))
    renamed = {"y": "species"}
    own = definition.model_copy(
        update={
            "target": "species",
            "column": tuple(e.model_copy(update={"name": renamed.get(e.name, e.name)}) for e in definition.column),
        }
    )
    sides = [side.rename(columns=renamed) for side in (done.public, done.hidden)]
    (finding,) = CHECKS["CHAL012"](Subject(own, *sides))
    assert (finding.level, "iris" in finding.title) == ("warning", True)


def test_missing_and_contradicting_labels_are_told() -> None:
    rows = honest(rows=600)
    definition, done = parts(rows)
    gaps = rows.assign(y=rows["y"].where(np.arange(600) > 20, None))
    (finding,) = CHECKS["CHAL013"](Subject(definition, gaps, done.hidden))
    assert finding.level == "error"
    twice = pd.concat([rows, rows.assign(y=rng.permutation(rows["y"]))], ignore_index=True)
    (finding,) = says("CHAL013", twice)
    assert "No model can be right on more than" in finding.evidence[1]
    assert not says("CHAL013", rows)


def test_letters_of_a_code_are_no_unit() -> None:
    """A plot named 37F stands in a row and a column of a map."""
    assert not says("CHAL010", honest().assign(plot=lambda t: [f"{1 + n % 42}{'ABCDEFGHI'[n % 9]}" for n in t.index]))


def test_numbered_columns_alone_are_no_public_table() -> None:
    """V1 to V28 and a class are also those of the fraud of a card, but of many others too."""
    rows = pd.DataFrame(rng.normal(size=(300, 28)), columns=[f"V{n}" for n in range(1, 29)])
    rows = rows.assign(y=["a", "b"] * 150)
    definition, done = parts(rows)
    column = tuple(e.model_copy(update={"name": "Class"}) if e.name == "y" else e for e in definition.column)
    own = definition.model_copy(update={"target": "Class", "column": column})
    sides = [side.rename(columns={"y": "Class"}) for side in (done.public, done.hidden)]
    assert not list(CHECKS["CHAL012"](Subject(own, *sides)))
    named = own.model_copy(
        update={"column": (*column, *(column[0].model_copy(update={"name": n}) for n in ("Time", "Amount")))}
    )
    (finding,) = CHECKS["CHAL012"](Subject(named, *(side.assign(Time=0, Amount=1) for side in sides)))
    assert "fraud" in finding.title


def test_columns_that_find_a_person_in_one_way_are_one_finding() -> None:
    (finding,) = says("CHAL008", people(lat=lambda n: 48 + n / 7919, long=lambda n: 16 + n / 7919))
    assert (finding.title, finding.columns) == ("`lat`, `long` hold precise places", ("lat", "long"))


def test_a_time_that_often_is_the_very_target_is_told() -> None:
    """Who had no relapse was followed to the end of both; a price that is mostly the same is rounded."""
    rows = honest("regression")
    often = rng.random(3_000) < 0.4
    (finding,) = says("CHAL001", rows.assign(relapse=lambda t: np.where(often, t["y"], rng.permutation(t["y"]))))
    assert (finding.level, finding.columns) == ("warning", ("relapse",))
    assert "is the target itself in" in finding.title
    rounded = rows.assign(y=lambda t: (t["y"] / 5).round() * 5.0)
    assert not says("CHAL001", rounded.assign(asked=lambda t: np.where(often, t["y"], rng.permutation(t["y"]))))


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_an_honest_table_gets_no_error(task: str) -> None:
    assert not lint(subject(honest(task, seed=3)))


@pytest.mark.parametrize("rows", [grouped(seed=2), moving(seed=2)], ids=["grouped", "moving"])
def test_nor_does_one_of_units_or_of_time(rows: pd.DataFrame) -> None:
    assert not [finding for finding in lint(subject(rows)) if finding.level == "error"]


def test_a_large_table_is_sampled_and_it_says_so() -> None:
    rows = after(honest(rows=20_000))
    (finding,) = says("CHAL001", rows)
    assert "12,000 of 20,000 rows were looked at, drawn by whole units." in finding.evidence
