"""Throughput and latency of the API: `python -m benchmarks.service` prints requests a second, p50 and p95 of each call,
the server's own processor time for each, and its memory before and after some 2,000 requests.

One server process with an embedded PostgreSQL, a grading that takes no time (testing/fakes.py), and as many client
processes at once as `CLIENTS` says, all on this machine.  Each has one connection of the standard library's client,
which costs less than what it measures.  Lists and reads begin once the mails of the CSV are sent.  Takes a minute.
"""

from __future__ import annotations

import http.client
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.pool import Pool
from pathlib import Path
from statistics import median, quantiles

import httpx2
import uvicorn

from app.main import create_app
from app.platform.settings import Settings
from testing.fakes import fake_ports
from testing.site import free_port, secrets_in

CLIENTS = 4
INVITED, IN_BULK = 100, 900
FORM = "multipart/form-data; boundary=part"


def serve(settings: Settings, said: Path) -> None:
    """The server process; what it says at its first start goes to a file, the mails it would send nowhere."""
    sys.stdout = Path("/dev/null").open("w")  # noqa: SIM115 - for as long as the process lives
    app = create_app(settings, fake_ports, said.write_text)
    uvicorn.Server(uvicorn.Config(app, port=settings.port, log_config=None)).run()


@contextmanager
def running(home: Path, metrics_port: int = 0) -> Iterator[httpx2.Client]:
    """A client with the first key of a new service."""
    settings = Settings(home=home / "home", port=free_port(), requests_per_second=100_000, metrics_port=metrics_port)
    said = home / "said"
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(settings, said))
    process.start()
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{settings.port}", timeout=300) as http:
            wait(lambda: said.exists() and http.get("/readyz").is_success, 300)
            http.headers["Authorization"] = f"Bearer {secrets_in(said.read_text())[0]}"
            yield http
    finally:
        process.terminate()
        process.join(30)


def wait(ready: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if ready():
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.2)
    sys.exit(f"not ready after {seconds} s")


@dataclass(frozen=True)
class Served:
    """Where the server answers whom, and the number of its process."""

    port: int
    right: str
    pid: int

    @property
    def seconds(self) -> float:
        """User and system time that the server has taken so far."""
        return processor_seconds(self.pid)

    @property
    def megabytes(self) -> float:
        told = Path(f"/proc/{self.pid}/status").read_text()
        return int(told.split("VmRSS:")[1].split()[0]) / 1024


class Client:
    """One connection."""

    def __init__(self, served: Served) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
        self._right = {"Authorization": served.right}

    def ask(
        self, method: str, path: str, status: int, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Mapping[str, str]:
        """The headers of the answer, which has this status."""
        self._connection.request(method, path, body, {**self._right, **(headers or {})})
        answer = self._connection.getresponse()
        said = answer.read()
        assert answer.status == status, (answer.status, said)
        return answer.headers


Call = Callable[[Client, int], object]


def processor_seconds(pid: int) -> float:
    """User and system time that a process has taken so far."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def timed(served: Served, call: Call, numbers: Sequence[int]) -> list[float]:
    """Seconds of one call after another, on a connection of their own."""
    client, took = Client(served), []
    for number in numbers:
        began = time.perf_counter()
        call(client, number)
        took.append(time.perf_counter() - began)
    return took


def measure(name: str, clients: Pool, served: Served, call: Call, number: int, at_once: int = CLIENTS) -> None:
    """Print one row of the table."""
    before, began = served.seconds, time.perf_counter()
    shares = [range(number)[client::at_once] for client in range(at_once)]
    answers = clients.starmap(partial(timed, served, call), [(share,) for share in shares], 1)
    took = [seconds for share in answers for seconds in share]
    rate, spent = number / (time.perf_counter() - began), 1000 * (served.seconds - before) / number
    tail = quantiles(took, n=20)[18] if number > 1 else took[0]
    print(
        f"| {name} | {number} | {rate:.0f} | {1000 * median(took):.1f} | {1000 * tail:.1f} | {spent:.1f} |", flush=True
    )


def invite(client: Client, which: int) -> None:
    body = f'{{"email": "c{which}@example.org"}}'.encode()
    client.ask("POST", "/api/v1/invitations", 201, body, {"Content-Type": "application/json"})


def invite_the_rest(client: Client, _: int) -> None:
    """In one CSV."""
    rows = "email\n" + "".join(f"b{number}@example.org\n" for number in range(IN_BULK))
    client.ask("POST", "/api/v1/invitations/bulk", 200, rows.encode(), {"Content-Type": "text/csv"})


def listed(client: Client, _: int) -> None:
    """All 1,000 rows, in pages of 200."""
    path = "/api/v1/invitations?limit=200"
    while path:
        path = client.ask("GET", path, 200).get("Link", "").partition(">")[0][1:]


def upload(client: Client, which: int) -> None:
    part = 'Content-Disposition: form-data; name="file"; filename="pipeline.py"'
    body = f"--part\r\n{part}\r\n\r\n# {which}\r\n--part--\r\n".encode()
    client.ask("POST", "/api/v1/submissions", 202, body, {"Content-Type": FORM})


def read(path: str, status: int, headers: Mapping[str, str], client: Client, _: int) -> None:
    client.ask("GET", path, status, headers=headers)


def graded(http: httpx2.Client) -> str:
    """Where a submission lies whose report is there."""
    files = {"file": ("pipeline.py", b"# -1")}
    where = http.post("/api/v1/submissions", files=files).raise_for_status().headers["location"]
    wait(lambda: http.get(where).json()["state"] == "graded")
    return str(where)


def at_rest(served: Served) -> None:
    """Return once the server has nothing to do any more."""
    before = -1.0
    while served.seconds - before > 0.05:
        before = served.seconds
        time.sleep(1)


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder)) as http,
        multiprocessing.get_context("spawn").Pool(CLIENTS) as clients,
    ):
        server = next(child for child in multiprocessing.active_children() if child.name.startswith("SpawnProcess"))
        served = Served(int(http.base_url.port or 0), http.headers["Authorization"], server.pid or 0)
        report = f"{graded(http)}/report.json"
        unchanged = {"If-None-Match": http.get(report).headers["etag"]}
        clients.map(abs, range(4 * CLIENTS), 1)  # every process has begun
        begun = served.megabytes
        print(f"{CLIENTS} clients at once\n| call | number | a second | p50, ms | p95, ms | server's CPU, ms |")
        print("|---|---|---|---|---|---|")
        measure("invite", clients, served, invite, INVITED)
        measure(f"a CSV of {IN_BULK} invitations", clients, served, invite_the_rest, 1, 1)
        measure("report.json while the mails go out", clients, served, partial(read, report, 200, {}), 100)
        at_rest(served)
        name = f"list {INVITED + IN_BULK:,} invitations, five pages"
        measure(f"{name}, one client", clients, served, listed, 20, 1)
        measure(name, clients, served, listed, 40)
        measure("report.json", clients, served, partial(read, report, 200, {}), 1000)
        measure("report.json that has not changed (304)", clients, served, partial(read, report, 304, unchanged), 1000)
        measure("upload", clients, served, upload, 100)
        measure("list reports", clients, served, partial(read, "/api/v1/reports", 200, {}), 500)
        print(f"memory of the server: {begun:.0f} MB after its start, {served.megabytes:.0f} MB afterwards")


if __name__ == "__main__":
    main()
