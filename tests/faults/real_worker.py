"""A worker that grades in real containers: `python -m tests.faults.real_worker` with ASSAY_ settings."""

from __future__ import annotations

from app.platform.settings import Settings
from app.worker.process import run_worker

if __name__ == "__main__":
    run_worker(Settings())
