"""Who asks?  An API key in the Authorization header, or nobody."""

from __future__ import annotations

from typing import Annotated

import anyio
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.api.errors import Refused
from app.service import Service
from app.store import access
from app.store.rows import Owner

bearer = HTTPBearer(auto_error=False, description="An API key: `assay_…`.")


def get_service(request: Request) -> Service:
    """The service this application was opened with."""
    service: Service = request.app.state.service
    return service


def get_intake(request: Request) -> anyio.CapacityLimiter:
    """What bounds the uploads that are examined at once."""
    limiter: anyio.CapacityLimiter = request.app.state.intake
    return limiter


ServiceDep = Annotated[Service, Depends(get_service)]
IntakeDep = Annotated[anyio.CapacityLimiter, Depends(get_intake)]


def caller(service: ServiceDep, given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> Owner:
    """The owner of the key that was sent; 401 otherwise, whatever was wrong with it."""
    if given is not None:
        with service.engine.connect() as connection:
            key = access.find_key(connection, given.credentials)
        if key is not None:
            return Owner(api_key_id=key.id)
    raise Refused(401, "not-authenticated", "Send a valid API key: `Authorization: Bearer assay_…`.")


CallerDep = Annotated[Owner, Depends(caller)]
