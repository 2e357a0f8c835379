"""Handing in by pushing: a candidate says which branch, their git server calls us, and the commit is fetched.

The call is believed only with its signature (GitHub) or its token (GitLab).  Nothing of it is used but the commit's
name: the repository is the one that the candidate named.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

import structlog
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, Unavailable
from app.invitations.notify import notify
from app.invitations.own_views import URL
from app.platform import queue
from app.platform.secrets import new_id
from app.ports import Service
from app.store import invitations, pushes
from app.store.invitations import Standing
from app.store.pushes import Push
from app.store.rows import Owner
from app.submissions import service as submission_service
from app.submissions import ssh
from app.submissions.repository import HASH, Wanted
from app.words import _, reading_in

log = structlog.get_logger(__name__)

TASK = "push"
PURPOSE = "push"
#: Fetched again after a fault that may pass.
TRIES = 5
#: Bytes of a call; GitHub sends at most twenty commits in full.
MOST = 2 * 2**20
SIGNATURE = re.compile(r"sha256=([0-9a-f]{64})")
PASSES = ("check-goes",)


class PushIn(BaseModel):
    """Each push to `branch` becomes a check, or, with `graded`, an attempt."""

    model_config = ConfigDict(extra="forbid")

    url: URL
    branch: Annotated[str, StringConstraints(max_length=200, pattern=r"^[!-~]+$")] = Field("main")
    kind: Literal["check", "graded"] = "check"


class PushView(BaseModel):
    """What is wished, where the git server calls with which secret, and what became of the last push."""

    url: str
    branch: str
    kind: Literal["check", "graded"]
    call: str = Field(description="The address for the webhook of your git server.")
    secret: str = Field(description="Secret (GitHub) or secret token (GitLab) of the webhook.")
    last_commit: str | None
    last_at: datetime | None
    last_submission: str | None
    problem: str | None = Field(description="Why the last push became nothing.")


@dataclass(frozen=True)
class Call:
    """A webhook's call as it came."""

    headers: Mapping[str, str]
    body: bytes


def public_key(service: Service, standing: Standing) -> str:
    """The key that a candidate gives their git server, for reading over SSH."""
    return ssh.public_key(ssh.deploy_key(service.keys, standing.invitation.id))


def find(service: Service, standing: Standing) -> Push | None:
    with service.reader.connect() as connection:
        return pushes.of_invitation(connection, standing.invitation.id)


def wish(service: Service, standing: Standing, body: PushIn) -> Push:
    """Hand in what is pushed, from now on; in place of an earlier wish, whose address and secret end."""
    invitation = standing.invitation
    if invitation.closed:
        raise Conflict("closed", _("This invitation is closed. Nothing more can be changed."))
    with service.engine.begin() as connection:
        wished = (ssh.normal(body.url), body.branch.removeprefix("refs/heads/"), body.kind)
        pushes.put(connection, new_id(), (invitation.id, invitation.org_id), wished)
        notify(connection, standing.candidate, "invitation.push-wished", invitation, kind=body.kind)
        made = pushes.of_invitation(connection, invitation.id)
        assert made is not None
        return made


def end(service: Service, standing: Standing) -> None:
    """Hand in no pushes any more; NotFound where none was wished."""
    with service.engine.begin() as connection:
        if not pushes.remove(connection, standing.invitation.id):
            raise NotFound
        notify(connection, standing.candidate, "invitation.push-ended", standing.invitation)


def view(service: Service, push: Push) -> PushView:
    fields = {name: getattr(push, name) for name in PushView.model_fields if hasattr(push, name)}
    token = service.keys.token(PURPOSE, push.id, 1)
    return PushView(**fields, call=f"{service.settings.base_url}/hooks/git/{token}", secret=secret(service, push))


def secret(service: Service, push: Push) -> str:
    return service.keys.derive("push-secret", push.id).hex()[:40]


def called(service: Service, token: str, call: Call) -> str:
    """What becomes of a call: `queued`, or `ignored` where it tells of nothing that was wished.

    Raises NotFound for a token that is none of ours or has ended, Forbidden for a wrong signature, Invalid for a body
    that is no push.
    """
    signed = service.keys.read(PURPOSE, token)
    with service.engine.begin() as connection:
        push = pushes.find(connection, signed[0]) if signed else None
        if push is None:
            raise NotFound
        if not _genuine(call, secret(service, push)):
            raise Forbidden("bad-signature", _("The signature or token of this call is not right."))
        commit = _commit(call, push.branch)
        if commit is None:
            return "ignored"
        queue.defer(connection, TASK, queue.PUSHES, options={"lock": push.id}, push_id=push.id, commit=commit)
        return "queued"


def take(service: Service, push_id: str, commit: str, attempt: int) -> None:
    """Fetch and hand in one commit, once.  Raises Unavailable where it is to be tried again."""
    with service.reader.connect() as connection:
        push = pushes.find(connection, push_id)
        standing = invitations.standing(connection, push.invitation_id) if push else None
        if push is None or standing is None or pushes.handed_in(connection, push, commit):
            return
    submission_id, problem = None, None
    with reading_in(standing.candidate.locale):
        try:
            owner, wanted = Owner(push.org_id, invitation_id=push.invitation_id), Wanted(push.url, commit)
            challenge = standing.invitation.challenge
            submission_id = submission_service.submit_repository(service, wanted, challenge, owner, push.kind).id
        except DomainError as no:
            passes = isinstance(no, Unavailable) or no.code in PASSES
            if passes and attempt < TRIES:
                raise Unavailable("busy", no.detail) from None
            problem = no.detail
    with service.engine.begin() as connection:
        pushes.note(connection, push, commit, submission_id, problem)
    log.info("a push was taken", push=push_id, handed_in=submission_id is not None)


def _genuine(call: Call, known: str) -> bool:
    """GitHub signs the body with HMAC-SHA256; GitLab sends the token itself."""
    match = SIGNATURE.fullmatch(call.headers.get("x-hub-signature-256", ""))
    if match:
        return hmac.compare_digest(match[1], hmac.digest(known.encode(), call.body, "sha256").hex())
    return hmac.compare_digest(call.headers.get("x-gitlab-token", "").encode(), known.encode())


def _commit(call: Call, branch: str) -> str | None:
    """The commit that was pushed to the branch; None for other events, branches, and a branch that is gone."""
    try:
        body: Any = json.loads(call.body)
    except (ValueError, RecursionError):
        hint = _("Choose application/json as the content type of the webhook.")
        raise Invalid("invalid-request", _("The call is no JSON."), hint=hint) from None
    event = call.headers.get("x-github-event") or call.headers.get("x-gitlab-event", "")
    if event not in ("push", "Push Hook") or not isinstance(body, dict) or body.get("ref") != f"refs/heads/{branch}":
        return None
    commit = body.get("after")
    usable = isinstance(commit, str) and HASH.fullmatch(commit) and set(commit) != {"0"}
    return commit if usable else None
