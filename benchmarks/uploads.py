"""Many uploads at once: `python -m benchmarks.uploads` prints the server's memory and how long `/healthz` takes.

One server with the real intake and an embedded PostgreSQL, on loopback.  First sixty sound uploads of nearly 10 MB
arrive at once; then two hundred hostile ones: large, stalled, broken off, and texts that are dear to read.  Takes about
two minutes; needs no Docker.
"""

from __future__ import annotations

import asyncio
import io
import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path
from statistics import quantiles
from typing import Any, Self

import httpx2

from testing.site import free_port, secrets_in

SOUND, HOSTILE = 60, 200
SENDERS = 5  # so that no upload is turned away because one sender has sent too many
MOST_MB, MOST_MS = 150, 100
LONGEST = 90.0
PIPELINE = b"def train(data, model_dir): ...\n\n\ndef evaluate(data): ...\n\n\ndef predict(data, model_dir): ...\n"
BOUNDARY = b"4f2a6c"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as (process, port, key):
        keys = [another(port, key) for _ in range(SENDERS)]
        send_all(port, keys, ["small"])
        before = memory(process)
        with Peak(process) as peak:
            answers = send_all(port, keys, ["sound"] * SOUND)
        print(f"{SOUND} uploads of {len(sound()) / 2**20:.1f} MB at once were answered {answers}")
        print(f"server memory: {before:.0f} MB before, {peak.most - before:.0f} MB more at most; aim {MOST_MB}")
        with Latency(port) as quiet:
            time.sleep(5)
        print(f"with nothing to do: {quiet}")
        kinds = [HOW[number % len(HOW)] for number in range(HOSTILE)]
        with Latency(port) as latency:
            answers = send_all(port, keys, kinds)
        print(f"{HOSTILE} hostile uploads at once were answered {answers}")
        print(f"meanwhile: {latency}; aim {MOST_MS}")


@contextmanager
def server(home: Path) -> Iterator[tuple[int, int, str]]:
    """(process id, port, API key) of a service that has just started."""
    port = free_port()
    environment = os.environ | {
        "ASSAY_HOME": str(home / "home"),
        "ASSAY_PORT": str(port),
        "ASSAY_EMBEDDED_WORKER": "false",
        "ASSAY_REQUESTS_PER_SECOND": "100000",
    }
    with (home / "said").open("w") as said:
        running = subprocess.Popen([sys.executable, "-m", "app.cli.main", "serve"], env=environment, stdout=said)
    try:
        until = time.monotonic() + 240
        while time.monotonic() < until:
            with suppress(httpx2.TransportError):
                if httpx2.get(f"http://127.0.0.1:{port}/readyz").is_success:
                    break
            time.sleep(0.2)
        yield running.pid, port, secrets_in((home / "said").read_text())[0]
    finally:
        running.terminate()
        running.wait(60)


def another(port: int, key: str) -> str:
    """One more API key that may hand in."""
    new = {"label": "a sender", "scopes": ["submit"]}
    asked = httpx2.post(f"http://127.0.0.1:{port}/api/v1/keys", json=new, headers={"Authorization": f"Bearer {key}"})
    return str(asked.raise_for_status().json()["key"])


def sound() -> bytes:
    """A zip of nearly 10 MB that is a submission: a pipeline and much text beside it."""
    draw = random.Random(7)  # noqa: S311 - only has to be hard to compress
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("pipeline.py", PIPELINE)
        for number in range(9):
            made.writestr(f"notes/{number}.txt", draw.randbytes(2**19).hex())
    return target.getvalue()


