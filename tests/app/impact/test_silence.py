"""What is said of groups tells of nobody else, however it is added and subtracted."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping

import numpy as np
import pytest

from app.impact.categories import BOTH, RACES, SEXES
from app.impact.silence import CELLS, Name, withheld

ALL: tuple[Name, ...] = (*((sex,) for sex in SEXES), *((race,) for race in RACES), *BOTH)


def people_of(white: tuple[int, int], black: tuple[int, int] = (0, 0), **more: int) -> dict[tuple[str, str], int]:
    """(women, men) of two groups; `asian` men and people of whom nothing is known."""
    cells = dict.fromkeys(CELLS, 0)
    cells["female", "white"], cells["male", "white"] = white
    cells["female", "black"], cells["male", "black"] = black
    cells["male", "asian"], cells["", ""] = more.get("asian", 0), more.get("unknown", 0)
    return cells


@pytest.mark.parametrize(
    ("people", "silent"),
    [
        (people_of((40, 40)), set()),  # nobody is left
        (people_of((60, 40), unknown=4), {"white", "male", "male white"}),
        (people_of((60, 40), unknown=5), set()),  # five who did not say
        (people_of((60, 60), (40, 40), asian=3), {"black", "male black"}),
        (people_of((60, 60), (40, 40), asian=12), {"black", "male black"}),  # how it went for the twelve would follow
        (people_of((60, 60), (40, 40), asian=12, unknown=5), {"male black"}),  # they are all men
        (people_of((10, 10)), set()),  # all are silent by their size
    ],
)
def test_a_group_falls_silent_where_another_would_follow(
    people: Mapping[tuple[str, str], int], silent: set[str]
) -> None:
    told = {" ".join(name) for name in withheld(people)}
    assert silent <= told
    assert bool(told) is bool(silent)


def test_what_is_silent_anyhow_is_not_found_from_the_others() -> None:
    """One group differs by few from an earlier report; so does whatever would tell of it."""
    told = withheld(people_of((40, 50), (60, 70)), quiet=[("female", "white")])
    assert ("female", "white") in told
    assert len(told) > 1


def sample(seed: int) -> dict[tuple[str, str], int]:
    """A table of people: few or many groups of any size, with and without unknown ones."""
    draw = random.Random(seed)  # noqa: S311
    races, unknown, women = list(RACES)[: draw.choice([2, 3, 4, 7])], draw.choice([0, 0.01, 0.05, 0.2]), draw.random()
    weights = [draw.random() ** 2 + 0.01 for _ in races]
    cells = Counter(
        (
            "" if draw.random() < unknown else "female" if draw.random() < women else "male",
            "" if draw.random() < unknown else draw.choices(races, weights)[0],
        )
        for _ in range(draw.choice([80, 150, 300, 900]))
    )
    return {cell: cells[cell] for cell in CELLS}


@pytest.mark.parametrize("seed", range(40))
def test_no_sum_of_what_is_said_gives_what_is_not(seed: int) -> None:
    """An attacker who knows all totals adds and subtracts stated groups in every way: rank of the linear system."""
    people = sample(seed)
    size = {name: sum(n for cell, n in people.items() if set(name) <= set(cell)) for name in ALL}
    silent = withheld(people)
    stated = [name for name in ALL if size[name] >= 30 and name not in silent]

    def vector(name: Name) -> list[float]:
        return [float(set(name) <= set(cell)) for cell in CELLS]

    nobody = [list(np.eye(len(CELLS))[i]) for i, cell in enumerate(CELLS) if not people[cell]]
    system = np.array([[1.0] * len(CELLS), *map(vector, stated), *nobody])
    rank = np.linalg.matrix_rank(system)
    for name in ALL:
        if size[name] and name not in stated:
            assert np.linalg.matrix_rank(np.vstack([system, vector(name)])) > rank, f"{name} follows"
