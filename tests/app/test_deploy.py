"""The examples of docs/deploy are accepted by the programs that read them, run, and say the same as the code.

systemd starts no unit here: that takes systemd as PID 1, which no container has.  `systemd-analyze verify` reads them,
and their commands are started and stopped as they say, without what closes them in.
"""

from __future__ import annotations

import configparser
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx2
import pytest
import yaml

from app.platform.settings import Settings
from testing.site import NO_TLS, MakeSettings, Site, free_port
from testing.waiting import SECONDS, until

DEPLOY = Path("docs/deploy").resolve()
UNITS = sorted(DEPLOY.glob("*.service"))
INSTALLED, ASSAY = "/opt/assay/.venv/bin/assay", Path(sys.executable).with_name("assay")


def environment() -> dict[str, str]:
    lines = (DEPLOY / "env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_every_example_is_listed() -> None:
    """What the README's table leaves out nobody finds."""
    readme = (DEPLOY / "README.md").read_text()
    assert [file.name for file in DEPLOY.iterdir() if f"]({file.name})" not in readme] == ["README.md"]


def test_the_settings_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is known and takes the value that stands there."""
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    known = {f"ASSAY_{name.upper()}" for name in Settings.model_fields}
    assert {name for name in environment() if name.startswith("ASSAY_")} <= known
    made = Settings()
    assert made.public_url == "https://assay.example.org"
    assert (made.database_url, made.blob_url) == ("postgresql://assay:change-me@127.0.0.1/assay", "s3://assay")
    assert made.log_json


def service_of(unit: Path) -> configparser.SectionProxy:
    said = configparser.ConfigParser(strict=False, interpolation=None)
    said.optionxform = str  # type: ignore[assignment,method-assign]
    said.read(unit)
    return said["Service"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_has_a_home_and_time_to_hand_its_gradings_back(unit: Path) -> None:
    service = service_of(unit)
    assert service["Environment"] == f"ASSAY_HOME=/var/lib/{service['StateDirectory']}"
    assert service["EnvironmentFile"] == "/etc/assay/env"
    assert float(service["TimeoutStopSec"]) > Settings.model_fields["grace_seconds"].default


def test_the_commands_of_the_units_make_one_service(
    bucket: str, make_settings: MakeSettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With the settings of the example and places of our own: they find each other, and end when they are told to."""
    places = {"ASSAY_DATABASE_URL": make_settings().database_url, "ASSAY_BLOB_URL": bucket}
    for name, value in (environment() | places).items():
        if not name.startswith("AWS_"):  # the bucket has its own
            monkeypatch.setenv(name, value)
    ports = {unit.stem: {"ASSAY_PORT": str(free_port()), "ASSAY_METRICS_PORT": str(free_port())} for unit in UNITS}
    with ExitStack() as stack:
        started = {name: stack.enter_context(running(name, tmp_path / name, own)) for name, own in ports.items()}
        with httpx2.Client(base_url=f"http://127.0.0.1:{ports['assay']['ASSAY_PORT']}", timeout=SECONDS) as http:
            until(lambda: answered(http))
            metrics = f"http://127.0.0.1:{ports['assay-worker']['ASSAY_METRICS_PORT']}/metrics"
            until(lambda: both_work(metrics))
        for name, process in started.items():
            process.terminate()
            ended = process.wait(SECONDS)  # here, where all may be busy; systemd waits for TimeoutStopSec
            said = (tmp_path / name / "log").read_text()
            assert ended in {0, -signal.SIGTERM}, said  # both are a success to systemd, which restarts neither


@contextmanager
def running(unit: str, home: Path, more: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The command of a unit, in a home of its own."""
    program, command = service_of(DEPLOY / f"{unit}.service")["ExecStart"].split()
    assert program == INSTALLED
    home.mkdir()
    values = os.environ | more | {"ASSAY_HOME": str(home)}
    with (home / "log").open("wb") as log:
        process = subprocess.Popen([ASSAY, command], env=values, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait(SECONDS)


def both_work(metrics: str) -> bool:
    """Whether the worker says that it has heard of two, itself and the one beside the pages."""
    with suppress(httpx2.TransportError):
        return "\nassay_workers 2.0\n" in httpx2.get(metrics, verify=NO_TLS).text
    return False


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze of the Debian package systemd")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    """An unknown option or a value that it cannot read is a warning there."""
    for unit in UNITS:
        text = unit.read_text().replace(INSTALLED, str(ASSAY))
        (tmp_path / unit.name).write_text(text)
    command = ["systemd-analyze", "verify", *(str(tmp_path / unit.name) for unit in UNITS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_compose_file_and_the_settings_name_the_same_places() -> None:
    """User, database, ports and the proxy's file."""
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    said, database = environment(), services["database"]["environment"]
    user, name = database["POSTGRES_USER"], database["POSTGRES_DB"]
    assert re.fullmatch(rf"postgresql://{user}:[^@]+@127\.0\.0\.1/{name}", said["ASSAY_DATABASE_URL"])
    assert services["database"]["ports"] == ["127.0.0.1:5432:5432"]
    assert [f"http://{port.rpartition(':')[0]}" for port in services["blobs"]["ports"]] == [said["AWS_ENDPOINT_URL"]]
    assert services["blobs"]["environment"]["MINIO_ROOT_USER"] == said["AWS_ACCESS_KEY_ID"]
    files = [volume.partition(":")[0] for volume in services["proxy"]["volumes"] if volume.startswith("./")]
    assert all((DEPLOY / file).is_file() for file in files)


@pytest.mark.skipif(not shutil.which("docker-compose"), reason="needs the Debian package docker-compose")
def test_compose_accepts_its_file_with_the_passwords_alone() -> None:
    """And says which password is missing, so that nothing starts with an empty one."""
    command, passwords = ["docker-compose", "-f", str(DEPLOY / "compose.yaml"), "config", "-q"], ("POSTGRES", "S3")
    given = {f"{name}_PASSWORD": "made up" for name in passwords}
    assert subprocess.run(command, env=os.environ | given, check=False).returncode == 0
    for name in given:
        some = {**os.environ, **given, name: ""}
        refused = subprocess.run(command, env=some, capture_output=True, text=True, check=False)
        assert refused.returncode != 0
        assert name in refused.stderr


@contextmanager
def proxy(folder: Path, upstream: int) -> Iterator[str]:
    """Caddy with the example, on a port and without TLS, as no authority gives out a certificate for this machine."""
    port = free_port()
    text = (DEPLOY / "Caddyfile").read_text()
    text = text.replace("assay.example.org", f"http://127.0.0.1:{port}").replace(
        "127.0.0.1:8000", f"127.0.0.1:{upstream}"
    )
    (folder / "Caddyfile").write_text("{\n\tadmin off\n}\n" + text)
    process = subprocess.Popen(
        ["caddy", "run", "--config", "Caddyfile", "--adapter", "caddyfile"],
        cwd=folder,
        env={**os.environ, "HOME": str(folder)},
        stderr=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait(SECONDS)


@pytest.mark.skipif(not shutil.which("caddy"), reason="needs the Debian package caddy")
def test_the_proxy_lets_through_what_the_service_takes(make_site: Callable[..., Site], tmp_path: Path) -> None:
    """An upload of the largest size, status events while they happen, and the address of whoever asks."""
    site = make_site()
    with proxy(tmp_path, site.settings.port) as base, httpx2.Client(base_url=base, timeout=SECONDS) as http:
        until(lambda: answered(http))
        large = {"file": ("pipeline.py", b"#" * (11 * 2**20))}
        refused = http.post("/api/v1/submissions", files=large, headers=site.headers)
        assert refused.json()["type"] == "urn:assay:problem:too-large"  # by Assay, with its words, not by the proxy
        work = {"file": ("pipeline.py", f"until {tmp_path}/seen".encode())}
        taken = http.post("/api/v1/submissions", files=work, headers=site.headers)
        where = taken.raise_for_status().headers["location"]
        with http.stream("GET", f"{where}/events", headers=site.headers) as events:
            first = next(events.iter_lines())
        assert first == "event: status"
        assert http.get(where, headers=site.headers).json()["state"] != "graded"  # the event came before the end
        (tmp_path / "seen").touch()


def answered(http: httpx2.Client) -> bool:
    try:
        return http.get("/readyz").is_success
    except httpx2.TransportError:
        return False
