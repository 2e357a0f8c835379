"""The `assay` command.

Commands import what they need when they run, so that `assay --help` answers at once.
"""

from __future__ import annotations

import inspect
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from app.cli import administration, challenges
from app.cli.challenges import RowsOption
from app.cli.console import err, out, working
from app.cli.status import DONE, FAILED, REFUSED, STATED
from app.words import ENGLISH, _, filled, language, number, reading_in

if TYPE_CHECKING:
    from app.similarity import Compared
    from graders.model.report import Problem
    from graders.model.submission import Submission

#: As in every process that works on a table: threads that wait for a busy core spin, and took thirty times as long.
#: The libraries read it when they are loaded, which none is yet.
for _library in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_library, "1")


class Command(TyperCommand):
    def format_help(self, ctx: Any, formatter: Any) -> None:
        _say_headings_in_the_readers_language()
        super().format_help(ctx, formatter)

    def get_help_option(self, ctx: Any) -> Any:
        return _in_the_readers_language(super().get_help_option(ctx))


class Group(TyperGroup):
    def format_help(self, ctx: Any, formatter: Any) -> None:
        _say_headings_in_the_readers_language()
        super().format_help(ctx, formatter)

    def get_help_option(self, ctx: Any) -> Any:
        return _in_the_readers_language(super().get_help_option(ctx))


def _in_the_readers_language(help_option: Any) -> Any:
    if help_option is not None:
        help_option.help = _("Show this message and exit.")
    return help_option


