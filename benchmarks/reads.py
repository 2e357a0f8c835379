"""Report reads beside a bare route: `python -m benchmarks.reads` prints requests a second and latencies of both.

Processor time is that of the server's own process for each request, which says more than rates where a machine is busy.
Both servers are this machine's, one process each, and answer the same bytes: the service reads rights and report from
its database, the bare FastAPI route returns them from memory.  Four client processes ask one server, then the other,
in turns, so that both meet the same machine.  Takes about a minute.
"""

from __future__ import annotations

import http.client
import multiprocessing
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median, quantiles

import uvicorn
from fastapi import FastAPI, Response

from app.web.heads import TimedHeads
from benchmarks.service import graded, processor_seconds, running, wait
from testing.site import free_port

CLIENTS, TURNS, SECONDS = 4, 3, 3.0


def bare(port: int, data: bytes) -> None:
    """Serve the bytes and nothing else, as production serves."""
    app = FastAPI()

    @app.get("/report.json")
    async def report() -> Response:
        return Response(data, media_type="application/json")

    uvicorn.Server(uvicorn.Config(app, http=TimedHeads, port=port, log_config=None, access_log=False)).run()


def ask(port: int, path: str, headers: Mapping[str, str], status: int) -> list[float]:
    """Seconds of every answer on one connection, for as long as a turn lasts."""
    connection, took = http.client.HTTPConnection("127.0.0.1", port), []
    began = now = time.perf_counter()
    while now - began < SECONDS:
        connection.request("GET", path, headers=dict(headers))
        answer = connection.getresponse()
        answer.read()
        assert answer.status == status, answer.status
        now, before = time.perf_counter(), now
        took.append(now - before)
    return took


def main() -> None:
    fork = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as client:
        service = multiprocessing.active_children()[0]
        path = f"{graded(client)}/report.json"
        answer = client.get(path).raise_for_status()
        right = {"Authorization": client.headers["Authorization"]}
        port = free_port()
        process = fork.Process(target=bare, args=(port, answer.content))
        process.start()
        wait(lambda: _answers(port))
        asked = {
            "bare route": (port, "/report.json", {}, 200),
            "report.json": (client.base_url.port, path, right, 200),
            "report.json, unchanged (304)": (
                client.base_url.port, path, right | {"If-None-Match": answer.headers["etag"]}, 304
            ),
        }  # fmt: skip
        rates: dict[str, list[float]] = {name: [] for name in asked}
        took: dict[str, list[float]] = {name: [] for name in asked}
        spent: dict[str, float] = dict.fromkeys(asked, 0.0)
        with fork.Pool(CLIENTS) as pool:
            for _ in range(TURNS):
                for name, what in asked.items():
                    server = (process if what[0] == port else service).pid or 0
                    before = processor_seconds(server)
                    answers = pool.starmap(ask, [what] * CLIENTS)
                    spent[name] += processor_seconds(server) - before
                    rates[name].append(sum(map(len, answers)) / SECONDS)
                    took[name] += [seconds for one in answers for seconds in one]
        process.terminate()
    print(f"{len(answer.content) / 1000:.0f} kB, {CLIENTS} clients, median of {TURNS} turns of {SECONDS:.0f} s")
    print("| what | a second | of the bare route | p50, ms | p95, ms | CPU, µs |\n|---|---|---|---|---|---|")
    whole = median(rates["bare route"])
    for name, found in rates.items():
        cuts = [1000 * cut for cut in quantiles(took[name], n=20)]
        print(
            f"| {name} | {median(found):.0f} | {median(found) / whole:.2f} | {cuts[9]:.1f} | {cuts[18]:.1f} |"
            f" {1e6 * spent[name] / len(took[name]):.0f} |"
        )


def _answers(port: int) -> bool:
    try:
        return bool(ask_once(port))
    except OSError:
        return False


def ask_once(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/report.json")
    return connection.getresponse().status


if __name__ == "__main__":
    main()
