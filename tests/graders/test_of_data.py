"""What follows from the rows alone is worked out once, and never of other rows."""

from __future__ import annotations

import pickle
from dataclasses import replace

from graders.model.challenge import Challenge, Dataset
from graders.model.of_data import of_data
from testing.builders import a_challenge, a_dataset

worked: list[int] = []


@of_data
def rows(challenge: Challenge, dataset: Dataset) -> int:  # noqa: ARG001
    worked.append(len(dataset.public))
    return len(dataset.public)


def test_it_is_worked_out_once_for_the_rows_of_a_challenge() -> None:
    """A copy in another process has it too; a copy with other rows, and another challenge, have nothing."""
    worked.clear()
    challenge, dataset = a_challenge(make=a_dataset), a_dataset(rows=8)
    assert [rows(challenge, dataset), rows(challenge, dataset)] == [8, 8]
    assert rows(*pickle.loads(pickle.dumps((challenge, dataset)))) == 8  # noqa: S301 - our own
    assert worked == [8]
    assert rows(challenge, replace(dataset, public=dataset.public[:5])) == 5
    assert rows(replace(challenge, version="other"), dataset) == 8
    assert worked == [8, 5, 8]
