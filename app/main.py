"""Composition root: settings -> service -> application, and the way to run it."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from functools import cache

import anyio
import structlog
import uvicorn
from fastapi import APIRouter, FastAPI

from app import links
from app.api import (
    appeals,
    bulk_actions,
    bulk_invitations,
    candidates,
    challenges,
    comments,
    compare,
    debriefs,
    decision_mails,
    decisions,
    exports,
    health,
    human_reviews,
    impact,
    invitations,
    keys,
    law,
    live,
    members,
    notifications,
    organisation,
    own_data,
    pushes,
    regrades,
    reports,
    reviews,
    shared_code,
    shares,
    submissions,
    timers,
    tracking,
    validity,
    views,
    webhooks,
)
from app.demo import service as demo_service
from app.live.following import Hub
from app.opening import OpenPorts, opened, production_ports
from app.pages import live as live_pages
from app.pages import routes, share, sign_in, workspace
from app.pages.static import static_files
from app.platform import log, metrics
from app.platform.settings import Settings
from app.ports import Service
from app.store import access, database
from app.store.invitations import NewInvitation
from app.web import errors, openapi
from app.web.auth import caller
from app.web.headers import SecurityHeaders
from app.web.heads import TimedHeads
from app.web.idempotency import Idempotency
from app.web.language import Language
from app.web.limits import BodyLimit, Intake
from app.web.live import CHANGES
from app.web.methods import HeadAsGet
from app.web.rate import Buckets, RateLimit
from app.worker import jobs

logger = structlog.get_logger(__name__)

DESCRIPTION = (
    "Hand in machine-learning take-home submissions, follow their grading, fetch their reports. "
    "Errors are RFC 9457 problem details with a stable `type`."
)
CLOSE_SECONDS = 3

Announce = Callable[[str], object]


def create_app(
    settings: Settings,
    ports: OpenPorts = production_ports,
    announce: Announce = sys.stdout.write,
    *,
    demo: bool = False,
) -> FastAPI:
    """The web application.  It opens the service when it starts; `announce` gets the first secrets, once.

    With `demo` it is filled with the fictitious opening while it runs.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with opened(settings, ports) as service, metrics.served(settings, service.engine):
            app.state.service = service
            app.state.intake = Intake(settings.intake_slots)
            app.state.printer = anyio.CapacityLimiter(1)
            app.state.live_changes = Buckets(CHANGES)
            _greet(service, announce)
            with _demo(service, announce) if demo else nullcontext():
                async with (
                    _embedded_worker(service),
                    database.Reads(service.url) as app.state.reads,
                    Hub(service.url) as app.state.hub,
                ):
                    yield

    app = FastAPI(
        title="Assay",
        version="1",
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # our metrics are those of app/platform
    )
    app.add_middleware(Idempotency, who=caller)
    app.add_middleware(BodyLimit)
    app.add_middleware(RateLimit, rate=settings.requests_per_second)
    app.add_middleware(Language)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(HeadAsGet)
    errors.install(app)
    app.router.routes.extend(all_routers().routes)
    app.mount("/static", static_files())
    openapi.describe(app)
    return app


@cache
def all_routers() -> APIRouter:
    """All that the service answers.  What FastAPI works out of a route's function is kept with it: seconds in all."""
    every = APIRouter()
    accounts = (members.router, keys.router, organisation.router)
    telling = (webhooks.router, notifications.router, tracking.router, tracking.calls)
    inviting = (
        bulk_invitations.router,
        invitations.router,
        candidates.router,
        candidates.calendar_router,
        own_data.router,
        appeals.router,
    )
    deciding = (reviews.router, decisions.router, shares.router, compare.router, shared_code.router, exports.router)
    overseeing = (impact.router, decision_mails.router, law.router, human_reviews.router, validity.router)
    listing = (views.router, bulk_actions.router, debriefs.router, comments.router, live.router)
    pages = (routes.router, sign_in.router, share.router, live_pages.router, *workspace.routers)
    own = (challenges.router, timers.router)
    grading = (pushes.router, pushes.calls, submissions.router, reports.router, regrades.router)
    for router in (
        reports.files,
        *listing,
        *grading,
        *own,
        health.router,
        *inviting,
        *deciding,
        *overseeing,
        *accounts,
        *telling,
        *pages,
    ):
        every.include_router(router)
    return every


def _greet(service: Service, announce: Announce) -> None:
    settings = service.settings
    invitation = NewInvitation(settings.challenge, settings.attempts, "first invitation")
    first = access.first_start(service.engine, service.keys, invitation, settings.admin)
    if first is not None:
        announce(
            "First start. These are shown this once.\n"
            f"  Sign in:     {links.to_welcome(settings, first.welcome_token)}   (as {settings.admin})\n"
            f"  API key:     {first.api_key}\n"
            f"  Invitation:  {links.to_invitation(settings, first.invitation_token)}\n"
        )


@asynccontextmanager
async def _embedded_worker(service: Service) -> AsyncIterator[None]:
    if not service.settings.embedded_worker:
        yield
        return
    worker = asyncio.create_task(jobs.work(service))
    try:
        yield
    finally:
        worker.cancel()
        with suppress(asyncio.CancelledError):
            await worker


@contextmanager
def _demo(service: Service, announce: Announce) -> Iterator[None]:
    stopped = threading.Event()
    thread = threading.Thread(target=demo_service.run, args=(service, announce, stopped), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(timeout=CLOSE_SECONDS)


def serve(settings: Settings, *, demo: bool = False) -> None:
    """Run the API, the pages and the embedded worker until told to stop.

    OSError where the address is taken, before anything is opened.
    """
    listening = _listen(settings)
    log.configure(settings)
    config = uvicorn.Config(
        create_app(settings, announce=_print, demo=demo),
        http=TimedHeads,
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=CLOSE_SECONDS,
    )
    logger.info("serving", url=settings.base_url)
    uvicorn.Server(config).run(sockets=[listening])


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()  # whoever starts the service from a script reads it at once


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except OSError as taken:
        where = f"{settings.host}:{settings.port}"
        raise OSError(taken.errno, taken.strerror or "it failed", where) from None
