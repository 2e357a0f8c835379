"""Commands for whoever runs the service: people and the audit log, beside a running service or without one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from sqlalchemy import Connection

from app import links
from app.platform.secrets import Keyring
from app.platform.settings import Settings
from app.rights import Role
from app.store import access, audit, backups, database, members
from app.store.members import NewMember

audit_app = typer.Typer(no_args_is_help=True, help="The audit log.")
out, err = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False)


def add_to(app: typer.Typer) -> None:
    """Offer these commands under `assay`."""
    app.command()(member)
    app.command()(organisation)
    app.command()(backup)
    app.command()(restore)
    app.command()(settings)
    app.add_typer(audit_app, name="audit")


def member(
    email: Annotated[str, typer.Argument(help="The address to sign in with.")],
    role: Annotated[Role, typer.Option(help="What a new member may do.")] = Role.ADMIN,
    name: str = "",
) -> None:
    """Add a member to the first organisation, or find the one there is; print a link for setting a password."""
    settings = Settings()
    with _connection(settings) as connection:
        found = members.find_login(connection, email)
        org_id = access.first_organisation(connection)
        if found is None and org_id is None:
            org_id = members.add_organisation(connection, "My organisation")
        member_id = found[0].id if found else members.add_member(connection, str(org_id), NewMember(email, name, role))
        out.print(_welcome(connection, settings, member_id))


def organisation(
    name: Annotated[str, typer.Argument(help="What it is called.")],
    email: Annotated[str, typer.Argument(help="The address of its first administrator.")],
) -> None:
    """Found another organisation; print the link with which its administrator sets a password."""
    settings = Settings()
    with _connection(settings) as connection:
        if members.find_login(connection, email) is not None:
            raise typer.BadParameter("There is a member with this address already.")
        org_id = members.add_organisation(connection, name)
        member_id = members.add_member(connection, org_id, NewMember(email, "", Role.ADMIN))
        out.print(_welcome(connection, settings, member_id))


def backup(file: Annotated[Path, typer.Argument(help="The archive to write; there must be none yet.")]) -> None:
    """Write database, blobs, hidden data and the kept secret into one archive; the service may be running."""
    chosen = Settings()
    with _reported():
        out.print(backups.write(chosen, file))
    if chosen.secret:
        err.print("ASSAY_SECRET is set in the environment and not in the archive: keep it apart, links need it.")


def restore(file: Annotated[Path, typer.Argument(help="What `assay backup` wrote.")]) -> None:
    """Fill an empty installation from a backup; refused where anything is there already."""
    with _reported():
        out.print(backups.read(Settings(), file))


def settings() -> None:
    """Print every setting with its default and meaning, as docs/settings.md has them."""
    typer.echo(Settings.table(), nl=False)


@contextmanager
def _reported() -> Iterator[None]:
    try:
        yield
    except backups.BackupError as problem:
        err.print(f"[bold]Nothing done:[/] {escape(str(problem))}")
        raise typer.Exit(2) from None


@audit_app.command()
def verify() -> None:
    """Check the chain of all entries; print how many there are and the newest hash, for keeping elsewhere."""
    with _connection(Settings()) as connection:
        found = audit.verify(connection)
    if isinstance(found, audit.Broken):
        err.print(f"[bold]Broken[/] at entry {found.seq}: {found.why}")
        raise typer.Exit(1)
    count, newest = found
    out.print(f"{count} entries, unbroken; newest {newest.hex()}")


def _welcome(connection: Connection, settings: Settings, member_id: str) -> str:
    version = members.welcome_version(connection, member_id)
    audit.record(connection, audit.SYSTEM, "welcome-link-made", f"member:{member_id}")
    return links.of_member(settings, Keyring(settings.secret_key()), member_id, version)


@contextmanager
def _connection(settings: Settings) -> Iterator[Connection]:
    with database.database_url(settings) as url, database.opened(url) as engine, engine.begin() as connection:
        yield connection
