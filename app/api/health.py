"""Is it alive, can it serve, and what does a report look like?"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from sqlalchemy import text

from app.errors import Unavailable
from app.web.auth import ServiceDep
from app.web.openapi import problems
from app.words import _
from graders.report.schema import json_schema

router = APIRouter()


@router.get("/healthz", tags=["operations"], summary="Alive")
async def healthz() -> dict[str, str]:
    """The process answers; it waits for no thread."""
    return {"status": "ok"}


@router.get("/readyz", tags=["operations"], summary="Ready", responses=problems(503))
def readyz(service: ServiceDep) -> dict[str, str]:
    """The database answers, its tables are up to date and the blob store can be read; 503 otherwise."""
    try:
        with service.reader.connect() as connection:
            connection.execute(text("SELECT 1 FROM submissions LIMIT 1"))
    except Exception:
        raise Unavailable("not-ready", _("The database does not answer.")) from None
    try:
        service.blobs.probe()
    except Exception:
        raise Unavailable("not-ready", _("The blob store does not answer.")) from None
    return {"status": "ready"}


@router.get("/schemas/report/1.json", tags=["reports"], summary="JSON Schema of report.json")
def report_schema() -> dict[str, Any]:
    """JSON Schema 2020-12; names in it stay, more may be added."""
    return json_schema()
