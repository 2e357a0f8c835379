"""Grading on this machine, for `assay grade` and `assay challenge verify`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib.metadata import distributions
from pathlib import Path

import typer
from rich.markup import escape

from app.adapters.grading import grade_submission
from app.adapters.packages import home_of, index_of, packages
from app.artifacts import HTML, Artifacts
from app.cli.console import err, out, working
from app.cli.mistakes import refusal, unknown
from app.intake import from_path
from app.platform.settings import Settings
from app.words import ENGLISH, _, filled, language, spoken
from challenges import registry, vault
from graders.model.challenge import Challenge
from graders.model.packages import Wheel
from graders.model.probe import Sandbox
from graders.model.submission import Submission
from graders.probes.names import PROBES, title_of
from graders.report import html
from graders.report.schema import Document, Overall
from graders.report.translated import translated
from graders.report.words import band_range

ROWS = re.compile(r"[a-z0-9-]{1,40}")


def find_challenge(name: str, rows: str = "") -> Challenge:
    """The challenge of this id, or in this folder; a usage error where there is none.

    `rows` names rows of their own, made where this home has none of that name.
    """
    try:
        task = registry.get(name, home())
    except KeyError as missing:
        raise unknown(spoken(missing.args[0]), name, [task.id for task in registry.all_challenges(home())]) from None
    if not rows:
        return task
    if not ROWS.fullmatch(rows):
        raise typer.BadParameter(_("A name of rows has up to 40 small letters, digits and hyphens."))
    task = replace(task, lot=f"own-{rows}")
    with working(_("Making the rows")):
        vault.draw(task, home())
    return task


def existing(path: Path) -> Path:
    """The path, where something is there; a usage error where nothing is."""
    if path.exists():
        return path
    beside = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
    raise unknown(_("There is no file or folder {path}.").format(path=repr(str(path))), path.name, beside)


def received(path: Path, task: Challenge) -> Submission:
    """The work at this path, with the packages that it brings; Rejected, or SandboxError where that is our fault."""
    with working(_("Reading {name}").format(name=path.name)):
        return packages(Settings()).received(partial(from_path, existing(path)), task)


def not_installed(layer: Iterable[Wheel]) -> list[str]:
    """`name==version` of the packages that this machine lacks: nothing of a wheel is run here."""
    here = {re.sub(r"[-_.]+", "-", found.name).lower() for found in distributions() if found.name}
    return [f"{wheel.name}=={wheel.version}" for wheel in layer if wheel.name not in here]


def home() -> Path:
    return Settings().prepare_home()


@contextmanager
def sandbox() -> Iterator[Sandbox]:
    from sandbox.host.docker import DockerSandbox

    with working(_("Preparing the sandbox; the first time this builds its image, which takes some minutes")):
        box = DockerSandbox(packages=home_of(Settings()), index=index_of(Settings()))
    with box:
        yield box


def graded(name: str, submission: Submission, task: Challenge, box: Sandbox) -> Artifacts:
    """Grade, and show what is running and how many probes have ended."""
    running: list[str] = []
    ended: set[str] = set()  # a probe that is tried again counts once
    with working(_("Grading {name}").format(name=name), len(PROBES)) as work:

        def watch(probe: str, event: str) -> None:
            if event == "started":
                running.append(probe)
            else:
                running.remove(probe)
                ended.add(probe)
                work.done = len(ended.intersection(PROBES))
            told = dict.fromkeys(_(title_of(run)) for run in running)
            work.what = _("Grading {name}: {what}").format(name=name, what=", ".join(told) or _("judging"))

        return grade_submission(submission, task, box, home=home(), watch=watch)


def write(artifacts: Artifacts, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    files = artifacts.files()
    if language() != ENGLISH:
        files[HTML] = html.render(artifacts.document, locale=language()).encode()
    for name, data in files.items():
        (folder / name).write_bytes(data)


def show_summary(document: Document) -> None:
    document = translated(document, language())
    overall = document.overall
    if document.problem is not None:
        err.print(escape(refusal(_("Not scored"), document.problem)))
    if overall is not None:
        out.print(
            _("[bold]{score:.0f}[/] of 100 ({overall_low:.0f} to {overall_high:.0f}), band {band}").format(
                score=overall.score, overall_low=overall.low, overall_high=overall.high, band=band(overall)
            )
        )
    for section in document.sections:
        points = (
            _("not judged")
            if section.points is None
            else filled(_("{points:.1f} of {most:g}"), points=section.points, most=section.max)
        )
        out.print(f"  {section.id:<15} {points}")
    for finding in document.flagged:
        out.print(f"  {finding.code}  {escape(finding.title)}: {escape(finding.evidence[0].what)}")


def band(overall: Overall) -> str:
    return band_range(overall.bands)


def cells(document: Document) -> tuple[str, str, str]:
    flagged = " ".join(finding.code for finding in document.flagged)
    if document.overall is None:
        return "ungraded", document.problem.code if document.problem else "", flagged
    return f"{document.overall.score:.0f}", band(document.overall), flagged
