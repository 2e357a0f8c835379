"""Calls of predict that sessions share: what counts is what one session would have given."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from graders.model.probe import Action, Exit, Failure, Probe, Run, unwatched
from graders.probes.shared import Shared
from sandbox.protocol import exchange

CALLS = 12
ORDERS = (1, 2)


def calls(budget: float = 100.0) -> list[Probe]:
    """The later half has another order of sets."""
    return [
        Probe(str(at), Action.PREDICT, essential=at == 0, budget=budget, hash_seed=ORDERS[at * 2 // CALLS])
        for at in range(CALLS)
    ]


def answers(seconds: Sequence[float], limited: Sequence[int] = (), failing: Sequence[int] = ()) -> dict[str, Run]:
    """A run for each call; at those of `limited` it met its limit, at those of `failing` it crashed."""
    found = {}
    for at, used in enumerate(seconds):
        run = Run(str(at), Action.PREDICT, Exit.OK, cpu_seconds=used, seconds=used, waited=0.0)
        if at in limited:
            run = replace(run, exit=Exit.TIMED_OUT, failure=Failure("CPU_LIMIT", "too long"))
        elif at in failing:
            run = replace(run, exit=Exit.CRASHED, failure=Failure("ValueError", "no"))
        found[run.name] = run
    return found


CASES = {
    "all go well": (calls(), answers([0.5] * CALLS)),
    "the budget is used up": (calls(2.0), answers([0.5] * CALLS)),
    "two meet limits": (calls(), answers([0.5] * CALLS, limited=(2, 7))),
    "two meet limits beside each other": (calls(), answers([0.5] * CALLS, limited=(4, 5))),
    "the first fails": (calls(), answers([0.5] * CALLS, failing=(0,))),
    "others fail": (calls(), answers([0.5] * CALLS, failing=(3, 4, 9))),
}


def alone(probes: list[Probe], made: dict[str, Run]) -> tuple[Run, ...]:
    return exchange.session(probes, lambda probe: made[probe.name], unwatched)


def told(runs: Sequence[Run]) -> list[tuple[str, Exit, str]]:
    return [(run.name, run.exit, run.failure.message if run.failure else "") for run in runs]


@pytest.mark.parametrize(("probes", "made"), CASES.values(), ids=CASES.keys())
def test_what_counts_is_what_one_session_gives(probes: list[Probe], made: dict[str, Run]) -> None:
    """However the calls fall to two sessions, and however long each takes."""
    for seed in range(60):
        rng, shared = np.random.default_rng(seed), Shared(probes)
        found = in_turn(shared, made, rng)
        assert told(shared.counted(found)) == told(alone(probes, made)), seed


def in_turn(shared: Shared, made: dict[str, Run], rng: np.random.Generator) -> list[Run]:
    """The runs of two sessions that go on in an order by chance, one step at a time."""
    turn, done = threading.Condition(), [False, False]
    allowed = [int(rng.integers(2))]

    def step(own: int) -> None:
        with turn:
            turn.wait_for(lambda: allowed[0] == own or done[1 - own])
            allowed[0] = int(rng.integers(2))
            turn.notify_all()

    found: list[Run] = []

    def session(own: int) -> None:
        def perform(probe: Probe) -> Run:
            step(own)
            return made[probe.name]

        runs = exchange.session(shared.session(ORDERS[own]), perform, unwatched)
        with turn:
            found.extend(runs)
            done[own] = True
            turn.notify_all()

    threads = [threading.Thread(target=session, args=(own,)) for own in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert done == [True, True]
    return found


def test_no_call_is_made_twice() -> None:
    """Each is taken once, and by the first session that comes to it."""
    shared, made = Shared(calls()), answers([0.5] * CALLS)
    first = exchange.session(shared.session(ORDERS[0]), lambda probe: made[probe.name], unwatched)
    second = exchange.session(shared.session(ORDERS[1]), lambda probe: made[probe.name], unwatched)
    assert (len(first), second) == (CALLS, ())


@pytest.mark.parametrize("own", ORDERS)
def test_calls_of_the_own_order_of_sets_come_first(own: int) -> None:
    """For the others an interpreter has all its libraries to load."""
    asked = Shared(calls()).session(own)
    orders = [probe.hash_seed for probe in asked]
    assert orders == sorted(orders, key=lambda order: order != own)
    for order in ORDERS:  # and these in the order in which they count
        of_order = [int(probe.name) for probe in asked if probe.hash_seed == order]
        assert of_order == sorted(of_order)


@pytest.mark.parametrize(("seconds", "helps"), [(0.05, False), (5.0, True)])
def test_another_order_is_loaded_only_where_it_is_worth_it(seconds: float, helps: bool) -> None:
    """A session of the later order, while another makes the calls of the earlier: it has made its own, and loads the
    libraries anew where that takes less than the calls that are left."""
    shared, made = Shared(calls()), answers([seconds] * CALLS)
    helped: list[Run] = []

    def perform(probe: Probe) -> Run:
        if probe.name == "2":
            helped.extend(exchange.session(shared.session(ORDERS[1]), lambda probe: made[probe.name], unwatched))
        return made[probe.name]

    exchange.session(shared.session(ORDERS[0]), perform, unwatched)
    names = [int(run.name) for run in helped]
    assert names[: CALLS // 2] == list(range(CALLS // 2, CALLS))
    assert bool(names[CALLS // 2 :]) is helps


def test_what_comes_first_counts_although_later_calls_met_limits_before_it() -> None:
    """Two of the later order end at limits before the first call of all is made: it is made all the same."""
    shared, made = Shared(calls()), answers([0.5] * CALLS, limited=(7, 8))
    later = exchange.session(shared.session(ORDERS[1])[: CALLS // 2], lambda probe: made[probe.name], unwatched)
    first = exchange.session(shared.session(ORDERS[0]), lambda probe: made[probe.name], unwatched)
    assert told(shared.counted([*later, *first])) == told(alone(calls(), made))


@pytest.mark.parametrize("own", ORDERS)
def test_no_session_uses_more_than_the_budget_of_all(own: int) -> None:
    """However it is dealt out: what it leaves is made by the session whose order it has."""
    shared, made = Shared(calls(2.0)), answers([0.5] * CALLS)
    session = exchange.session(shared.session(own), lambda probe: made[probe.name], unwatched)
    other = exchange.session(shared.session(sum(ORDERS) - own), lambda probe: made[probe.name], unwatched)
    assert sum(run.used for run in session) <= 2.0
    assert told(shared.counted([*session, *other])) == told(alone(calls(2.0), made))
