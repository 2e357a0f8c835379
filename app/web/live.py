"""Whose exercise the token of an address opens, and who hears of its changes."""

from __future__ import annotations

import math
from typing import Annotated

from fastapi import Depends, Request

from app.errors import TooMany
from app.live import service as live_service
from app.live.following import Hub
from app.store import invitations
from app.store.live import Exercise
from app.web.auth import ServiceDep
from app.web.rate import Buckets
from app.words import ENGLISH, _, prefer

#: Changes a second of one exercise, on average: a page sends what was typed twice a second at most.
CHANGES = 5.0


async def get_hub(request: Request) -> Hub:
    """What wakes those who follow an exercise."""
    hub: Hub = request.app.state.hub
    return hub


HubDep = Annotated[Hub, Depends(get_hub)]


def exercise(token: str, service: ServiceDep) -> Exercise:
    """The exercise whose link this is, or 404 once it has ended; it is shown in the candidate's language."""
    opened = live_service.opened(service, token)
    with service.reader.connect() as connection:
        standing = invitations.standing(connection, opened.invitation_id)
    if standing is not None and standing.candidate.locale != ENGLISH:
        prefer(standing.candidate.locale)
    return opened


OpenedExercise = Annotated[Exercise, Depends(exercise)]


def changing(request: Request, opened: OpenedExercise) -> Exercise:
    """The same for a change; 429 for too many of them at once."""
    buckets: Buckets = request.app.state.live_changes
    if seconds := buckets.wait(opened.id.encode()):
        wait = math.ceil(seconds)
        raise TooMany("too-many-requests", _("Too many changes at once. Try again in {n} s.").format(n=wait))
    return opened


ChangedExercise = Annotated[Exercise, Depends(changing)]
