"""The `assay` command."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from app.artifacts import Artifacts
from app.cli import administration
from app.intake import Rejected, from_path
from app.intake.source_tree import Choice
from app.platform.settings import Settings
from challenges import registry, vault
from graders.model.challenge import Challenge, Reference
from graders.model.probe import Sandbox, SandboxError, Watch
from graders.model.report import Problem
from graders.model.submission import Submission
from graders.probes.sessions import PROBES
from graders.report.schema import Document, Overall
from graders.report.words import band_range

GRADED, REFUSED, FAILED = 0, 2, 3

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
challenge_app = typer.Typer(no_args_is_help=True, help="List, verify and build challenges and their starter kits.")
app.add_typer(challenge_app, name="challenge")
administration.add_to(app)
out = Console()
err = Console(stderr=True)

ChallengeOption = Annotated[str, typer.Option("--challenge", help="Which challenge it answers.")]


def main() -> None:
    """Entry point; a refusal exits with 2, a fault of ours with 3."""
    try:
        app()
    except Rejected as refusal:
        show_problem("Refused", refusal.problem)
        raise SystemExit(REFUSED) from None
    except (SandboxError, vault.VaultError) as fault:
        err.print(f"[bold]Not graded, and that is our fault:[/] {escape(str(fault))}")
        raise SystemExit(FAILED) from None


@app.command()
def grade(
    path: Annotated[Path, typer.Argument(help="An archive, a folder, a script or a notebook.")],
    challenge: ChallengeOption = "ml_pipeline",
    to: Annotated[Path, typer.Option("--out", help="Folder for report.json, report.html, findings.sarif.")] = Path(
        "out"
    ),
) -> None:
    """Grade one submission on this machine, with no server."""
    task = find_challenge(challenge)
    submission = from_path(path, task.packages)
    with sandbox() as box:
        artifacts = graded(path.name, submission, task, box)
    write(artifacts, to)
    show_summary(artifacts.document)
    out.print(f"The report is in {escape(str(to / 'report.html'))}")


@app.command()
def check(
    path: Annotated[Path, typer.Argument(help="An archive, a folder, a script or a notebook.")],
    challenge: ChallengeOption = "ml_pipeline",
) -> None:
    """Check a submission as candidates do: intake, contract, and a smoke run on public rows, without Docker."""
    from app.intake.receive import examine  # noqa: PLC0415
    from challenges.kit import facts as kit_facts  # noqa: PLC0415
    from sandbox.host.local import LocalSandbox  # noqa: PLC0415
    from starter_kit import check as checking  # noqa: PLC0415 - only here, as it runs code without a sandbox

    task = find_challenge(challenge)
    public = vault.load(task, home()).public
    facts = checking.Facts.parse(kit_facts(task))
    with LocalSandbox() as box:
        result = checking.run(examine(path, task.packages), public, facts, box)
    for line in checking.lines(result):
        out.print(escape(line))
    raise typer.Exit(GRADED if result.ok else REFUSED)


@app.command()
def quality(
    path: Annotated[Path, typer.Argument(help="Any folder, script or notebook.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the section and its findings as JSON.")] = False,
    include: Annotated[list[str] | None, typer.Option(help="Read only code that fits, such as 'src/**/*.py'.")] = None,
    exclude: Annotated[list[str] | None, typer.Option(help="Leave out paths that begin with this.")] = None,
) -> None:
    """Judge the code of anything by reading it: nothing is run, and no Docker is needed."""
    from app import quality as reading  # noqa: PLC0415

    found = reading.quality(path, Choice(tuple(include or ()), tuple(exclude or ())))
    if as_json:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        show_quality(found)


@app.command()
def serve() -> None:
    """Run the service: API, pages and an embedded worker."""
    from app.main import serve as run  # noqa: PLC0415 - grading on the command line needs no web server

    run(Settings())


@app.command()
def worker() -> None:
    """Run one more worker on the same database and blobs."""
    from app.main import run_worker  # noqa: PLC0415

    run_worker(Settings())


@app.command()
def doctor() -> None:
    """Say what this machine lacks for grading and serving, and what to do about it."""
    from app.cli.doctor import Level, requirements  # noqa: PLC0415 - it loads Docker's library

    complete = True
    for requirement in requirements(Settings()):
        complete &= requirement.level is not Level.MISSING
        out.print(f"{requirement.level.value:<9} {requirement.name}: {escape(requirement.seen)}", highlight=False)
        if requirement.do:
            out.print(f"          {escape(requirement.do)}", highlight=False)
    raise typer.Exit(GRADED if complete else FAILED)


@app.command()
def key(label: Annotated[str, typer.Argument(help="What it is for.")] = "command line") -> None:
    """Make an API key and print it, once."""
    from app.cli.issue import new_key  # noqa: PLC0415

    out.print(new_key(Settings(), label), highlight=False)


@app.command()
def invite(
    label: Annotated[str, typer.Argument(help="Whom it is for.")],
    challenge: ChallengeOption = "ml_pipeline",
) -> None:
    """Make an invitation and print its link, once."""
    from app.cli.issue import NewInvitation, new_invitation  # noqa: PLC0415

    settings = Settings()
    task = find_challenge(challenge)
    invitation = NewInvitation(challenge=task.id, attempts=settings.attempts, label=label)
    out.print(new_invitation(settings, invitation), highlight=False, soft_wrap=True)


@challenge_app.command("list")
def list_challenges() -> None:
    """Every challenge, one a line."""
    for task in registry.all_challenges():
        out.print(f"{task.id}  {task.version}  {escape(task.title)}")


@challenge_app.command()
def kit(
    to: Annotated[Path, typer.Argument(help="Where to write the zip.")],
    challenge: ChallengeOption = "ml_pipeline",
) -> None:
    """Build the starter kit that candidates get."""
    from challenges.kit import build  # noqa: PLC0415

    task = find_challenge(challenge)
    to.write_bytes(build(task, vault.load(task, home())))
    out.print(f"Wrote {escape(str(to))}")


@challenge_app.command()
def verify(
    challenge: ChallengeOption = "ml_pipeline",
    to: Annotated[Path, typer.Option("--out", help="Folder for the reports, one folder each.")] = Path("out"),
) -> None:
    """Grade every reference submission and say whether it got the verdict it must get."""
    task = find_challenge(challenge)
    table = Table("reference", "score", "band", "flagged", "as it must be")
    agreed = True
    with sandbox() as box:
        for reference in task.references:
            path = task.folder / "reference" / reference.name
            artifacts = graded(reference.name, from_path(path, task.packages), task, box)
            write(artifacts, to / reference.name)
            wrong = disagreements(artifacts.document, reference)
            agreed &= not wrong
            table.add_row(reference.name, *cells(artifacts.document), "yes" if not wrong else f"NO: {'; '.join(wrong)}")
    out.print(table)
    if not agreed:
        raise typer.Exit(1)


def find_challenge(name: str) -> Challenge:
    try:
        return registry.get(name)
    except KeyError as unknown:
        raise typer.BadParameter(str(unknown.args[0])) from None


def home() -> Path:
    return Settings().prepare_home()


@contextmanager
def sandbox() -> Iterator[Sandbox]:
    from sandbox.host.docker import DockerSandbox  # noqa: PLC0415 - `assay check` must work without Docker's library

    with err.status("Preparing the sandbox (the first time this builds its image, some minutes)"):
        box = DockerSandbox()
    with box:
        yield box


def graded(name: str, submission: Submission, task: Challenge, box: Sandbox) -> Artifacts:
    from app.adapters.grading import grade_submission  # noqa: PLC0415

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True) as progress:
        return grade_submission(submission, task, box, home=home(), watch=bar(progress, name))


def bar(progress: Progress, name: str) -> Watch:
    """A Watch that shows on a bar what is running and how many probes have ended."""
    shown = progress.add_task(escape(name), total=len(PROBES))
    running: list[str] = []

    def watch(probe: str, event: str) -> None:
        if event == "started":
            running.append(probe)
        else:
            running.remove(probe)
            progress.advance(shown)
        progress.update(shown, description=f"{escape(name)}: {', '.join(running) or 'judging'}")

    return watch


def write(artifacts: Artifacts, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in artifacts.files().items():
        (folder / name).write_bytes(data)


def show_summary(document: Document) -> None:
    overall, problem = document.overall, document.problem
    if problem is not None:
        err.print(f"[bold]Ungraded[/] ({problem.code}): {escape(problem.message)}")
        err.print(escape(problem.hint))
    if overall is not None:
        out.print(
            f"[bold]{overall.score:.0f}[/] of 100 ({overall.low:.0f} to {overall.high:.0f}), band {band(overall)}"
        )
    for section in document.sections:
        points = "not judged" if section.points is None else f"{section.points:.1f} of {section.max:g}"
        out.print(f"  {section.id:<15} {points}")
    for finding in document.flagged:
        out.print(f"  {finding.code}  {escape(finding.title)}: {escape(finding.evidence[0].what)}")


def show_quality(found: Mapping[str, Any]) -> None:
    if found["score"] is None:
        why = found["section"]["criteria"][0]["why"].removeprefix("Not judged: ")
        out.print(f"[bold]Nothing to judge[/]: {escape(why)}")
        return
    out.print(f"[bold]{found['score']:.0f} of 100[/] for the code, read and not run")
    if found["ranges"]["score"]:
        low, high = found["ranges"]["score"]
        out.print(f"  An expert's grade of the same code lies between {low:.0f} and {high:.0f} in 95 of 100 cases.")
    for criterion in found["section"]["criteria"]:
        points = "  -  " if criterion["points"] is None else f"{criterion['points']:.1f}"
        out.print(f"  {points} of {criterion['max']:g}  {criterion['id']}: {escape(criterion['why'])}")
        if criterion["next"]:
            out.print(f"      next: {escape(criterion['next'])} (up to {criterion['gain']:.1f})")


def show_problem(heading: str, problem: Problem) -> None:
    place = f" {problem.where}:" if problem.where else ""
    err.print(f"[bold]{heading}[/] ({problem.code}):{escape(place)} {escape(problem.message)}")
    err.print(escape(problem.hint))


def band(overall: Overall) -> str:
    return band_range(overall.bands)


def cells(document: Document) -> tuple[str, str, str]:
    flagged = " ".join(finding.code for finding in document.flagged)
    if document.overall is None:
        return "ungraded", document.problem.code if document.problem else "", flagged
    return f"{document.overall.score:.0f}", band(document.overall), flagged


def disagreements(document: Document, reference: Reference) -> list[str]:
    """What differs from the verdict a reference must get."""
    flagged = {finding.code for finding in document.flagged}
    wrong = [f"{code} not flagged" for code in sorted(reference.flagged - flagged)]
    wrong += [f"{code} flagged" for code in sorted(reference.not_flagged & flagged)]
    if document.status != reference.status:
        wrong.append(f"status {document.status}")
    elif document.overall is not None and document.overall.band not in reference.bands:
        wrong.append(f"band {document.overall.band}")
    return wrong


if __name__ == "__main__":
    main()
