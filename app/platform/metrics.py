"""What Prometheus is told: counted in the process that does it, and read from the database when asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine, text

from app.platform.settings import Settings

COUNTED = CollectorRegistry()

GRADINGS = Counter("assay_gradings", "Gradings that ended with a report, by its status.", ["status"], registry=COUNTED)
FAULTS = Counter("assay_grading_faults", "Gradings that failed on our side, by kind.", ["kind"], registry=COUNTED)
ENDINGS = Counter("assay_sandbox_endings", "How probes ended in the sandbox.", ["exit"], registry=COUNTED)
PHASE_SECONDS = Histogram(
    "assay_phase_seconds",
    "How long probes took, by the stage of the grading they belong to.",
    ["phase"],
    buckets=(0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600),
    registry=COUNTED,
)

QUEUE = """
SELECT queue_name, status::text, count(*),
  coalesce(extract(epoch FROM now() - min(event.at) FILTER (WHERE status = 'todo')), 0)
FROM procrastinate_jobs job
LEFT JOIN LATERAL (SELECT min(at) AS at FROM procrastinate_events WHERE job_id = job.id) event ON true
WHERE status IN ('todo', 'doing') GROUP BY queue_name, status
"""


class Waiting(Collector):
    """The queue as it is now; every process of an installation says the same."""

    def __init__(self, engine: Engine, alive_seconds: float) -> None:
        self._engine, self._alive = engine, alive_seconds

    def collect(self) -> Iterator[Metric]:
        depth = GaugeMetricFamily("assay_queue_jobs", "Jobs by queue and state.", labels=["queue", "state"])
        oldest = GaugeMetricFamily("assay_queue_oldest_seconds", "Age of the oldest waiting job.", labels=["queue"])
        workers = GaugeMetricFamily("assay_workers", "Workers heard of lately.")
        with self._engine.connect() as connection:
            for queue, state, count, age in connection.execute(text(QUEUE)):
                depth.add_metric([queue, state], count)
                if state == "todo":
                    oldest.add_metric([queue], float(age))
            alive = text("SELECT count(*) FROM workers WHERE seen_at > now() - make_interval(secs => :alive)")
            workers.add_metric([], connection.scalar(alive, {"alive": self._alive}) or 0)
        yield from (depth, oldest, workers)


@contextmanager
def served(settings: Settings, engine: Engine) -> Iterator[None]:
    """Answer /metrics on a port of its own, which no proxy shows to the world: it tells of all organisations."""
    if not settings.metrics_port:
        yield
        return
    told = CollectorRegistry()
    told.register(COUNTED)
    told.register(Waiting(engine, settings.stalled_seconds))
    server, thread = start_http_server(settings.metrics_port, settings.host, told)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
