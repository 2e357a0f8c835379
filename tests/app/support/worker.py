"""A worker process of its own, for tests that kill it: `python -m tests.app.support.worker` with ASSAY_ settings."""

from app.platform.settings import Settings
from app.worker.process import run_worker
from testing.fakes import fake_ports

if __name__ == "__main__":
    run_worker(Settings(), fake_ports)
