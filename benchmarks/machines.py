"""Three machines that are killed while they grade: `python -m benchmarks.machines [gradings] [kills]`, 150 and 30.

The real thing: PostgreSQL of Debian over TCP, an object store over HTTP, `assay serve` without a worker, and three
`assay worker`, each with a home of its own and no folder in common.  Docker runs real gradings of the smallest
pipeline there is, one for each of so many candidates.  Meanwhile workers are killed (SIGKILL) at phases drawn by a
fixed seed and started anew, PostgreSQL and the object store are started again once each, and once the object store is
away for a minute.  The three share the engine of this machine, as no machine here has two.

Needs the Debian package `postgresql`.  A grading takes some ten seconds of one core.
"""

from __future__ import annotations

import os
import pwd
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import docker
import httpx2
from sqlalchemy import Engine, text

from app.gradings.jobs import FILES, sweep
from app.opening import opened
from app.platform.settings import Settings
from app.store.blobs import result_key, upload_key
from app.store.database import connect
from benchmarks.chaos import rows
from benchmarks.service import wait
from sandbox.host.owner import MARK, OWNER
from testing.fakes import fake_ports
from testing.site import free_port, secrets_in

GRADINGS, KILLS, WORKERS = 150, 30, 3
AWAY_SECONDS = 60.0
SEED = 7
ASSAY = str(Path(sys.executable).with_name("assay"))
PROGRAMS = Path("/usr/lib/postgresql")
BUCKET = "assay"
REPORTED = "state IN ('graded', 'ungraded')"
#: Trains nothing and imports little, so that a grading costs what the grader itself costs.
SMALLEST = """\
from pathlib import Path

import pandas as pd


def train(data: pd.DataFrame, model_dir: Path) -> None:
    (model_dir / "share").write_text(str(data["churned"].mean()))


def predict(data: pd.DataFrame, model_dir: Path) -> pd.Series:
    return pd.Series(float((model_dir / "share").read_text()), index=data.index)


def evaluate(data: pd.DataFrame) -> dict[str, float]:
    return {"roc_auc": 0.5}
"""


class Postgres:
    """A server of Debian's, reachable over TCP."""

    def __init__(self, folder: Path) -> None:
        self.port, self._data = free_port(), folder / "data"
        self._programs = max(PROGRAMS.glob("*/bin"), key=lambda path: int(path.parent.name))
        user = pwd.getpwnam("postgres")
        self._data.mkdir(mode=0o700)
        os.chown(self._data, user.pw_uid, user.pw_gid)
        self._run("initdb", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--username=assay")
        self.start()

    @property
    def url(self) -> str:
        return f"postgresql://assay@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories=''"
        self._run("pg_ctl", "-w", "-l", str(self._data / "log"), "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        drop = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"] if os.geteuid() == 0 else []
        command = [*drop, str(self._programs / program), "-D", str(self._data), *arguments]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)


class ObjectStore:
    """An S3 server that keeps its objects in a folder."""

    def __init__(self, folder: Path) -> None:
        self.port, self._folder = free_port(), folder
        self.start()
        wait(lambda: httpx2.put(f"{self.address}/{BUCKET}").is_success)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What operators set in every process."""
        return {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": self.address,
            "AWS_ALLOW_HTTP": "true",
            "AWS_DISABLE_BULK_DELETE": "true",  # localbucket has none
        }

    def start(self) -> None:
        command = [sys.executable, "-m", "localbucket", str(self._folder), "--port", str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


@dataclass
class Machine:
    """A process of the service with a home of its own; `pids` are all that it has been."""

    command: tuple[str, ...]
    home: Path
    environment: Mapping[str, str]
    pids: list[int] = field(default_factory=list)

    def start(self) -> None:
        self.home.mkdir(exist_ok=True)
        with (self.home / "said").open("ab") as said, (self.home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment, "ASSAY_HOME": str(self.home)},
                stdout=said,
                stderr=log,
            )
        self.pids.append(self._process.pid)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Nothing where it has ended already."""
        self._process.terminate()
        self._process.wait(90)


