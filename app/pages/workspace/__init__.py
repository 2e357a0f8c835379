"""The pages of members: who is where, what a report says, who decides what."""

from app.pages.workspace import (
    candidate,
    challenges,
    comparison,
    debrief,
    first_steps,
    inviting,
    me,
    oversight,
    own_challenges,
    pipeline,
    regrading,
    reports,
    settings,
    shared_code,
    tracking,
    webhooks,
)

PARTS = (
    pipeline,
    first_steps,
    inviting,
    comparison,
    candidate,
    reports,
    regrading,
    debrief,
    own_challenges,
    shared_code,
    challenges,
    oversight,
    settings,
    webhooks,
    tracking,
    me,
)
routers = tuple(part.router for part in PARTS)
