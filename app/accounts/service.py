"""Signing in: from what a person gives to a session, with every outcome in the audit log."""

from __future__ import annotations

from anyio import to_thread
from sqlalchemy import Connection

from app.accounts import passwords, throttle
from app.accounts.oidc import Identity
from app.platform.secrets import is_id
from app.ports import Service
from app.store import audit, members
from app.store.access import WELCOME
from app.store.rows import Member


class NoEntry(Exception):
    """The address and the password do not belong together."""


class TooManyTries(NoEntry):
    """There were too many wrong tries: wait a quarter of an hour, or ask an administrator for a new welcome link."""


class NotAMember(NoEntry):
    """Nobody has added this address as a member here: ask an administrator."""


async def with_password(service: Service, email: str, password: str, address: str) -> str:
    """The session of a new sign-in; NoEntry without saying which of the two was wrong."""
    account = email.strip().lower()
    found = await to_thread.run_sync(_look, service, account, address)
    known = await passwords.verified(password, found[1] if found else None)
    if found is None or not known:
        await to_thread.run_sync(_note_failure, service, account, address)
        raise NoEntry
    return await to_thread.run_sync(_open, service, found[0], account, address)


def with_identity(service: Service, identity: Identity) -> str:
    """The session of whoever single sign-on vouches for."""
    with service.engine.begin() as connection:
        member = members.find_subject(connection, identity.subject, identity.email)
        if member is None:
            raise NotAMember
        return _session(connection, member, by="sso")


def welcomed(service: Service, token: str) -> Member | None:
    """The member whose welcome link this is, while it is unused."""
    signed = service.keys.read(WELCOME, token)
    if signed is None or not is_id(signed[0]):
        return None
    with service.engine.connect() as connection:
        return members.welcome(connection, *signed)


async def choose_password(service: Service, token: str, password: str) -> str | None:
    """Use a welcome link up: set the password and sign in; None where the link has been used meanwhile."""
    hashed = await passwords.hashed(password)

    def change() -> str | None:
        signed = service.keys.read(WELCOME, token)
        with service.engine.begin() as connection:
            member = members.welcome(connection, *signed) if signed else None
            if member is None:
                return None
            members.set_password(connection, member.id, hashed)
            actor = f"member:{member.id}"
            audit.record(connection, actor, "password-set", actor, org_id=member.org_id)
            return members.open_session(connection, member.id)

    return await to_thread.run_sync(change)


def sign_out(service: Service, token: str) -> None:
    """End a session."""
    with service.engine.begin() as connection:
        members.close_session(connection, token)


def _look(service: Service, account: str, address: str) -> tuple[Member, str | None] | None:
    with service.engine.connect() as connection:
        if throttle.waits(connection, account, address):
            raise TooManyTries
        return members.find_login(connection, account)


def _note_failure(service: Service, account: str, address: str) -> None:
    with service.engine.begin() as connection:
        throttle.failed(connection, account, address)


def _open(service: Service, member: Member, account: str, address: str) -> str:
    with service.engine.begin() as connection:
        throttle.succeeded(connection, account, address)
        return _session(connection, member, by="password")


def _session(connection: Connection, member: Member, by: str) -> str:
    actor = f"member:{member.id}"
    audit.record(connection, actor, "signed-in", actor, org_id=member.org_id, by=by)
    return members.open_session(connection, member.id)
