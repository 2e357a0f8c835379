"""What administrators do about their organisation: policies, members, API keys, the audit log.

Each function is one transaction.  Nobody gives rights that they do not have: Forbidden.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from app import links
from app.challenges import service as challenge_service
from app.errors import Conflict, Invalid, NotFound
from app.mail import outbox
from app.mail.outbox import Kind
from app.organisations.views import MemberChange, MemberIn, OrganisationChange
from app.platform.secrets import key_prefix
from app.ports import Service
from app.rights import ROLES, Principal, Right
from app.store import access, audit, members
from app.store.audit import Record
from app.store.challenges import base_of
from app.store.members import NewMember
from app.store.rows import ApiKey, Member, Organisation
from app.words import _

#: Entries of the audit log on one page.
PAGE = 100


def policies(service: Service, who: Principal) -> Organisation:
    """The organisation of the caller."""
    with service.reader.connect() as connection:
        return members.organisation(connection, who.org_id)


def change_policies(service: Service, who: Principal, change: OrganisationChange) -> Organisation:
    """They hold from the next page on, for invitations already sent too; `own_rows` for new invitations alone.

    Invalid where `own_rows` names a challenge that the organisation does not have, or whose points are not equated.
    """
    values = change.model_dump(exclude_none=True)
    if change.own_rows is not None:
        values["own_rows"] = sorted(set(change.own_rows))
        unknown = set(change.own_rows) - set(own_rows_offered(service, who))
        if unknown:
            raise Invalid(
                "unknown-challenge",
                _("The challenge {name} cannot have rows of its own for each candidate.").format(name=min(unknown)),
            )
    with service.engine.begin() as connection:
        changed = members.change_organisation(connection, who.org_id, **values)
        if values:
            audit.record(connection, who, "policy-changed", f"organisation:{who.org_id}", **values)
    return changed


def own_rows_offered(service: Service, who: Principal) -> dict[str, str]:
    """The title of each challenge, by its id without the version, whose candidates can have rows of their own:
    equal work has to get equal points."""
    known = challenge_service.known(service, who.org_id)
    return {base_of(challenge.id): _(challenge.title) for challenge in known if challenge.equated}


def audit_log(service: Service, who: Principal, before: int | None = None) -> list[Record]:
    """The newest entries, or those before the one of this number."""
    with service.reader.connect() as connection:
        return audit.of_organisation(connection, who.org_id, before, PAGE)


def all_members(service: Service, who: Principal) -> list[Member]:
    """Everybody, the disabled ones too, by address."""
    with service.reader.connect() as connection:
        return members.members_of(connection, who.org_id)


def member(service: Service, who: Principal, member_id: str) -> Member:
    """One member; NotFound where there is none of that id."""
    with service.reader.connect() as connection:
        return _member(connection, who, member_id)


def add_member(service: Service, who: Principal, new: MemberIn) -> tuple[Member, str]:
    """Add a member and mail them a welcome link: (the member, the link).  Conflict where the address is taken."""
    who.gives(ROLES[new.role])
    try:
        with service.engine.begin() as connection:
            member_id = members.add_member(connection, who.org_id, NewMember(new.email, new.name, new.role))
            audit.record(connection, who, "member-added", f"member:{member_id}", role=new.role)
            outbox.queue(connection, who.org_id, Kind.WELCOME, 1, member_id=member_id)
            member = _member(connection, who, member_id)
    except IntegrityError:
        raise Conflict("member-exists", _("There is a member with this address already.")) from None
    return member, links.of_member(service.settings, service.keys, member_id, 1)


def change_member(service: Service, who: Principal, member_id: str, change: MemberChange) -> Member:
    """Name, role, or whether the member may sign in; Conflict where nobody would be an administrator."""
    values = change.model_dump(exclude_none=True, exclude={"disabled"})
    if change.disabled is not None:
        values["disabled_at"] = datetime.now(UTC) if change.disabled else None
    with service.engine.begin() as connection:
        members.count_admins(connection, who.org_id)
        member = _member(connection, who, member_id)
        if change.disabled is not True:
            has = frozenset[Right]() if change.disabled is False else ROLES[member.role]
            who.gives(ROLES[change.role or member.role] - has)
        if values:
            member = members.change_member(connection, member.id, who.org_id, **values) or member
            detail = change.model_dump(exclude={"name"})
            audit.record(connection, who, "member-changed", f"member:{member_id}", **detail)
        if not members.count_admins(connection, who.org_id):
            raise Conflict("last-administrator", _("This is the last administrator. Make somebody else one first."))
    return member


def welcomes(service: Service, who: Principal) -> dict[str, str]:
    """By member: the present welcome link of those who have chosen no password yet."""
    with service.reader.connect() as connection:
        versions = members.without_password(connection, who.org_id)
    return {one: links.of_member(service.settings, service.keys, one, version) for one, version in versions.items()}


def new_welcome(service: Service, who: Principal, member_id: str) -> tuple[Member, str]:
    """For a forgotten password: the earlier links end, the present password works until a new one is set.

    Whoever has the link becomes the member, so it is made by those only who have all of the member's rights.
    """
    with service.engine.begin() as connection:
        member = _member(connection, who, member_id)
        who.gives(ROLES[member.role])
        version = members.welcome_version(connection, member.id)
        audit.record(connection, who, "welcome-link-made", f"member:{member_id}")
        outbox.queue(connection, who.org_id, Kind.WELCOME, version, member_id=member.id)
    return member, links.of_member(service.settings, service.keys, member_id, version)


def all_keys(service: Service, who: Principal) -> list[ApiKey]:
    """Newest first, the revoked ones too."""
    with service.reader.connect() as connection:
        return access.keys_of(connection, who.org_id)


def key(service: Service, who: Principal, key_id: str) -> ApiKey:
    """One key; NotFound where there is none of that id."""
    for one in all_keys(service, who):
        if one.id == key_id:
            return one
    raise NotFound


def make_key(service: Service, who: Principal, label: str, scopes: Iterable[Right]) -> tuple[ApiKey, str]:
    """A key with some of one's own rights: (the key, its secret).  It loses those that its maker loses."""
    wanted = frozenset(scopes)
    who.gives(wanted)
    with service.engine.begin() as connection:
        maker = who.member_id or access.maker(connection, who.api_key_id)
        text = access.issue_key(connection, who.org_id, label, wanted, maker)
        made = next(key for key in access.keys_of(connection, who.org_id) if key.prefix == key_prefix(text))
        audit.record(connection, who, "key-made", f"key:{made.id}", scopes=sorted(made.scopes))
    return made, text


def revoke_key(service: Service, who: Principal, key_id: str) -> None:
    """It opens nothing from now on."""
    with service.engine.begin() as connection:
        if not access.revoke_key(connection, key_id, who.org_id):
            raise NotFound
        audit.record(connection, who, "key-revoked", f"key:{key_id}")


def _member(connection: Connection, who: Principal, member_id: str) -> Member:
    found = members.member(connection, member_id, who.org_id)
    if found is None:
        raise NotFound
    return found
