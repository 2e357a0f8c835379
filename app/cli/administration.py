"""Commands for whoever runs the service: people and the audit log, beside a running service or without one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.console import err, out, working
from app.cli.status import DIFFERENT
from app.rights import Role
from app.words import _

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from app.platform.settings import Settings

audit_app = typer.Typer(no_args_is_help=True, help=_("Check the audit log."))


def add_to(app: typer.Typer) -> None:
    """Offer these commands under `assay`."""
    app.command()(member)
    app.command()(organisation)
    app.command()(backup)
    app.command()(restore)
    app.command()(settings)
    app.add_typer(audit_app, name="audit")


def member(
    email: Annotated[str, typer.Argument(help=_("The address to sign in with."))],
    role: Annotated[Role, typer.Option(help=_("What a new member may do."))] = Role.ADMIN,
    name: str = "",
) -> None:
    """Add a member to the first organisation, or find the one there is; print a link for setting a password."""
    from app.platform.settings import Settings
    from app.store import access, members
    from app.store.members import NewMember

    settings = Settings()
    with _connection(settings) as connection:
        login = members.find_login(connection, email)
        org_id = access.first_organisation(connection)
        if login is None and org_id is None:
            org_id = members.add_organisation(connection, "My organisation")
        member_id = login[0].id if login else members.add_member(connection, str(org_id), NewMember(email, name, role))
        link = _welcome(connection, settings, member_id)
    out.print(link)


def organisation(
    name: Annotated[str, typer.Argument(help=_("What it is called."))],
    email: Annotated[str, typer.Argument(help=_("The address of its first administrator."))],
) -> None:
    """Add another organisation; print the link with which its administrator sets a password."""
    from app.platform.settings import Settings
    from app.store import members
    from app.store.members import NewMember

    settings = Settings()
    with _connection(settings) as connection:
        if members.find_login(connection, email) is not None:
            raise typer.BadParameter(_("There is a member with this address already."))
        org_id = members.add_organisation(connection, name)
        member_id = members.add_member(connection, org_id, NewMember(email, "", Role.ADMIN))
        link = _welcome(connection, settings, member_id)
    out.print(link)


def backup(file: Annotated[Path, typer.Argument(help=_("The archive to write; there must be none yet."))]) -> None:
    """Write database, blobs, hidden data and the kept secret into one archive; the service may be running."""
    from app.platform.settings import Settings
    from app.store import backups

    chosen = Settings()
    with working(_("Writing the backup")):
        written = backups.write(chosen, file)
    out.print(written, markup=False)
    if chosen.secret:
        err.print(_("ASSAY_SECRET is set in the environment and not in the archive. Keep it too: links need it."))


def restore(file: Annotated[Path, typer.Argument(help=_("What `assay backup` wrote."))]) -> None:
    """Fill an empty installation from a backup; refused where anything is there already."""
    from app.platform.settings import Settings
    from app.store import backups

    with working(_("Restoring the backup")):
        restored = backups.read(Settings(), file)
    out.print(restored, markup=False)


def settings() -> None:
    """Print every setting with its default and meaning, as docs/settings.md has them."""
    from app.platform.settings import Settings

    typer.echo(Settings.table(), nl=False)


@audit_app.command()
def verify() -> None:
    """Check the chain of all entries; print how many there are and the newest hash, for keeping elsewhere."""
    from app.platform.settings import Settings
    from app.store import audit

    with _connection(Settings()) as connection:
        verified = audit.verify(connection)
    if isinstance(verified, audit.Broken):
        err.print(
            _("[bold]Broken[/] at entry {seq}: {why} (exit status {different})").format(
                seq=verified.seq, why=verified.why, different=DIFFERENT
            )
        )
        raise typer.Exit(DIFFERENT)
    count, newest = verified
    out.print(_("{count} entries, unbroken; newest {hex}").format(count=count, hex=newest.hex()))


def _welcome(connection: Connection, settings: Settings, member_id: str) -> str:
    from app import links
    from app.platform.secrets import Keyring
    from app.store import audit, members

    version = members.welcome_version(connection, member_id)
    audit.record(connection, audit.SYSTEM, "welcome-link-made", f"member:{member_id}")
    return links.of_member(settings, Keyring(settings.secret_key()), member_id, version)


@contextmanager
def _connection(settings: Settings) -> Iterator[Connection]:
    from app.store import database

    with (
        working(_("Opening the database")),
        database.database_url(settings) as url,
        database.opened(url) as engine,
        engine.begin() as connection,
    ):
        yield connection
