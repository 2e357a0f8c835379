"""Handing in by pushing: the candidate's wish, and the call of their git server."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from app.errors import NotFound
from app.submissions import pushes
from app.submissions.pushes import Call, PushIn, PushView
from app.web.auth import ServiceDep
from app.web.errors import too_large
from app.web.openapi import problems
from app.web.visits import OpenedDep

OWN = "/api/v1/i/{token}"
router = APIRouter(tags=["candidates"])
#: What git servers call; it is described where a candidate sets it up.
calls = APIRouter(include_in_schema=False)


class DeployKey(BaseModel):
    """The public key of your invitation, for your git server."""

    public_key: str


@router.get(f"{OWN}/deploy-key", summary="Your deploy key", responses=problems(404))
def deploy_key(standing: OpenedDep, service: ServiceDep) -> DeployKey:
    """Add it to a private repository as a key that may only read, and hand in its address of SSH."""
    return DeployKey(public_key=pushes.public_key(service, standing))


@router.get(f"{OWN}/push", summary="Handing in by pushing", responses=problems(404))
def show(standing: OpenedDep, service: ServiceDep) -> PushView:
    """404 where you did not ask for it."""
    push = pushes.find(service, standing)
    if push is None:
        raise NotFound
    return pushes.view(service, push)


@router.put(f"{OWN}/push", summary="Hand in by pushing", responses=problems(404, 409, 422))
def wish(body: PushIn, standing: OpenedDep, service: ServiceDep) -> PushView:
    """Each push to the branch becomes a check; with `graded` an attempt.  An earlier address and secret end."""
    return pushes.view(service, pushes.wish(service, standing, body))


@router.delete(f"{OWN}/push", status_code=204, summary="Hand in no pushes any more", responses=problems(404))
def end(standing: OpenedDep, service: ServiceDep) -> Response:
    """The address and its secret end at once."""
    pushes.end(service, standing)
    return Response(status_code=204)


@calls.post("/hooks/git/{token}")
async def called(token: str, request: Request, service: ServiceDep) -> Response:
    """A push, told by GitHub or GitLab; answered before anything is fetched."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > pushes.MOST:
            raise too_large(pushes.MOST)
    call = Call(dict(request.headers), bytes(body))
    became = await run_in_threadpool(pushes.called, service, token, call)
    return JSONResponse({"status": became}, 202 if became == "queued" else 200)
