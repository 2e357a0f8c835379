"""Throughput and latency of the API: `python -m benchmarks.service` prints requests a second, p50 and p95 of each call,
and the memory of the server after some 2,000 requests.

One server process with an embedded PostgreSQL, a grading that takes no time (testing/fakes.py), and as many
clients at once as `CLIENTS` says, all on this machine.  Takes about a minute.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

import httpx2
import uvicorn

from app.main import create_app
from app.platform.settings import Settings
from testing.fakes import fake_ports
from testing.site import free_port, secrets_in

CLIENTS = 4
INVITED, IN_BULK = 100, 900

Call = Callable[[httpx2.Client, int], httpx2.Response]


def serve(settings: Settings, said: Path) -> None:
    """The server process; what it says at its first start goes to a file, the mails it would send nowhere."""
    sys.stdout = Path("/dev/null").open("w")  # noqa: SIM115 - for as long as the process lives
    app = create_app(settings, fake_ports, said.write_text)
    uvicorn.Server(uvicorn.Config(app, port=settings.port, log_config=None)).run()


@contextmanager
def running(home: Path) -> Iterator[httpx2.Client]:
    """A client with the first key of a new service."""
    settings = Settings(home=home / "home", port=free_port(), requests_per_second=100_000)
    said = home / "said"
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(settings, said))
    process.start()
    with httpx2.Client(base_url=f"http://127.0.0.1:{settings.port}", timeout=60) as http:
        wait(lambda: said.exists() and http.get("/readyz").is_success, 300)
        http.headers["Authorization"] = f"Bearer {secrets_in(said.read_text())[0]}"
        yield http
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


def measure(name: str, http: httpx2.Client, call: Call, number: int) -> None:
    """Print one row of the table."""

    def timed(which: int) -> float:
        began = time.perf_counter()
        call(http, which).raise_for_status()
        return time.perf_counter() - began

    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        took = list(pool.map(timed, range(number)))
    rate = number / (time.perf_counter() - began)
    cuts = quantiles(took, n=20)
    print(f"| {name} | {number} | {rate:.0f} | {cuts[9] * 1000:.0f} | {cuts[18] * 1000:.0f} |", flush=True)


def invite(http: httpx2.Client, which: int) -> httpx2.Response:
    return http.post("/api/v1/invitations", json={"email": f"c{which}@example.org"})


def invite_the_rest(http: httpx2.Client) -> None:
    """In one CSV."""
    rows = "email\n" + "".join(f"b{number}@example.org\n" for number in range(IN_BULK))
    began = time.perf_counter()
    headers = {"content-type": "text/csv"}
    http.post("/api/v1/invitations/bulk", content=rows.encode(), headers=headers).raise_for_status()
    seconds = time.perf_counter() - began
    print(f"| a CSV of {IN_BULK} invitations | 1 | | {seconds * 1000:.0f} | |", flush=True)


def listed(http: httpx2.Client, _: int) -> httpx2.Response:
    """All 1,000 rows, in pages of 200."""
    answer = http.get("/api/v1/invitations?limit=200")
    while (cursor := answer.raise_for_status().json()["next_cursor"]) is not None:
        answer = http.get("/api/v1/invitations", params={"limit": 200, "cursor": cursor})
    return answer


def upload(http: httpx2.Client, which: int) -> httpx2.Response:
    return http.post("/api/v1/submissions", files={"file": ("pipeline.py", f"# {which}".encode())})


def graded(http: httpx2.Client) -> str:
    """Where a submission lies whose report is there."""
    where = upload(http, -1).raise_for_status().headers["location"]
    wait(lambda: http.get(where).json()["state"] == "graded")
    return str(where)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as http:
        print(f"{CLIENTS} clients at once\n| call | number | a second | p50, ms | p95, ms |\n|---|---|---|---|---|")
        where = graded(http)
        measure("invite", http, invite, INVITED)
        invite_the_rest(http)
        measure(f"list {INVITED + IN_BULK:,} invitations, five pages", http, listed, 20)
        measure("report.json", http, lambda client, _: client.get(f"{where}/report.json"), 200)
        measure("report.json that has not changed (304)", http, unchanged(http, f"{where}/report.json"), 200)
        measure("upload", http, upload, 100)
        measure("list reports", http, lambda client, _: client.get("/api/v1/reports"), 1000)
        told = Path(f"/proc/{multiprocessing.active_children()[0].pid}/status").read_text()
        print(f"memory of the server: {int(told.split('VmRSS:')[1].split()[0]) / 1024:.0f} MB")


def unchanged(http: httpx2.Client, path: str) -> Call:
    tag = http.get(path).headers["etag"]

    def call(client: httpx2.Client, _: int) -> httpx2.Response:
        answer = client.get(path, headers={"If-None-Match": tag})
        assert answer.status_code == 304
        return httpx2.Response(200, request=answer.request)

    return call


if __name__ == "__main__":
    main()
