"""Honest tables of odd shapes get no error, and a second fault of each kind of split is found."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from challenges.tables import folds
from challenges.tables.lint.model import Finding, Subject
from challenges.tables.lint.run import CHECKS, lint
from tests.challenges.tables.tables import honest, moving, parts

SIZE = 2_000


def noise(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def answers(drive: np.ndarray, share: float, seed: int) -> np.ndarray:
    """A yes in this share of the rows, likelier where `drive` is high."""
    drive = drive + np.random.default_rng(seed).logistic(size=len(drive))
    return np.where(drive > np.quantile(drive, 1 - share), "yes", "no")


def imbalanced() -> pd.DataFrame:
    rows = honest("regression", 11, 12_000)
    return rows.assign(y=answers((rows["y"].to_numpy() - 20) / 3, 1 / 200, 1))


def many_categories() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    place = rng.integers(0, 800, SIZE)
    rows = honest("regression", 12, SIZE)
    y = answers(rng.normal(0, 0.6, 800)[place] + (rows["y"].to_numpy() - 20) / 6, 0.3, 2)
    return rows.assign(place=[f"z{code:04d}" for code in place], y=y)


def many_classes() -> pd.DataFrame:
    x = noise(3, 500, 4)
    odds = x @ noise(4, 4, 5) + np.random.default_rng(3).gumbel(size=(500, 5))
    names = np.asarray([f"class {number}" for number in range(5)], dtype=object)
    return pd.DataFrame(x.round(3), columns=list("abcd")).assign(y=names[odds.argmax(axis=1)])


def dates_only() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    begun = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 700, SIZE), unit="D")
    days = rng.integers(1, 60, SIZE)
    ended = (begun + pd.to_timedelta(days, unit="D")).strftime("%Y-%m-%d")
    return pd.DataFrame({"ordered_on": begun.strftime("%Y-%m-%d"), "due_on": ended, "y": answers(0.03 * days, 0.4, 5)})


def a_text() -> pd.DataFrame:
    rng = np.random.default_rng(6)
    words = [
        "late",
        "broken",
        "refund",
        "thanks",
        "good",
        "nice",
        "slow",
        "box",
        "missing",
        "colour",
        "size",
        "wrong",
        "order",
        "again",
        "help",
        "return",
    ]
    texts = [" ".join(rng.choice(words, rng.integers(6, 14))) for _ in range(SIZE)]
    told = np.asarray([("refund" in text) + ("broken" in text) for text in texts])
    return honest(seed=6, rows=SIZE).assign(comment=texts, y=answers(0.9 * told, 0.4, 6))


def wide() -> pd.DataFrame:
    x = noise(7, 400, 130)
    return pd.DataFrame(x.round(3), columns=[f"x{n}" for n in range(130)]).assign(
        y=answers(x[:, :20] @ noise(8, 20) * 0.3, 0.5, 7)
    )


def whole_numbers() -> pd.DataFrame:
    x = np.random.default_rng(8).integers(0, 10, (SIZE, 15))
    y = answers(x[:, :4] @ np.asarray([0.2, 0.1, -0.2, 0.1]), 0.4, 8)
    return pd.DataFrame(x, columns=[f"q{n}" for n in range(15)]).assign(y=np.where(y == "yes", 1, 0))


def gaps() -> pd.DataFrame:
    rows = honest("regression", 9, SIZE)
    y = answers((rows["y"].to_numpy() - 20) / 4, 0.35, 9)
    holes = np.random.default_rng(9).random((SIZE, 3)) < 0.6
    for place, name in enumerate(("income", "tenure", "score")):
        rows[name] = rows[name].where(~holes[:, place])
    return rows.assign(y=y)


def nearly_perfect() -> pd.DataFrame:
    x = noise(10, SIZE, 12)
    drive = 3 * (x @ noise(11, 12)) + np.random.default_rng(10).logistic(0, 0.4, SIZE)
    return pd.DataFrame(x.round(3), columns=[f"sensor_{n}" for n in range(12)]).assign(
        y=np.where(drive > 0, "faulty", "fine")
    )


def constants() -> pd.DataFrame:
    return honest(seed=12, rows=SIZE).assign(country="DE", empty=np.nan, currency="EUR")


def machines() -> pd.DataFrame:
    rng = np.random.default_rng(13)
    unit, week = np.repeat(np.arange(60), 40), np.tile(np.arange(40), 60)
    heat = 10 * np.sin(week / 6) + rng.normal(0, 3, 2_400)
    rows = pd.DataFrame(
        {
            "machine_id": [f"M{number:03d}" for number in unit],
            "day": (pd.Timestamp("2025-01-01") + pd.to_timedelta(week * 7, unit="D")).strftime("%Y-%m-%d"),
            "heat": heat.round(1),
            "load": rng.gamma(2, 20, 2_400).round(1),
            "y": (50 + rng.normal(0, 4, 60)[unit] + 0.8 * heat + rng.normal(0, 4, 2_400)).round(2),
        }
    )
    return rows.sample(frac=1, random_state=0).reset_index(drop=True)


def tiny() -> pd.DataFrame:
    return honest("regression", 14, 300)


def few_values() -> pd.DataFrame:
    x = np.random.default_rng(15).integers(0, 2, (SIZE, 4))
    return pd.DataFrame(x, columns=list("abcd")).assign(y=answers(x @ np.asarray([0.8, -0.5, 0.3, 0.2]), 0.4, 15))


def large() -> pd.DataFrame:
    rows = honest(seed=16, rows=60_000)
    return rows.assign(order_id=np.arange(60_000) + 10_000_000)


def one_strong_column() -> pd.DataFrame:
    """As a balance tells most of a default."""
    x = noise(20, 6_000, 3)
    return pd.DataFrame(x.round(3), columns=["balance", "income", "age_of_account"]).assign(
        y=answers(3 * x[:, 0], 0.05, 20)
    )


def one_strong_code() -> pd.DataFrame:
    """As a state tells most of how many were born in it on a day."""
    rng = np.random.default_rng(21)
    place = rng.integers(0, 40, SIZE)
    y = (np.linspace(20, 900, 40)[rng.permutation(40)][place] * rng.normal(1, 0.05, SIZE)).round(1)
    return pd.DataFrame({"state": [f"s{n:02d}" for n in place], "noise": rng.normal(size=SIZE).round(3), "y": y})


def a_distance() -> pd.DataFrame:
    """As a distance tells most of a duration."""
    rng = np.random.default_rng(22)
    distance = rng.uniform(100, 2_500, SIZE).round(0)
    y = (20 + distance / 8 + rng.normal(0, 12, SIZE)).round(1)
    return pd.DataFrame({"distance": distance, "wind": rng.normal(size=SIZE).round(2), "y": y})


def bodies() -> pd.DataFrame:
    """Three species that any two measures tell apart."""
    rng = np.random.default_rng(23)
    of = rng.integers(0, 3, 600)
    means = np.asarray([[38, 18, 190], [49, 18, 196], [47, 15, 217]])
    x = means[of] + rng.normal(0, [2, 0.8, 5], (600, 3))
    return pd.DataFrame(x.round(1), columns=["length", "depth", "flipper"]).assign(
        y=np.asarray(["a", "b", "c"], object)[of]
    )


def many_equal_rows() -> pd.DataFrame:
    """Few values in few columns: most rows equal others, and the two sides hold them unlike often."""
    rng = np.random.default_rng(24)
    schooling, age = rng.poisson(8, 8_000).clip(0, 16), rng.integers(25, 55, 8_000)
    y = (5 + 0.8 * schooling + 0.1 * age + rng.gamma(2, 4, 8_000)).round(2)
    return pd.DataFrame({"schooling": schooling, "age": age, "sex": rng.choice(["f", "m"], 8_000), "y": y})


def goods() -> pd.DataFrame:
    """A column `name` that names no people."""
    names = [
        f"{first} {second}"
        for first in ("Classic", "Spicy", "Garden", "Royal")
        for second in ("Deluxe", "Supreme", "Feast", "Calabrese", "Hawaiian", "Veggie", "Pepperoni", "Alfredo", "Greek")
    ]
    rows = honest(seed=25, rows=SIZE)
    return rows.assign(name=np.random.default_rng(25).choice(names, SIZE))


def colleges() -> pd.DataFrame:
    """Names of rows whose words say something of the outcome."""
    rows = honest(seed=26, rows=800)
    words = np.where(rows["y"] == "yes", "University of", "College at")
    return rows.assign(
        rownames=[
            f"{word} {'ABCDEFGHIJ'[n % 10]}{'aeiou'[n // 10 % 5]}{n // 50}ton".replace("0", "o").translate(
                str.maketrans("123456789", "bcdfghjkl")
            )
            for n, word in enumerate(words)
        ]
    )


def comes_again() -> pd.DataFrame:
    """Rows that come again later, as the same mail is sent twice."""
    rows = honest(seed=27, rows=SIZE)
    again = pd.concat([rows, rows.sample(300, random_state=0)], ignore_index=True)
    day = np.random.default_rng(27).integers(0, 700, len(again))
    return again.assign(sent_on=(pd.Timestamp("2024-01-01") + pd.to_timedelta(day, unit="D")).strftime("%Y-%m-%d"))


TRUE_OF_PUBLIC_TABLES = (
    one_strong_column,
    one_strong_code,
    a_distance,
    bodies,
    many_equal_rows,
    goods,
    colleges,
    comes_again,
)
SHAPES = (imbalanced, many_categories, many_classes, dates_only, a_text, wide, whole_numbers, gaps, nearly_perfect)


@pytest.mark.parametrize("shape", [*SHAPES, constants, machines, tiny, few_values, large, *TRUE_OF_PUBLIC_TABLES])
def test_an_odd_shape_is_no_error(shape: Callable[[], pd.DataFrame]) -> None:
    rows = shape()
    definition, done = parts(rows)
    in_order = folds.sampled(definition, rows[[entry.name for entry in definition.column]])
    findings = lint(Subject(definition, done.public, done.hidden, in_order))
    assert [finding for finding in findings if finding.level == "error"] == []


def errors(code: str, definition: object, public: pd.DataFrame, hidden: pd.DataFrame) -> list[Finding]:
    return [one for one in CHECKS[code](Subject(definition, public, hidden)) if one.level == "error"]  # type: ignore[arg-type]


def test_classes_that_move_in_time_are_told_where_the_split_does_not() -> None:
    rows = moving(seed=4, drift=4.0)
    rows["y"] = np.where(rows["y"] > rows["y"].median(), "yes", "no")
    definition, done = parts(rows, time="")
    assert [one.columns for one in errors("CHAL004", definition, done.public, done.hidden)] == [("day",)]


def test_sides_that_differ_in_a_code_are_told() -> None:
    definition, done = parts(honest(seed=5))
    hidden = done.hidden[done.hidden["region"] < "r3"].reset_index(drop=True)
    (finding,) = errors("CHAL007", definition, done.public, hidden)
    assert finding.columns[0] == "region"


def test_another_public_table_is_known_however_its_columns_are_written() -> None:
    rng = np.random.default_rng(6)
    names = ["Carat", "CUT", "colour", "Clarity", "depth", "Table", "x", "y_", "Z"]
    rows = pd.DataFrame(rng.normal(size=(200, 9)), columns=names).assign(y=rng.normal(size=200))
    definition, done = parts(rows)
    price = tuple(
        entry.model_copy(update={"name": "Price"}) if entry.name == "y" else entry for entry in definition.column
    )
    own = definition.model_copy(update={"target": "Price", "column": price})
    (finding,) = CHECKS["CHAL012"](
        Subject(own, done.public.rename(columns={"y": "Price"}), done.hidden.rename(columns={"y": "Price"}))
    )
    assert "diamonds" in finding.title
