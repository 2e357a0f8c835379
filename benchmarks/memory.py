"""Memory of `assay serve` as its own process: `python -m benchmarks.memory` prints it after the start and afterwards.

The real command with its real parts and an embedded PostgreSQL, whose processes are not counted.  It is asked some
2,000 times: invitations, a CSV, lists, pages of members and candidates, kits, files, uploads with and without faults.
Nothing is graded, so it needs no Docker; what a grading loads is loaded by a worker.  Takes a minute or two.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import httpx2

from benchmarks.service import wait
from testing.site import free_port, secrets_in

REFERENCE = Path(__file__).parents[1] / "challenges" / "ml_pipeline" / "reference" / "good"
INVITED, IN_BULK = 200, 500
START = "from app.cli.main import main; main()"


@contextmanager
def served(home: Path) -> Iterator[tuple[httpx2.Client, int]]:
    """A client with the first key of `assay serve`, and the number of its process."""
    said, port = home / "said", free_port()
    environment = os.environ | {
        "ASSAY_HOME": str(home / "home"),
        "ASSAY_PORT": str(port),
        "ASSAY_EMBEDDED_WORKER": "false",
        "ASSAY_REQUESTS_PER_SECOND": "100000",
    }
    with said.open("w") as out:
        process = subprocess.Popen([sys.executable, "-c", START, "serve"], env=environment, stdout=out, stderr=out)
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
            wait(lambda: http.get("/readyz").is_success and "API key" in said.read_text(), 300)
            http.headers["Authorization"] = f"Bearer {secrets_in(said.read_text())[0]}"
            yield http, process.pid
    finally:
        process.terminate()
        process.wait(60)


def megabytes(pid: int, what: str = "VmRSS") -> int:
    """What a process holds now; with VmHWM the most that it ever held."""
    told = Path(f"/proc/{pid}/status").read_text()
    return int(told.split(f"{what}:")[1].split()[0]) // 1024


def package() -> bytes:
    """The reference that gets the best report, zipped."""
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for path in sorted(REFERENCE.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                archive.write(path, path.relative_to(REFERENCE))
    return packed.getvalue()


def kinds(http: httpx2.Client) -> dict[str, tuple[int, Callable[[int], httpx2.Response]]]:
    """By name: how often, and the request of a number."""
    first = http.post("/api/v1/invitations", json={"email": "first@example.org"}).json()
    link, good = "/i/" + first["link"].rpartition("/i/")[2], package()
    rows = "email\n" + "".join(f"b{number}@example.org\n" for number in range(IN_BULK))
    table = {"Content-Type": "text/csv"}
    api = "/api/v1"

    def upload(name: str, data: bytes) -> httpx2.Response:
        return http.post(f"{api}/submissions", files={"file": (name, data)})

    return {
        "invite": (INVITED, lambda n: http.post(f"{api}/invitations", json={"email": f"c{n}@example.org"})),
        "CSV": (1, lambda _: http.post(f"{api}/invitations/bulk", content=rows.encode(), headers=table)),
        "list of 200": (200, lambda n: http.get(f"{api}/invitations?limit=200&sort={('newest', 'moved')[n % 2]}")),
        "search": (200, lambda n: http.get(f"{api}/invitations?q=c{n}")),
        "one invitation": (200, lambda _: http.get(f"{api}/invitations/{first['id']}")),
        "reports": (200, lambda _: http.get(f"{api}/reports")),
        "export": (30, lambda n: http.get(f"{api}/exports/candidates.{('csv', 'json', 'xlsx')[n % 3]}")),
        "candidate's page": (300, lambda _: http.get(link)),
        "candidate's kit": (20, lambda _: http.get(f"{link}/starter-kit.zip")),
        "description": (20, lambda _: http.get("/openapi.json")),
        "sign-in page": (200, lambda _: http.get("/sign-in")),
        "package": (60, lambda n: upload("work.zip", good + f"# {n}".encode())),
        "refused upload": (100, lambda n: upload("pipeline.py", f"# {n}\n".encode())),
        "nothing there": (200, lambda n: http.get(f"{api}/submissions/{n:020}")),
        "audit log": (100, lambda _: http.get(f"{api}/audit")),
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (http, pid):
        begun, asked = megabytes(pid), 0
        print("| requests | number | statuses | MB afterwards |\n|---|---|---|---|")
        for name, (number, ask) in kinds(http).items():
            statuses = sorted({ask(n).status_code for n in range(number)})
            asked += number
            print(f"| {name} | {number} | {', '.join(map(str, statuses))} | {megabytes(pid)} |", flush=True)
        print(
            f"memory of assay serve: {begun} MB after its start, {megabytes(pid)} MB after {asked} requests,"
            f" {megabytes(pid, 'VmHWM')} MB at most"
        )


if __name__ == "__main__":
    main()
