"""What whoever runs the service relies on: documented settings, backups, figures, and knowing when it is ill."""

from __future__ import annotations

import shutil
import stat
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from app.cli.main import app as command
from app.cli.mistakes import line_of
from app.platform.settings import Settings
from app.store import backups
from app.store.blobs import blobs
from testing.site import NO_TLS, MakeSettings, Site, free_port, new_database, running_site
from testing.waiting import until

DOCS = Path(__file__).parents[2] / "docs"


def test_the_table_of_settings_is_the_code_s() -> None:
    """docs/settings.md ends with what `assay settings` prints."""
    printed = CliRunner().invoke(command, ["settings"]).stdout
    assert printed.count("\n") == len(Settings.model_fields) + 2
    assert (DOCS / "settings.md").read_text().endswith(printed)


@dataclass(frozen=True)
class Backup:
    """An archive made beside a running service, and a report that was in it."""

    file: Path
    home: Path
    headers: dict[str, str]
    where: str
    report: bytes


@pytest.fixture(scope="module")
def made(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Backup:
    folder = tmp_path_factory.mktemp("made")
    settings = Settings(home=folder / "home", database_url=new_database(postgres), port=free_port())
    with running_site(settings) as site:
        vault = settings.home / "vault" / "ml_pipeline-2"
        vault.mkdir(parents=True)
        (vault / "seed").write_text("7")
        where = site.upload("score 81").headers["location"]
        site.wait(where)
        report = site.http.get(f"{where}/report.json", headers=site.headers).content
        backups.write(settings, folder / "assay.tar")
        return Backup(folder / "assay.tar", settings.home, site.headers, f"{where}/report.json", report)


@pytest.fixture
def backup(made: Backup, tmp_path: Path) -> Backup:
    """One that a test may spoil."""
    return replace(made, file=Path(shutil.copy(made.file, tmp_path)))


def test_a_backup_restores_into_an_empty_installation(
    backup: Backup, postgres: str, make_settings: MakeSettings, tmp_path: Path
) -> None:
    """Another home and database give the same report by the API, to the same key, and the same hidden data."""
    settings = make_settings(home=tmp_path / "second", database_url=new_database(postgres))
    backups.read(settings, backup.file)
    with running_site(settings) as site:
        assert site.http.get(backup.where, headers=backup.headers).content == backup.report
        assert site.key == ""  # no first start: its people are there already
    assert (settings.home / "vault/ml_pipeline-2/seed").read_text() == "7"
    assert settings.secret_key() == (backup.home / "secret.key").read_bytes()
    assert stat.S_IMODE((settings.home / "secret.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(backup.file.stat().st_mode) == 0o600


@pytest.mark.parametrize("full", ["database", "blobs", "home"])
def test_a_restore_refuses_what_is_not_empty(
    backup: Backup, postgres: str, make_settings: MakeSettings, tmp_path: Path, full: str
) -> None:
    """It says which part holds something, and leaves it as it was."""
    settings = make_settings(home=tmp_path / "second", database_url=new_database(postgres))
    if full == "database":
        backups.read(settings, backup.file)
        settings = settings.model_copy(update={"home": tmp_path / "third"})
    elif full == "blobs":
        blobs(settings).put("submissions/a/upload", b"kept")
    else:
        settings = make_settings(home=backup.home, database_url=new_database(postgres))
    with pytest.raises(backups.BackupError, match="empty"):
        backups.read(settings, backup.file)
    if full == "blobs":
        assert list(blobs(settings).keys()) == ["submissions/a/upload"]


def cut_off(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20_000])


def no_backup(file: Path) -> None:
    file.write_bytes(b"something else")


def climbing(file: Path) -> None:
    with tarfile.open(file) as old:
        members = [(entry, old.extractfile(entry)) for entry in old.getmembers()]
        with tarfile.open(file.with_suffix(".new"), "w") as new:
            for entry, data in members:
                if entry.name.startswith("home/secret"):
                    entry.name = "home/vault/../../outside"
                new.addfile(entry, data)
    file.with_suffix(".new").rename(file)


@pytest.mark.parametrize("spoil", [cut_off, no_backup, climbing])
def test_a_spoilt_archive_changes_nothing(
    backup: Backup, make_settings: MakeSettings, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    """It is read to its end and every name is looked at before anything is written."""
    spoil(backup.file)
    settings = make_settings(home=tmp_path / "second")
    with pytest.raises(backups.BackupError):
        backups.read(settings, backup.file)
    assert list(blobs(settings).keys()) == []
    assert not (settings.home / "secret.key").exists()


def test_a_backup_overwrites_no_file(tmp_path: Path) -> None:
    """The command says so and ends with 2."""
    (tmp_path / "kept").write_text("kept")
    done = CliRunner().invoke(command, ["backup", str(tmp_path / "kept")], env={"ASSAY_HOME": str(tmp_path / "home")})
    assert isinstance(done.exception, backups.BackupError)
    assert line_of(done.exception)[1] == 2
    assert (tmp_path / "kept").read_text() == "kept"


def test_the_figures_that_prometheus_asks_for(make_site: Callable[..., Site], tmp_path: Path) -> None:
    """On a port of their own: queue depth, oldest wait, phases, sandbox endings; not on the public port."""
    site = make_site(metrics_port=free_port(), slots=1)
    site.wait(site.upload("score 81 Hopper").headers["location"])
    site.wait(site.upload(f"until {tmp_path}/told first").headers["location"], "grading")
    last = site.upload("second").headers["location"]

    def figures_of(told: str) -> dict[str, float]:
        lines = (line.rsplit(" ", 1) for line in told.splitlines() if line[0] != "#")
        return {name: float(figure) for name, figure in lines}

    address = f"http://127.0.0.1:{site.settings.metrics_port}/metrics"
    oldest = 'assay_queue_oldest_seconds{queue="grading.ml_pipeline"}'
    told = until(lambda: httpx2.get(address, verify=NO_TLS).text, lambda page: figures_of(page).get(oldest, 0) >= 1)
    (tmp_path / "told").touch()
    figures = figures_of(told)
    assert figures['assay_queue_jobs{queue="grading.ml_pipeline",state="todo"}'] == 1
    assert figures['assay_phase_seconds_count{phase="train"}'] >= 1
    assert any(name.startswith("assay_sandbox_endings_total{") for name in figures)
    assert figures["assay_workers"] >= 1
    assert "Hopper" not in told
    assert site.http.get("/metrics").status_code == 404
    site.wait(last)


def test_it_says_when_it_cannot_serve(make_site: Callable[..., Site]) -> None:
    """Alive all the while; ready only with its blob store and its database."""
    site = make_site(embedded_worker=False)
    assert site.http.get("/readyz").status_code == 200
    folder = site.settings.home / "blobs"
    folder.rename(folder.with_name("away"))
    folder.write_text("no folder")
    answer = site.http.get("/readyz")
    assert (answer.status_code, answer.json()["detail"]) == (503, "The blob store does not answer.")
    folder.unlink()
    folder.with_name("away").rename(folder)
    with site.service.engine.begin() as connection:
        connection.execute(text("ALTER TABLE submissions RENAME TO gone"))
    answer = site.http.get("/readyz")
    assert (answer.status_code, answer.json()["detail"]) == (503, "The database does not answer.")
    assert site.http.get("/healthz").status_code == 200
