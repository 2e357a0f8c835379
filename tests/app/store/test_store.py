"""The embedded PostgreSQL, its tables, and where bytes lie."""

from __future__ import annotations

import multiprocessing
import os
import signal
import stat
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import app.store.record_tables  # noqa: F401 - its tables belong to the metadata too
from app.platform.settings import Settings
from app.store import blobs, database, embedded
from app.store.tables import metadata
from testing.site import new_database
from testing.waiting import SECONDS, until


def test_the_migrations_make_exactly_the_tables_of_the_code(postgres: str) -> None:
    """Nothing that Alembic would still change, the queue's own tables aside."""
    with database.opened(new_database(postgres)) as engine, engine.connect() as connection:
        options = {"include_name": lambda name, *_: not str(name).startswith("procrastinate")}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


def test_two_processes_may_migrate_at_once(postgres: str) -> None:
    """One does it, the others wait and find it done."""
    url = new_database(postgres)

    def start(_: int) -> int:
        with database.opened(url) as engine, engine.connect() as connection:
            return int(connection.exec_driver_sql("SELECT count(*) FROM alembic_version").scalar_one())

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(start, range(4))) == [1, 1, 1, 1]


def test_the_embedded_server_keeps_its_data_and_stops_with_its_last_user(tmp_path: Path) -> None:
    """Two users share one server; it stops with the second, and the next start finds the rows again."""
    folder = tmp_path / "pg"
    with embedded.running(folder) as first:
        with embedded.running(folder) as second:
            assert second == first
            with psycopg.connect(first, autocommit=True) as connection:
                connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        with psycopg.connect(first) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    assert not (folder / "data" / "postmaster.pid").exists()
    with embedded.running(folder) as again, psycopg.connect(again) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_a_killed_user_leaves_a_server_that_the_next_one_takes_over(tmp_path: Path) -> None:
    """No lock outlives its process."""
    folder = tmp_path / "pg"
    code = (
        "import os, sys, pathlib; from app.store import embedded\n"
        "with embedded.running(pathlib.Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(folder)], check=False)
    assert (folder / "data" / "postmaster.pid").exists()
    with embedded.running(folder) as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not (folder / "data" / "postmaster.pid").exists()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGQUIT, signal.SIGTERM])
def test_a_server_that_dies_is_started_again(tmp_path: Path, how: signal.Signals) -> None:
    """At the same address and with its rows, however it ended; where its socket lies elsewhere too."""
    folder = tmp_path / ("deep" * 30) / "pg"
    with embedded.running(folder) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        postmaster = int((folder / "data/postmaster.pid").read_text().split()[0])
        os.kill(postmaster, how)
        until(lambda: answers(url, postmaster, folder))


def answers(url: str, earlier: int, folder: Path) -> bool:
    """Whether another server than the earlier one has the rows."""
    with (
        suppress(psycopg.OperationalError, OSError, IndexError),
        psycopg.connect(url) as connection,
    ):
        row = connection.execute("SELECT answer FROM kept").fetchone()
        return row == (42,) and int((folder / "data/postmaster.pid").read_text().split()[0]) != earlier
    return False


def test_only_its_owner_reaches_the_embedded_server(tmp_path: Path) -> None:
    """The socket lies in a closed folder, nothing listens on the network, and no folder above was opened."""
    tmp_path.chmod(0o700)
    folder = tmp_path / ("deep" * 30) / "pg"  # too long for a socket's name, which then lies elsewhere
    with embedded.running(folder) as url, psycopg.connect(url) as connection:
        row = connection.execute("SHOW unix_socket_directories").fetchone()
        assert row is not None
        assert stat.S_IMODE(os.stat(row[0]).st_mode) == 0o700
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    assert not Path(row[0]).exists()


def serve_as_nobody(folder: str) -> None:
    os.setgid(65534)
    os.setuid(65534)
    with embedded.running(Path(folder) / "pg") as url, psycopg.connect(url) as connection:
        connection.execute("SELECT 1")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_it_runs_for_an_ordinary_user_too() -> None:
    """As nobody, in a folder of its own, where the programs can be read by everybody."""
    program = Path(embedded._command("initdb")[-1])
    if not all(parent.stat().st_mode & stat.S_IXOTH for parent in program.parents):
        pytest.skip("the virtual environment lies in a closed folder")
    with tempfile.TemporaryDirectory() as folder:
        os.chown(folder, 65534, 65534)
        child = multiprocessing.get_context("fork").Process(target=serve_as_nobody, args=(folder,))
        child.start()
        child.join(SECONDS)
        assert child.exitcode == 0


@pytest.mark.parametrize("key", ["../outside", "/etc/passwd", "a/../../outside"])
def test_a_blob_cannot_leave_its_folder(tmp_path: Path, key: str) -> None:
    """Keys are ours, and still none may climb."""
    store = blobs.blobs(Settings(home=tmp_path / "home"))
    with suppress(Exception):  # refusing is as good as keeping it inside
        store.put(key, b"x")
    outside = [path for path in tmp_path.rglob("*") if path.is_file() and (tmp_path / "home/blobs") not in path.parents]
    assert outside == []
