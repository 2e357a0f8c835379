"""Ratios and tests beside scipy and fairlearn, and what stays unsaid."""

from __future__ import annotations

import random

import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame, selection_rate
from scipy.stats import binomtest, fisher_exact
from scipy.stats.contingency import relative_risk

from app.impact.ratios import Count, compared, fisher, rate_interval, ratio_interval, told_apart

#: Applicants and admitted to the six largest departments of Berkeley in 1973 (Bickel, Hammel and O'Connell 1975).
BERKELEY = {
    ("A", "men"): (825, 512), ("A", "women"): (108, 89), ("B", "men"): (560, 353), ("B", "women"): (25, 17),
    ("C", "men"): (325, 120), ("C", "women"): (593, 202), ("D", "men"): (417, 138), ("D", "women"): (375, 131),
    ("E", "men"): (191, 53), ("E", "women"): (393, 94), ("F", "men"): (373, 22), ("F", "women"): (341, 24),
}  # fmt: skip


def pairs(seed: int = 7) -> list[tuple[Count, Count]]:
    """Two groups each, small and large, with nobody, some and everybody favoured."""
    draw = random.Random(seed)  # noqa: S311
    sizes = [(draw.randint(1, 60), draw.randint(30, 900)) for _ in range(150)]
    drawn = [(Count(a, draw.randint(0, a)), Count(b, draw.randint(0, b))) for a, b in sizes]
    return [*drawn, (Count(30, 0), Count(30, 0)), (Count(30, 30), Count(30, 30)), (Count(30, 0), Count(40, 40))]


def test_every_figure_equals_scipys() -> None:
    """Fisher's p, Wilson's interval and the ratio's interval, to a billionth."""
    for count, other in pairs():
        table = [[c.favourable, c.people - c.favourable] for c in (count, other)]
        assert fisher(count, other) == pytest.approx(fisher_exact(table).pvalue, abs=1e-9)
        wilson = binomtest(count.favourable, count.people).proportion_ci(method="wilson")
        assert rate_interval(count) == pytest.approx((wilson.low, wilson.high), abs=1e-9)
        mine = ratio_interval(count, other)
        if count.favourable and other.favourable:
            risk = relative_risk(count.favourable, count.people, other.favourable, other.people)
            theirs = risk.confidence_interval(0.95)
            assert mine == pytest.approx((theirs.low, theirs.high), rel=1e-9)
        else:
            assert mine is None


@pytest.mark.parametrize("by", [("sex",), ("department",), ("department", "sex")])
def test_ratios_equal_fairlearns_on_a_public_table(by: tuple[str, ...]) -> None:
    """Rates and their ratio to the highest, by sex, by department and by both."""
    rows = [
        {"department": department, "sex": sex, "admitted": int(i < admitted)}
        for (department, sex), (applied, admitted) in BERKELEY.items()
        for i in range(applied)
    ]
    people = pd.DataFrame(rows)
    frame = MetricFrame(
        metrics=selection_rate,
        y_true=people["admitted"],
        y_pred=people["admitted"],
        sensitive_features=people[list(by)],
    )
    by_group = people.groupby(list(by))["admitted"].agg(["size", "sum"])
    counts = {
        (name if isinstance(name, tuple) else (name,)): Count(int(size), int(admitted))
        for name, (size, admitted) in zip(by_group.index, by_group.to_numpy(), strict=True)
    }
    mine = {group.name: group for group in compared(counts) if group.state != "few"}
    rates = {(name if isinstance(name, tuple) else (name,)): rate for name, rate in frame.by_group.items()}
    # Of the 25 women of department B nothing is said, and they had no part in fairlearn's maximum: A's women have it.
    assert set(rates) - set(mine) == ({("B", "women")} if len(by) == 2 else set())
    for name, group in mine.items():
        assert group.rate == pytest.approx(rates[name], abs=1e-9)
        assert group.ratio == pytest.approx(rates[name] / frame.by_group.max(), abs=1e-9)
    if len(by) == 1:
        assert min(g.ratio for g in mine.values() if g.ratio is not None) == pytest.approx(frame.ratio(), abs=1e-9)


def test_nothing_is_said_of_fewer_than_thirty() -> None:
    """Neither a rate nor a number, however it went; and they are nobody's measure."""
    groups = compared({("a",): Count(29, 29), ("b",): Count(30, 15), ("c",): Count(60, 20)})
    assert [group.state for group in groups] == ["few", "highest", "compared"]
    assert all(value is None for name, value in vars(groups[0]).items() if name not in ("name", "state"))
    assert groups[2].ratio == pytest.approx(2 / 3)
    assert {group.state for group in compared({("a",): Count(29, 3), ("b",): Count(5, 1)})} == {"few"}


def test_a_category_below_two_percent_has_a_rate_and_no_ratio() -> None:
    """It sets no measure either."""
    small, large, other = compared({("s",): Count(30, 30), ("l",): Count(1500, 750), ("o",): Count(500, 100)})
    assert (small.state, small.rate, small.ratio, small.p) == ("small", 1.0, None, None)
    assert (large.state, other.ratio) == ("highest", pytest.approx(0.4))


def test_where_nobody_is_favoured_there_is_no_ratio() -> None:
    """Nor an interval where one side has nobody."""
    nobody = compared({("a",): Count(40, 0), ("b",): Count(40, 0)})
    assert [group.ratio for group in nobody] == [None, None]
    none_of_them = compared({("a",): Count(40, 0), ("b",): Count(40, 20)})[0]
    assert (none_of_them.ratio, none_of_them.ratio_low, none_of_them.ratio_high) == (0, None, None)


@pytest.mark.parametrize(
    ("one", "told"),
    [
        ({1, 2, 3}, False),  # the same
        ({1, 2, 3, 4}, True),  # the fourth
        ({1, 2}, True),
        (set(range(1, 9)), False),  # five more
        (set(range(20)) - {1, 2, 3}, False),  # all others: the same, said the other way round
        (set(range(20)) - {1, 2, 3, 4}, True),
    ],
)
def test_two_questions_that_differ_in_few_people_tell_of_them(one: set[int], told: bool) -> None:
    assert told_apart([frozenset(one)], [frozenset({1, 2, 3})], 20) is told