def zipped(name: str, content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("pipeline.py", PIPELINE)
        made.writestr(name, content)
    return target.getvalue()


def notebook(source: str) -> bytes:
    cell: dict[str, Any] = {
        "cell_type": "code",
        "source": source,
        "metadata": {},
        "outputs": [],
        "execution_count": None,
    }
    cell["execution_count"] = None
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def files() -> dict[str, tuple[str, bytes]]:
    """A file name and its bytes for each kind of upload."""
    whole = sound()
    return {
        "small": ("pipeline.py", PIPELINE),
        "sound": ("work.zip", whole),
        "stalled": ("work.zip", whole),
        "broken off": ("work.zip", whole),
        "magics": ("work.ipynb", notebook("%" + " " * 40_000 + "x\ny = 1")),
        "newlines": ("work.zip", zipped("README.md", b"\n" * 500_000)),
        "one word": ("work.zip", zipped("README.md", b"a" * 60_000)),
        "no form": ("work.zip", (b"\r\n--" + BOUNDARY[:-1]) * 1_000_000),
    }


HOW = ("sound", "stalled", "broken off", "magics", "newlines", "one word", "no form")


def send_all(port: int, keys: list[str], kinds: list[str]) -> dict[str, int]:
    """Answers by status, of uploads that another process sends all at once."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return dict(sorted(pool.apply(_send_all, (port, keys, kinds)).items()))


def _send_all(port: int, keys: list[str], kinds: list[str]) -> Counter[str]:
    os.nice(10)  # senders are other machines: they take no processor time from the service
    made = files()

    async def everything() -> list[str]:
        return await asyncio.gather(
            *(send(port, key, kind, *made[kind]) for key, kind in zip(cycle(keys), kinds, strict=False))
        )

    return Counter(asyncio.run(everything()))


async def send(port: int, key: str, kind: str, name: str, data: bytes) -> str:
    """The status of the answer, or how it ended without one."""
    part = b'Content-Disposition: form-data; name="file"; filename="' + name.encode() + b'"\r\n\r\n'
    body = b"--" + BOUNDARY + b"\r\n" + part + data + b"\r\n--" + BOUNDARY + b"--\r\n"
    head = (
        f"POST /api/v1/submissions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY.decode()}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(LONGEST):
            writer.write(head.encode())
            writer.write(body if kind not in ("stalled", "broken off") else body[: len(body) // 2])
            await writer.drain()
            if kind == "broken off":
                return "none, as sent"
            answer = await reader.readline()
            return answer.split()[1].decode() if answer else "closed"
    except TimeoutError:
        return f"none in {LONGEST:.0f} s"
    except OSError:
        return "closed"
    finally:
        writer.transport.abort()


def memory(pid: int) -> float:
    """MB of the process and of those it has started; what they share is counted once."""
    total = 0
    for each in (pid, *children(pid)):
        with suppress(OSError, StopIteration):
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
            total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def children(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):
            for child in map(int, (task / "children").read_text().split()):
                yield child
                yield from children(child)


class Sampler:
    """Calls `sample` again and again in a thread while it is open."""

    pause = 0.05

    def __enter__(self) -> Self:
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(self.pause):
            self.sample()

    def sample(self) -> None:
        raise NotImplementedError


class Peak(Sampler):
    """The most memory that a process has had."""

    def __init__(self, pid: int) -> None:
        self._pid, self.most = pid, memory(pid)

    def sample(self) -> None:
        self.most = max(self.most, memory(self._pid))


class Latency(Sampler):
    """Milliseconds that `/healthz` takes on a connection of its own each time."""

    def __init__(self, port: int) -> None:
        self._port, self.took = port, list[float]()

    def sample(self) -> None:
        began = time.perf_counter()
        asked = HTTPConnection("127.0.0.1", self._port, timeout=60)
        asked.request("GET", "/healthz")
        asked.getresponse().read()
        asked.close()
        self.took.append((time.perf_counter() - began) * 1000)

    def __str__(self) -> str:
        cuts = quantiles(self.took, n=100)
        figures = (
            f"p50 {cuts[49]:.0f} ms, p95 {cuts[94]:.0f} ms, p99 {cuts[98]:.0f} ms, at most {max(self.took):.0f} ms"
        )
        return f"/healthz, asked {len(self.took)} times: {figures}"


if __name__ == "__main__":
    main()
