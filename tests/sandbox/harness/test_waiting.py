"""Waiting for a core is told from sleeping, and from waiting for one's own other threads."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from sandbox.harness import waiting
from sandbox.harness.waiting import Waiting, longest

#: CPU seconds and seconds in line of each thread of a probe in between two looks, and what others took from it.
LOOKS = {
    "it sleeps": ([(0.0, 0.0)], 0.0),
    "it runs": ([(1.0, 0.0)], 0.0),
    "others have the core": ([(0.1, 0.9)], 0.9),
    "two of its own take turns": ([(0.5, 0.5), (0.5, 0.5)], 0.0),
    "two of its own, and others": ([(0.2, 0.8), (0.2, 0.8)], 0.6),
    "sixty of its own wake at once": ([(0.01, 0.01 * n) for n in range(60)], 0.0),
    "one sleeps while the other waits": ([(0.0, 0.0), (0.2, 0.8)], 0.8),
    "none is there": ([], 0.0),
}


@pytest.mark.parametrize(("threads", "waited"), LOOKS.values(), ids=LOOKS.keys())
def test_only_others_are_waited_for(threads: list[tuple[float, float]], waited: float) -> None:
    """No probe can make itself wait: what its own threads run while one stands in line is taken off."""
    before = {("2", str(n)): (5.0, 7.0) for n in range(len(threads))}
    after = {("2", str(n)): (5.0 + run, 7.0 + wait) for n, (run, wait) in enumerate(threads)}
    ran = sum(run for run, _ in threads)
    assert max(longest(before, after, ran), 0.0) == pytest.approx(waited)


def test_a_thread_that_is_new_counts_from_its_beginning() -> None:
    """And the CPU time of one that has ended is still that of another."""
    assert longest({}, {("2", "2"): (0.1, 0.9)}, ran=0.1) == pytest.approx(0.9)
    assert longest({}, {("2", "2"): (0.1, 0.9)}, ran=0.6) == pytest.approx(0.4)


#: Seconds at each look, the probe's CPU seconds, each thread's CPU seconds and seconds in line -> what was waited.
WATCHED = {
    "a wait that spans looks": ([(1.0, 0.0, [(0.0, 0.0)]), (2.0, 0.0, [(0.0, 0.0)]), (3.0, 0.1, [(0.1, 2.9)])], 2.9),
    "two such": (
        [(2.0, 0.0, [(0.0, 0.0)]), (2.1, 0.1, [(0.1, 2.0)]), (4.1, 0.1, [(0.1, 2.0)]), (4.2, 0.2, [(0.2, 4.0)])],
        4.0,
    ),
    "one of its own had the core": ([(1.0, 1.0, [(1.0, 0.0), (0.0, 0.0)]), (2.0, 2.0, [(1.9, 0.0), (0.1, 1.9)])], 0.0),
    "it sleeps, then stands in line": ([(3.0, 0.0, [(0.0, 0.0)]), (4.0, 0.0, [(0.0, 1.0)])], 1.0),
    "a new one, after a wait": ([(1.0, 0.0, [(0.0, 1.0)]), (2.0, 0.0, [(0.0, 1.0), (0.0, 1.0)])], 2.0),
}


@pytest.mark.parametrize(("looks", "waited"), WATCHED.values(), ids=WATCHED.keys())
def test_a_wait_longer_than_between_two_looks_counts_whole(
    looks: Sequence[tuple[float, float, list[tuple[float, float]]]], waited: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel tells it when it is over: else a busy machine would be taken for a candidate that sleeps."""
    now: list[tuple[float, float, list[tuple[float, float]]]] = [(0.0, 0.0, [(0.0, 0.0)])]
    monkeypatch.setattr(waiting, "COUNTED", True)
    monkeypatch.setattr("time.monotonic", lambda: now[-1][0])
    monkeypatch.setattr(waiting, "threads", lambda: iter((("2", str(n)), told) for n, told in enumerate(now[-1][2])))
    watched = Waiting(lambda: now[-1][1])
    for look in looks:
        now.append(look)
        watched.look()
    assert watched.seconds == pytest.approx(waited)
