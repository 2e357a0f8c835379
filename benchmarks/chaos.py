"""Kill the service while it grades: `python -m benchmarks.chaos` says what became of every submission.

A server and three workers, each a process of its own on one PostgreSQL, grade sixty submissions while one of the four,
drawn by a fixed seed, is killed (SIGKILL) again and again and started anew.  Gradings are scripted
(testing/fakes.py), so that what is tried is the queue and not the sandbox.  Takes about two minutes.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2
from sqlalchemy import Engine, text

from app.platform.settings import Settings
from app.store import embedded
from app.store.database import connect
from testing.site import free_port, new_database, secrets_in

SUBMISSIONS, KILLS, WORKERS = 60, 20, 3
EVERY_SECONDS = 2.0
SERVER = "server"


class Fleet:
    """The processes by name; each can be killed and is started again at once."""

    def __init__(self, home: Path, database: str, port: int) -> None:
        self.said = home / "said"
        self._environment = os.environ | {
            "ASSAY_DATABASE_URL": database,
            "ASSAY_HOME": str(home / "home"),
            "ASSAY_PORT": str(port),
            "ASSAY_EMBEDDED_WORKER": "false",
            "ASSAY_STALLED_SECONDS": "5",
            "ASSAY_HEARTBEAT_SECONDS": "1",
            "ASSAY_RETRY_SECONDS": "1",
            "ASSAY_REQUESTS_PER_SECOND": "1000",
            "SAID": str(self.said),
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        module = "benchmarks.chaos" if name == SERVER else "tests.app.support.worker"
        command = [sys.executable, "-m", module, *(["serve"] if name == SERVER else [])]
        quiet = subprocess.DEVNULL
        self._running[name] = subprocess.Popen(command, env=self._environment, stdout=quiet, stderr=quiet)

    def kill(self, name: str) -> None:
        self._running[name].kill()
        self._running[name].wait()

    def stop(self) -> None:
        for process in self._running.values():
            process.terminate()
        for process in self._running.values():
            process.wait(60)


def serve() -> None:
    """The server process."""
    import uvicorn  # noqa: PLC0415 - only here

    from app.main import create_app  # noqa: PLC0415
    from testing.fakes import fake_ports  # noqa: PLC0415

    settings = Settings()
    app = create_app(settings, fake_ports, Path(os.environ["SAID"]).write_text)
    uvicorn.Server(uvicorn.Config(app, port=settings.port, log_config=None)).run()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, embedded.running(Path(folder) / "pg") as postgres:
        database, port = new_database(postgres), free_port()
        with fleet(Path(folder), database, port) as processes:
            send(f"http://127.0.0.1:{port}", processes.said)
            torment(processes)
            engine = connect(database)
            until_done(engine)
            report(engine)


@contextmanager
def fleet(folder: Path, database: str, port: int) -> Iterator[Fleet]:
    with ExitStack() as stack:
        made = Fleet(folder, database, port)
        stack.callback(made.stop)
        for name in (SERVER, *(f"worker {i}" for i in range(WORKERS))):
            made.start(name)
            if name == SERVER:
                wait_for(f"http://127.0.0.1:{port}", made.said)
        yield made


def send(base: str, said: Path) -> None:
    """All submissions, each under a key of its own, again where the server did not answer."""
    headers = {"Authorization": f"Bearer {secrets_in(said.read_text())[0]}"}
    with httpx2.Client(base_url=base, headers=headers, timeout=30) as http:
        for number in range(SUBMISSIONS):
            files = {"file": ("pipeline.py", f"sleep 1 {number}".encode())}
            key = {"Idempotency-Key": f"chaos-{number}"}
            http.post("/api/v1/submissions", files=files, headers=key).raise_for_status()


def torment(processes: Fleet) -> None:
    draw = random.Random(7)  # noqa: S311 - which process is killed
    for number in range(KILLS):
        time.sleep(EVERY_SECONDS)
        name = draw.choice([SERVER, *(f"worker {i}" for i in range(WORKERS))])
        processes.kill(name)
        processes.start(name)
        print(f"killed {number + 1} of {KILLS}: {name}", flush=True)


def until_done(engine: Engine, seconds: float = 300) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not rows(engine, "submissions WHERE state IN ('queued', 'grading')"):
            return
        time.sleep(1)
    print(f"still not done after {seconds} s")


def report(engine: Engine) -> None:
    """One row for each promise: what was found beside what is right."""
    twice = "(SELECT submission_id FROM gradings WHERE band IS NOT NULL GROUP BY 1 HAVING count(*) > 1) AS twice"
    failed = "submissions WHERE state = 'failed'"
    orphans = "gradings WHERE state IN ('queued', 'grading')"
    jobs = "procrastinate_jobs WHERE status = 'doing' AND task_name = 'grade'"
    print("| what | found | right |\n|---|---|---|")
    print(f"| submissions with a report | {rows(engine, 'submissions WHERE report_run IS NOT NULL')} | {SUBMISSIONS} |")
    print(f"| failed | {rows(engine, failed)} | 0 |")
    print(f"| graded twice | {rows(engine, twice)} | 0 |")
    print(f"| gradings without an end | {rows(engine, orphans)} | 0 |")
    print(f"| jobs that nobody does | {rows(engine, jobs)} | 0 |")


def rows(engine: Engine, what: str) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text(f"SELECT count(*) FROM {what}")) or 0)  # noqa: S608 - our own words


def wait_for(base: str, said: Path, seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if said.exists() and httpx2.get(f"{base}/readyz").is_success:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.2)
    sys.exit(f"not ready after {seconds} s")


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["serve"] else main()
