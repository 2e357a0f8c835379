"""A worker that grades in real containers: `python -m tests.faults.real_worker` with ASSAY_ settings."""

from __future__ import annotations

from app.main import run_worker
from app.platform.settings import Settings

if __name__ == "__main__":
    run_worker(Settings())