@dataclass(frozen=True)
class Fleet:
    """Everything that runs, and a client with the first key."""

    folder: Path
    postgres: Postgres
    store: ObjectStore
    workers: tuple[Machine, ...]
    http: httpx2.Client
    engine: Engine


def main(gradings: int, kills: int) -> None:
    began = time.monotonic()
    with fleet() as running:
        hand_in(running.http, gradings)
        torment(running, gradings, kills)
        until_done(running.engine)
        print(f"{gradings} gradings, {kills} kills, {time.monotonic() - began:.0f} s")
        found = counted(running, gradings)
    print("| what | found | right |\n|---|---|---|")
    for what, (count, right) in found.items():
        print(f"| {what} | {count} | {right} |")
    if any(count != right for count, right in found.values()):
        sys.exit("not as it should be")


@contextmanager
def fleet(workers: int = WORKERS, worker: tuple[str, ...] = (ASSAY, "worker")) -> Iterator[Fleet]:
    """Workers, a server, PostgreSQL and the object store; nothing is left of them afterwards."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL's user passes through
        postgres = Postgres(folder)
        stack.callback(postgres.stop)
        store = ObjectStore(folder / "objects")
        stack.callback(store.stop)
        os.environ.update(store.environment)
        environment = {
            "ASSAY_DATABASE_URL": postgres.url,
            "ASSAY_BLOB_URL": f"s3://{BUCKET}",
            "ASSAY_SECRET": "of-all-machines-" * 3,
            "ASSAY_PORT": str(free_port()),
            "ASSAY_EMBEDDED_WORKER": "false",
            "ASSAY_REQUESTS_PER_SECOND": "1000",
            "ASSAY_HEARTBEAT_SECONDS": "1",
            "ASSAY_STALLED_SECONDS": "10",
        }
        server = Machine((ASSAY, "serve"), folder / "server", environment)
        machines = tuple(Machine(worker, folder / f"worker-{i}", environment) for i in range(workers))
        for machine in (server, *machines):
            stack.callback(machine.stop)
            machine.start()
        base = f"http://127.0.0.1:{environment['ASSAY_PORT']}"
        http = stack.enter_context(httpx2.Client(base_url=base, timeout=60))
        wait(lambda: http.get("/readyz").is_success, 300)
        http.headers["Authorization"] = f"Bearer {secrets_in((server.home / 'said').read_text())[0]}"
        engine = connect(postgres.url)
        stack.callback(engine.dispose)
        yield Fleet(folder, postgres, store, machines, http, engine)


def hand_in(http: httpx2.Client, gradings: int, first: int = 0) -> None:
    """One submission of each of so many candidates, who are numbered from `first` on."""
    for number in range(first, first + gradings):
        made = http.post("/api/v1/invitations", json={"email": f"c{number}@example.org"}).raise_for_status().json()
        path = f"/api/v1{made['link'][made['link'].index('/i/') :]}/submissions"
        files = {"file": ("pipeline.py", SMALLEST.encode())}
        http.post(path, files=files, headers={"Authorization": ""}).raise_for_status()


def torment(running: Fleet, gradings: int, kills: int) -> None:
    """Kill a worker each time so many gradings have ended, some seconds later; between kills what else goes wrong."""
    draw = random.Random(SEED)  # noqa: S311 - which worker is killed, and when
    events = ((kills // 4, postgres_again), (kills // 2, store_again), (3 * kills // 4, store_away))
    for number in range(kills):
        for when, happen in events:
            if when == number:
                happen(running)
        enough = gradings * number * 0.9 / kills
        until = time.monotonic() + 120  # a kill may fall into a stretch where nothing ends
        while ended(running.engine) < enough and time.monotonic() < until:
            time.sleep(0.5)
        time.sleep(draw.uniform(0, 8))
        worker = draw.choice(running.workers)
        worker.kill()
        worker.start()
        print(f"killed {number + 1} of {kills}, {ended(running.engine)} of {gradings} ended", flush=True)


def postgres_again(running: Fleet) -> None:
    running.postgres.stop()
    running.postgres.start()
    print("PostgreSQL was started again", flush=True)


def store_again(running: Fleet) -> None:
    running.store.stop()
    running.store.start()
    print("the object store was started again", flush=True)


def store_away(running: Fleet) -> None:
    running.store.stop()
    time.sleep(AWAY_SECONDS)
    running.store.start()
    print(f"the object store was away for {AWAY_SECONDS:.0f} s", flush=True)


def ended(engine: Engine) -> int:
    return rows(engine, "submissions WHERE state NOT IN ('queued', 'grading')")


def until_done(engine: Engine, seconds: float = 1800) -> None:
    """Until nothing waits and nobody does anything any more."""
    until = time.monotonic() + seconds
    while rows(engine, "submissions WHERE state IN ('queued', 'grading')"):
        if time.monotonic() > until:
            print(f"still not done after {seconds:.0f} s")
            return
        time.sleep(1)


def counted(running: Fleet, wanted: int) -> dict[str, tuple[int, int]]:
    """What is there at the end beside what is right; in between the workers are stopped, as at an upgrade."""
    engine = running.engine
    twice = "SELECT 1 FROM gradings WHERE report GROUP BY submission_id HAVING count(*) > 1"
    found = {
        "submissions with a report": (rows(engine, "submissions WHERE report_run IS NOT NULL"), wanted),
        "failed": (rows(engine, "submissions WHERE state = 'failed'"), 0),
        "graded twice": (rows(engine, f"({twice.replace('report', REPORTED)}) AS twice"), 0),
        "gradings without an end": (rows(engine, "gradings WHERE state IN ('queued', 'grading')"), 0),
        "candidates with one attempt used": (rows(engine, "invitations WHERE spent = 1"), wanted),
        "containers of killed workers": (containers(pid for worker in running.workers for pid in worker.pids[:-1]), 0),
    }
    for worker in running.workers:
        worker.stop()
    settings = Settings(home=running.folder / "server", database_url=running.postgres.url, blob_url=f"s3://{BUCKET}")
    with opened(settings, fake_ports) as service:
        print(f"{sweep(service, seconds=0)} files of interrupted gradings were removed by the hourly upkeep")
        there, right = set(service.blobs.keys("submissions")), kept(engine)
    return found | {
        "containers of stopped workers": (containers(pid for worker in running.workers for pid in worker.pids), 0),
        "files that no grading has": (len(there - right), 0),
        "files that are missing": (len(right - there), 0),
    }


def containers(owners: Iterable[int]) -> int:
    """How many containers processes of these numbers own."""
    pids = set(map(str, owners))
    found = docker.from_env().containers.list(all=True, filters={"label": f"{MARK}=1"}, ignore_removed=True)
    return sum(container.labels.get(OWNER, "- -").split()[1] in pids for container in found)


def kept(engine: Engine) -> set[str]:
    """The keys that must be in the store: of every upload, and of every grading that has a report."""
    graded = text(f"SELECT submission_id, run, begun FROM gradings WHERE {REPORTED}")  # noqa: S608 - our own words
    with engine.connect() as connection:
        uploads = {upload_key(one) for one in connection.scalars(text("SELECT id FROM submissions"))}
        found = connection.execute(graded).all()
    return uploads | {result_key(row.submission_id, row.run, row.begun, name) for row in found for name in FILES}


if __name__ == "__main__":
    if not PROGRAMS.exists() or shutil.which("setpriv") is None:
        sys.exit("Install the Debian package postgresql first.")
    asked = [int(word) for word in sys.argv[1:3]]
    main(*(asked + [GRADINGS, KILLS][len(asked) :]))
