"""A worker process of its own, for tests that kill it: `python -m tests.service.worker` with ASSAY_ settings."""

from app.main import run_worker
from app.settings import Settings
from tests.service.parts import fake_parts

if __name__ == "__main__":
    run_worker(Settings(), fake_parts)
