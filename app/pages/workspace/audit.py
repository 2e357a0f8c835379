"""The audit log: who did what, in words."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy import Connection

from app.organisations import service as organisation_service
from app.organisations.service import PAGE
from app.pages.workspace.frame import ManagerDep, workspace
from app.rights import Principal
from app.store import access, candidates, challenges, invitations, members, news, submissions, tracking, webhooks
from app.store.rows import Owner
from app.tracking.adapters import ADAPTERS
from app.web import audited
from app.web.auth import ServiceDep
from app.words import N_, _

router = APIRouter(include_in_schema=False)


@router.get("/work/audit")
def audit_log(
    service: ServiceDep, who: ManagerDep, before: Annotated[int | None, Query(ge=1, le=2**62)] = None
) -> Response:
    """Who did what, newest first."""
    entries = organisation_service.audit_log(service, who, before)
    details = {entry.seq: json.loads(entry.detail) for entry in entries}
    chosen = {f"submission:{detail['submission_id']}" for detail in details.values() if "submission_id" in detail}
    subjects = chosen | {one for entry in entries for one in (entry.actor, entry.subject)}
    with service.reader.connect() as connection:
        names = {subject: _(KINDS.get(subject.partition(":")[0], KINDS["challenge"])) for subject in subjects}
        names |= {f"member:{m.id}": m.name or m.email for m in members.members_of(connection, who.org_id)}
        keys, hooks = access.keys_of(connection, who.org_id), webhooks.of_organisation(connection, who.org_id)
        names |= {f"key:{key.id}": _("key “{label}”").format(label=key.label) for key in keys}
        names |= {f"webhook:{hook.id}": _("webhook {host}").format(host=hook.host) for hook in hooks}
        names |= {f"channel:{one.id}": one.name for one in news.channels_of(connection, who.org_id)}
        systems = tracking.of_organisation(connection, who.org_id)
        names |= {f"tracking:{system.id}": ADAPTERS[system.kind].title for system in systems}
        names[f"organisation:{who.org_id}"] = members.organisation(connection, who.org_id).name
        names |= {one.id: one.base or one.file for one in challenges.listed(connection, who.org_id)}
        names |= _candidates(connection, who, subjects)
    told = {number: audited.details(detail, names) for number, detail in details.items()}
    more = len(entries) == PAGE
    return workspace(
        "audit.html", who, "/work/settings", entries=entries, details=told, names=names, more=more, act=audited.act
    )


#: What somebody or something is called whose name is gone; ids mean nothing to a reader.
#: Only a challenge of one's own is an id with no kind before it.
KINDS = {
    "member": N_("a former member"),
    "key": N_("a former key"),
    "webhook": N_("a removed webhook"),
    "candidate": N_("a candidate without a name"),
    "invitation": N_("a candidate without a name"),
    "submission": N_("an erased submission"),
    "tracking": N_("a removed tracking system"),
    "channel": N_("a removed channel"),
    "challenge": N_("a challenge"),
    "template": N_("a text about a decision"),
    "bulk": N_("many candidates at once"),
    "batch": N_("many gradings at once"),
    "dispute": N_("a disputed finding"),
    "notice": N_("a notice"),
    "impact-report": N_("a report of adverse impact"),
    "system": N_("the service"),
}


def _candidates(connection: Connection, who: Principal, subjects: set[str]) -> dict[str, str]:
    """What people call the candidates, invitations and submissions among `subjects`."""
    found: dict[str, str] = {}
    for subject in subjects:
        kind, _colon, one = subject.partition(":")
        row = submissions.find(connection, one, Owner(who.org_id)) if kind == "submission" else None
        invitation_id = row.owner.invitation_id if row else one if kind == "invitation" else None
        standing = invitations.standing(connection, invitation_id, who.org_id) if invitation_id else None
        person = standing.candidate if standing else None
        if kind == "candidate":
            person = candidates.find(connection, one, who.org_id)
        if person is not None and (name := person.name or person.email):
            found[subject] = _("{file} of {name}").format(file=row.name, name=name) if row else name
    return found
