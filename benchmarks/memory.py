"""Memory of `assay serve` as its own process: `python -m benchmarks.memory` prints it after the start and afterwards.

The real command with its real parts and an embedded PostgreSQL, whose processes are not counted.  It is asked some
2,000 times in every way in which it can be read: uploads, lists, files and reports in all formats for a key, an
interviewer and a recruiter, then once each whatever else a GET leads to, in English and French.  The report is that of
the reference `good`, graded once in Docker by `assay grade`; a worker of its own, which is not counted either, hands it
to each submission.  What a grading loads is loaded by a worker.  Takes some minutes.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from itertools import product
from pathlib import Path
from zipfile import ZipFile

import httpx2

from app.artifacts import APPENDIX, HTML, JSON, PDF, SARIF, Artifacts
from app.main import all_routers
from app.platform.settings import Settings
from app.ports import Ports
from app.rights import Role
from app.store import access, database, members
from app.store.members import NewMember
from app.web.auth import COOKIE
from app.worker.process import run_worker
from benchmarks.service import wait
from graders.report import html, sarif
from graders.report.schema import Document
from testing.fakes import fake_ports
from testing.site import free_port, secrets_in

REFERENCE = Path(__file__).parents[1] / "challenges" / "ml_pipeline" / "reference" / "good"
INVITED, IN_BULK, PACKAGES = 150, 500, 40
START = "from app.cli.main import main; main()"
API = "/api/v1"


@dataclass(frozen=True)
class Server:
    """What it is asked by: a key, members by their role, /metrics; its home, and the number of its process."""

    http: httpx2.Client
    settings: Settings
    pid: int

    def as_member(self, role: Role) -> dict[str, str]:
        """The headers of a new member who has signed in."""
        with database.database_url(self.settings) as url, database.opened(url) as engine, engine.begin() as connection:
            org_id = access.first_organisation(connection) or ""
            member = members.add_member(connection, org_id, NewMember(f"{role}@example.org", role.title(), role))
            return {"Authorization": "", "Cookie": f"{COOKIE}={members.open_session(connection, member)}"}

    @property
    def metrics(self) -> str:
        return f"http://127.0.0.1:{self.settings.metrics_port}/metrics"


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    """`assay serve` with the first key of its service, and a worker beside it."""
    settings = Settings(home=folder / "home", port=free_port(), metrics_port=free_port())
    said = folder / "said"
    environment = os.environ | {
        "ASSAY_HOME": str(settings.home),
        "ASSAY_PORT": str(settings.port),
        "ASSAY_METRICS_PORT": str(settings.metrics_port),
        "ASSAY_EMBEDDED_WORKER": "false",
        "ASSAY_REQUESTS_PER_SECOND": "100000",
    }
    with said.open("w") as out:
        process = subprocess.Popen([sys.executable, "-c", START, "serve"], env=environment, stdout=out, stderr=out)
    worker = multiprocessing.get_context("spawn").Process(
        target=work, args=(settings.model_copy(update={"metrics_port": 0}), folder / "out")
    )
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{settings.port}", timeout=300) as http:
            wait(lambda: http.get("/readyz").is_success and "API key" in said.read_text(), 300)
            http.headers["Authorization"] = f"Bearer {secrets_in(said.read_text())[0]}"
            worker.start()
            yield Server(http, settings, process.pid)
    finally:
        worker.kill()
        process.terminate()
        process.wait(60)


def work(settings: Settings, out: Path) -> None:
    """The worker process: each submission gets the report in this folder."""
    document = Document.model_validate_json((out / JSON).read_bytes())
    made = Artifacts(document, html.render(document), sarif.render(document), b"")

    @contextmanager
    def ports(settings: Settings) -> Iterator[Ports]:
        with fake_ports(settings) as fakes:
            yield replace(fakes, grade=lambda *_: made)

    sys.stdout = Path("/dev/null").open("w")  # noqa: SIM115 - mails, for as long as the process lives
    run_worker(settings, ports)


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


Ask = Callable[[int], httpx2.Response]


def kinds(server: Server) -> Iterator[tuple[str, int, Ask]]:
    """What is asked, how often, and the request of a number; each begins once those before it have been answered."""
    http, good = server.http, package()
    invited = [http.post(f"{API}/invitations", json={"email": f"{n}@example.org"}).json() for n in range(2)]
    links = [one["link"][one["link"].index("/i/") :] for one in invited]
    rows = "email\n" + "".join(f"b{number}@example.org\n" for number in range(IN_BULK))
    table = {"Content-Type": "text/csv"}
    interviewer, recruiter = server.as_member(Role.INTERVIEWER), server.as_member(Role.RECRUITER)
    readers: dict[str, dict[str, str]] = {"a key": {}, "interviewer": interviewer, "recruiter": recruiter}
    french = [{**who, "Accept-Language": words} for who, words in product((interviewer, recruiter), ("en", "fr"))]

    def upload(name: str, data: bytes) -> httpx2.Response:
        return http.post(f"{API}/submissions", files={"file": (name, data)})

    def hand_in(number: int) -> httpx2.Response:
        files = {"file": ("work.zip", good + f"# {number}".encode())}
        return http.post(f"{API}{links[number % 2]}/submissions", files=files, headers={"Authorization": ""})

    yield "invite", INVITED, lambda n: http.post(f"{API}/invitations", json={"email": f"c{n}@example.org"})
    yield "CSV", 1, lambda _: http.post(f"{API}/invitations/bulk", content=rows.encode(), headers=table)
    yield "list of 200", 150, lambda n: http.get(f"{API}/invitations?limit=200&sort={('newest', 'moved')[n % 2]}")
    yield "search", 150, lambda n: http.get(f"{API}/invitations?q=c{n}")
    yield "candidate hands in", 2, hand_in
    yield "package", PACKAGES, lambda n: upload("work.zip", good + f"# {n}".encode())
    yield "refused upload", 60, lambda n: upload("pipeline.py", f"# {n}\n".encode())

    def graded() -> list[str]:
        return [one["submission_id"] for one in http.get(f"{API}/reports?counts=true&limit=200").json()["items"]]

    wait(lambda: len(graded()) == PACKAGES + 2, 600)
    paths = [f"{API}/submissions/{submission}" for submission in graded()]
    for name, number in {JSON: 200, SARIF: 100, HTML: 100, PDF: 12, APPENDIX: 6}.items():
        for who, headers in readers.items():
            yield f"{name}, {who}", number // 3, partial(read, http, [f"{path}/{name}" for path in paths], headers)
    yield "export", 30, lambda n: http.get(f"{API}/exports/candidates.{('csv', 'json', 'xlsx')[n % 3]}")
    yield "candidate's page", 150, lambda n: http.get(links[n % 2])
    yield "candidate's kit", 20, lambda _: http.get(f"{links[0]}/starter-kit.zip")
    yield "first page of a member", 100, lambda n: http.get("/work", headers=french[n % 4])
    yield "search of a member", 100, lambda n: http.get(f"/work?q=c{n}", headers=french[n % 4])
    yield "candidate, of a member", 100, lambda n: http.get(f"/work/c/{invited[n % 2]['id']}", headers=french[n % 4])
    yield "metrics", 50, lambda _: http.get(server.metrics)
    live = http.post(f"{API}/invitations/{invited[0]['id']}/live", json={}, headers=interviewer)
    known = {
        "submission_id": paths[0].rpartition("/")[2],
        "invitation_id": invited[0]["id"],
        "other_id": invited[1]["id"],
        "candidate_id": invited[0]["candidate"]["id"],
        "exercise_id": live.json().get("id", "") if live.is_success else "",
        "challenge_id": "ml_pipeline",
        "run": "1",
        "name": JSON,
        "token": links[0][3:],
    }
    others = list(addresses(known))
    both = "&".join(f"invitation={one['id']}" for one in invited)
    others += [f"/work/compare?{both}", f"{API}/compare?{both}"]
    for (who, headers), spoken in product(readers.items(), ("en", "fr")):
        asked = {**headers, "Accept-Language": spoken}
        yield f"everything else, {who}, {spoken}", len(others), partial(read, http, others, asked)


def read(http: httpx2.Client, paths: Sequence[str], headers: Mapping[str, str], number: int) -> httpx2.Response:
    """The answer of one of these addresses after another."""
    return http.get(paths[number % len(paths)], headers=headers)


def addresses(known: dict[str, str]) -> Iterator[str]:
    """What a GET leads to, with these parts in the gaps of its address; none that goes on for ever."""
    for router in all_routers().routes:
        for route in router.effective_candidates() if hasattr(router, "effective_candidates") else [router]:
            path = str(getattr(route, "path", ""))
            gaps = [gap.partition(":")[0] for gap in re.findall(r"{([^}]*)}", path)]
            read = "GET" in (getattr(route, "methods", None) or ()) and not path.endswith("/events")
            if read and all(known.get(gap) for gap in gaps):
                yield re.sub(r"{([^}:]*)[^}]*}", lambda gap: known[gap[1]], path)


def graded_once(out: Path) -> None:
    """The report of the reference in a folder."""
    subprocess.run([sys.executable, "-c", START, "grade", str(REFERENCE), "--out", str(out)], check=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        graded_once(folder / "out")
        with served(folder) as server:
            begun, asked = megabytes(server.pid), 0
            print("| requests | number | statuses | MB afterwards |\n|---|---|---|---|")
            print(f"| after the start | | | {begun} |", flush=True)
            for what, number, ask in kinds(server):
                statuses = counted([ask(n).status_code for n in range(number)])
                asked += number
                print(f"| {what} | {number} | {statuses} | {megabytes(server.pid)} |", flush=True)
            print(
                f"memory of assay serve: {begun} MB after its start, {megabytes(server.pid)} MB after {asked} requests,"
                f" {megabytes(server.pid, 'VmHWM')} MB at most"
            )


def counted(statuses: Sequence[int]) -> str:
    """`200` where all are the same, `200 (190), 404 (10)` otherwise."""
    kinds = sorted(set(statuses))
    return str(kinds[0]) if len(kinds) == 1 else ", ".join(f"{kind} ({statuses.count(kind)})" for kind in kinds)


if __name__ == "__main__":
    main()
