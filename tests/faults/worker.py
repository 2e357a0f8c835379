"""A worker that stops for good between writing a report and recording it: `python -m tests.faults.worker`."""

from __future__ import annotations

import time

from app.gradings import jobs
from app.platform.settings import Settings
from app.worker.process import run_worker
from testing.fakes import fake_ports


def hang(*_: object) -> bool:
    time.sleep(600)
    return False


if __name__ == "__main__":
    jobs.gradings.finish = hang
    run_worker(Settings(), fake_ports)
