"""Workers that die and disks that are full: the candidate gets a grade later, or is told it was us."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2
import pytest
from structlog.testing import capture_logs

from app.opening import opened
from app.platform.settings import Settings
from app.submissions import service as submit
from app.submissions.service import Upload
from testing.fakes import PHASES, fake_ports
from testing.site import MakeSettings, Site, running_site
from testing.waiting import SECONDS, until
from tests.app.support.rows import count, fall_silent, owner
from tests.faults.disk import fill, free, small_disk

NAMES = ("home", "database_url", "heartbeat_seconds", "stalled_seconds", "retry_seconds", "tries", "grace_seconds")


@contextmanager
def worker(settings: Settings, module: str = "tests.app.support.worker") -> Iterator[subprocess.Popen[bytes]]:
    values = {f"ASSAY_{name.upper()}": str(getattr(settings, name)) for name in NAMES}
    process = subprocess.Popen([sys.executable, "-m", module], env=os.environ | values)
    try:
        yield process
    finally:
        process.kill()
        process.wait(SECONDS)


def results(home: Path) -> set[str]:
    """Names of all result files, as `run/name`."""
    found = (home / "blobs").rglob("*")
    return {f"{path.parent.name}/{path.name}" for path in found if path.is_file() and path.name != "upload"}


OF_RUN_2 = {"2/report.json", "2/report.html", "2/findings.sarif", "2/case.zip", "2/messages.json"}


@pytest.mark.parametrize("moment", ["train", "predict", "the report is written"])
def test_a_worker_killed_at_any_moment_costs_nothing(moment: str, make_settings: MakeSettings, tmp_path: Path) -> None:
    """Another worker grades it, one report is kept, and of the interrupted grading not a file is left."""
    settings = make_settings()
    with opened(settings, fake_ports) as service:
        pause = f"until {tmp_path / moment}" if moment in PHASES else "ok"
        submit.submit(service, Upload(pause.encode(), "pipeline.py", "ml_pipeline"), owner(service.engine))
        if moment == "the report is written":
            with worker(settings, "tests.faults.worker") as first:
                until(lambda: "1/case.zip" in results(settings.home))
                first.send_signal(signal.SIGKILL)
        else:
            with worker(settings) as first:
                until(lambda: count(service.engine, f"phases WHERE name = '{moment}' AND ended_at IS NULL"))
                first.send_signal(signal.SIGKILL)
        fall_silent(service.engine)
        (tmp_path / moment).touch()
        with running_site(settings):  # its own worker goes on
            until(lambda: count(service.engine, "gradings WHERE state = 'graded' AND begun = 2"))
            until(lambda: results(settings.home) == OF_RUN_2)
        assert count(service.engine, "submissions") == 1


@pytest.mark.parametrize("in_time", [True, False], ids=["freed in time", "never freed"])
def test_a_full_disk_spends_no_attempt(in_time: bool, make_site: Callable[..., Site], tmp_path: Path) -> None:
    """Where the report cannot be kept the grading is repeated, and given up as ours; no half report is left."""
    site = make_site(tries=1000 if in_time else 2, attempts=1)
    blobs, engine = site.settings.home / "blobs", site.service.engine
    with small_disk(blobs):
        work = f"until {tmp_path}/full".encode()
        page = site.http.post(site.invitation, files={"file": ("pipeline.py", work)})
        assert page.status_code == 303
        until(lambda: count(engine, "submissions WHERE state = 'grading'"))
        fill(blobs)
        (tmp_path / "full").touch()
        if in_time:
            until(lambda: count(engine, "gradings WHERE tries >= 2"))
            free(blobs)
            until(lambda: count(engine, "submissions WHERE state = 'graded'"))
            (run,) = {path.split("/")[0] for path in results(site.settings.home) if "ballast" not in path}
            assert int(run) > 1
        else:
            until(lambda: count(engine, "gradings WHERE state = 'failed' AND tries = 2"))
            assert "1 of 1" in site.http.get(site.invitation).text
            assert {path for path in results(site.settings.home) if "ballast" not in path} == set()


def taken(site: Site) -> bool:
    try:
        return site.upload().status_code == 202
    except httpx2.TransportError:  # the server closes the connection on which it failed
        return False


def test_an_upload_that_cannot_be_kept_is_not_accepted(make_site: Callable[..., Site]) -> None:
    """On a full disk there is no submission, and no attempt is spent; once there is room it is taken."""
    site = make_site(attempts=1)
    blobs = site.settings.home / "blobs"
    with small_disk(blobs), capture_logs():  # the usual rendering of a traceback takes seconds
        fill(blobs)
        assert site.upload().status_code >= 500
        assert count(site.service.engine, "submissions") == 0
        free(blobs)
        until(lambda: taken(site))
        until(lambda: count(site.service.engine, "submissions WHERE state = 'graded'"))


def test_the_service_comes_back_when_its_embedded_postgres_is_killed(make_site: Callable[..., Site]) -> None:
    """Ready again without anybody's doing, and what is handed in then is graded."""
    site = make_site(database_url="")
    assert site.http.get("/readyz").is_success
    postmaster = site.settings.home / "postgres/data/postmaster.pid"
    killed = postmaster.read_text().split()[0]
    os.kill(int(killed), signal.SIGKILL)

    def started_again() -> bool:
        # A start fails while the dead server's children live, and takes the file away.
        with suppress(FileNotFoundError):
            return killed not in postmaster.read_text().split()[:1]
        return False

    until(lambda: started_again() and site.http.get("/readyz").is_success)
    site.wait(site.upload().headers["location"])
