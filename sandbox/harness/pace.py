"""How fast this machine is just now: the CPU seconds of a fixed piece of work.

The same code takes half as long again, and more, where others use the core's caches or its other half.  Work of ours
beside the candidate's, on the same core and at the same time, tells how much of a time is the machine's.
"""

from __future__ import annotations

import time

ROUNDS = 12


def seconds() -> float:
    """CPU seconds of the work, about 0.03; nothing of it depends on anything but the machine."""
    before = time.process_time()
    for seed in range(ROUNDS):
        _work(seed)
    return time.process_time() - before


def _work(seed: int) -> int:
    """Numbers, texts, a dictionary and a sort: what an interpreter does for a table of a few rows."""
    found: dict[str, list[int]] = {}
    for i in range(3000):
        found.setdefault(f"{(i * 7919 + seed) % 997:03d}", []).append(i * seed)
    return sum(len(key) + sum(found[key]) for key in sorted(found))
