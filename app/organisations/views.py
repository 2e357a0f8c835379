"""What administrators send about their organisation and see of it: policies, members, keys, the audit log."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.fields import Email, Line
from app.law.profiles import ProfileName
from app.rights import Right, Role
from app.store.audit import Record
from app.store.rows import ApiKey, Member


class OrganisationView(BaseModel):
    """`feedback` is what candidates see once their invitation is closed; `hide_until_locked` keeps the others' ratings
    and the total from an interviewer until the own scorecard is locked; `blind` hides names from interviewers;
    `retention_days` counts from the decision; `asks_self_description` lets candidates say their sex and race or
    ethnicity, for reports of adverse impact; `live` lets candidates change their work in a debrief; `profile` is the
    jurisdiction's, of invitations that name none; `own_rows` are challenges, without their versions, whose candidates
    each get rows of their own."""

    id: str
    name: str
    feedback: Literal["nothing", "band", "findings"]
    hide_until_locked: bool
    blind: bool
    retention_days: int
    self_extension_hours: int
    asks_self_description: bool
    profile: str
    live: bool
    own_rows: list[str]


class OrganisationChange(BaseModel):
    """What is to be changed; the rest stays."""

    model_config = ConfigDict(extra="forbid")

    name: Line | None = Field(None, min_length=1)
    feedback: Literal["nothing", "band", "findings"] | None = None
    hide_until_locked: bool | None = None
    blind: bool | None = None
    retention_days: int | None = Field(None, ge=30, le=3650)
    self_extension_hours: int | None = Field(None, ge=0, le=336)
    asks_self_description: bool | None = None
    profile: ProfileName | None = None
    live: bool | None = None
    own_rows: list[Line] | None = Field(
        None, max_length=200, description="Holds for new invitations alone.", examples=[["ml_pipeline"]]
    )


class AuditEntry(BaseModel):
    """Who did what to what, and when."""

    seq: int
    at: str
    actor: str = Field(examples=["member:3f1c0a9be27d45c8a1f0"])
    action: str = Field(examples=["key-made"])
    subject: str
    detail: dict[str, Any]


class MemberIn(BaseModel):
    """A person to add."""

    model_config = ConfigDict(extra="forbid")

    email: Email
    name: Line = ""
    role: Role


class MemberChange(BaseModel):
    """What is to be changed; the rest stays."""

    model_config = ConfigDict(extra="forbid")

    name: Line | None = None
    role: Role | None = None
    disabled: bool | None = None


class MemberView(BaseModel):
    """A member.  `welcome_url` is there once, in the answer that made it: with it the member sets a password."""

    id: str
    email: str
    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None
    welcome_url: str | None = None


class Me(BaseModel):
    """Whoever asks."""

    name: str
    organisation: str
    role: Role | None
    rights: list[Right]


class KeyIn(BaseModel):
    """A key to make."""

    model_config = ConfigDict(extra="forbid")

    label: Line = Field(min_length=1, examples=["tracking system"])
    scopes: list[Right] = Field(min_length=1, examples=[["submit", "read"]])


class KeyView(BaseModel):
    """A key.  `key` is there once, in the answer that made it; later only the prefix tells which it is."""

    id: str
    prefix: str
    label: str
    scopes: list[Right]
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None
    key: str | None = None


def audit_entry(record: Record) -> AuditEntry:
    """An entry of the log for administrators."""
    shown = {name: value for name, value in vars(record).items() if name != "org_id"}
    return AuditEntry(**(shown | {"detail": json.loads(record.detail)}))


def member_view(member: Member, welcome_url: str | None = None) -> MemberView:
    """A member for administrators."""
    shown = {name: value for name, value in vars(member).items() if name != "org_id"}
    return MemberView(**shown, welcome_url=welcome_url)


def key_view(key: ApiKey, text: str | None = None) -> KeyView:
    """A key for administrators; `text` is the secret itself."""
    shown = {name: value for name, value in vars(key).items() if name != "org_id"}
    return KeyView(**(shown | {"scopes": sorted(key.scopes), "key": text}))