app = typer.Typer(cls=Group, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
challenge_app = typer.Typer(
    cls=Group, no_args_is_help=True, help=_("List, verify and build challenges and their starter kits.")
)
app.add_typer(challenge_app, name="challenge")

ChallengeOption = Annotated[str, typer.Option("--challenge", help=_("Which challenge it answers."))]
Work = Annotated[Path, typer.Argument(help=_("An archive, a folder, a script or a notebook."))]

#: What is one space on a line of the terminal; a space that breaks no line stays.
BREAKS = re.compile(r"[ \t\r\n]++")

#: Set by --traceback: an unexpected fault is shown with all its lines.
traceback_wanted = False


def main() -> None:
    """Entry point.  A mistake is one line on standard error, and an exit status."""
    _say_help_in_the_readers_language(app)
    try:
        status = app(standalone_mode=False)
    except typer.Abort:
        status = FAILED
    except Exception as error:
        if traceback_wanted:
            raise
        status = _told(error)
    raise SystemExit(status or DONE)


def _say_help_in_the_readers_language(group: typer.Typer) -> None:
    """Commands show their docstring as help, which is English until here."""
    for command in group.registered_commands:
        command.cls = Command
    for registered in (*group.registered_commands, group.registered_callback):
        if registered is not None and registered.callback is not None and registered.callback.__doc__:
            registered.help = _(inspect.cleandoc(registered.callback.__doc__))
    for sub in group.registered_groups:
        if sub.typer_instance is not None:
            sub.typer_instance.info.cls = Group
            _say_help_in_the_readers_language(sub.typer_instance)


def _say_headings_in_the_readers_language() -> None:
    """What the library writes around the help of a command."""
    from typer import rich_utils  # of help alone, and as slow to load as all else here

    rich_utils.ARGUMENTS_PANEL_TITLE = _("Arguments")
    rich_utils.OPTIONS_PANEL_TITLE = _("Options")
    rich_utils.COMMANDS_PANEL_TITLE = _("Commands")
    rich_utils.REQUIRED_LONG_STRING = _("[required]")
    rich_utils.DEFAULT_STRING = _("[default: {}]")


def _told(error: Exception) -> int:
    from app.cli import mistakes

    if not isinstance(error, TyperException):
        line, status = mistakes.line_of(error)
    elif type(error).__name__ == "NoArgsIsHelpError":  # the library gives this class no public name
        return REFUSED
    else:
        context = getattr(error, "ctx", None)
        line, status = mistakes.usage(error.format_message()), REFUSED
        if context:
            line += " " + _("See `{command} --help`.").format(command=context.command_path)
    err.print(
        _("[bold]assay:[/] {what} (exit status {status})").format(what=escape(BREAKS.sub(" ", line)), status=status)
    )
    return status


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        out.print(f"assay {version('assay')}")
        raise typer.Exit


@app.callback(epilog=STATED)
def options(
    version: Annotated[  # noqa: ARG001 - its callback has ended the command
        bool, typer.Option("--version", callback=_version, is_eager=True, help=_("Print the version and stop."))
    ] = False,
    traceback: Annotated[bool, typer.Option("--traceback", help=_("Show where in the code a fault happened."))] = False,
) -> None:
    """Grade machine-learning take-home submissions."""
    global traceback_wanted  # noqa: PLW0603 - one option of one process
    traceback_wanted = traceback


@app.command()
def grade(
    path: Work,
    challenge: ChallengeOption = "ml_pipeline",
    to: Annotated[Path, typer.Option("--out", help=_("Folder for report.json, report.html, findings.sarif."))] = Path(
        "out"
    ),
    rows: RowsOption = "",
) -> None:
    """Grade one submission on this machine, with no server."""
    from app.cli import grading

    task = grading.find_challenge(challenge, rows)
    submission = grading.received(path, task)
    with grading.sandbox() as box:
        artifacts = grading.graded(path.name, submission, task, box)
    grading.write(artifacts, to)
    grading.show_summary(artifacts.document)
    out.print(_("The report is in {what}.").format(what=escape(str(to / "report.html"))))


@app.command()
def check(path: Work, challenge: ChallengeOption = "ml_pipeline", rows: RowsOption = "") -> None:
    """Check a submission as candidates do: read it and try it on public rows, without Docker."""
    from app.adapters.packages import with_extra
    from app.cli import grading
    from app.intake import Rejected
    from challenges import vault
    from challenges.kit import facts as kit_facts
    from sandbox.host.local import LocalSandbox
    from starter_kit import check as checking

    task = grading.find_challenge(challenge, rows)
    handed_in: Submission | Problem
    try:
        handed_in = grading.received(path, task)
    except Rejected as no:
        handed_in = no.problem
    else:
        if missing := grading.not_installed(with_extra(handed_in, task).layer):
            out.print(
                _("The packages can be had. Install them here to try the work: pip install {names}").format(
                    names=" ".join(missing)
                )
            )
            raise typer.Exit(FAILED)
    with working(_("Training, evaluating and predicting on public rows")), LocalSandbox() as box:
        public = vault.load(task, grading.home()).public
        result = checking.run(handed_in, public, checking.Facts.parse(kit_facts(task)), box)
    for line in checking.lines(result):
        out.print(escape(line))
    raise typer.Exit(DONE if result.ok else REFUSED)


@app.command()
def quality(
    path: Annotated[Path, typer.Argument(help=_("Any folder, archive, script or notebook."))],
    as_json: Annotated[bool, typer.Option("--json", help=_("Print the section and its findings as JSON."))] = False,
    include: Annotated[
        list[str] | None, typer.Option(help=_("Read only code that fits, such as 'src/**/*.py'."))
    ] = None,
    exclude: Annotated[list[str] | None, typer.Option(help=_("Leave out paths that begin with this."))] = None,
) -> None:
    """Judge the code of anything by reading it: nothing is run, and no Docker is needed."""
    from app.cli import reading

    if not path.exists():
        from app.cli import grading

        grading.existing(path)
    choice = tuple(include or ()), tuple(exclude or ())
    reader = reading_in(ENGLISH if as_json else language())
    what = _("Reading {path}").format(path=path.name)
    with reader, reading.process() as process, working(what):
        result = reading.read(process, path.absolute(), *choice)
    if as_json:
        typer.echo(json.dumps(result, indent=2, ensure_ascii=False))
    else:
        _show_quality(result)


@app.command()
def similar(
    paths: Annotated[list[Path], typer.Argument(help=_("Archives, folders, scripts or notebooks of one challenge."))],
    challenge: ChallengeOption = "ml_pipeline",
    as_json: Annotated[bool, typer.Option("--json", help=_("Print pairs and passages as JSON."))] = False,
) -> None:
    """Say which works share more code than their task explains: a reason to ask, and no proof."""
    from app import similarity
    from app.cli import grading

    if len(paths) < 2:
        raise typer.BadParameter(_("Name at least two works."))
    task = grading.find_challenge(challenge)
    with working(_("Reading the works"), len(paths)) as work:

        def read(name: str) -> None:
            work.what, work.done = _("Reading {name}").format(name=name), work.done + 1

        compared = similarity.compare([grading.existing(path) for path in paths], task, read)
    if as_json:
        typer.echo(json.dumps(similarity.plain(compared), indent=2, ensure_ascii=False))
    else:
        _show_similar(compared)


@app.command()
def serve() -> None:
    """Run the service: API, pages and an embedded worker."""
    _serve(demo=False)


@app.command()
def demo() -> None:
    """Run the service with a demo opening, whose candidates hand in the reference submissions."""
    _serve(demo=True)


def _serve(*, demo: bool) -> None:
    from app.platform.settings import Settings

    settings = Settings()
    with working(_("Starting the service")):
        from app.main import serve as run  # it takes seconds to load
    with reading_in(ENGLISH):  # its readers say which language they read
        run(settings, demo=demo)


@app.command()
def worker() -> None:
    """Run one more worker on the same database and blobs."""
    from app.platform.settings import Settings

    settings = Settings()
    with working(_("Starting a worker")):
        from app.worker.process import run_worker
    with reading_in(ENGLISH):
        run_worker(settings)


@app.command()
def doctor() -> None:
    """Say what this machine lacks for grading and serving, and what to do about it."""
    from app.cli.doctor import Level, requirements
    from app.platform.settings import Settings

    complete = True
    with working(_("Looking at this machine")):
        for requirement in requirements(Settings()):
            complete &= requirement.level is not Level.MISSING
            told = _("{name}: {seen}").format(name=requirement.name, seen=requirement.seen)
            out.print(f"{_(requirement.level.value):<9} {escape(told)}")
            if requirement.do:
                out.print(f"{'':<9} {escape(requirement.do)}")
    raise typer.Exit(DONE if complete else FAILED)


@app.command()
def key(label: Annotated[str, typer.Argument(help=_("What it is for."))] = "command line") -> None:
    """Make an API key and print it, once."""
    from app.cli.issue import new_key
    from app.platform.settings import Settings

    with working(_("Opening the database")):
        made = new_key(Settings(), label)
    out.print(made)


@app.command()
def invite(
    label: Annotated[str, typer.Argument(help=_("Whom it is for."))], challenge: ChallengeOption = "ml_pipeline"
) -> None:
    """Make an invitation and print its link, once."""
    from app.cli import grading
    from app.cli.issue import NewInvitation, new_invitation
    from app.platform.settings import Settings

    settings, task = Settings(), grading.find_challenge(challenge)
    with working(_("Opening the database")):
        link = new_invitation(settings, NewInvitation(challenge=task.id, attempts=settings.attempts, label=label))
    out.print(link)


def _show_quality(result: Mapping[str, Any]) -> None:
    if result["score"] is None:
        why = result["section"]["criteria"][0]["why"].removeprefix("Not judged: ")
        out.print(_("[bold]Nothing to judge[/]: {what}").format(what=escape(why)))
        return
    out.print(_("[bold]{result:.0f} of 100[/] for the code, read and not run").format(result=result["score"]))
    if result["ranges"]["score"]:
        low, high = result["ranges"]["score"]
        told = _("An expert's grade of the same code lies between {low:.0f} and {high:.0f} in 95 of 100 cases.")
        out.print("  " + told.format(low=low, high=high))
    for criterion in result["section"]["criteria"]:
        points = "  -  " if criterion["points"] is None else number(f"{criterion['points']:.1f}")
        most = filled(_("{points} of {most:g}"), points=points, most=criterion["max"])
        told = _("{name}: {seen}").format(name=criterion["id"], seen=criterion["why"])
        out.print(f"  {most}  {escape(told)}")
        if criterion["next"]:
            told = _("next: {what} (up to {criterion:.1f})")
            out.print("      " + filled(told, what=escape(criterion["next"]), criterion=criterion["gain"]))


def _show_similar(compared: Compared) -> None:
    for name, problem in compared.refused:
        err.print(_("{what} was not read: {escape_2}").format(what=escape(name), escape_2=escape(problem.message)))
    if not compared.pairs:
        out.print(_("None of these {works} works share more than their task explains.").format(works=compared.works))
    for pair, passages in compared.pairs:
        out.print(
            filled(
                _("[bold]{what}[/] and [bold]{escape_2}[/]: {share:.0%} of the shorter."),
                what=escape(pair.first),
                escape_2=escape(pair.second),
                share=pair.share,
            )
        )
        for passage in passages:
            first, second = (f"{path}:{start}-{end}" for path, start, end in (passage.first, passage.second))
            low, high = passage.others
            beside = _("{low} to {high}").format(low=low, high=high) if low < high else str(low)
            out.print(
                "  "
                + _("{first} and {second}; works beside them that say the same: {beside}").format(
                    first=escape(first), second=escape(second), beside=beside
                )
            )
    if compared.pairs:
        out.print(_("This is a reason to ask, and no proof: two people can come to the same code."))


challenges.add_to(challenge_app)
administration.add_to(app)  # last, as `assay --help` lists commands in this order

if __name__ == "__main__":
    main()
