"""The pages of members: who is where, what a report says, who decides what."""

from app.pages.workspace import (
    bulk,
    candidate,
    challenges,
    comparison,
    debrief,
    debriefs,
    first_steps,
    inviting,
    me,
    notifications,
    oversight,
    own_challenges,
    pipeline,
    regrading,
    reports,
    settings,
    tracking,
    webhooks,
)

PARTS = (
    pipeline,
    bulk,
    first_steps,
    inviting,
    comparison,
    candidate,
    reports,
    regrading,
    debrief,
    debriefs,
    own_challenges,
    challenges,
    oversight,
    settings,
    webhooks,
    tracking,
    notifications,
    me,
)
routers = tuple(part.router for part in PARTS)
