"""A service that makes challenges of tables: real files, scripted gradings, one organisation's own table."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pandas as pd

from app.challenges.keeping import Keeping
from app.platform.secrets import Keyring
from app.platform.settings import Settings
from app.ports import Ports
from app.store.blobs import blobs
from testing.fakes import fake_ports


@contextmanager
def table_ports(settings: Settings) -> Iterator[Ports]:
    """The real challenges of this home, graded as the script of testing/fakes.py says."""
    home = settings.prepare_home()
    keeping = Keeping(home, blobs(settings), Keyring(settings.secret_key()))
    with fake_ports(settings) as ports:
        yield replace(
            ports,
            challenge=keeping.challenge,
            challenges=keeping.names,
            share=keeping.share,
            forget=keeping.forget,
            draw=keeping.draw,
            discard_lot=keeping.discard_lot,
        )


def a_table(rows: int = 400, seed: int = 3, *, name: bool = False) -> bytes:
    """A CSV of customers with an honest binary target; with their names, of which each has two rows."""
    rng = np.random.default_rng(seed)
    income, visits = rng.lognormal(3.5, 0.5, rows).round(2), rng.poisson(3, rows)
    drive = 1.2 * np.log(income / 33) + 0.3 * (visits - 3) + rng.logistic(size=rows)
    frame = pd.DataFrame(
        {
            "income": np.where(rng.random(rows) < 0.1, np.nan, income),
            "visits": visits,
            "plan": rng.choice(["small", "medium", "large"], rows),
            "age": rng.integers(18, 80, rows),
            "card": np.where(drive > 0, "yes", "no"),
        }
    )
    if name:
        firsts, lasts = (
            ["Anna", "Ben", "Chloe", "Dev"],
            [f"{a}{b}er" for a in "BCDFGHKLMN" for b in ("ak", "ol", "in", "um", "es")],
        )
        frame["customer_name"] = [f"{firsts[n % 4]} {lasts[n // 4 % 50]}" for n in range(rows)]
    return frame.to_csv(index=False).encode()


def until_idle(read: object, seconds: float = 90) -> dict[str, object]:
    """What `read` gives once no job is left; AssertionError where it takes too long."""
    assert callable(read)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found: dict[str, object] = read()
        if found["job"] is None:
            return found
        time.sleep(0.1)
    raise AssertionError(f"still at {found['job']}: {found['progress']}")
