"""`assay challenge ...`: list, verify and build challenges, and make them of a company's own tables."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer
from rich.markup import escape

from app.cli import asking
from app.cli.console import out, working
from app.cli.status import DIFFERENT
from app.words import _, filled, language, ngettext
from graders.words import Speaker

if TYPE_CHECKING:  # the command line answers at once, so nothing is imported for its types
    from challenges.tables.create import Made
    from challenges.tables.lint.model import Finding
    from graders.model.contract import TaskName

ChallengeOption = Annotated[
    str, typer.Option("--challenge", help=_("The id of a challenge, or the path of its folder."))
]
RowsOption = Annotated[
    str, typer.Option("--rows", help=_("Rows of their own of this name, as a candidate gets them; else everybody's."))
]
Task = Annotated[str | None, typer.Option(help=_("One of binary, multiclass and regression; else it is proposed."))]
Which = Annotated[str, typer.Argument(help=_("The id of a challenge, or the path of its folder."))]


def new(  # noqa: PLR0913, PLR0917 - options of one command
    table: Annotated[Path, typer.Argument(help=_("A CSV file, also packed with gzip, or a Parquet file."))],
    target: Annotated[
        str | None, typer.Option(help=_("The column that is to be predicted; else it is asked for."))
    ] = None,
    name: Annotated[str | None, typer.Option("--id", help=_("Small letters, figures and -."))] = None,
    task: Task = None,
    metric: Annotated[str | None, typer.Option(help=_("What the challenge ranks by; else it is proposed."))] = None,
    group: Annotated[
        str | None, typer.Option(help=_("The column of the unit; '' where each row is by itself."))
    ] = None,
    time: Annotated[str | None, typer.Option(help=_("Hidden rows are later in this column; '' for none."))] = None,
    positive: Annotated[str | None, typer.Option(help=_("The value of a binary target that is asked about."))] = None,
    hidden: Annotated[float, typer.Option(help=_("The share of the rows that stays hidden."), min=0.05, max=0.9)] = 0.3,
    hidden_units: Annotated[
        str | None,
        typer.Option(help=_("Hidden rows are of `new` units, or later ones of `known` units; else it is proposed.")),
    ] = None,
    drop: Annotated[list[str] | None, typer.Option(help=_("Leave this column out; commas part several."))] = None,
    after: Annotated[list[str] | None, typer.Option(help=_("This column is known only after the outcome."))] = None,
    pseudonym: Annotated[list[str] | None, typer.Option(help=_("Replace its names by a keyed hash."))] = None,
    title: Annotated[str | None, typer.Option(help=_("What candidates read at the top."))] = None,
    extra: Annotated[
        list[str] | None, typer.Option(help=_("Offer this package as well, as name or name==version."))
    ] = None,
    own_packages: Annotated[
        bool, typer.Option("--own-packages", help=_("Let submissions bring a lock of packages."))
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help=_("Take what is proposed without being asked."))] = False,
    graded: Annotated[
        bool, typer.Option("--verify/--no-verify", help=_("Grade the generated references in the sandbox."))
    ] = True,
) -> None:
    """Make a challenge of a table: propose, ask, split, lint, and grade the generated references."""
    from app.adapters.packages import packages
    from app.challenges import table_reading
    from app.cli import grading
    from app.platform.settings import Settings
    from challenges.tables import create
    from challenges.tables.proposal import Wish, identifier

    path = grading.existing(table)
    if not yes and not sys.stdin.isatty():
        raise typer.BadParameter(_("There is no terminal to ask on. Add `--yes` to take what is proposed."))
    with working(_("Reading {path}").format(path=path.name)):
        read = table_reading.read(path)
    out.print(filled(_("Read {rows:,} rows of {columns} columns."), rows=len(read.rows), columns=len(read.kinds)))
    speaker = Speaker(language())
    for note in read.notes:
        out.print(f"  {escape(note.column or path.name)}: {escape(speaker.text(note.what))}")
    if target is None and yes:
        raise typer.BadParameter(_("Say which column is to be predicted with `--target`."))
    wish = Wish(
        target=target or asking.target(list(map(str, read.rows))),
        id=name or identifier(path.name.split(".")[0]),
        title=title,
        task=_task(task),
        metric=metric,
        group=group,
        time=time,
        positive=positive,
        hidden=hidden,
        hidden_units=hidden_units,
        drop=_parted(drop),
        after=_parted(after),
        pseudonym=_parted(pseudonym),
        extra=tuple(extra or ()),
        own_packages=own_packages,
    )
    proposal = asking.proposed(read, wish, ask=not yes)
    with working(_("Looking for packages")):
        lock = packages(Settings()).lock(proposal.definition)
    with working(_("Making the challenge"), 4) as work:

        def say(what: str) -> None:
            work.what, work.done = _(what), work.done + 1

        made = create.create(read, proposal.definition, grading.home(), say, lock)
    errors, own = _told(made), made.challenge.id
    del made  # grading holds the rows itself, and a large table is not to be held twice
    if graded and not errors:
        verify(challenge=own)
    out.print(_next(own, errors))
    if errors:
        raise typer.Exit(DIFFERENT)


def _told(made: Made) -> int:
    """Print what was made; gives how many findings are errors."""
    sides = made.split
    split = _("Split: {public:,} public and {hidden:,} hidden rows, {left:,} left out.")
    out.print(filled(split, public=len(sides.public), hidden=len(sides.hidden), left=sides.left_out))
    if sides.cut:
        out.print(_("Hidden rows begin at {cut}.").format(cut=sides.cut))
    for yardstick, value in made.reached.named():
        out.print(f"  {yardstick}: {made.challenge.metric} {value}")
    if made.reached.note:
        out.print(f"  {made.reached.note}")
    errors = show(made.findings)
    out.print(_("The challenge is in {what}.").format(what=escape(str(made.folder))))
    return errors


def _parted(names: list[str] | None) -> tuple[str, ...]:
    return tuple(column for text in names or () for column in text.split(","))


def _task(task: str | None) -> TaskName | None:
    if task not in (None, "binary", "multiclass", "regression"):
        raise typer.BadParameter(
            _("There is no task {task}; there are binary, multiclass and regression.").format(task=repr(task))
        )
    return cast("TaskName | None", task)


def _next(name: str, errors: int) -> str:
    if errors:
        stops = ngettext(
            "{count} finding stops publishing. Mend the table or the options, and make it anew with another `--id`.",
            "{count} findings stop publishing. Mend the table or the options, and make it anew with another `--id`.",
            errors,
        ).format(count=errors)
        options = _("`--drop` leaves a column out, `--after` marks it, `--pseudonym` replaces its names.")
        return f"{stops}\n{options}"
    says = _("Read BRIEF.md, then `assay invite LABEL --challenge {name}` makes a link for a candidate.")
    return says.format(name=name)


def show(findings: Iterable[Finding]) -> int:
    """Print findings; gives how many of them are errors."""
    errors, speaker = 0, Speaker(language())
    for finding in findings:
        errors += finding.level == "error"
        out.print(f"[bold]{finding.code}[/] {finding.level}: {escape(speaker.text(finding.title))}")
        for line in finding.evidence:
            out.print(f"    {escape(speaker.text(line))}")
        out.print(f"    {escape(speaker.text(finding.why))} {escape(speaker.text(finding.do))}")
    return errors


def lint(
    challenge: Which, as_json: Annotated[bool, typer.Option("--json", help=_("Print the findings as JSON."))] = False
) -> None:
    """Say what is wrong with a challenge itself. Exit status 1 where a finding stops publishing."""
    from app.adapters.packages import packages
    from app.cli import grading
    from app.platform.settings import Settings
    from challenges.tables import create

    folder = _folder(challenge)
    with working(_("Looking for packages")):
        packages(Settings()).keep_lock(folder)
    with working(_("Looking for faults of the challenge")):
        findings = create.lint_again(folder, grading.home())
    if as_json:
        typer.echo(json.dumps({"findings": [finding.shown() for finding in findings]}, indent=2, ensure_ascii=False))
        errors = sum(finding.level == "error" for finding in findings)
    else:
        errors = show(findings)
        if not findings:
            out.print(_("Nothing was found."))
    if errors:
        raise typer.Exit(DIFFERENT)


def _folder(name: str) -> Path:
    from app.cli import grading
    from app.cli.mistakes import unknown
    from challenges import registry

    home = grading.home()
    folder = registry.folder_of(name, home)
    if folder is None:
        ids = [challenge.id for challenge in registry.all_challenges(home)]
        known = [each for each in ids if registry.folder_of(each, home) is not None]
        raise unknown(_("There is no challenge of one's own {name}.").format(name=repr(name)), name, known)
    return folder


def export(
    challenge: Which,
    to: Annotated[Path, typer.Argument(help=_("Where to write the zip."))],
    with_hidden: Annotated[bool, typer.Option("--with-hidden", help=_("With hidden rows, labels and seed."))] = False,
) -> None:
    """Write a challenge as one file: everything but the vault, unless it is to be moved."""
    from app.cli import grading
    from challenges.tables import moving

    folder = _folder(challenge)
    moving.export(folder, grading.home(), to, with_hidden=with_hidden)
    out.print(_("Wrote {what}.").format(what=escape(str(to))))
    if with_hidden:
        out.print(_("It holds the hidden rows: keep it secret."))


def take_in(file: Annotated[Path, typer.Argument(help=_("What `assay challenge export` wrote."))]) -> None:
    """Take in a challenge that another installation has exported."""
    from app.cli import grading
    from challenges.tables import moving

    name, complete = moving.take_in(grading.existing(file), grading.home())
    out.print(_("The challenge {name} is here.").format(name=repr(name)))
    if not complete:
        out.print(_("Its hidden rows are not here, so nobody can be graded."))


def retire(challenge: Which) -> None:
    """Take no more candidates for a challenge; its reports stay."""
    from challenges.tables import moving

    folder = _folder(challenge)
    moving.retire(folder)
    out.print(_("The challenge {folder} is retired.").format(folder=repr(folder.name)))


def list_challenges() -> None:
    """List every challenge, one a line."""
    from app.cli import grading
    from challenges import registry

    for task in registry.all_challenges(grading.home()):
        out.print(f"{task.id}  {task.version}  {escape(task.title)}")


def kit(
    to: Annotated[Path, typer.Argument(help=_("Where to write the zip."))],
    challenge: ChallengeOption = "ml_pipeline",
    rows: RowsOption = "",
) -> None:
    """Build the starter kit that candidates get."""
    from app.cli import grading
    from challenges import vault
    from challenges.kit import build

    task = grading.find_challenge(challenge, rows)
    with working(_("Building the starter kit")):
        to.write_bytes(build(task, vault.load(task, grading.home())))
    out.print(_("Wrote {what}.").format(what=escape(str(to))))


def verify(
    challenge: ChallengeOption = "ml_pipeline",
    to: Annotated[Path, typer.Option("--out", help=_("Folder for the reports, one folder each."))] = Path("out"),
) -> None:
    """Grade every reference submission and say whether it got the verdict it must get."""
    from rich.table import Table

    from app.cli import grading
    from app.intake import from_path
    from app.references import disagreements

    task = grading.find_challenge(challenge)
    table = Table(_("Reference"), _("Score"), _("Band"), _("Findings"), _("As it must be"))
    agreed = True
    with grading.sandbox() as box:
        for reference in task.references:
            path = task.folder / "reference" / reference.name
            artifacts = grading.graded(reference.name, from_path(path, task.packages), task, box)
            grading.write(artifacts, to / reference.name)
            wrong = disagreements(artifacts.document, reference)
            agreed &= not wrong
            verdict = _("no: {why}").format(why="; ".join(wrong)) if wrong else _("yes")
            table.add_row(reference.name, *grading.cells(artifacts.document), verdict)
    out.print(table, soft_wrap=False)
    if not agreed:
        raise typer.Exit(DIFFERENT)


def add_to(app: typer.Typer) -> None:
    app.command("list")(list_challenges)
    app.command("kit")(kit)
    app.command("verify")(verify)
    app.command("new")(new)
    app.command("lint")(lint)
    app.command("export")(export)
    app.command("import")(take_in)
    app.command("retire")(retire)
