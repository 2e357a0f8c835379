"""`assay doctor` names what is missing, and one broken look stops no other."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import doctor
from app.cli.doctor import Level, Requirement, requirements
from app.cli.main import app
from app.platform.settings import Settings

NAMES = ["Python", "Docker", "Control groups", "Sandbox image", "Disk", "PDF", "Browser", "Mail"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "not" / "made" / "yet")


def test_every_requirement_is_named_once_and_says_what_to_do(settings: Settings) -> None:
    looked_at = list(requirements(settings))
    assert [each.name for each in looked_at] == NAMES
    assert all(each.do for each in looked_at if each.level is not Level.GOOD)


def test_without_an_engine_docker_is_missing_and_the_rest_is_looked_at(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    by_name = {each.name: each for each in requirements(settings)}
    assert list(by_name) == NAMES
    assert {by_name[name].level for name in ("Docker", "Control groups", "Sandbox image")} == {Level.MISSING}
    assert by_name["Disk"].level is Level.GOOD


@pytest.mark.parametrize(
    ("look", "level"),
    [
        (lambda: doctor.disk(Path("/")), Level.MISSING),
        (doctor.browser, Level.OPTIONAL),
        (doctor.pango, Level.OPTIONAL),
        (lambda: doctor.mail(Settings(mail_url="")), Level.OPTIONAL),
        (lambda: doctor.mail(Settings(mail_url="smtp://host:25")), Level.GOOD),
    ],
    ids=["full disk", "no browser", "no pango", "no mail", "mail"],
)
def test_levels(look: Callable[[], Requirement], level: Level, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))  # type: ignore[attr-defined]
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr("ctypes.util.find_library", lambda _: None)
    assert look().level is level


def test_the_command_fails_where_nobody_can_be_graded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path))
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    told = CliRunner().invoke(app, ["doctor"])
    assert told.exit_code == 3
    assert "missing   Docker: No engine answers." in told.output
