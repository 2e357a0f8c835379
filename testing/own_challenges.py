"""A service that makes challenges of tables: real files, scripted gradings, one organisation's own table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from app.challenges.keeping import Keeping
from app.platform.secrets import Keyring
from app.platform.settings import Settings
from app.ports import Ports
from app.store.blobs import blobs
from testing.fakes import fake_ports
from testing.waiting import until


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


def weeks_of_machines(machines: int = 60, weeks: int = 30) -> bytes:
    """A CSV of what machines used, week by week: later rows are of machines that were there before."""
    rng = np.random.default_rng(4)
    of, week = np.repeat(np.arange(machines), weeks), np.tile(np.arange(weeks), machines)
    load = rng.normal(size=len(of)).round(2)
    frame = pd.DataFrame(
        {
            "machine_id": [f"M{number:03}" for number in of],
            "week": (pd.Timestamp("2025-01-06") + pd.to_timedelta(7 * week, unit="D")).strftime("%Y-%m-%d"),
            "load": load,
            "heat": rng.normal(20, 4, len(of)).round(1),
            "kwh": (20 + rng.normal(0, 4, machines)[of] + 2 * load + rng.normal(0, 2, len(of))).round(2),
        }
    )
    return frame.to_csv(index=False).encode()


def until_idle(read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `read` gives once no job is left; making a challenge takes a while."""
    return until(read, lambda seen: seen["job"] is None, seconds=300)
