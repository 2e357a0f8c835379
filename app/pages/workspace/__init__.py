"""The pages of members: who is where, what a report says, who decides what."""

from app.pages.workspace import candidate, challenges, comparison, debrief, inviting, pipeline, reports, settings

routers = tuple(
    part.router for part in (pipeline, inviting, comparison, candidate, reports, debrief, challenges, settings)
)
