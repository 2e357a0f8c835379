"""Signing in: from what a person gives to a session, with every outcome in the audit log."""

from __future__ import annotations

from collections.abc import Sequence

from anyio import to_thread
from sqlalchemy import Connection

from app.accounts import passwords, throttle
from app.accounts.oidc import Identity
from app.errors import Forbidden, Invalid, NotFound, TooMany, Unauthenticated
from app.platform.secrets import is_id
from app.ports import Service
from app.rights import Principal
from app.store import audit, members
from app.store.access import WELCOME
from app.store.rows import Member
from app.words import _


async def with_password(service: Service, email: str, password: str, address: str) -> str:
    """The session of a new sign-in; Unauthenticated without saying which of the two was wrong.

    TooMany where there were too many wrong ones of late.
    """
    account = email.strip().lower()
    counted = await to_thread.run_sync(_count, service, account, address)
    found = await to_thread.run_sync(_look, service, account)
    known = await passwords.verified(password, found[1] if found else None)
    if found is None or not known:
        raise Unauthenticated("wrong-password", _("The address and the password do not belong together."))
    return await to_thread.run_sync(_open, service, found[0], account, address, counted)


def with_identity(service: Service, identity: Identity) -> str:
    """The session of whoever single sign-on vouches for."""
    with service.engine.begin() as connection:
        member = members.find_subject(connection, identity.subject, identity.email)
        if member is None:
            raise Forbidden("no-member", _("Nobody has added this address as a member here. Ask an administrator."))
        return _session(connection, member, by="sso")


def welcomed(service: Service, token: str) -> Member:
    """The member whose welcome link this is, while it is unused; NotFound otherwise."""
    with service.reader.connect() as connection:
        return _welcomed(connection, service, token)


async def choose_password(service: Service, token: str, password: str) -> str:
    """Use a welcome link up: set the password, and the session of the sign-in.

    Raises NotFound where the link has been used meanwhile, Invalid for a password that is too easy to guess.
    """
    member = await to_thread.run_sync(welcomed, service, token)
    if problem := passwords.objection(password, member.email):
        raise Invalid("weak-password", problem)
    hashed = await passwords.hashed(password)

    def change() -> str:
        with service.engine.begin() as connection:
            member = _welcomed(connection, service, token)
            members.set_password(connection, member.id, hashed)
            actor = f"member:{member.id}"
            audit.record(connection, actor, "password-set", actor, org_id=member.org_id)
            return members.open_session(connection, member.id)

    return await to_thread.run_sync(change)


def sign_out(service: Service, token: str) -> None:
    """End a session."""
    with service.engine.begin() as connection:
        members.close_session(connection, token)


def member(service: Service, who: Principal) -> Member:
    """The member who asks; NotFound for a key."""
    with service.reader.connect() as connection:
        found = members.member(connection, who.member_id or "", who.org_id)
    if found is None:
        raise NotFound
    return found


def choose_language(service: Service, who: Principal, locale: str) -> None:
    """The language of pages and mails, a key of `LANGUAGES`; empty: as the browser asks."""
    with service.engine.begin() as connection:
        members.change_member(connection, who.member_id or "", who.org_id, locale=locale)


def _count(service: Service, account: str, address: str) -> Sequence[int]:
    try:
        with service.engine.begin() as connection:
            return throttle.count(connection, account, address)
    except TooMany:
        raise TooMany(
            "too-many-tries",
            _("There were too many wrong tries. Wait 15 minutes, or ask an administrator for a new welcome link."),
        ) from None


def _look(service: Service, account: str) -> tuple[Member, str | None] | None:
    with service.reader.connect() as connection:
        return members.find_login(connection, account)


def _open(service: Service, member: Member, account: str, address: str, counted: Sequence[int]) -> str:
    with service.engine.begin() as connection:
        throttle.right(connection, account, address, counted)
        return _session(connection, member, by="password")


def _session(connection: Connection, member: Member, by: str) -> str:
    actor = f"member:{member.id}"
    audit.record(connection, actor, "signed-in", actor, org_id=member.org_id, by=by)
    return members.open_session(connection, member.id)


def _welcomed(connection: Connection, service: Service, token: str) -> Member:
    signed = service.keys.read(WELCOME, token)
    member = members.welcome(connection, *signed) if signed and is_id(signed[0]) else None
    if member is None:
        raise NotFound
    return member
