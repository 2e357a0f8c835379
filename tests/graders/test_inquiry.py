"""What is asked next."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from graders import probes
from graders.inquiry import ALWAYS_SECONDS, at_once, follow_up
from graders.model import Action, Case, Dataset
from tests.builders import a_case, a_run
from tests.graders.cases import the_challenge


def a_case_of(
    customers: Dataset, null: float, *, cpu: float = 1.0, post_outcome: float = 0.0, budget: float = 3.0
) -> Case:
    """An evaluate of `cpu` seconds, one claim on permuted labels, and a model resting on a post-outcome column."""
    labels = customers.public["churned"].to_numpy()
    noise = np.random.default_rng(0).random(len(labels))
    public = noise + post_outcome * labels
    runs = (
        a_run(cpu_seconds=cpu),
        a_run(probes.EVALUATE, Action.EVALUATE, cpu_seconds=cpu, claims={"roc_auc": 0.75}),
        a_run(probes.EVALUATE_NULL, Action.EVALUATE, cpu_seconds=cpu, claims={"roc_auc": null}),
        a_run(probes.PREDICT_PUBLIC, Action.PREDICT, predictions=public / public.max()),
        a_run(probes.PREDICT_BLANKED, Action.PREDICT, predictions=noise),
    )
    return a_case(*runs, challenge=replace(the_challenge(), follow_up_budget=budget), dataset=customers)


ASKED = {
    "all is settled": ({"null": 0.51}, ()),
    "the null claim is high": ({"null": 0.53}, probes.NULL_DRAWS),
    "it rests on a post-outcome column": ({"null": 0.5, "post_outcome": 1.0}, (probes.EVALUATE_BLANKED,)),
    "no time is left": ({"null": 0.6, "cpu": ALWAYS_SECONDS, "budget": 1.5}, probes.NULL_DRAWS[:2]),
}


@pytest.mark.parametrize(("facts", "names"), ASKED.values(), ids=ASKED.keys())
def test_only_doubts_are_followed_up_as_far_as_time_allows(
    facts: dict[str, float], names: tuple[str, ...], customers: Dataset
) -> None:
    """What is settled is not asked; what is too dear is left out from the end."""
    assert tuple(probe.name for probe in follow_up(a_case_of(customers, **facts))) == names


def test_nothing_is_asked_twice(customers: Dataset) -> None:
    """Once answered, the same doubt raises no further probe."""
    case = a_case_of(customers, 0.53)
    answers = {p.name: a_run(p.name, Action.EVALUATE, claims={"roc_auc": 0.5}) for p in follow_up(case)}
    assert follow_up(replace(case, runs={**case.runs, **answers})) == []


def test_what_evaluate_alone_leaves_in_doubt_is_asked_while_its_container_is_there(customers: Dataset) -> None:
    """The draws do not wait for predict; what rests on predict's answers does."""
    case = a_case_of(customers, 0.53, post_outcome=1.0)
    assert tuple(probe.name for probe in at_once(case)) == probes.NULL_DRAWS
    assert [probe.name for probe in follow_up(case)] == [*probes.NULL_DRAWS, probes.EVALUATE_BLANKED]
