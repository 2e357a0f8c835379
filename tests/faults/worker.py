"""A worker that stops for good between writing a report and recording it: `python -m tests.faults.worker`."""

from __future__ import annotations

import time

from app.gradings import grader
from app.main import run_worker
from app.settings import Settings
from tests.service.parts import fake_parts


def hang(*_: object) -> bool:
    time.sleep(600)
    return False


if __name__ == "__main__":
    grader.gradings.finish = hang
    run_worker(Settings(), fake_parts)
