"""Workers killed in the middle of real gradings: queue, containers and report, all at once."""

from __future__ import annotations

import signal

import pytest

from app.opening import opened
from app.submissions import service as submit
from app.submissions.service import Upload
from testing.site import MakeSettings
from testing.waiting import SECONDS, until
from tests.app.support.rows import count, fall_silent, owner
from tests.faults.engine import Engine
from tests.faults.test_service import results, worker

PIPELINE = b"""
import time
def train(data, model_dir):
    (model_dir / "mean").write_text(str(data["age"].mean()))
    time.sleep(2)
def evaluate(data):
    return {"roc_auc": 0.5}
def predict(data, model_dir):
    time.sleep(2)
    return data["age"].rank(pct=True)
"""


@pytest.mark.slow
def test_workers_killed_in_real_gradings_cost_nothing(make_settings: MakeSettings, engine: Engine) -> None:
    """kill -9 in train, kill -9 in predict, then it is graded: one report, the attempt of one, no container left."""
    settings = make_settings()
    with opened(settings) as service:
        submit.submit(service, Upload(PIPELINE, "pipeline.py", "ml_pipeline"), owner(service.engine))
        for phase in ("train", "predict"):
            with worker(settings, "tests.faults.real_worker") as process:
                until(lambda: count(service.engine, f"phases WHERE name = '{phase}' AND ended_at IS NULL"))  # noqa: B023
                assert engine.client.containers.list(ignore_removed=True)
                process.send_signal(signal.SIGKILL)
                process.wait(SECONDS)
            # Each ends by itself when its grader is gone.
            until(lambda: not engine.client.containers.list(ignore_removed=True))
            fall_silent(service.engine)
        with worker(settings, "tests.faults.real_worker") as process:
            until(lambda: count(service.engine, "submissions WHERE state = 'graded'"))
            until(lambda: not engine.client.containers.list(all=True, ignore_removed=True))
            assert count(service.engine, "submissions WHERE run = 3") == 1
            assert {name.partition("/")[0] for name in results(settings.home)} == {"3"}
