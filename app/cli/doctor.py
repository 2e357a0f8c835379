"""`assay doctor`: what this machine lacks for grading and serving, and what to do about it.

Each look is a function of nothing that answers with one `Requirement`.  None of them changes anything.
"""

from __future__ import annotations

import ctypes.util
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import docker
import docker.errors

from app.platform.settings import Settings
from app.words import N_, _, filled
from sandbox.image import build

GIB = 2**30
FREE_GIB = 5.0  # the base image, one build of it, and room for reports
BROWSERS = ("chromium-headless-shell", "chromium")


class Level(StrEnum):
    """How much it matters: without `MISSING` nobody is graded; `OPTIONAL` costs one feature."""

    GOOD = N_("ok")
    OPTIONAL = N_("optional")
    MISSING = N_("missing")


@dataclass(frozen=True)
class Requirement:
    """One thing looked at: what was seen, and what to do where it is not good."""

    name: str
    level: Level
    seen: str
    do: str = ""


def requirements(settings: Settings) -> Iterator[Requirement]:
    """Every look in order; one that breaks is reported as missing and stops no other."""
    looks: tuple[tuple[str, Callable[[], Requirement]], ...] = (
        ("Python", python),
        ("Docker", engine),
        (_("Control groups"), control_groups),
        (_("Sandbox image"), image),
        (_("Disk"), lambda: disk(settings.home)),
        ("PDF", pango),
        (_("Browser"), browser),
        (_("Mail"), lambda: mail(settings)),
    )
    for name, look in looks:
        try:
            yield look()
        except docker.errors.DockerException:
            yield Requirement(name, Level.MISSING, _("It cannot be seen without Docker."), _("Start Docker first."))
        except Exception as error:
            yield Requirement(
                name,
                Level.MISSING,
                _("The check failed: {kind}: {error}").format(kind=type(error).__name__, error=error),
            )


def python() -> Requirement:
    """The version this command runs on."""
    seen = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info >= (3, 11)
    return Requirement(
        "Python", Level.GOOD if good else Level.MISSING, seen, "" if good else _("Install Python 3.11 or newer.")
    )


def engine() -> Requirement:
    """Whether a Docker engine answers within five seconds."""
    try:
        client = docker.from_env(timeout=5)
        version = str(client.version()["Version"])
        client.close()
    except docker.errors.DockerException:
        start = _("Start Docker Desktop, or run `dockerd` as root. Debian: apt-get install docker.io")
        return Requirement("Docker", Level.MISSING, _("No engine answers."), start)
    return Requirement("Docker", Level.GOOD, _("Engine {version} answers.").format(version=version))


def control_groups() -> Requirement:
    """Whether the engine can limit memory, processor time and the number of processes."""
    client = docker.from_env(timeout=5)
    try:
        info = client.info()
    finally:
        client.close()
    limits = {_("memory"): "MemoryLimit", _("processor time"): "CpuCfsQuota", _("processes"): "PidsLimit"}
    lacking = [name for name, key in limits.items() if not info.get(key)]
    if lacking:
        mount = _("Mount control groups (Debian: apt-get install cgroupfs-mount; cgroupfs-mount), then restart Docker.")
        return Requirement(
            _("Control groups"),
            Level.MISSING,
            _("The engine cannot limit {lacking}.").format(lacking=", ".join(lacking)),
            mount,
        )
    return Requirement(
        _("Control groups"),
        Level.GOOD,
        _("Version {version}; all limits are there.").format(version=info.get("CgroupVersion", "1")),
    )


def image() -> Requirement:
    """Whether the sandbox image of this very code has been built."""
    client = docker.from_env(timeout=5)
    try:
        name = f"{build.NAME}:{build.tags()[1]}"
        if build.present(client, name):
            return Requirement(_("Sandbox image"), Level.GOOD, name)
    finally:
        client.close()
    make = _("Run `python -m sandbox.image.build`; the first grading does it too, in about a minute.")
    return Requirement(_("Sandbox image"), Level.OPTIONAL, _("Not built yet."), make)


def disk(home: Path) -> Requirement:
    """Free space where Assay keeps its data."""
    there = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(there).free / GIB
    good = free >= FREE_GIB
    return Requirement(
        _("Disk"),
        Level.GOOD if good else Level.MISSING,
        filled(_("{free:.1f} GiB are free at {there}."), free=free, there=str(there)),
        "" if good else filled(_("Free at least {least:g} GiB, or set ASSAY_HOME to a larger disk."), least=FREE_GIB),
    )


def pango() -> Requirement:
    """Whether the library is there that draws PDFs."""
    if ctypes.util.find_library("pango-1.0") or ctypes.util.find_library("pango-1.0-0"):
        return Requirement("PDF", Level.GOOD, _("Pango is installed."))
    return Requirement(
        "PDF",
        Level.OPTIONAL,
        _("Pango is missing, so reports cannot be saved as PDF."),
        _("Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0. macOS: brew install pango"),
    )


def browser() -> Requirement:
    """Whether the browser tests can run."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found:
        return Requirement(_("Browser"), Level.GOOD, found)
    return Requirement(
        _("Browser"),
        Level.OPTIONAL,
        _("No Chromium: the browser tests are skipped."),
        "apt-get install chromium-headless-shell",
    )


def mail(settings: Settings) -> Requirement:
    """Whether mails leave this machine."""
    if settings.mail_url:
        return Requirement(
            _("Mail"), Level.GOOD, _("Mails are sent as {mail_from}.").format(mail_from=settings.mail_from)
        )
    return Requirement(
        _("Mail"), Level.OPTIONAL, _("Mails are printed, not sent."), _("Set ASSAY_MAIL_URL and ASSAY_MAIL_FROM.")
    )
